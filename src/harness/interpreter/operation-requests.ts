/**
 * What an operation of a plan asks: REST requests of the server, or a command for a device.
 *
 * Pure. An operation on a task that was refused or never created asks nothing, nor does an update whose image the
 * server did not take.
 */
import { after, type Instant, millis, toUnixMillis } from "../../protocol/time.ts";
import type { Creation, Operation, Outsider, Plan } from "../../scenarios/plan.ts";
import type { Rest, RestEffect } from "./rest-requests.ts";
import type { RunNames } from "./run-names.ts";

type TaskOperation = Extract<
  Operation,
  {
    kind:
      | "create-task"
      | "create-update"
      | "answer-update"
      | "poll"
      | "poll-history"
      | "cancel-task"
      | "cancel-device-task";
  }
>;

/** The operations that a device carries out itself. */
export type DeviceOperation = Exclude<
  Operation,
  TaskOperation | { kind: "poll-mirror" | "configure-type" | "restart-server" }
>;

export interface CommandEffect {
  readonly kind: "command";
  readonly device: number;
  readonly operation: DeviceOperation;
}

/** Whoever runs the server kills its process, and starts it again; nothing happens where nobody can. */
export interface RestartEffect {
  readonly kind: "restart-server";
  readonly operation: Extract<Operation, { kind: "restart-server" }>;
}

/** What is known of a task that was asked for. */
export type TaskState =
  | { readonly kind: "asked" }
  | { readonly kind: "known"; readonly id: string; readonly devices: readonly number[] }
  | { readonly kind: "refused" };
type KnownTask = Extract<TaskState, { kind: "known" }>;

/** What a request depends on besides its operation. */
export interface Situation {
  readonly plan: Plan;
  readonly names: RunNames;
  readonly rest: Rest;
  readonly tasks: Map<number, TaskState>;
  /** Ids of the firmware images that the server took, by index. */
  readonly images: ReadonlyMap<number, string>;
  /** Plan time 0. */
  readonly started: Instant;
}

const CANCELLED = { body: { status: "CANCELLED" } };
const TASKS = ["devicemgmt", "tasks"];

/** @returns in the order in which they are to be made */
export function requestsOf(
  operation: Operation,
  situation: Situation,
): readonly (RestEffect | CommandEffect | RestartEffect)[] {
  const { plan, names, rest } = situation;
  const device = "device" in operation ? operation.device % plan.fleet.length : 0;
  switch (operation.kind) {
    case "create-task":
    case "create-update":
      return createTask(operation, situation);
    case "poll":
    case "poll-history":
    case "cancel-task":
    case "cancel-device-task":
    case "answer-update": {
      const state = situation.tasks.get(operation.task);
      return state?.kind === "known" ? onTask(operation, state, situation) : [];
    }
    case "configure-type": {
      const type = operation.type % plan.deviceTypes.length;
      const body = { taskExpiresAfter: operation.taskExpiresAfter };
      const path = ["devicemgmt", "devicetypes", names.deviceTypes[type] ?? ""];
      return [rest({ kind: "configure-type", type }, "PUT", path, { body })];
    }
    case "poll-mirror": {
      const path = ["devicemgmt", "devices", names.devices[device] ?? "", "properties"];
      return [rest({ kind: "poll-mirror", device }, "GET", path, { query: { includeTimestamp: "true" } })];
    }
    case "restart-server":
      return [{ kind: "restart-server", operation }];
    default:
      return [{ kind: "command", device, operation }];
  }
}

// ── tasks that exist

function onTask(
  operation: Exclude<TaskOperation, Creation>,
  known: KnownTask,
  { plan, names, rest }: Situation,
): readonly RestEffect[] {
  const { task } = operation;
  const path = [...TASKS, known.id];
  const by = byWhom(operation);
  switch (operation.kind) {
    case "poll":
      return [
        rest({ kind: "poll-task", task, ...by }, "GET", path),
        rest({ kind: "poll-statuses", task, ...by }, "GET", [...path, "statuses"], { query: { count: "100" } }),
      ];
    case "poll-history":
      return pollHistory(operation, known, names, rest);
    case "cancel-task":
      return [rest({ kind: "cancel-task", task, ...by }, "PUT", path, CANCELLED)];
    case "cancel-device-task":
    case "answer-update": {
      const device = operation.device % plan.fleet.length;
      const ofDevice = [...path, "devices", names.devices[device] ?? ""];
      if (operation.kind === "cancel-device-task")
        return [rest({ kind: "cancel-device-task", task, device, ...by }, "PUT", ofDevice, CANCELLED)];
      const { answer } = operation;
      const purpose = { kind: "answer-update", task, device, answer, ...by } as const;
      return [rest(purpose, "POST", [...ofDevice, "acceptance"], { body: { acceptanceStatus: answer } })];
    }
  }
}

