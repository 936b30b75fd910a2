/**
 * A workload file: which tasks are asked for, how often and of whom, and what has to hold. As data for people to write.
 *
 * Times are text with a unit in the file, and milliseconds after parsing. What the devices are is in a fleet file.
 */
import { z } from "zod";
import { FirmwareUpload } from "../../scenarios/firmware-images.ts";
import { FleetDuration, LongerThanNothing, Percent } from "../../simulator/model/fleet-time.ts";
import { parseThreshold } from "./thresholds.ts";

/** The format that this version reads. */
export const WORKLOAD_FORMAT_VERSION = 1;

/** Targets that the load chooses itself. */
const CHOSEN = [
  z.strictObject({ kind: z.literal("one").describe("One device, chosen by the seed for each task.") }),
  z.strictObject({
    kind: z.literal("count").describe("Several different devices, chosen by the seed for each task."),
    count: z.number().int().min(1).max(10_000).describe("How many, 1 to 10,000; never more than there are."),
  }),
  z.strictObject({
    kind: z.literal("share").describe("A share of the devices, chosen by the seed for each task."),
    percent: Percent.describe("Percent of them, 0 to 100; at least one device."),
  }),
  z.strictObject({
    kind: z.literal("group").describe("All devices of a group of the fleet file."),
    group: z.string().min(1).describe("Its name."),
  }),
  z.strictObject({ kind: z.literal("all").describe("All devices; the request names none.") }),
] as const;
const Filter = z.strictObject({
  kind: z.literal("filter").describe("The devices that match a filter; the server finds them."),
  filter: z
    .string()
    .min(1)
    .max(4_096)
    .describe(
      "Pairs key=value, separated by commas, all of which must hold; at most 4,096 characters. Devices that the load provisions have serverProperties.group, the name of their group.",
    ),
});
const Targets = z.discriminatedUnion("kind", [...CHOSEN, Filter]);
export type Targets = z.infer<typeof Targets>;

const common = {
  weight: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe("How often, relative to the others; 1 to 1,000,000."),
  targets: Targets.prefault({ kind: "one" }).describe("Which devices a task is for."),
};
const expiresAfter = LongerThanNothing.optional().describe(
  "How long the task is active, at most 366d; rounded to whole seconds, 1s at least. Absent: as the server says.",
);
const task = {
  ...common,
  property: z
    .string()
    .min(1)
    .max(255)
    .describe("As in POST /devicemgmt/tasks: deviceProperties.OBJECT.NAME, at most 255 characters."),
  expiresAfter,
};

export const WorkloadRow = z.discriminatedUnion("operation", [
  z.strictObject({ operation: z.literal("read").describe("A task of type R."), ...task }),
  z.strictObject({
    operation: z.literal("write").describe("A task of type W."),
    ...task,
    value: z
      .string()
      .max(1_000)
      .describe("What is written, as text of at most 1,000 characters; {number} becomes the number of the task."),
  }),
  z.strictObject({ operation: z.literal("execute").describe("A task of type E."), ...task }),
  z.strictObject({
    operation: z.literal("firmware").describe("A firmware update; the image is uploaded before the first task."),
    ...common,
    version: FirmwareUpload.shape.version.describe(
      "What a device shows in /3/0/3 once it runs the image: letters, digits and . _ + -, at most 64.",
    ),
    size: FirmwareUpload.shape.size
      .default(20_000)
      .describe("Bytes of the image, 1 to 65,536, and a head of 200 at most."),
    expiresAfter,
  }),
  z.strictObject({
    operation: z.literal("update").describe("No task: the devices send an Update."),
    weight: common.weight,
    targets: z
      .discriminatedUnion("kind", CHOSEN)
      .prefault({ kind: "one" })
      .describe("Which devices send it; not by a filter."),
  }),
]);
export type WorkloadRow = z.infer<typeof WorkloadRow>;

const Arrival = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("open").describe("At times of their own, whether earlier tasks are done or not."),
    perSecond: z
      .number()
      .min(0.001)
      .max(100_000)
      .describe("Tasks in a second once the ramp is over; 0.001 to 100,000."),
    ramp: FleetDuration.prefault("0s").describe("Within which the rate grows evenly to that."),
    spacing: z.enum(["even", "random"]).default("even").describe("Equal distances, or as of independent callers."),
    devices: z
      .enum(["random", "in-turn"])
      .default("random")
      .describe(
        "Chosen by the seed for each task, or each device in turn, in the order of their numbers: with perSecond = devices / 60 each has one task a minute. In turn all tasks need targets of kind one.",
      ),
  }),
  z.strictObject({
    kind: z.literal("closed").describe("The next task when an earlier one is done."),
    atOnce: z.number().int().min(1).max(100_000).describe("Tasks that are under way at any time, 1 to 100,000."),
    ramp: FleetDuration.prefault("0s").describe("Within which the first of them are asked for, evenly."),
  }),
]);
export type Arrival = z.infer<typeof Arrival>;

const Threshold = z.string().transform((text, context) => {
  const parsed = parseThreshold(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.error });
  return z.NEVER;
});

const Fields = z.strictObject({
  formatVersion: z.literal(WORKLOAD_FORMAT_VERSION).describe("1."),
  about: z.string().max(500).optional().describe("What it is for, at most 500 characters."),
  begin: z
    .strictObject({
      registered: Percent.default(99).describe(
        "Percent of the devices that must be registered before the first task, 0 to 100.",
      ),
      atMost: FleetDuration.prefault("2m").describe("The first task is asked for then at the latest."),
    })
    .prefault({})
    .describe("When the first task is asked for."),
  arrival: Arrival.describe("When tasks are asked for."),
  duration: LongerThanNothing.prefault("60s").describe("How long tasks are asked for, the ramp included."),
  settle: FleetDuration.prefault("30s").describe("How long after that unfinished tasks are waited for."),
  tasks: z.array(WorkloadRow).min(1).max(100).describe("1 to 100 kinds of tasks, with their shares."),
  check: z
    .strictObject({
      devices: z
        .number()
        .int()
        .min(0)
        .max(2_000)
        .default(20)
        .describe("How many devices are watched by the oracle, 0 to 2,000."),
    })
    .prefault({})
    .describe("Correctness during the load: the requirements that verify checks, on a sample of the devices."),
  generator: z
    .strictObject({
      maxLag: LongerThanNothing.prefault("100ms").describe(
        "When the 99th percentile of the generator's own lag is above it, the run proves nothing.",
      ),
    })
    .prefault({})
    .describe("When this process is too slow to measure."),
  thresholds: z
    .array(Threshold)
    .max(100)
    .default([])
    .describe("What has to hold, such as p99(task.completion) < 2s; at most 100."),
});

export const Workload = Fields.superRefine(({ arrival, tasks }, context) => {
  if (arrival.kind !== "open" || arrival.devices !== "in-turn") return;
  tasks.forEach(({ targets }, at) => {
    if (targets.kind === "one") return;
    const message = `is ${targets.kind}, but with arrival.devices in-turn each task is for one device: give one, or arrival.devices random`;
    context.addIssue({ code: "custom", path: ["tasks", at, "targets", "kind"], message });
  });
});
export type Workload = z.infer<typeof Workload>;
