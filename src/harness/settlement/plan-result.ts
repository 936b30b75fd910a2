/**
 * What one plan contributes to a campaign: plain data that can cross threads, without the history and the oracle's
 * model. A plan itself comes again from its index.
 */
import { sha256 } from "../../platform/hash.ts";
import { type Creation, isCreation, type Plan } from "../../scenarios/plan.ts";
import { coverageOf, type PlanCoverage } from "../coverage/coverage.ts";
import type { History } from "../history/history.ts";
import type { Judgement, ObservedChoice } from "../oracle/oracle.ts";
import type { Tally } from "../record/finding.ts";
import type { EndedTask } from "../record/task-record.ts";
import { endedTasks } from "./ended-tasks.ts";
import { deviceTaskCount } from "./state-series.ts";

/** Which plan of a campaign. */
export interface PlanName {
  /** 0 for the first one. */
  readonly index: number;
  /** `queue-17` */
  readonly id: string;
}

export interface PlanResult extends PlanName {
  readonly tallies: readonly Tally[];
  readonly choices: readonly ObservedChoice[];
  readonly cutOff: boolean;
  /** Why it did not run to its end. */
  readonly cutOffBecause?: string;
  readonly unanswered: readonly string[];
  /** Size of the fleet. */
  readonly devices: number;
  /** Device tasks that were seen: how much the chart would show. */
  readonly deviceTasks: number;
  /** What became of them. */
  readonly tasks: readonly EndedTask[];
  /** Equal for plans that do the same to the same devices in the same order. */
  readonly sequence: string;
  readonly coverage: PlanCoverage;
}

const whyCutOff = ({ events }: History): Pick<PlanResult, "cutOffBecause"> => {
  const mark = events.findLast((event) => event.kind === "mark" && event.mark === "cut-off");
  return mark?.kind === "mark" && mark.reason !== undefined ? { cutOffBecause: mark.reason } : {};
};

export const planResult = (index: number, plan: Plan, history: History, judgement: Judgement): PlanResult => ({
  index,
  id: plan.id,
  tallies: judgement.tallies,
  choices: judgement.choices,
  cutOff: judgement.cutOff,
  ...(judgement.cutOff ? whyCutOff(history) : {}),
  unanswered: judgement.unanswered,
  devices: plan.fleet.length,
  deviceTasks: deviceTaskCount(judgement.context),
  tasks: endedTasks(judgement.context),
  sequence: sha256(sequenceOf(plan)).slice(0, SEQUENCE_KEY),
  coverage: coverageOf(plan, history, judgement),
});

/** Hex digits: a million plans share a key by accident once in forty million campaigns. */
const SEQUENCE_KEY = 16;

/** Something was found, whatever comes of it. */
export const isFailing = ({ tallies }: Pick<PlanResult, "tallies">): boolean =>
  tallies.some(({ findings }) => findings.length > 0);

/** One plan in ten, by its index: no matter who runs it, and whatever was run before. */
export const isSampled = (index: number): boolean => index % SAMPLE_OF === 0;

const SAMPLE_OF = 10;

/** What makes the operations of one plan differ from another's: what is done to whom, in which order; not when. */
export const sequenceOf = (plan: Plan): string =>
  [...plan.operations]
    .sort((a, b) => a.at - b.at)
    .map((operation) => {
      const device = "device" in operation ? operation.device % plan.fleet.length : "";
      const task = isCreation(operation) ? `${contentOf(operation)}${JSON.stringify(operation.devices)}` : "";
      return `${operation.kind}:${device}:${task}`;
    })
    .join(" ");

const contentOf = (operation: Creation): string =>
  operation.kind === "create-task" ? `${operation.taskType}${operation.property}` : `${operation.image}`;
