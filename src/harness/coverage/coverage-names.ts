/** Everything that coverage counts, by name. */
import type { CoverageNames } from "../record/coverage-names.ts";
import { CONDITIONS_NOT_YET, THEMES } from "./all-conditions.ts";
import { RARE_TRANSITIONS, USUAL_TRANSITIONS } from "./transitions.ts";

export const COVERAGE_NAMES: CoverageNames = {
  themes: THEMES.map(({ title, tables }) => ({
    title,
    conditions: tables.flatMap(({ rows }): CoverageNames["themes"][number]["conditions"] =>
      rows.map(({ id, sentence, reachable }) => ({ id, sentence, reachable })),
    ),
  })),
  notYet: CONDITIONS_NOT_YET,
  transitions: USUAL_TRANSITIONS,
  rareTransitions: RARE_TRANSITIONS,
};
