/**
 * A fleet file: which devices there are, what they are like, and what befalls them, as data for people to write.
 *
 * Times are text with a unit in the file, and milliseconds after parsing. Every random decision about a device is keyed
 * by the seed of the run and the device's number, so the file says the same of a device however the fleet is cut into
 * shards. What the parts mean in a run is in `simulator/fleet/`.
 */
import { z } from "zod";
import { FleetAnswers } from "./fleet-answers.ts";
import { FleetConnectivity, FleetEvent } from "./fleet-connectivity.ts";
import { FleetDevice, FleetUpdates } from "./fleet-device.ts";
import { FleetLinkModel, FleetNat } from "./fleet-link.ts";
import { FleetDuration, FleetSpan } from "./fleet-time.ts";

/** The format that this version reads. */
export const FLEET_FORMAT_VERSION = 1;

/** How the devices of a group register for the first time. */
export const FleetStart = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("linear").describe("One device after the other, evenly."),
    over: FleetDuration.prefault("60s").describe("From the first Register to after the last; `--ramp` replaces it."),
    after: FleetDuration.prefault("0s").describe("When the group begins."),
  }),
  z.strictObject({
    kind: z.literal("step").describe("Several devices at a time, in equal steps."),
    over: FleetDuration.prefault("60s").describe("From the first step to after the last; `--ramp` replaces it."),
    steps: z.number().int().min(1).max(100_000).default(10).describe("Number of steps, 1 to 100,000."),
    after: FleetDuration.prefault("0s").describe("When the group begins."),
  }),
  z.strictObject({
    kind: z.literal("storm").describe("All of them within a short time, in random order."),
    over: FleetDuration.prefault("1s").describe("Within this time; 0s: all at once. `--ramp` replaces it."),
    after: FleetDuration.prefault("0s").describe("When the group begins."),
  }),
]);
export type FleetStart = z.infer<typeof FleetStart>;

const FleetGroup = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "must be lower-case letters, digits and hyphens, at most 32")
    .describe("A name of its own: lower-case letters, digits and hyphens, at most 32."),
  count: z
    .number()
    .int()
    .min(0)
    .max(10_000_000)
    .optional()
    .describe("Number of its devices, 0 to 10,000,000. A group has either this or `share`."),
  share: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe("Its share of the devices that no group counts, relative to the other groups' shares; 1 to 1,000,000."),
  device: FleetDevice.prefault({}).describe("What a device of the group is."),
  start: FleetStart.prefault({ kind: "linear" }).describe("When its devices register for the first time."),
  updates: FleetUpdates.prefault({}).describe("When its devices send Update by themselves."),
  connectivity: FleetConnectivity.prefault({ kind: "always" }).describe("When its devices are online."),
  link: FleetLinkModel.prefault({}).describe("What happens to datagrams on the way."),
  nat: FleetNat.optional().describe("A network address translator on the way; absent: none."),
  reboots: FleetSpan.optional().describe("Time between reboots of a device by itself; absent: none."),
  factoryResets: FleetSpan.optional().describe("Time between factory resets (with reboot) of a device; absent: none."),
  registrationLoss: FleetSpan.optional().describe(
    "Time between losses of what a device knows of its registration; it registers anew at once. Absent: none.",
  ),
  answers: z
    .array(FleetAnswers)
    .max(100)
    .default([])
    .describe("Wrong answers: at most 100 rules, the first that strikes decides; absent: none."),
});

/** The schema of a fleet file. */
export const FleetFile = z
  .strictObject({
    formatVersion: z.literal(FLEET_FORMAT_VERSION).describe("1."),
    about: z.string().max(500).optional().describe("What it is for, at most 500 characters."),
    endpoint: z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9._:{}-]*\{index\}[A-Za-z0-9._:{}-]*$/, "must have {index} in it")
      .default("fleet-{index}")
      .describe("Endpoint client name: {index} is the number of the device, {group} the name of its group."),
    devices: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .optional()
      .describe(
        "Number of devices, 1 to 10,000,000; `--devices` replaces it. Absent: those that the groups count, else 100.",
      ),
    duration: FleetDuration.optional().describe("How long the fleet runs; `--duration` replaces it. Absent: 10m."),
    groups: z.array(FleetGroup).min(1).max(100).describe("1 to 100 groups. Devices are numbered in their order."),
    events: z
      .array(FleetEvent)
      .max(100)
      .default([])
      .describe("What befalls many devices at once; at most 100; absent: nothing."),
  })
  .check(({ value, issues }) => {
    const names = value.groups.map(({ name }) => name);
    value.groups.forEach((group, at) => {
      const wrong = (field: string, message: string): void =>
        void issues.push({ code: "custom", path: ["groups", at, field], message, input: group });
      if (names.indexOf(group.name) < at) wrong("name", "is there twice");
      if (group.count === undefined && group.share === undefined)
        wrong("share", "is missing: a group needs `share` or `count`");
      if (group.count !== undefined && group.share !== undefined) wrong("share", "cannot stand beside `count`");
      if (group.updates.jitter >= group.updates.share) wrong("updates", "`jitter` must be less than `share`");
    });
    value.events.forEach((event, at) => {
      const unknown = event.groups?.find((name) => !names.includes(name));
      if (unknown === undefined) return;
      const message = `there is no group ${unknown}`;
      issues.push({ code: "custom", path: ["events", at, "groups"], message, input: event });
    });
  });
/** Parsed: milliseconds instead of texts, and everything that was left out filled in. */
export type FleetFile = z.infer<typeof FleetFile>;
/** As it stands in a file. */
export type FleetFileText = z.input<typeof FleetFile>;
/** One group of a fleet file, with all defaults filled in. */
export type FleetGroup = FleetFile["groups"][number];
