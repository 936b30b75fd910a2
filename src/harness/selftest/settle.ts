/**
 * What the cases of a self-test say together: which mutants are caught and how soon, which variants are accused, and
 * whether the harness may be trusted.
 */
import { percentile } from "../record/percentile.ts";
import type { MutantOutcome, MutantRow, SelfTestReport, VariantOutcome, VariantRow } from "../record/selftest.ts";
import type { SelfTestResult } from "./case.ts";

export interface SelfTestInput {
  readonly seeds: readonly string[];
  readonly mutants: readonly MutantRow[];
  readonly variants: readonly VariantRow[];
  /** In any order. */
  readonly results: readonly SelfTestResult[];
  readonly interrupted: boolean;
}

/** The id of the case that runs the unmutated server. */
export const REFERENCE_CASE = "reference";

export function settleSelfTest({ seeds, mutants, variants, results, interrupted }: SelfTestInput): SelfTestReport {
  const byId = new Map<string, SelfTestResult[]>();
  for (const result of results) byId.set(result.id, [...(byId.get(result.id) ?? []), result]);
  const of = (id: string): readonly SelfTestResult[] => byId.get(id) ?? [];
  const mutantOutcomes = mutants.map((row) => mutantOutcome(row, of(row.id), seeds.length, interrupted));
  const variantOutcomes = variants.map((row) => variantOutcome(row, of(row.id), interrupted));
  const referenceResults = of(REFERENCE_CASE);
  const accusation = referenceResults.find((result) => result.accusation !== undefined)?.accusation;
  const reference = {
    plans: sum(referenceResults.map(({ plans }) => plans)),
    ...(accusation === undefined ? {} : { problem: accusation }),
  };
  const must = mutantOutcomes.filter(({ level }) => level === "MUST");
  const all = mutantOutcomes.flatMap(({ caughtAfter }) => caughtAfter).sort((a, b) => a - b);
  const problems = [reference, ...mutantOutcomes, ...variantOutcomes].some(isProblem);
  const examined = mutants.length + variants.length > 0 && reference.plans > 0;
  return {
    outcome: problems && examined ? "fail" : interrupted || !examined ? "inconclusive" : "pass",
    interrupted,
    seeds,
    mutants: mutantOutcomes,
    variants: variantOutcomes,
    reference,
    caught: mutantOutcomes.filter(({ problem }) => problem === undefined).length,
    must: { caught: must.filter(({ problem }) => problem === undefined).length, all: must.length },
    plansUntilCaught: all.length === 0 ? undefined : { median: percentile(all, 50), p95: percentile(all, 95) },
  };
}

/** What was interrupted shows nothing, for or against. */
const isProblem = ({ problem, unfinished }: { readonly problem?: string; readonly unfinished?: true }): boolean =>
  problem !== undefined && unfinished !== true;

const finishedOf = (results: readonly SelfTestResult[]): number =>
  results.filter(({ stopped }) => stopped !== true).length;

function mutantOutcome(
  row: MutantRow,
  results: readonly SelfTestResult[],
  seeds: number,
  interrupted: boolean,
): MutantOutcome {
  const broken: Record<string, number> = {};
  for (const result of results) {
    for (const [id, plans] of Object.entries(result.broken)) broken[id] = (broken[id] ?? 0) + plans;
  }
  const caughtAfter = results
    .flatMap((result) => (result.caughtAfter === undefined ? [] : [result.caughtAfter]))
    .sort((a, b) => a - b);
  const problem = mutantProblem(row, results, broken, caughtAfter.length, seeds);
  const unfinished = interrupted && finishedOf(results) < seeds;
  return {
    ...row,
    caughtAfter,
    seeds,
    broken,
    ...(problem === undefined ? {} : { problem }),
    ...(unfinished ? { unfinished } : {}),
  };
}

function mutantProblem(
  { requirement }: MutantRow,
  results: readonly SelfTestResult[],
  broken: Readonly<Record<string, number>>,
  caught: number,
  seeds: number,
): string | undefined {
  if (caught === seeds) return undefined;
  const finished = finishedOf(results);
  if (finished < seeds) return `${finished} of ${seeds} seeds were run`;
  const plans = Math.max(...results.map((result) => result.plans));
  if (results.every(({ activated }) => activated === 0)) return `its defect was never active in ${plans} plans a seed`;
  const [notGreen] = results.flatMap((result) => result.notGreen);
  if (notGreen !== undefined) return `the unmutated server broke ${notGreen}`;
  const others = Object.keys(broken).filter((id) => id !== requirement);
  if (caught === 0 && others.length > 0) return `wrong reason: broke ${others.sort().join(", ")}, not ${requirement}`;
  return `not caught with ${seeds - caught} of ${seeds} seeds in ${plans} plans`;
}

function variantOutcome(row: VariantRow, results: readonly SelfTestResult[], interrupted: boolean): VariantOutcome {
  const plans = sum(results.map((result) => result.plans));
  const activated = sum(results.map((result) => result.activated));
  const accusation = results.find((result) => result.accusation !== undefined)?.accusation;
  const problem = accusation ?? (plans === 0 ? "was not run" : activated === 0 ? "was never different" : undefined);
  const unfinished =
    interrupted && accusation === undefined && (problem !== undefined || finishedOf(results) < results.length);
  return {
    ...row,
    plans,
    activated,
    ...(problem === undefined ? {} : { problem }),
    ...(unfinished ? { unfinished } : {}),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
