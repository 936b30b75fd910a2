/** `coverage.json`: in how many plans of a campaign each condition was met and each transition seen. */
import { z } from "zod";

export const COVERAGE_FORMAT_VERSION = 1;

/** Plans by id, in the order of the ids. */
const Counts = z.record(z.string(), z.number().int().min(1));

export const CoverageRecord = z.strictObject({
  formatVersion: z.literal(COVERAGE_FORMAT_VERSION),
  conditions: Counts,
  transitions: Counts,
});
export type CoverageRecord = z.infer<typeof CoverageRecord>;
