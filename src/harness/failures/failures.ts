/**
 * One distinct failure of a campaign with its evidence: the plan that showed it, the small plan that it was made into,
 * and the histories of both. How plans are chosen and made small is not here.
 */

import { planSignature } from "../../scenarios/describe.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { History } from "../history/history.ts";
import { historyHash } from "../history/history-file.ts";
import { judge } from "../oracle/oracle.ts";
import type { Finding, Tally } from "../record/finding.ts";
import { findingShape } from "../record/finding-shape.ts";
import type { FailureSummary } from "../record/verdict.ts";
import { certainAt, type Violated } from "../settlement/settle.ts";
import type { Repeats } from "../shrink/solid-shrink.ts";
import { goesWith } from "./by-chance.ts";
export interface CampaignFailure {
  readonly id: string;
  readonly finding: Finding;
  readonly plan: Plan;
  readonly history: History;
  readonly shrunk: Plan;
  readonly shrunkHistory: History;
  readonly shrunkFinding: Finding;
  readonly historyHash: string;
  /** Plans of the campaign that broke the requirement in the same way. */
  readonly plans: number;
  /** Indices of the plans that broke the requirement in any way. */
  readonly seenIn: readonly number[];
  /** Nothing more can be left out of the small plan; false: there was no time to try, or it did not fail again. */
  readonly minimal: boolean;
  /** Simulation: of the plans that were made small, how many came to the same. */
  readonly alike?: { readonly plans: number; readonly of: number };
  /** Other requirements that the small plan breaks, and when each did; the earliest first. */
  readonly alsoBroke: readonly { readonly requirement: string; readonly at: number }[];
  /** In no plan of the campaign was the requirement what broke first. */
  readonly neverFirst: boolean;
  /** Share of the plans that examined the requirement in which it broke, 0 to 1: 1 is a promise that is never kept. */
  readonly share: number;
  /** The failure, by its id, that this one most likely comes with: it is another side of it, or another way to it. */
  readonly belongsTo?: string;
  /** Live, when there was time for it: whether the plan failed again when it was run again. */
  readonly reproduced?: boolean;
  /** Live, when there was time for it: how often the small plan failed when it was run again. */
  readonly repeats?: Repeats;
}

/** One run, judged for one requirement. */
export interface Execution {
  readonly history: History;
  readonly tallies: readonly Tally[];
  /** The violation that is looked for. */
  readonly finding: Finding | undefined;
}

/** @param shape that the finding must have; absent: any finding of the requirement */
export function judged(plan: Plan, history: History, requirement: string, shape?: string): Execution {
  const { tallies } = judge(plan, history);
  const findings = tallies.find((tally) => tally.requirement === requirement)?.findings ?? [];
  return {
    history,
    tallies,
    finding: findings.find((finding) => shape === undefined || findingShape(finding) === shape),
  };
}

export interface FailureParts
  extends Pick<CampaignFailure, "id" | "plan" | "shrunk" | "minimal" | "plans" | "alike" | "reproduced" | "repeats"> {
  readonly violated: Violated;
  readonly original: Execution;
  readonly small: Execution;
}

export function campaignFailure(parts: FailureParts): CampaignFailure {
  const { violated, original, small, ...rest } = parts;
  // As the campaign saw it, for a run that did not show it again.
  const seen = violated.finding;
  const shrunkFinding = small.finding ?? seen;
  const alsoBroke = small.tallies.flatMap(({ requirement, findings: [first] }) =>
    first === undefined || requirement === seen.requirement ? [] : [{ requirement, at: certainAt(first) }],
  );
  return {
    ...rest,
    seenIn: violated.seenIn,
    neverFirst: violated.first === 0,
    share: violated.plans / Math.max(1, violated.examined),
    // Of a conflict between two plans, what their joint run shows.
    finding: original.finding ?? seen,
    history: original.history,
    shrunkHistory: small.history,
    shrunkFinding,
    historyHash: historyHash(small.history),
    alsoBroke: alsoBroke.toSorted((a, b) => a.at - b.at),
  };
}

