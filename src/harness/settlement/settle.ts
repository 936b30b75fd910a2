/**
 * Settles a campaign: adds up what the checkers said of each plan. What follows from it is in conclude.ts.
 *
 * A requirement fails by one violation, passes by at least one decided event without any, and is otherwise
 * inconclusive, not exercised, not applicable or not checked, with the reason. Nothing examined is never a pass.
 */
import { isChecked, REQUIREMENTS, requirementById } from "../../scenarios/requirements.ts";
import type { ObservedChoice } from "../oracle/oracle.ts";
import type { Finding, Tally } from "../record/finding.ts";
import { findingShape } from "../record/finding-shape.ts";
import type { Verdict } from "../record/verdict.ts";
import { concludeCampaign, concludeRequirement, type SettleOptions, type Sum, selected } from "./conclude.ts";
import type { PlanName, PlanResult } from "./plan-result.ts";
import { createUnfinished, type Unfinished } from "./unfinished.ts";

/** What counts of a plan here. */
export type PlanSummary = Omit<PlanResult, "deviceTasks" | "tasks" | "coverage">;

/** The first plan that broke a requirement, and how many did. */
export interface Violated {
  readonly requirement: string;
  readonly plan: PlanName;
  readonly finding: Finding;
  plans: number;
  violations: number;
  /** Plans in which nothing else broke before it. */
  first: number;
  /** Plans in which it was examined, the violating ones among them. */
  readonly examined: number;
  /** Indices of the plans that violate it, in order. */
  readonly seenIn: readonly number[];
  /** Where each shape of finding was seen, in the order in which they came up. */
  readonly shapes: ReadonlyMap<string, Sightings>;
  /** A conflict between two plans: the other one, to be run together. */
  readonly joinedWith?: PlanName;
}

/** Indices of plans, in order. */
export interface Sightings {
  /** Those in which it is what broke first. */
  readonly first: readonly number[];
  readonly later: readonly number[];
}

interface MutableViolated extends Omit<Violated, "examined"> {
  readonly seenIn: number[];
  readonly shapes: Map<string, { readonly first: number[]; readonly later: number[] }>;
}

interface Observed {
  readonly requirement: string;
  readonly choice: string;
  readonly values: Map<string, { count: number; readonly plan: PlanName; readonly event: number }>;
}

export interface Settlement {
  add(plan: PlanSummary): void;
  addHarnessError(plan: string, reason: string): void;
  /** What broke first in most plans comes first: other failures are often its echo. */
  readonly violated: readonly Violated[];
  readonly runs: number;
  conclude(
    interrupted: boolean,
  ): Pick<
    Verdict,
    | "outcome"
    | "reason"
    | "requirements"
    | "observedChoices"
    | "runs"
    | "distinctSequences"
    | "devices"
    | "cutOff"
    | "cutOffBecause"
    | "harnessErrors"
  >;
}

/** What has been added up so far. */
interface Book {
  readonly options: SettleOptions;
  readonly sums: Map<string, Sum>;
  readonly violated: Map<string, MutableViolated>;
  readonly observed: Map<string, Observed>;
  readonly sequences: Map<string, number>;
  readonly harnessErrors: { plan: string; reason: string }[];
  readonly unfinished: Unfinished;
  runs: number;
  devices: number;
}

export function createSettlement(options: SettleOptions): Settlement {
  const book: Book = {
    options,
    sums: new Map(),
    violated: new Map(),
    observed: new Map(),
    sequences: new Map(),
    harnessErrors: [],
    unfinished: createUnfinished(),
    runs: 0,
    devices: 0,
  };
  return {
    get runs() {
      return book.runs;
    },
    get violated() {
      return [...book.violated.values()]
        .sort((a, b) => b.first - a.first || (a.requirement < b.requirement ? -1 : 1))
        .map((violated) => ({ ...violated, examined: sumOf(book.sums, violated.requirement).plans }));
    },
    add: (plan) => addPlan(book, plan),
    addHarnessError: (plan, reason) => void book.harnessErrors.push({ plan, reason }),
    conclude: (interrupted) => concludeBook(book, interrupted),
  };
}

function addPlan(book: Book, plan: PlanSummary): void {
  book.runs++;
  book.devices += plan.devices;
  book.unfinished.add(plan);
  book.sequences.set(plan.sequence, (book.sequences.get(plan.sequence) ?? 0) + 1);
  const [unanswered] = plan.unanswered;
  if (unanswered !== undefined) book.harnessErrors.push({ plan: plan.id, reason: unanswered });
  const earliest = earliestBreak(plan.tallies);
  for (const tally of plan.tallies) {
    if (!counts(book, tally.requirement)) continue;
    const sum = sumOf(book.sums, tally.requirement);
    sum.examined += tally.examined;
    sum.undecided += tally.undecided;
    if (tally.examined > 0) sum.plans++;
    const [first] = tally.findings;
    if (first === undefined) continue;
    const violated = violate(book, plan, first, tally.findings.length);
    if (certainAt(first) === earliest) violated.first++;
    sight(violated, plan.index, tally.findings, earliest);
  }
  for (const choice of plan.choices) if (counts(book, choice.requirement)) observe(book, plan, choice);
}

