/**
 * The plan interpreter: says what happens next in a plan. Both drivers, `simulate` and `runLive`, obey it.
 *
 * Pure: the caller passes `now`, performs the effects in order, feeds REST answers back, and calls with
 * `{ kind: "time" }` at `deadline`. It provisions device types, devices and firmware images first; when that is done it says
 * `begin`, and from then on plan time runs. An operation on a task whose creation is not answered yet waits for the
 * answer; one on a task that was refused or never created is skipped.
 */

import type { RestResponse } from "../../protocol/server-port.ts";
import { after, type Instant, type Micros, millis, NEVER } from "../../protocol/time.ts";
import { isCreation, type Operation, type Plan } from "../../scenarios/plan.ts";
import type { MarkEvent, RestPurpose } from "../history/history.ts";
import { type CommandEffect, type RestartEffect, requestsOf, type TaskState } from "./operation-requests.ts";
import {
  createdTaskId,
  isSuccess,
  type Rest,
  type RestEffect,
  restRequests,
  type Tokens,
  uploadedImageId,
} from "./rest-requests.ts";
import type { RunNames } from "./run-names.ts";
import { type SetUpRequest, setUpRequests } from "./set-up.ts";

export type InterpreterInput =
  | { readonly kind: "time" }
  | { readonly kind: "answer"; readonly ticket: number; readonly response: RestResponse }
  | { readonly kind: "failure"; readonly ticket: number; readonly reason: string };

export type InterpreterEffect =
  | RestEffect
  /** Set-up is done: plan time 0 is now. Devices are switched on from here. */
  | { readonly kind: "begin"; readonly start: Instant }
  | CommandEffect
  | RestartEffect
  | { readonly kind: "mark"; readonly mark: MarkEvent["mark"]; readonly reason?: string }
  /** Set-up failed: nothing can be said about the server. */
  | { readonly kind: "abort"; readonly reason: string }
  | { readonly kind: "done" };

export interface Interpreter {
  readonly deadline: Instant;
  start(now: Instant): readonly InterpreterEffect[];
  handle(input: InterpreterInput, now: Instant): readonly InterpreterEffect[];
  /** Plan time has stood still for so long: all that is left comes later. */
  postpone(by: Micros): void;
}

type Stage = "set-up" | "running" | "over";

interface Step {
  readonly at: number;
  readonly operation: Operation | "quiet" | "end";
}

/** What the interpreter remembers while it obeys a plan. */
interface Progress {
  readonly plan: Plan;
  readonly names: RunNames;
  readonly tokens: Tokens;
  readonly rest: Rest;
  readonly steps: readonly Step[];
  readonly setUp: readonly SetUpRequest[];
  readonly tasks: Map<number, TaskState>;
  /** Ids of the firmware images that the server took, by index. */
  readonly images: Map<number, string>;
  /** Operations on a task whose creation is not answered yet. */
  readonly waiting: Map<number, Operation[]>;
  /** Requests under way. */
  readonly purposes: Map<number, RestPurpose>;
  stage: Stage;
  setUpPosition: number;
  position: number;
  started: Instant;
}

/** @param tokens default: those that the profile gives (choice 30, docs/semantics.md) */
export function createInterpreter(
  plan: Plan,
  names: RunNames,
  tokens: Tokens = plan.profile.access ?? {},
): Interpreter {
  const purposes = new Map<number, RestPurpose>();
  const progress: Progress = {
    plan,
    names,
    tokens,
    rest: restRequests(purposes, tokens),
    steps: timeline(plan),
    setUp: setUpRequests(plan, names, tokens),
    tasks: new Map(),
    images: new Map(),
    waiting: new Map(),
    purposes,
    stage: "set-up",
    setUpPosition: 0,
    position: 0,
    started: NEVER,
  };
  return {
    get deadline() {
      const step = progress.steps[progress.position];
      return progress.stage === "running" && step !== undefined ? after(progress.started, millis(step.at)) : NEVER;
    },
    start: (now) => nextSetUp(progress, now),
    handle(input, now) {
      if (progress.stage === "over") return [];
      if (input.kind !== "time") return answered(progress, input, now);
      return progress.stage === "running" ? dueSteps(progress, now) : [];
    },
    postpone(by) {
      progress.started = after(progress.started, by);
    },
  };
}

