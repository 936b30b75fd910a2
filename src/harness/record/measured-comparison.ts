/**
 * Several loads, or several fleets, side by side: what was measured of each, and what changed from the first to the last.
 * Pure.
 *
 * Numbers compare only where the same was asked for. What differs in that is said; nothing is left out for it.
 */
import { type Change, type ChangeKind, kindOfChange } from "./comparison.ts";
import type { FleetResult, FleetSummary } from "./fleet-result.ts";
import type { CheckedRequirement, LoadResult, ThresholdOutcome } from "./load-result.ts";
import type { Labels } from "./measured.ts";
import { cautionsOf, differencesOf, isLoad, settingsOf } from "./measured-differences.ts";
import { type ComparedNumber, comparedNumbers } from "./measured-numbers.ts";

export interface MeasuredRecord {
  /** How the user named it. */
  readonly name: string;
  readonly result: LoadResult | FleetResult;
  readonly spans: readonly MeasuredSpan[];
}

export interface MeasuredSpan {
  /** `task.completion{operation=read}` */
  readonly name: string;
  readonly count: number;
  /** Microseconds, in the order of the percents that the comparison is made with. */
  readonly percentiles: readonly number[];
}

export interface MeasuredComparison {
  readonly what: "load" | "fleet";
  readonly percents: readonly number[];
  readonly records: readonly ComparedMeasurement[];
  /** Why numbers do not compare: what was asked for differs. Sentences without full stop; A is the first record. */
  readonly differences: readonly string[];
  /** What else has to be known: interrupted runs, parts of runs, generators that lagged. */
  readonly cautions: readonly string[];
  readonly thresholds: readonly ComparedThreshold[];
  /** Of requirements that were examined in one record at least. */
  readonly requirements: readonly ComparedCheck[];
  /** From the first record to the last. */
  readonly changes: readonly Change[];
  readonly spans: readonly ComparedSpan[];
  readonly numbers: readonly ComparedNumber[];
}

export interface ComparedMeasurement {
  readonly name: string;
  readonly outcome: string;
  readonly target: string;
  readonly seed: string;
  readonly devices: number;
  /** Version of Fleetproof. */
  readonly fleetproof: string;
  /** Microseconds. */
  readonly lasted: number;
  /** What was asked for, in words. */
  readonly settings: Labels;
  /** Registered devices over time; absent: nobody looked. */
  readonly registered?: { readonly times: readonly number[]; readonly values: readonly number[] } | undefined;
}

export interface ComparedThreshold {
  readonly text: string;
  /** One for each record; `undefined`: it does not have it. */
  readonly outcomes: readonly (ThresholdOutcome | undefined)[];
  /** `crossed`: now, and not before. `held`: now, and crossed or not measured before. */
  readonly change?: ThresholdOutcome["outcome"] | undefined;
}

export interface ComparedCheck {
  readonly id: string;
  readonly outcomes: readonly (CheckedRequirement["outcome"] | undefined)[];
}

export interface ComparedSpan {
  readonly name: string;
  readonly spans: readonly (Pick<MeasuredSpan, "count" | "percentiles"> | undefined)[];
  /** Last to first, for each percent; absent where one of them has none. */
  readonly ratios?: readonly number[] | undefined;
}

/** @param records all loads, or all fleets; two at least */
export function compareMeasured(records: readonly MeasuredRecord[], percents: readonly number[]): MeasuredComparison {
  const results = records.map(({ result }) => result);
  const requirements = checksOf(results);
  return {
    what: results.every(isLoad) ? "load" : "fleet",
    percents,
    records: records.map(({ name, result }) => ({
      name,
      outcome: result.outcome,
      target: result.target,
      seed: result.seed,
      devices: result.devices,
      fleetproof: result.fleetproof,
      lasted: result.fleet.at,
      settings: settingsOf(result),
      registered: registeredOf(result.fleet),
    })),
    differences: differencesOf(results),
    cautions: cautionsOf(records),
    thresholds: thresholdsOf(results),
    requirements,
    changes: requirements.flatMap(changeOf),
    spans: spansOf(records),
    numbers: comparedNumbers(results),
  };
}

function thresholdsOf(results: readonly MeasuredRecord["result"][]): readonly ComparedThreshold[] {
  const lists = results.map((result) => (isLoad(result) ? result.thresholds : []));
  const texts = [...new Set(lists.flatMap((list) => list.map(({ text }) => text)))];
  return texts.map((text) => {
    const outcomes = lists.map((list) => list.find((each) => each.text === text));
    const [before, after] = [outcomes[0]?.outcome, outcomes.at(-1)?.outcome];
    const changed = before !== undefined && after !== undefined && before !== after;
    return { text, outcomes, ...(changed ? { change: after } : {}) };
  });
}

function checksOf(results: readonly MeasuredRecord["result"][]): readonly ComparedCheck[] {
  const lists = results.map((result) => (isLoad(result) ? result.check.requirements : []));
  const examined = lists.flatMap((list) => list.filter(({ outcome }) => outcome !== "undecided"));
  const ids = [...new Set(examined.map(({ id }) => id))].sort();
  return ids.map((id) => ({ id, outcomes: lists.map((list) => list.find((each) => each.id === id)?.outcome) }));
}

/** As outcomes of `verify`: a SHOULD that is not kept is broken, too. */
const AS_VERIFIED = { pass: "pass", fail: "fail", warn: "fail", undecided: "not-exercised" } as const;

function changeOf({ id, outcomes }: ComparedCheck): readonly Change[] {
  const verified = (outcome: ComparedCheck["outcomes"][number]): Change["before"] =>
    outcome === undefined ? "absent" : AS_VERIFIED[outcome];
  const [before, after] = [verified(outcomes[0]), verified(outcomes.at(-1))];
  const kind: ChangeKind | undefined = kindOfChange(before, after);
  return kind === undefined ? [] : [{ requirement: id, kind, before, after }];
}

function spansOf(records: readonly MeasuredRecord[]): readonly ComparedSpan[] {
  const names = [...new Set(records.flatMap(({ spans }) => spans.map(({ name }) => name)))];
  return names.map((name) => {
    const spans = records.map((record) => {
      const row = record.spans.find((each) => each.name === name && each.count > 0);
      return row === undefined ? undefined : { count: row.count, percentiles: row.percentiles };
    });
    const [first, last] = [spans[0], spans.at(-1)];
    if (first === undefined || last === undefined) return { name, spans };
    const ratios = last.percentiles.map((span, at) => ratioOf(first.percentiles[at] ?? 0, span));
    return { name, spans, ratios };
  });
}

/** What lasted less than a microsecond counts as one. */
export const ratioOf = (before: number, after: number): number => Math.max(after, 1) / Math.max(before, 1);

function registeredOf({ timeline }: FleetSummary): ComparedMeasurement["registered"] {
  const values = timeline?.series.find(({ name }) => name === "registered")?.values;
  return timeline === undefined || values === undefined ? undefined : { times: timeline.times, values };
}
