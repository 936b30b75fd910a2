/** What all renderers say alike about requirements: groups, symbols, order. */
import type { FailureSummary, RequirementOutcome, RequirementVerdict, Verdict } from "../harness/record/verdict.ts";
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
  { letter: "S", title: "Server restart" },
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

/** Broken MUST requirements before SHOULD ones, then what belongs to another failure; else as the campaign lists them. */
export function failuresFirst(verdict: Verdict): readonly FailureSummary[] {
  const levels = new Map(verdict.requirements.map(({ id, level }) => [id, level]));
  const rank = ({ requirement, belongsTo }: FailureSummary): number =>
    (belongsTo === undefined ? 0 : 2) + (levels.get(requirement) === "SHOULD" ? 1 : 0);
  return [...verdict.failures].sort((a, b) => rank(a) - rank(b));
}

/** ` (2 of 3)` when the requirement is broken in several ways; empty for the only one. */
export function whichOf(failure: FailureSummary, verdict: Verdict): string {
  const same = verdict.failures.filter(
    ({ requirement, belongsTo }) => requirement === failure.requirement && belongsTo === undefined,
  );
  const index = same.indexOf(failure);
  return same.length < 2 || index < 0 ? "" : ` (${index + 1} of ${same.length})`;
}

/** Ids of the failures that belong to this one. */
export const comesWith = ({ id }: FailureSummary, verdict: Verdict): readonly string[] =>
  verdict.failures.filter(({ belongsTo }) => belongsTo === id).map((other) => other.id);

/** In how many plans a failure was seen; of those made small, how many came to the same; live, whether it came again. */
export function seenIn(failure: FailureSummary, runs: number): string {
  const { alike } = failure;
  const same = alike === undefined || alike.of < 2 ? "" : `; ${alike.plans} of ${alike.of} made small came to this`;
  const plans = `${failure.plans} of ${count(runs, "plan")}${same}`;
  const again = whetherAgain(failure);
  return again === undefined ? plans : `${plans}; ${again}`;
}

/** What the small plan of a failure is: `the smallest one that shows it` only where nothing more can be left out. */
export function whatPlan({ minimal, reproduced }: FailureSummary): string {
  if (reproduced === false) return "the one that showed it, which did not fail again";
  return isSmallest({ minimal, reproduced })
    ? "the smallest one that shows it"
    : "one that shows it, not yet as small as it can be";
}

/** Records of older versions do not tell: theirs passes for it. */
export const isSmallest = ({ minimal, reproduced }: Pick<FailureSummary, "minimal" | "reproduced">): boolean =>
  minimal !== false && reproduced !== false;

/** Whether more time may make the plan smaller: it failed when it was run again, or was not run again. */
export const mayShrink = ({ minimal, reproduced }: FailureSummary): boolean =>
  minimal === false && reproduced !== false;

/** Live, whether the failure is still there when its small plan is run again; `undefined`: that was not tried. */
function whetherAgain({ reproduced, repeats }: FailureSummary): string | undefined {
  if (reproduced === undefined) return undefined;
  if (!reproduced) return "the plan run again did not fail again: the evidence is its history";
  return repeats === undefined
    ? "the plan run again failed again"
    : `the small plan failed ${repeats.failed} of ${count(repeats.of, "run")}`;
}
