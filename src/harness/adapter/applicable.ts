/** Leaves out what does not apply to a server that cannot do everything. */
import type { Tally } from "../record/finding.ts";
import type { Limits } from "./capabilities.ts";

export const applicable = (tallies: readonly Tally[], limits: Limits | undefined): readonly Tally[] =>
  limits === undefined ? tallies : tallies.filter(({ requirement }) => !limits.notApplicable.has(requirement));
