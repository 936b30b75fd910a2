/**
 * The plan interpreter: says what happens next in a plan. Both drivers, `simulate` and `runLive`, obey it.
 *
 * Pure: the caller passes `now`, performs the effects in order, feeds REST answers back, and calls with
 * `{ kind: "time" }` at `deadline`. It provisions device types and devices first; when that is done it says
 * `begin`, and from then on plan time runs. An operation on a task whose creation is not answered yet waits for the
 * answer; one on a task that was refused or never created is skipped.
 */

import type { RestRequest, RestResponse } from "../protocol/server-port.ts";
import { after, type Instant, millis, NEVER, toUnixMillis } from "../protocol/time.ts";
import type { Operation, Outsider, Plan } from "../scenarios/plan.ts";
import type { MarkEvent, RestPurpose } from "./history.ts";

/** Ids on the server under test: unique to this run, so that runs share a server without meeting. */
export interface RunNames {
  /** Endpoint client name = device id, by index in the fleet. */
  readonly devices: readonly string[];
  /** Device type ids, by index. */
  readonly deviceTypes: readonly string[];
}

/** Names for a plan; `scope` keeps campaigns on a shared server apart and is empty in simulation. */
export function runNames(plan: Plan, scope = ""): RunNames {
  const stem = scope === "" ? plan.id : `${scope}-${plan.id}`;
  return {
    devices: plan.fleet.map((_, index) => `${stem}-d${index}`),
    deviceTypes: plan.deviceTypes.map((_, index) => `${stem}-t${index}`),
  };
}

/** The operations that a device carries out itself. */
export type DeviceOperation = Exclude<
  Operation,
  {
    kind:
      | "create-task"
      | "poll"
      | "poll-history"
      | "poll-mirror"
      | "cancel-task"
      | "cancel-device-task"
      | "configure-type";
  }
>;

export type InterpreterInput =
  | { readonly kind: "time" }
  | { readonly kind: "answer"; readonly ticket: number; readonly response: RestResponse }
  | { readonly kind: "failure"; readonly ticket: number; readonly reason: string };

export type InterpreterEffect =
  | { readonly kind: "rest"; readonly ticket: number; readonly request: RestRequest; readonly purpose: RestPurpose }
  /** Set-up is done: plan time 0 is now. Devices are switched on from here. */
  | { readonly kind: "begin"; readonly start: Instant }
  | { readonly kind: "command"; readonly device: number; readonly operation: DeviceOperation }
  | { readonly kind: "mark"; readonly mark: MarkEvent["mark"]; readonly reason?: string }
  /** Set-up failed: nothing can be said about the server. */
  | { readonly kind: "abort"; readonly reason: string }
  | { readonly kind: "done" };

export interface Interpreter {
  readonly deadline: Instant;
  start(now: Instant): readonly InterpreterEffect[];
  handle(input: InterpreterInput, now: Instant): readonly InterpreterEffect[];
}

/** Bearer tokens by who asks. Absent: that request carries none of its own, and nobody but the owner asks anything. */
export interface Tokens {
  readonly owner?: string;
  readonly stranger?: string;
}

type TaskState =
  | { readonly kind: "asked" }
  | { readonly kind: "known"; readonly id: string; readonly devices: readonly number[] }
  | { readonly kind: "refused" };
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
      if (input.kind === "answer") return answered(progress, input.ticket, input.response, now);
      if (input.kind === "failure") return answered(progress, input.ticket, undefined, now);
      return progress.stage === "running" ? dueSteps(progress, now) : [];
    },
  };
}

/** Makes REST effects with tickets of their own, and notes what each is for. */
function restRequests(purposes: Map<number, RestPurpose>, tokens: Tokens): Rest {
  let nextTicket = 1;
  return (purpose, method, path, extra = {}) => {
    const ticket = nextTicket++;
    const by = "as" in purpose ? purpose.as : undefined;
    const token = by === undefined ? tokens.owner : tokens.stranger;
    purposes.set(ticket, purpose);
    const authorised = by === "nobody" ? { anonymous: true as const } : token === undefined ? {} : { token };
    return { kind: "rest", ticket, purpose, request: { method, path, query: {}, ...authorised, ...extra } };
  };
}

