/**
 * The smallest plan that exercises a requirement, for readers: what has to happen before a server can keep or break it.
 */
import type { Profile } from "../../protocol/profile.ts";
import type { FamilyName } from "../../scenarios/families/names.ts";
import { generatePlan } from "../../scenarios/generate.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { judge } from "../oracle/oracle.ts";
import { shrink } from "../shrink/shrink.ts";
import type { BuildServer } from "./build-server.ts";
import { simulate } from "./simulate.ts";

export interface ExampleOptions {
  readonly requirement: string;
  /** Families that provoke it on purpose; empty: any. */
  readonly families: readonly FamilyName[];
  readonly profile: Profile;
  readonly build: BuildServer;
  /** Asked before each execution: false ends the search with the smallest plan so far. */
  readonly mayContinue: () => boolean;
}

/** Plans to look at before none is found. */
const MOST_PLANS = 300;
/** Examples to start from: the smallest often comes from a plan that was small to begin with. */
const STARTS = 3;

/** @returns `undefined` when no plan of the search exercised it */
export async function smallestExample(options: ExampleOptions): Promise<Plan | undefined> {
  const { requirement, families, profile, build, mayContinue } = options;
  const exercises = (plan: Plan): boolean =>
    judge(plan, simulate(plan, build)).tallies.some((tally) => tally.requirement === requirement && tally.examined > 0);
  const found: Plan[] = [];
  for (let index = 0; index < MOST_PLANS && found.length < STARTS && mayContinue(); index++) {
    const plan = generatePlan({ seed: "example", index, profile, mode: "sim", families });
    if (exercises(plan)) found.push(plan);
  }
  const small: Plan[] = [];
  for (const plan of found) {
    small.push((await shrink(plan, { fails: async (candidate) => exercises(candidate), mayContinue })).plan);
  }
  return small.sort((a, b) => sizeOf(a) - sizeOf(b))[0];
}

const sizeOf = ({ operations, faults, fleet }: Plan): number => operations.length + faults.length + fleet.length;