/**
 * Tells which failures belong to an earlier one, and puts them behind all that stand for themselves.
 *
 * A failure belongs to another of its requirement that looks the same; and to one of another requirement that broke no
 * later in its small plan, when their small plans do the same, or when this one never was what broke first. That must
 * not be chance, as it is with what breaks in every third plan: either the small plans are as small as they can be, or
 * the plans of the one break the other far more often than all plans do. Of two that break together, the one that breaks
 * more often when it is examined says more about the defect. That is a guess, for the reader's eye only: each keeps its
 * evidence.
 *
 * @param runs plans of the campaign
 */
export function withOwners(failures: readonly CampaignFailure[], runs: number): readonly CampaignFailure[] {
  const own: CampaignFailure[] = [];
  const owners = new Map<CampaignFailure, CampaignFailure>();
  const telling = failures.toSorted((a, b) => Number(a.neverFirst) - Number(b.neverFirst) || b.share - a.share);
  for (const failure of telling) {
    const owner = own.find((each) => comesWith(failure, each, runs)) ?? causeOf(failure, own, runs);
    if (owner === undefined) own.push(failure);
    else owners.set(failure, owner);
  }
  const others = failures.flatMap((failure) => {
    const owner = owners.get(failure);
    return owner === undefined ? [] : [{ ...failure, belongsTo: owner.id }];
  });
  return [...failures.filter((failure) => !owners.has(failure)), ...others];
}

function comesWith(failure: CampaignFailure, owner: CampaignFailure, runs: number): boolean {
  const { requirement } = owner.shrunkFinding;
  if (failure.shrunkFinding.requirement === requirement)
    return findingShape(failure.shrunkFinding) === findingShape(owner.shrunkFinding);
  const also = failure.alsoBroke.find((other) => other.requirement === requirement);
  return (
    also !== undefined &&
    also.at <= certainAt(failure.shrunkFinding) &&
    planSignature(failure.shrunk) === planSignature(owner.shrunk) &&
    ((failure.minimal && owner.minimal) || goesWith(failure.seenIn, owner.seenIn, runs))
  );
}

function causeOf(failure: CampaignFailure, own: readonly CampaignFailure[], runs: number): CampaignFailure | undefined {
  if (!failure.neverFirst) return undefined;
  return failure.alsoBroke
    .filter(({ at }) => at <= certainAt(failure.shrunkFinding))
    .flatMap(({ requirement }) => own.filter((each) => each.shrunkFinding.requirement === requirement))
    .find((each) => failure.minimal || goesWith(failure.seenIn, each.seenIn, runs));
}

export function failureSummary(failure: CampaignFailure): FailureSummary {
  const {
    id,
    shrunk,
    shrunkFinding,
    historyHash: hash,
    plans,
    alike,
    alsoBroke,
    belongsTo,
    minimal,
    reproduced,
    repeats,
  } = failure;
  const folder = `failures/${id}`;
  return {
    id,
    requirement: shrunkFinding.requirement,
    plan: `${folder}/plan.json`,
    history: `${folder}/history.ndjson`,
    shrunk: `${folder}/shrunk.json`,
    operations: shrunk.operations.length,
    faults: shrunk.faults.length,
    minimal,
    expected: shrunkFinding.expected,
    actual: shrunkFinding.actual,
    plans,
    ...(alike === undefined ? {} : { alike }),
    ...(alsoBroke.length === 0 ? {} : { alsoBroke: alsoBroke.map(({ requirement }) => requirement) }),
    ...(belongsTo === undefined ? {} : { belongsTo }),
    historyHash: hash,
    ...(reproduced === undefined ? {} : { reproduced }),
    ...(repeats === undefined ? {} : { repeats }),
    replay: `fleetproof replay ${folder}/shrunk.json`,
  };
}
