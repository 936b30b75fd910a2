/**
 * When the devices of a fleet are there at all, as data: cycles of connectivity, and what befalls many devices at once.
 */
import { z } from "zod";
import { FleetDuration, FleetSpan, LongerThanNothing, Percent } from "./fleet-time.ts";

const Window = z
  .strictObject({
    from: FleetDuration.describe("When it goes offline, from the start of the run, or of each repetition."),
    until: FleetDuration.describe("When it is back; after `from`."),
  })
  .refine(({ from, until }) => from < until, { path: ["until"], message: "must be after `from`" });

/** When a device is online by itself. */
export const FleetConnectivity = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("always").describe("Never offline by itself.") }),
  z.strictObject({
    kind: z.literal("cycle").describe("Online and offline in turns; fixed times or distributions."),
    online: FleetSpan.describe("How long it is online."),
    offline: FleetSpan.describe("How long it is offline."),
    inStep: z
      .boolean()
      .default(false)
      .describe(
        "Whether all devices begin a cycle at the start of the run; false: each begins within its first online time.",
      ),
  }),
  z
    .strictObject({
      kind: z.literal("day-night").describe("Online for a part of every day."),
      startsAt: FleetDuration.prefault("0s").describe("Time of day at which the run begins; below `day`."),
      onlineFrom: FleetDuration.describe("Time of day at which it comes online."),
      onlineUntil: FleetDuration.describe("Time of day at which it goes offline; after `onlineFrom`, at most `day`."),
      jitter: FleetDuration.prefault("0s").describe("By how much each device is later than that, in both."),
      day: LongerThanNothing.prefault("24h").describe("Length of a day."),
    })
    .refine(({ onlineFrom, onlineUntil }) => onlineFrom < onlineUntil, {
      path: ["onlineUntil"],
      message: "must be after `onlineFrom`",
    })
    .refine(
      ({ onlineUntil, jitter, day, onlineFrom }) =>
        onlineUntil - onlineFrom < day && onlineUntil + jitter - onlineFrom <= day,
      {
        path: ["day"],
        message: "must be longer than the time online",
      },
    )
    .refine(({ startsAt, day }) => startsAt < day, { path: ["startsAt"], message: "must be below `day`" }),
  z
    .strictObject({
      kind: z.literal("timetable").describe("Offline at the times that are listed."),
      offline: z.array(Window).min(1).max(1_000).describe("1 to 1,000 windows in order, without overlap."),
      repeatEvery: LongerThanNothing.optional().describe(
        "The list begins anew so long after its beginning; absent: it holds once.",
      ),
    })
    .refine(({ offline }) => offline.every(({ from }, at) => at === 0 || (offline[at - 1]?.until ?? 0) < from), {
      path: ["offline"],
      message: "must be in order, with time between two windows",
    })
    .refine(({ offline, repeatEvery }) => repeatEvery === undefined || (offline.at(-1)?.until ?? 0) < repeatEvery, {
      path: ["repeatEvery"],
      message: "must be after the last window",
    }),
]);
export type FleetConnectivity = z.infer<typeof FleetConnectivity>;

const affected = {
  at: FleetDuration.describe("When it begins, from the start of the run."),
  groups: z.array(z.string()).min(1).optional().describe("Names of the groups that it affects; absent: all."),
  percent: Percent.default(100).describe("Percent of the devices of these groups, chosen by the seed; 0 to 100."),
};

/** Something that befalls many devices at once. */
export const FleetEvent = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("power-cut").describe("The devices are off, and lose all but their flash."),
    ...affected,
    lasts: FleetDuration.describe("Until the power is back."),
    spread: FleetSpan.prefault("0s").describe("How much later each device is up again; it registers then."),
  }),
  z.strictObject({
    kind: z.literal("outage").describe("A base station is out: the devices are offline, and keep their state."),
    ...affected,
    lasts: LongerThanNothing.describe("Until the base station is back."),
    spread: FleetSpan.prefault("0s").describe("How much later each device has found it again."),
  }),
  z.strictObject({
    kind: z.literal("swizzle").describe("The devices go offline one by one, and come back in another random order."),
    ...affected,
    stop: LongerThanNothing.describe("Within this time each device goes offline."),
    hold: FleetDuration.prefault("0s").describe("How long all of them are offline."),
    resume: LongerThanNothing.describe("Within this time after that each device comes back."),
  }),
]);
export type FleetEvent = z.infer<typeof FleetEvent>;