/** Index of the event at which a violation became certain. */
export const certainAt = ({ events }: Finding): number => events.at(-1) ?? 0;

/** When the first requirement broke in a plan. */
export const earliestBreak = (tallies: readonly Tally[]): number =>
  Math.min(...tallies.flatMap(({ findings: [first] }) => (first === undefined ? [] : [certainAt(first)])));

/** A requirement that breaks in more ways than this breaks in any way. */
const MOST_SHAPES = 32;

function sight(violated: MutableViolated, index: number, findings: readonly Finding[], earliest: number): void {
  const seen = new Set<string>();
  for (const finding of findings) {
    const shape = findingShape(finding);
    if (seen.has(shape)) continue;
    seen.add(shape);
    const known = violated.shapes.get(shape) ?? { first: [], later: [] };
    if (violated.shapes.size < MOST_SHAPES) violated.shapes.set(shape, known);
    known[certainAt(finding) === earliest ? "first" : "later"].push(index);
  }
}

/** A checker may already judge what the catalogue does not promise yet: that decides nothing. */
function counts(book: Book, id: string): boolean {
  const row = requirementById(id);
  if (row === undefined || book.options.notApplicable?.has(id) === true) return false;
  return isChecked(row) && selected(id, book.options.only);
}

function violate(
  book: Book,
  plan: PlanName,
  finding: Finding,
  violations: number,
  joinedWith?: PlanName,
): MutableViolated {
  const { requirement } = finding;
  const known = book.violated.get(requirement);
  if (known !== undefined) {
    known.plans++;
    known.violations += violations;
    known.seenIn.push(plan.index);
    return known;
  }
  const name = nameOf(plan);
  const joined = joinedWith === undefined ? {} : { joinedWith: nameOf(joinedWith) };
  const seenIn = [plan.index];
  const fresh = {
    requirement,
    plan: name,
    finding,
    plans: 1,
    first: 0,
    violations,
    seenIn,
    shapes: new Map(),
    ...joined,
  };
  book.violated.set(requirement, fresh);
  return fresh;
}

const nameOf = ({ index, id }: PlanName): PlanName => ({ index, id });

/** What must be one choice within a campaign: each further sighting is examined, another value is a conflict. */
function observe(book: Book, plan: PlanName, { requirement, choice, value, event }: ObservedChoice): void {
  const key = `${requirement} ${choice}`;
  const known = book.observed.get(key) ?? { requirement, choice, values: new Map() };
  book.observed.set(key, known);
  const sum = sumOf(book.sums, requirement);
  const same = known.values.get(value);
  if (same !== undefined) {
    same.count++;
    sum.examined++;
    if (same.plan.index !== plan.index) sum.plans++;
    return;
  }
  const [other] = known.values;
  known.values.set(value, { count: 1, plan: nameOf(plan), event });
  // Two values within one plan: its own judgement says so.
  if (other === undefined || other[1].plan.index === plan.index) return;
  sum.examined++;
  sum.plans++;
  const expected = `${choice} becomes one code: ${other[0]} as in plan ${other[1].plan.id}`;
  violate(book, other[1].plan, { requirement, events: [event], expected, actual: value }, 1, plan);
}

function concludeBook(book: Book, interrupted: boolean): ReturnType<Settlement["conclude"]> {
  const { options, sums, violated, sequences, observed, harnessErrors, runs, devices, unfinished } = book;
  const requirements = REQUIREMENTS.map((row) => {
    const cutShort = unfinished.mightShow(row, interrupted);
    return concludeRequirement(row, sums.get(row.id), violated.get(row.id), options, cutShort);
  });
  const { plans: cutOff, because } = unfinished;
  return {
    ...concludeCampaign(requirements, harnessErrors, runs, interrupted, options),
    requirements,
    runs,
    devices,
    cutOff,
    ...(because.length === 0 ? {} : { cutOffBecause: because }),
    harnessErrors,
    distinctSequences: [...sequences.values()].filter((count) => count === 1).length,
    observedChoices: [...observed.values()].map(({ requirement, choice, values }) => ({
      choice: `${requirement} ${choice}`,
      values: [...values].map(([value, { count }]) => ({ value, count })),
    })),
  };
}

function sumOf(sums: Map<string, Sum>, requirement: string): Sum {
  const known = sums.get(requirement) ?? { examined: 0, undecided: 0, plans: 0 };
  sums.set(requirement, known);
  return known;
}
