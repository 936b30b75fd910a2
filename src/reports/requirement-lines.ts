/** What all renderers say alike about requirements: groups, symbols, order. */
import type { FailureSummary, RequirementOutcome, RequirementVerdict } from "../harness/record/verdict.ts";
import { count } from "./text.ts";

/** Groups in the order of the catalogue; `letter` begins the ids. */
export const REQUIREMENT_GROUPS = [
  { letter: "Q", title: "Queue" },
  { letter: "R", title: "Retry" },
  { letter: "E", title: "Expiry" },
  { letter: "M", title: "Error mapping" },
  { letter: "L", title: "Record lifetime" },
  { letter: "G", title: "Registration" },
  { letter: "D", title: "Device Mirror" },
  { letter: "I", title: "Idempotence" },
  { letter: "O", title: "Firmware update" },
  { letter: "A", title: "Access" },
  { letter: "T", title: "Task states" },
] as const;

export type OutcomeMark = RequirementOutcome | "should-fail";

interface OutcomeRow {
  readonly mark: OutcomeMark;
  readonly symbol: string;
  readonly text: string;
  readonly colour: Colour;
}

export type Colour = "green" | "red" | "yellow" | "grey";

/** How an outcome is shown. A SHOULD that is not kept is set apart, since it fails a campaign only with `--strict`. */
export const OUTCOME_ROWS: readonly OutcomeRow[] = [
  { mark: "pass", symbol: "✓", text: "pass", colour: "green" },
  { mark: "fail", symbol: "✗", text: "fail", colour: "red" },
  { mark: "should-fail", symbol: "!", text: "SHOULD not kept", colour: "yellow" },
  { mark: "inconclusive", symbol: "?", text: "inconclusive", colour: "yellow" },
  { mark: "not-exercised", symbol: "·", text: "not exercised", colour: "grey" },
  { mark: "not-applicable", symbol: "–", text: "not applicable", colour: "grey" },
  { mark: "not-checked", symbol: "○", text: "not checked", colour: "grey" },
];

export const markOf = (row: Pick<RequirementVerdict, "outcome" | "level">): OutcomeMark =>
  row.outcome === "fail" && row.level === "SHOULD" ? "should-fail" : row.outcome;

export const outcomeRow = (mark: OutcomeMark): OutcomeRow =>
  OUTCOME_ROWS.find((row) => row.mark === mark) ?? { mark, symbol: " ", text: mark, colour: "grey" };

export interface RequirementGroup {
  readonly letter: string;
  readonly title: string;
  readonly rows: readonly RequirementVerdict[];
  readonly examined: number;
  readonly undecided: number;
  readonly violations: number;
}

/** The groups that have rows, with sums. A letter that this version does not know keeps its rows, at the end. */
export function groupRequirements(rows: readonly RequirementVerdict[]): readonly RequirementGroup[] {
  const known: readonly string[] = REQUIREMENT_GROUPS.map(({ letter }) => letter);
  const unknown = [...new Set(rows.map(({ id }) => id.charAt(0)))].filter((letter) => !known.includes(letter));
  const groups = [...REQUIREMENT_GROUPS, ...unknown.map((letter) => ({ letter, title: letter }))];
  return groups.flatMap(({ letter, title }) => {
    const own = rows.filter(({ id }) => id.startsWith(letter));
    if (own.length === 0) return [];
    const sum = (field: "examined" | "undecided" | "violations") => own.reduce((total, row) => total + row[field], 0);
    return [
      {
        letter,
        title,
        rows: own,
        examined: sum("examined"),
        undecided: sum("undecided"),
        violations: sum("violations"),
      },
    ];
  });
}

/** How many requirements have each outcome: `✓ 61 pass`, without those that none has. */
export function outcomeCounts(
  rows: readonly RequirementVerdict[],
): readonly (OutcomeRow & { readonly count: number })[] {
  return OUTCOME_ROWS.map((row) => ({ ...row, count: rows.filter((each) => markOf(each) === row.mark).length })).filter(
    ({ count }) => count > 0,
  );
}

/** In how many plans a failure was seen; live, whether it came again. */
export function seenIn(failure: FailureSummary, runs: number): string {
  const plans = `${failure.plans} of ${count(runs, "plan")}`;
  if (failure.reproduced === undefined) return plans;
  return `${plans}; the plan run again ${failure.reproduced ? "failed again" : "did not fail again: the evidence is its history"}`;
}
