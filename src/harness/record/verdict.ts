/**
 * What a campaign concludes, as it stands in `verdict.json`. The JSON Schema in docs/verdict.schema.json is made from it.
 *
 * The file holds nothing that differs between two runs of one seed in simulation: no wall-clock time, no path outside
 * the record.
 */
import { z } from "zod";
import { Plan } from "../../scenarios/plan.ts";

export const VERDICT_FORMAT_VERSION = 1;

const Count = z.number().int().min(0);

/** Outcome of one requirement; docs/verdicts.md says when each applies. */
export const RequirementOutcome = z.enum([
  "pass",
  "fail",
  "inconclusive",
  "not-exercised",
  "not-applicable",
  "not-checked",
]);
export type RequirementOutcome = z.infer<typeof RequirementOutcome>;

export const CampaignOutcome = z.enum(["pass", "fail", "inconclusive"]);
export type CampaignOutcome = z.infer<typeof CampaignOutcome>;

export const RequirementVerdict = z.strictObject({
  id: z.string(),
  level: z.enum(["MUST", "SHOULD", "DECLARED"]),
  subject: z.enum(["server", "device"]),
  outcome: RequirementOutcome,
  /** Why, for every outcome that is not a plain pass. */
  reason: z.string().optional(),
  /** Events that were decided, either way. */
  examined: Count,
  /** Plans with at least one examined event. */
  plans: Count,
  /** Events that the measuring uncertainty left open. */
  undecided: Count,
  violations: Count,
  /** Plans with at least one violation; absent: none, or a record of an older version. */
  brokenPlans: Count.optional(),
});
export type RequirementVerdict = z.infer<typeof RequirementVerdict>;

export const FailureSummary = z.strictObject({
  /** `R-04-queue-17`: requirement and the plan that showed it first. */
  id: z.string(),
  requirement: z.string(),
  /** Paths inside the record. */
  plan: z.string(),
  history: z.string(),
  shrunk: z.string(),
  /** Of the shrunk plan. */
  operations: Count,
  faults: Count,
  /** Nothing more can be left out of the shrunk plan; false: there was no time to find out. Absent in older records. */
  minimal: z.boolean().optional(),
  expected: z.string(),
  actual: z.string(),
  /** Plans of the campaign that violated the same requirement in the same way. */
  plans: Count,
  /** Simulation: some of them were made small; how many, and how many came to this plan. */
  alike: z.strictObject({ plans: Count, of: Count }).optional(),
  /** Other requirements that the shrunk plan breaks. */
  alsoBroke: z.array(z.string()).optional(),
  /** The failure, by its id, that this one most likely comes with: another side of it, or another way to it. */
  belongsTo: z.string().optional(),
  /** Hash of the shrunk plan's history: what `replay` compares with in simulation. */
  historyHash: z.string(),
  /** Live: whether it failed again when it was run again. What came once is evidence all the same. */
  reproduced: z.boolean().optional(),
  /** Live: how often the shrunk plan failed when it was run again, at the same time as other plans. */
  repeats: z.strictObject({ failed: Count, of: Count }).optional(),
  replay: z.string(),
});
export type FailureSummary = z.infer<typeof FailureSummary>;

export const Verdict = z.strictObject({
  formatVersion: z.literal(VERDICT_FORMAT_VERSION),
  outcome: CampaignOutcome,
  /** In one sentence, what decided the outcome. */
  reason: z.string(),
  target: z.string(),
  seed: z.string(),
  profile: z.string(),
  /** Plans that ran to their end. */
  runs: Count,
  /** Plans asked for by `--runs`; absent when the campaign was limited by time. */
  requestedRuns: Count.optional(),
  /** Plans whose sequence of operations no other plan of the campaign has. */
  distinctSequences: Count,
  /** Virtual devices over all plans. */
  devices: Count,
  /** Plans that hit a bound or were interrupted. */
  cutOff: Count,
  /** Why, each with how often, and the first one and what was said of it. Absent: none, or an older record. */
  cutOffBecause: z.array(z.strictObject({ plan: z.string(), reason: z.string(), plans: Count })).optional(),
  /** Live: milliseconds, the most by which this process may have been late. */
  worstLateness: Count.optional(),
  /** Plans that cannot be relied on: the target could not be asked, or a simulated run did not come again alike. */
  harnessErrors: z.array(z.strictObject({ plan: z.string(), reason: z.string() })),
  interrupted: z.boolean(),
  /** Over every history of the campaign in plan order: `sha256:…`. Simulation only. */
  historyHash: z.string().optional(),
  requirements: z.array(RequirementVerdict),
  failures: z.array(FailureSummary),
  /** Sometimes one choice is seen that the profile leaves open: which, and how often. */
  observedChoices: z.array(
    z.strictObject({ choice: z.string(), values: z.array(z.strictObject({ value: z.string(), count: Count })) }),
  ),
});
export type Verdict = z.infer<typeof Verdict>;

/** Whether this requirement is one of those that fail the campaign: a SHOULD does with `--strict` only. The reason names them. */
export const failsCampaign = ({ id, outcome, level }: RequirementVerdict, { reason }: Verdict): boolean =>
  outcome === "fail" && (level !== "SHOULD" || reason.includes(id));

/** `failures/<id>/plan.json` and `shrunk.json`: a plan with what is needed to run it again and to judge the outcome. */
export const SavedPlan = z.strictObject({
  formatVersion: z.literal(1),
  /** Version of Fleetproof that wrote it. */
  fleetproof: z.string(),
  /** What it ran on: `sim`, `reference-live`, or the URL of the task API with the CoAP address. */
  target: z.string(),
  /** A defective server of `mutants/`, by id, when the failure was made on purpose. */
  mutant: z.string().optional(),
  /** The requirement that failed, with what was expected and seen. */
  requirement: z.string().optional(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  /** Simulation: hash of the history. */
  historyHash: z.string().optional(),
  plan: Plan,
});
export type SavedPlan = z.infer<typeof SavedPlan>;

/** `run.json`: how the record came about. */
export const RunRecord = z.strictObject({
  formatVersion: z.literal(1),
  fleetproof: z.string(),
  node: z.string(),
  /** Incomplete until the verdict is settled and written. */
  status: z.enum(["incomplete", "complete"]),
  target: z.string(),
  profile: z.string(),
  seed: z.string(),
  /** The families that plans were made of; absent: all. */
  families: z.array(z.string()).optional(),
  arguments: z.array(z.string()),
  startedAt: z.string(),
  finishedAt: z.string().optional(),
});
export type RunRecord = z.infer<typeof RunRecord>;

/** `states.json`: how many device tasks were in which state over time, for the chart. */
export const StateSeries = z.strictObject({
  plan: z.string(),
  /** Seconds from the start of the plan. */
  times: z.array(z.number()),
  series: z.array(z.strictObject({ status: z.string(), counts: z.array(Count) })),
});
export type StateSeries = z.infer<typeof StateSeries>;