function nextSetUp(progress: Progress, now: Instant): InterpreterEffect[] {
  const request = progress.setUp[progress.setUpPosition++];
  if (request !== undefined) return [progress.rest(request.purpose, "POST", request.path, { body: request.body })];
  progress.stage = "running";
  progress.started = now;
  return [{ kind: "begin", start: now }, { kind: "mark", mark: "start" }, ...dueSteps(progress, now)];
}

function dueSteps(progress: Progress, now: Instant): InterpreterEffect[] {
  const { steps, started } = progress;
  const effects: InterpreterEffect[] = [];
  for (
    let step = steps[progress.position];
    step !== undefined && after(started, millis(step.at)) <= now;
    step = steps[++progress.position]
  ) {
    if (step.operation === "quiet") effects.push({ kind: "mark", mark: "quiet" });
    else if (step.operation === "end") {
      progress.stage = "over";
      effects.push({ kind: "mark", mark: "end" }, { kind: "done" });
    } else effects.push(...perform(progress, step.operation));
  }
  return effects;
}

function perform(progress: Progress, operation: Operation): readonly InterpreterEffect[] {
  const { tokens, tasks, waiting } = progress;
  if ("as" in operation && operation.as !== undefined && tokens.stranger === undefined) return [];
  const waits = "task" in operation && !isCreation(operation) && tasks.get(operation.task)?.kind === "asked";
  if (!waits) return requestsOf(operation, progress);
  waiting.set(operation.task, [...(waiting.get(operation.task) ?? []), operation]);
  return [];
}

function answered(
  progress: Progress,
  input: Exclude<InterpreterInput, { kind: "time" }>,
  now: Instant,
): InterpreterEffect[] {
  const { ticket } = input;
  const response: RestResponse | undefined = input.kind === "answer" ? input.response : undefined;
  const purpose = progress.purposes.get(ticket);
  progress.purposes.delete(ticket);
  if (purpose?.kind === "set-up") {
    if (response !== undefined && isSuccess(response)) return nextSetUp(progress, now);
    progress.stage = "over";
    const why =
      input.kind === "failure"
        ? `no answer: ${input.reason}`
        : `HTTP ${input.response.status} ${JSON.stringify(input.response.body)}`;
    const path = progress.setUp[progress.setUpPosition - 1]?.path.join("/");
    return [{ kind: "abort", reason: `provisioning by POST /${path} failed: ${why}` }];
  }
  if (purpose?.kind === "upload-image") {
    const image = response !== undefined && isSuccess(response) ? uploadedImageId(response) : undefined;
    if (image !== undefined) progress.images.set(purpose.image, image);
    return nextSetUp(progress, now);
  }
  if (purpose?.kind !== "create-task") return [];
  const id = response !== undefined && isSuccess(response) ? createdTaskId(response) : undefined;
  const { devices } = purpose;
  progress.tasks.set(purpose.task, id === undefined ? { kind: "refused" } : { kind: "known", id, devices });
  const held = progress.waiting.get(purpose.task) ?? [];
  progress.waiting.delete(purpose.task);
  return held.flatMap((operation) => perform(progress, operation));
}

function timeline(plan: Plan): readonly Step[] {
  const steps: Step[] = plan.operations.map((operation) => ({ at: operation.at, operation }));
  steps.push({ at: plan.quietFrom, operation: "quiet" });
  const end = Math.max(plan.until, ...steps.map(({ at }) => at));
  // Array.prototype.sort is stable: operations at one instant keep the order of the plan.
  return [...steps.sort((a, b) => a.at - b.at), { at: end, operation: "end" }];
}
