/**
 * Runs a self-test: lays out its cases, has them run, wherever that is, and settles what they say.
 */
import type { Profile } from "../../protocol/profile.ts";
import type { MutantRow, SelfTestReport, VariantRow } from "../record/selftest.ts";
import type { SelfTestCase, SelfTestResult } from "./case.ts";
import { REFERENCE_CASE, settleSelfTest } from "./settle.ts";

export interface SelfTestOptions {
  readonly mutants: readonly (MutantRow & { readonly profile: Profile })[];
  readonly variants: readonly (VariantRow & { readonly profile: Profile })[];
  /** The profile of the unmutated server. */
  readonly profile: Profile;
  /** Of the plans; each mutant must be caught with every one. */
  readonly seeds: readonly string[];
  /** Plans with one seed after which a mutant counts as not caught. */
  readonly plansPerMutant: number;
  readonly plansPerVariant: number;
  readonly plansOfReference: number;
  readonly runCase: (selfTest: SelfTestCase) => Promise<SelfTestResult>;
  /** Cases to have under way at once. */
  readonly atOnce: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly done: number; readonly cases: number }) => void;
}

/** Plans per case where nothing may be broken: such cases are cut into pieces of this size. */
const PIECE = 100;

export async function runSelfTest(options: SelfTestOptions): Promise<SelfTestReport> {
  const cases = [...casesOf(options)];
  const results: SelfTestResult[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < cases.length && options.signal?.aborted !== true) {
      const selfTest = cases[next++];
      if (selfTest === undefined) return;
      results.push(await options.runCase(selfTest));
      options.onProgress?.({ done: results.length, cases: cases.length });
    }
  };
  const workTogether = () => Promise.all(Array.from({ length: options.atOnce }, work));
  await workTogether();
  cases.push(...searchesFor(options, results));
  await workTogether();
  const finished = results.filter(({ stopped }) => stopped !== true).length;
  return settleSelfTest({ ...options, results, interrupted: finished < cases.length });
}

/** Mutants first: a case that catches nothing is the longest of all. */
function casesOf(options: SelfTestOptions): readonly SelfTestCase[] {
  const { seeds, plansPerMutant, plansPerVariant, plansOfReference, profile } = options;
  const [seed = ""] = seeds;
  return [
    ...options.mutants.flatMap((row) =>
      seeds.map((each) => ({
        id: row.id,
        seed: each,
        profile: row.profile,
        requirement: row.requirement,
        from: 0,
        plans: plansPerMutant,
      })),
    ),
    ...options.variants.flatMap((row) => pieces(row.id, seed, row.profile, plansPerVariant)),
    ...pieces(REFERENCE_CASE, seed, profile, plansOfReference),
  ];
}

/** A variant that made no difference in any of its plans has shown nothing: more plans, until one shows it. */
function searchesFor(options: SelfTestOptions, results: readonly SelfTestResult[]): readonly SelfTestCase[] {
  const { seeds, plansPerVariant, plansPerMutant } = options;
  const active = new Set(results.flatMap(({ id, activated }) => (activated > 0 ? [id] : [])));
  return options.variants
    .filter(({ id }) => !active.has(id))
    .map(({ id, profile }) => ({
      id,
      seed: seeds[0] ?? "",
      profile,
      from: plansPerVariant,
      plans: plansPerMutant,
      untilActive: true,
    }));
}

function pieces(id: string, seed: string, profile: Profile, plans: number): readonly SelfTestCase[] {
  return Array.from({ length: Math.ceil(plans / PIECE) }, (_, piece) => ({
    id,
    seed,
    profile,
    from: piece * PIECE,
    plans: Math.min(PIECE, plans - piece * PIECE),
  }));
}
