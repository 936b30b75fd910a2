/**
 * Plans that were made before: the mutants of one seed meet the same plans, and making one costs as much as a fifth of
 * running it. What comes out is what `generatePlan` makes, remembered or not.
 */
import type { Profile } from "../../protocol/profile.ts";
import { generatePlan } from "../../scenarios/generate.ts";
import type { Plan } from "../../scenarios/plan.ts";

/** The simulated plan of that seed, index and profile. */
export type PlanMaker = (seed: string, index: number, profile: Profile) => Plan;

export const makePlan: PlanMaker = (seed, index, profile) => generatePlan({ seed, index, profile, mode: "sim" });

/** Remembers the first plans of each seed and profile: few mutants get further. */
export function rememberPlans(most: number): PlanMaker {
  const campaigns = new Map<string, Map<number, Plan>>();
  return (seed, index, profile) => {
    if (index >= most) return makePlan(seed, index, profile);
    const key = `${seed} ${JSON.stringify(profile)}`;
    const plans = campaigns.get(key) ?? new Map<number, Plan>();
    campaigns.set(key, plans);
    const plan = plans.get(index) ?? makePlan(seed, index, profile);
    plans.set(index, plan);
    return plan;
  };
}