const byWhom = (operation: Operation): { readonly as?: Outsider } =>
  "as" in operation && operation.as !== undefined ? { as: operation.as } : {};

/** Of the task, and for its owner of each of its devices. */
function pollHistory(
  operation: Extract<Operation, { kind: "poll-history" }>,
  { id, devices }: KnownTask,
  names: RunNames,
  rest: Rest,
): readonly RestEffect[] {
  const path = [...TASKS, id, "statuses", "history"];
  const purpose = { kind: "poll-history", task: operation.task, ...byWhom(operation) } as const;
  const whole = rest(purpose, "GET", path);
  if (operation.as !== undefined) return [whole];
  const single = devices.map((device) =>
    rest({ ...purpose, device }, "GET", path, { query: { did: names.devices[device] ?? "" } }),
  );
  return [whole, ...single];
}

// ── new tasks

/** A task is created once, whatever came of that. */
function createTask(operation: Creation, situation: Situation): readonly RestEffect[] {
  const { names, rest, tasks } = situation;
  const content = operation.kind === "create-task" ? ordinary(operation, situation) : update(operation, situation);
  if (content === undefined || tasks.has(operation.task)) return [];
  const { type, image, body } = content;
  const devices = targetsOf(operation.devices, type, situation.plan);
  tasks.set(operation.task, { kind: "asked" });
  const purpose = { kind: "create-task", task: operation.task, devices, ...(image === undefined ? {} : { image }) };
  const dids = operation.devices === "all" ? {} : { dids: devices.map((index) => names.devices[index]) };
  return [
    rest({ ...purpose, ...byWhom(operation), kind: "create-task" }, "POST", TASKS, {
      body: { dtid: names.deviceTypes[type], ...dids, ...body },
    }),
  ];
}

const targetsOf = (devices: Creation["devices"], type: number, { fleet, deviceTypes }: Plan): readonly number[] =>
  devices === "all"
    ? fleet.flatMap((device, index) => (device.type % deviceTypes.length === type ? [index] : []))
    : [...new Set(devices.map((index) => index % fleet.length))];

/** What a new task is about: its device type, its image when it is an update, and its part of the body. */
interface Content {
  readonly type: number;
  readonly image?: number;
  readonly body: object;
}

function ordinary(operation: Extract<Operation, { kind: "create-task" }>, { plan, started }: Situation): Content {
  const { taskType, property, value } = operation;
  const taskParameters = { ...(value === undefined ? {} : { value }), ...times(operation, started) };
  const parameters = Object.keys(taskParameters).length === 0 ? {} : { taskParameters };
  return { type: operation.type % plan.deviceTypes.length, body: { taskType, property, ...parameters } };
}

/** `undefined`: the server did not take the image. */
function update(
  operation: Extract<Operation, { kind: "create-update" }>,
  { plan, images, started }: Situation,
): Content | undefined {
  const all = plan.images ?? [];
  const image = all.length === 0 ? 0 : operation.image % all.length;
  const updateId = images.get(image);
  if (updateId === undefined) return undefined;
  const { needsAcceptance } = operation;
  const body = {
    taskParameters: { update: { updateId }, ...times(operation, started) },
    ...(needsAcceptance === undefined ? {} : { needsAcceptance }),
  };
  return { type: (all[image]?.type ?? 0) % plan.deviceTypes.length, image, body };
}

const times = ({ expiresAfter, scheduledOn }: Creation, started: Instant): object => ({
  ...(expiresAfter === undefined ? {} : { expiresAfter }),
  ...(scheduledOn === undefined ? {} : { scheduledOn: toUnixMillis(after(started, millis(scheduledOn))) }),
});