function nextSetUp(progress: Progress, now: Instant): InterpreterEffect[] {
  const request = progress.setUp[progress.setUpPosition++];
  if (request !== undefined) return [progress.rest({ kind: "set-up" }, "POST", request.path, { body: request.body })];
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

function perform(progress: Progress, operation: Operation): InterpreterEffect[] {
  const { plan, names, tokens, rest, tasks, waiting } = progress;
  if ("as" in operation && operation.as !== undefined && tokens.stranger === undefined) return [];
  const waits = "task" in operation && operation.kind !== "create-task" && tasks.get(operation.task)?.kind === "asked";
  if (!waits) return performNow(operation, plan, names, rest, tasks, progress.started);
  waiting.set(operation.task, [...(waiting.get(operation.task) ?? []), operation]);
  return [];
}

function answered(
  progress: Progress,
  ticket: number,
  response: RestResponse | undefined,
  now: Instant,
): InterpreterEffect[] {
  const purpose = progress.purposes.get(ticket);
  progress.purposes.delete(ticket);
  if (purpose?.kind === "set-up") {
    if (response !== undefined && isSuccess(response)) return nextSetUp(progress, now);
    progress.stage = "over";
    const why = response === undefined ? "no answer" : `HTTP ${response.status} ${JSON.stringify(response.body)}`;
    const path = progress.setUp[progress.setUpPosition - 1]?.path.join("/");
    return [{ kind: "abort", reason: `provisioning by POST /${path} failed: ${why}` }];
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

interface SetUpRequest {
  readonly path: readonly string[];
  readonly body: unknown;
}

function setUpRequests(plan: Plan, names: RunNames, { owner }: Tokens): readonly SetUpRequest[] {
  const owned = owner === undefined ? {} : { owner };
  const types = plan.deviceTypes.map((type, index) => ({
    path: ["devicetypes"],
    body: {
      dtid: names.deviceTypes[index],
      name: names.deviceTypes[index],
      devicePropertiesEnabled: true,
      ...owned,
      ...type,
    },
  }));
  const devices = plan.fleet.map((device, index) => ({
    path: ["devices"],
    body: {
      did: names.devices[index],
      dtid: names.deviceTypes[device.type % plan.deviceTypes.length],
      name: names.devices[index],
    },
  }));
  return [...types, ...devices];
}

type Rest = (
  purpose: RestPurpose,
  method: string,
  path: readonly string[],
  extra?: Partial<RestRequest>,
) => InterpreterEffect;

const CANCELLED = { body: { status: "CANCELLED" } };
const TASKS = ["devicemgmt", "tasks"];

function performNow(
  operation: Operation,
  plan: Plan,
  names: RunNames,
  rest: Rest,
  tasks: Map<number, TaskState>,
  started: Instant,
): InterpreterEffect[] {
  const deviceIndex = "device" in operation ? operation.device % plan.fleet.length : 0;
  const did = names.devices[deviceIndex] ?? "";
  const state = "task" in operation ? tasks.get(operation.task) : undefined;
  const known = state?.kind === "known" ? state : undefined;
  const id = known?.id;
  const by = byWhom(operation);
  switch (operation.kind) {
    case "create-task": {
      if (state !== undefined) return [];
      tasks.set(operation.task, { kind: "asked" });
      return [createTask(operation, plan, names, rest, started)];
    }
    case "configure-type": {
      const type = operation.type % plan.deviceTypes.length;
      const body = { taskExpiresAfter: operation.taskExpiresAfter };
      return [
        rest({ kind: "configure-type", type }, "PUT", ["devicemgmt", "devicetypes", names.deviceTypes[type] ?? ""], {
          body,
        }),
      ];
    }
    case "poll-mirror": {
      const query = { includeTimestamp: "true" };
      return [
        rest({ kind: "poll-mirror", device: deviceIndex }, "GET", ["devicemgmt", "devices", did, "properties"], {
          query,
        }),
      ];
    }
    case "poll":
      if (id === undefined) return [];
      return [
        rest({ kind: "poll-task", task: operation.task, ...by }, "GET", [...TASKS, id]),
        rest({ kind: "poll-statuses", task: operation.task, ...by }, "GET", [...TASKS, id, "statuses"], {
          query: { count: "100" },
        }),
      ];
    case "poll-history":
      return known === undefined ? [] : pollHistory(operation, known, names, rest);
    case "cancel-task":
      if (id === undefined) return [];
      return [rest({ kind: "cancel-task", task: operation.task, ...by }, "PUT", [...TASKS, id], CANCELLED)];
    case "cancel-device-task":
      if (id === undefined) return [];
      return [
        rest(
          { kind: "cancel-device-task", task: operation.task, device: deviceIndex, ...by },
          "PUT",
          [...TASKS, id, "devices", did],
          CANCELLED,
        ),
      ];
    default:
      return [{ kind: "command", device: deviceIndex, operation }];
  }
}

const byWhom = (operation: Operation): { readonly as?: Outsider } =>
  "as" in operation && operation.as !== undefined ? { as: operation.as } : {};

/** Of the task, and for its owner of each of its devices. */
function pollHistory(
  operation: Extract<Operation, { kind: "poll-history" }>,
  { id, devices }: Extract<TaskState, { kind: "known" }>,
  names: RunNames,
  rest: Rest,
): InterpreterEffect[] {
  const path = [...TASKS, id, "statuses", "history"];
  const purpose = { kind: "poll-history", task: operation.task, ...byWhom(operation) } as const;
  const whole = rest(purpose, "GET", path);
  if (operation.as !== undefined) return [whole];
  const single = devices.map((device) =>
    rest({ ...purpose, device }, "GET", path, { query: { did: names.devices[device] ?? "" } }),
  );
  return [whole, ...single];
}

function createTask(
  operation: Extract<Operation, { kind: "create-task" }>,
  plan: Plan,
  names: RunNames,
  rest: Rest,
  started: Instant,
): InterpreterEffect {
  const type = operation.type % plan.deviceTypes.length;
  const devices =
    operation.devices === "all"
      ? plan.fleet.flatMap((device, index) => (device.type % plan.deviceTypes.length === type ? [index] : []))
      : [...new Set(operation.devices.map((index) => index % plan.fleet.length))];
  const taskParameters = {
    ...(operation.value === undefined ? {} : { value: operation.value }),
    ...(operation.expiresAfter === undefined ? {} : { expiresAfter: operation.expiresAfter }),
    ...(operation.scheduledOn === undefined
      ? {}
      : { scheduledOn: toUnixMillis(after(started, millis(operation.scheduledOn))) }),
  };
  const body = {
    dtid: names.deviceTypes[type],
    ...(operation.devices === "all" ? {} : { dids: devices.map((index) => names.devices[index]) }),
    taskType: operation.taskType,
    property: operation.property,
    ...(Object.keys(taskParameters).length === 0 ? {} : { taskParameters }),
  };
  return rest({ kind: "create-task", task: operation.task, devices, ...byWhom(operation) }, "POST", TASKS, { body });
}

export const isSuccess = (response: RestResponse): boolean => response.status >= 200 && response.status < 300;

/** The id in the envelope of a created task; `undefined` when the answer has none. */
export function createdTaskId(response: RestResponse): string | undefined {
  const body = response.body as { readonly data?: { readonly id?: unknown } } | null | undefined;
  const id = body?.data?.id;
  return typeof id === "string" && id !== "" ? id : undefined;
}
