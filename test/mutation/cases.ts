/**
 * The plans of a mutation campaign, and the kind of server that each of them meets.
 *
 * Of four plans two meet a server that declares another choice than the reference server does, because some decisions
 * are made only then, and one a server that is restarted now and then.
 */
import { LEGAL_CHOICES } from "../../src/mutants/legal-choices.ts";
import { ARTIK } from "../../src/protocol/profile.ts";
import { generatePlan } from "../../src/scenarios/generate.ts";
import type { Plan } from "../../src/scenarios/plan.ts";

export interface Case {
  readonly plan: Plan;
  readonly restarts: boolean;
}

const ENTRIES = Object.entries(ARTIK) as readonly (readonly [keyof typeof ARTIK, unknown])[];

/** Choices between ways to act: each needs plans of its own. Of those that only name another number a few will do. */
const WAYS = LEGAL_CHOICES.filter(({ profile }) =>
  ENTRIES.some(([key, value]) => typeof value === "string" && key !== "name" && (profile?.[key] ?? value) !== value),
);
const CHOICES = [...LEGAL_CHOICES, ...WAYS, ...WAYS, ...WAYS];

export const makeCases = (seed: string, count: number): readonly Case[] =>
  Array.from({ length: count }, (_, index) => {
    const choice = index % 2 === 1 ? CHOICES[(index >> 1) % CHOICES.length] : undefined;
    const plan = generatePlan({ seed, index, profile: choice?.profile ?? ARTIK, mode: "sim" });
    return { plan, restarts: index % 4 === 2 };
  });
