/**
 * Times of a fleet file: durations as people write them, and distributions of durations. Inside they are milliseconds.
 *
 * What a distribution gives is drawn in `simulator/fleet/spans.ts`.
 */
import { z } from "zod";
import { parseDuration } from "../../protocol/duration.ts";

/** `20s`, `1.5h`; parsed to whole milliseconds. */
export const FleetDuration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, "is not a duration: write a number and a unit, such as 500ms, 20s, 5m, 2h or 7d")
  .transform((text, context) => {
    const result = parseDuration(text);
    if (result.ok) return result.value;
    context.addIssue({ code: "custom", message: result.error });
    return z.NEVER;
  })
  .describe("A duration: a number and a unit of ms, s, m, h or d, such as 500ms, 20s or 7d; at most 366d.");

/** A duration that is not zero. */
export const LongerThanNothing = FleetDuration.refine(
  (milliseconds) => milliseconds > 0,
  "must be longer than nothing",
);

const TableRow = z.strictObject({
  upTo: FleetDuration.describe("Upper end of this row; it begins where the row before ends, the first at 0."),
  weight: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .describe("Share of this row, relative to the other rows; 1 to 1,000,000."),
});

/** A distribution; a plain duration is the one that is always the same. */
export const FleetSpan = z.union(
  [
    FleetDuration,
    z.discriminatedUnion("kind", [
      z
        .strictObject({
          kind: z.literal("uniform").describe("Evenly between two durations, both included."),
          from: FleetDuration.describe("The shortest."),
          to: FleetDuration.describe("The longest; not below `from`."),
        })
        .refine(({ from, to }) => from <= to, { path: ["to"], message: "must not be below `from`" }),
      z.strictObject({
        kind: z
          .literal("exponential")
          .describe("As the time between events without memory: mostly short, sometimes long."),
        mean: LongerThanNothing.describe("The mean, as of events without memory."),
        atLeast: FleetDuration.prefault("0s").describe("Added to each; the mean grows by it."),
      }),
      z
        .strictObject({
          kind: z.literal("table").describe("Rows with weights, such as the percentiles of a measurement."),
          rows: z.array(TableRow).min(1).max(100).describe("1 to 100 rows in ascending order; even within a row."),
        })
        .refine(({ rows }) => rows.every((row, at) => at === 0 || (rows[at - 1]?.upTo ?? 0) <= row.upTo), {
          path: ["rows"],
          message: "must be in ascending order of `upTo`",
        }),
    ]),
  ],
  "must be a duration such as 20s, or a distribution: a mapping with `kind`",
);
/** Milliseconds, or how they are distributed. */
export type FleetSpan = z.infer<typeof FleetSpan>;

/** Of 100; fractions are allowed. */
export const Percent = z.number().min(0).max(100);
