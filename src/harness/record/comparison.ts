/**
 * Several verdicts side by side: what each server, or each version of one, keeps; and what changed from the first to the
 * last of them. Pure.
 *
 * A change is told only of requirements whose outcome differs. Whether one verdict is a version of another, nobody knows
 * but whoever names them.
 */
import type { RequirementOutcome, RequirementVerdict, Verdict } from "./verdict.ts";

/** By which a record is told from the others: `A`, `B`, … `Z`, `27`. */
export const letterOf = (index: number): string => (index < 26 ? String.fromCharCode(65 + index) : String(index + 1));

export interface ComparedRecord {
  /** How the user named it. */
  readonly name: string;
  readonly verdict: Verdict;
}

/** `broken`: now, and not before. `fixed`: broken before, kept now. `unseen`: decided before, and not now. `new`: the other way. */
export type ChangeKind = "broken" | "fixed" | "unseen" | "new";

export interface Change {
  readonly requirement: string;
  readonly kind: ChangeKind;
  readonly before: RequirementOutcome | "absent";
  readonly after: RequirementOutcome | "absent";
}

export interface ComparedRequirement {
  readonly id: string;
  /** One for each record, in their order; `undefined`: the record does not know it. */
  readonly outcomes: readonly (RequirementVerdict | undefined)[];
}

export interface Comparison {
  readonly records: readonly ComparedRecord[];
  /** In the order in which the records have them. */
  readonly requirements: readonly ComparedRequirement[];
  /** From the first record to the last. */
  readonly changes: readonly Change[];
  /** What makes the records hard to compare: other seeds, other numbers of plans, interrupted ones. */
  readonly cautions: readonly string[];
}

export function compare(records: readonly ComparedRecord[]): Comparison {
  const ids = new Set(records.flatMap(({ verdict }) => verdict.requirements.map(({ id }) => id)));
  const requirements = [...ids].map((id) => ({
    id,
    outcomes: records.map(({ verdict }) => verdict.requirements.find((row) => row.id === id)),
  }));
  return { records, requirements, changes: requirements.flatMap(changeOf), cautions: cautionsOf(records) };
}

function changeOf({ id, outcomes }: ComparedRequirement): readonly Change[] {
  const before = outcomes[0]?.outcome ?? "absent";
  const after = outcomes.at(-1)?.outcome ?? "absent";
  const kind = kindOfChange(before, after);
  return kind === undefined ? [] : [{ requirement: id, kind, before, after }];
}

const isDecided = (outcome: Change["before"]): boolean => outcome === "pass" || outcome === "fail";

/** @returns `undefined`: nothing that anybody has to be told */
export function kindOfChange(before: Change["before"], after: Change["after"]): ChangeKind | undefined {
  if (before === after) return undefined;
  if (after === "fail") return "broken";
  if (before === "fail" && after === "pass") return "fixed";
  if (isDecided(before) === isDecided(after)) return undefined;
  return isDecided(before) ? "unseen" : "new";
}

function cautionsOf(records: readonly ComparedRecord[]): readonly string[] {
  const differing = (what: string, value: (verdict: Verdict) => string): readonly string[] => {
    const values = new Set(records.map(({ verdict }) => value(verdict)));
    return values.size < 2 ? [] : [`${what} differ: ${[...values].join(", ")}`];
  };
  return [
    ...differing("seeds", ({ seed }) => seed),
    ...differing("profiles", ({ profile }) => profile),
    ...differing("numbers of plans", ({ runs }) => String(runs)),
    ...records.flatMap(({ name, verdict }) => (verdict.interrupted ? [`${name} was interrupted`] : [])),
  ];
}
