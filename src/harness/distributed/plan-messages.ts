/**
 * Jobs and answers of a simulated campaign as they travel to another process and back: schemas for the types of
 * plan-runner.ts. A schema looks; what goes on is what came, so that texts keep their bytes.
 */
import { z } from "zod";
import { HARNESS_ERROR_CODES, HarnessError } from "../../platform/errors.ts";
import { Profile } from "../../protocol/profile.ts";
import { FAMILY_NAMES } from "../../scenarios/families/names.ts";
import { Plan } from "../../scenarios/plan.ts";
import {
  KEEP,
  type PlansAnswer,
  type PlansJob,
  type ServerRecipe,
  type ShrinkAnswer,
  type ShrinkJob,
} from "../execution/plan-runner.ts";
import { DEVICE_TASK_ENDS } from "../record/task-record.ts";

const Index = z.number().int().nonnegative();
const Recipe = z.strictObject({ mutants: z.array(z.string()) });

export interface OnRecipe<Job> {
  readonly server: ServerRecipe;
  readonly job: Job;
}

const PlansJobMessage = z.strictObject({
  server: Recipe,
  job: z.strictObject({
    seed: z.string(),
    profile: Profile,
    families: z.array(z.enum(FAMILY_NAMES)).optional(),
    from: Index,
    count: Index,
    keep: z.enum(KEEP),
  }),
});

const ShrinkJobMessage = z.strictObject({
  server: Recipe,
  job: z.strictObject({
    plan: Plan,
    requirement: z.string(),
    shape: z.string().optional(),
    executions: Index,
    limit: z.number(),
  }),
});

const Finding = z.object({
  requirement: z.string(),
  events: z.array(Index),
  expected: z.string(),
  actual: z.string(),
});

const SimulatedPlan = z.object({
  index: Index,
  id: z.string(),
  tallies: z.array(
    z.object({ requirement: z.string(), examined: Index, undecided: Index, findings: z.array(Finding) }),
  ),
  choices: z.array(z.object({ requirement: z.string(), choice: z.string(), value: z.string(), event: Index })),
  cutOff: z.boolean(),
  cutOffBecause: z.string().optional(),
  unanswered: z.array(z.string()),
  devices: Index,
  deviceTasks: Index,
  tasks: z.array(z.object({ end: z.enum(DEVICE_TASK_ENDS), attempts: Index, milliseconds: Index.optional() })),
  sequence: z.string(),
  coverage: z.object({ conditions: z.array(z.string()), transitions: z.array(z.string()) }),
  historyHash: z.string(),
  kept: z.object({ plan: Plan, history: z.string(), historyHash: z.string() }).optional(),
  divergence: z.string().optional(),
});

/** An exception that crosses to another process. */
export const TROUBLE = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("unusable"), code: z.enum(HARNESS_ERROR_CODES), message: z.string() }),
  z.object({ kind: z.literal("bug"), message: z.string() }),
]);

const PlansAnswerMessage = z.object({ results: z.array(SimulatedPlan), trouble: TROUBLE.optional() });

const ShrinkAnswerMessage = z.object({ plan: Plan, executions: Index, minimal: z.boolean() });

export const readPlansJob = (value: unknown) => looked<OnRecipe<PlansJob>>(PlansJobMessage, value, "a job");
export const readShrinkJob = (value: unknown) => looked<OnRecipe<ShrinkJob>>(ShrinkJobMessage, value, "a job");
export const readPlansAnswer = (value: unknown) => looked<PlansAnswer>(PlansAnswerMessage, value, "an answer");
export const readShrinkAnswer = (value: unknown) => looked<ShrinkAnswer>(ShrinkAnswerMessage, value, "an answer");

/** @throws HarnessError `queue-not-usable`: who wrote it is no Fleetproof of this version */
export function looked<T>(schema: z.ZodType<unknown>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return value as T;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? "" : ` at ${issue.path.join(".")}: ${issue.message}`;
  throw new HarnessError("queue-not-usable", `${what} in the queue cannot be read${place}`);
}
