/**
 * The steps that building blocks are written with: create a task, poll, make a device register, disturb it.
 *
 * Each step writes on the sketch at a time that the block says. Tasks of one device differ in content, as far as that
 * goes, so that a request on the wire can be attributed to its task.
 */
import type { TaskType } from "../protocol/task-api/states.ts";
import type { Behaviour, RequestMatch } from "../simulator/model/device.ts";
import type { Direction } from "../simulator/model/fault.ts";
import { part } from "./pace.ts";
import type { Outsider } from "./plan.ts";
import type { Lane, Sketch } from "./sketch.ts";

const DEVICE_OBJECT = "deviceProperties.device";

/** Task API names of object 3; the empty name is the whole object. */
const READABLE = [
  "",
  "manufacturer",
  "modelNumber",
  "serialNumber",
  "firmwareVersion",
  "batteryLevel",
  "timezone",
  "utcOffset",
  "powerSourceVoltage",
  "memoryFree",
  "errorCode",
  "deviceType",
  "softwareVersion",
] as const;
const WRITABLE = ["timezone", "utcOffset", "timezone", "currentTime"] as const;
const EXECUTABLE = ["resetErrorCode", "resetErrorCode", "resetErrorCode", "factoryReset", "reboot"] as const;
const AREAS = ["Europe/Berlin", "Asia/Seoul", "America/Lima", "Africa/Nairobi", "Australia/Perth"] as const;

/** Which task to create, as drawn: the first dial picks the type among the plan's, the second the property. */
export interface TaskChoice {
  readonly type: number;
  readonly property: number;
}

export interface TaskOptions {
  /** Seconds. */
  readonly expiresAfter?: number | undefined;
  /** When it is to begin, milliseconds from the start of the plan. Absent: at once. */
  readonly scheduledOn?: number | undefined;
  /** One of these types only. */
  readonly only?: readonly TaskType[];
  /** The target is given as `all` devices of the type. */
  readonly all?: boolean;
  /** A write of this server property instead of what was drawn. */
  readonly property?: string;
  /** This and nothing else, even when the device has had it before. */
  readonly content?: TaskContent;
  /** By whom it is asked for; absent: by the owner of the device type. */
  readonly as?: Outsider;
}

export const pick = <T>(list: readonly T[], dial: number): T => {
  const found = list[dial % list.length];
  if (found === undefined) throw new RangeError("nothing to pick from");
  return found;
};

export interface TaskContent {
  readonly taskType: TaskType;
  readonly property: string;
  readonly value?: string;
}

function writeContent(ref: number, dial: number): TaskContent {
  const name = pick(WRITABLE, dial);
  const quarter = (ref * 7 + dial) % 57;
  const offset = `+${String(Math.floor(quarter / 4)).padStart(2, "0")}:${String((quarter % 4) * 15).padStart(2, "0")}`;
  const values = {
    timezone: `${pick(AREAS, dial)}-${ref}`,
    utcOffset: offset,
    currentTime: String(1_700_000_000 + ref),
  };
  return { taskType: "W", property: `${DEVICE_OBJECT}.${name}`, value: values[name] };
}

const readContent = (dial: number): TaskContent => {
  const name = pick(READABLE, dial);
  return { taskType: "R", property: name === "" ? DEVICE_OBJECT : `${DEVICE_OBJECT}.${name}` };
};

const executeContent = (dial: number): TaskContent => ({
  taskType: "E",
  property: `${DEVICE_OBJECT}.${pick(EXECUTABLE, dial)}`,
});

function drawnContent(type: TaskType, ref: number, dial: number): TaskContent {
  if (type === "W") return writeContent(ref, dial);
  return type === "R" ? readContent(dial) : executeContent(dial);
}

const contentKey = (lane: Lane, content: TaskContent): string =>
  `${lane.device} ${content.taskType} ${content.property} ${content.value ?? ""}`;

/** The content drawn, or the nearest that no task of these devices has yet: the next property, then a Write. */
function freshContent(
  sketch: Sketch,
  lanes: readonly Lane[],
  choice: TaskChoice,
  only: readonly TaskType[] | undefined,
): TaskContent {
  const ref = sketch.nextTask;
  const allowed: readonly TaskType[] = sketch.swarm.taskTypes.filter(
    (type) => only === undefined || only.includes(type),
  );
  const type: TaskType = pick(allowed.length > 0 ? allowed : (only ?? ["W"]), choice.type);
  const first = drawnContent(type, ref, choice.property);
  if (sketch.swarm.collisions) return first;
  for (let step = 0; step < READABLE.length; step += 1) {
    const content = drawnContent(type, ref, choice.property + step);
    if (lanes.every((lane) => !sketch.used.has(contentKey(lane, content)))) return content;
  }
  return only === undefined || only.includes("W") ? writeContent(ref, 0) : first;
}

const chosenContent = (
  sketch: Sketch,
  lanes: readonly Lane[],
  choice: TaskChoice,
  { property, only }: TaskOptions,
): TaskContent =>
  property === undefined
    ? freshContent(sketch, lanes, choice, only)
    : { taskType: "W", property, value: `value-${sketch.nextTask}` };

/** Creates a task for these devices; gives its `ref`. */
export function createTask(
  sketch: Sketch,
  lanes: readonly Lane[],
  at: number,
  choice: TaskChoice,
  options: TaskOptions = {},
): number {
  const ref = sketch.nextTask;
  const content = options.content ?? chosenContent(sketch, lanes, choice, options);
  for (const lane of lanes) sketch.used.add(contentKey(lane, content));
  sketch.nextTask += 1;
  sketch.operations.push({
    at,
    kind: "create-task",
    task: ref,
    ...content,
    devices: options.all === true ? "all" : lanes.map((lane) => lane.device),
    type: lanes[0]?.type ?? 0,
    ...(options.expiresAfter === undefined ? {} : { expiresAfter: options.expiresAfter }),
    ...(options.scheduledOn === undefined ? {} : { scheduledOn: options.scheduledOn }),
    ...(options.as === undefined ? {} : { as: options.as }),
  });
  return ref;
}

/** One poll in so many asks for the histories, too. */
const HISTORY_EVERY = 4;

export const poll = (sketch: Sketch, task: number, at: number): void => {
  sketch.operations.push({ at, kind: "poll", task });
  if ((sketch.operations.length + sketch.swarm.dial) % HISTORY_EVERY === 0) pollHistory(sketch, task, at);
};

export const pollHistory = (sketch: Sketch, task: number, at: number): void => {
  sketch.operations.push({ at, kind: "poll-history", task });
};

export const pollMirror = (sketch: Sketch, lane: Lane, at: number): void => {
  sketch.operations.push({ at, kind: "poll-mirror", device: lane.device });
};

export const cancelTask = (sketch: Sketch, task: number, at: number): void => {
  sketch.operations.push({ at, kind: "cancel-task", task });
};

export const cancelDeviceTask = (sketch: Sketch, task: number, lane: Lane, at: number): void => {
  sketch.operations.push({ at, kind: "cancel-device-task", task, device: lane.device });
};

// ── what the device does

/** Makes the device register now, whatever it was before. */
export function register(sketch: Sketch, lane: Lane, at: number): void {
  const nature = sketch.swarm.natures[lane.device];
  const first = !lane.touched && lane.registersAt === undefined;
  if (first && nature?.selfStarts === true) lane.registersAt = at;
  else sketch.operations.push({ at, kind: "register", device: lane.device });
  contact(lane, at);
  lane.registered = true;
}

export function update(sketch: Sketch, lane: Lane, at: number): void {
  sketch.operations.push({ at, kind: "update", device: lane.device });
  contact(lane, at);
}

export function deregister(sketch: Sketch, lane: Lane, at: number): void {
  sketch.operations.push({ at, kind: "deregister", device: lane.device });
  contact(lane, at);
  lane.registered = false;
}

function contact(lane: Lane, at: number): void {
  lane.touched = true;
  lane.lastContact = at;
}

/** Advances the lane's clock until the device is registered; costs nothing when it is. */
export function ensureRegistered(sketch: Sketch, lane: Lane): void {
  const shortLived = lane.model.lifetime !== undefined;
  if (lane.registered && !shortLived) return;
  register(sketch, lane, lane.clock);
  lane.clock += sketch.pace.beat;
}

/** Advances the lane's clock until the device is not registered. */
export function ensureAbsent(sketch: Sketch, lane: Lane): void {
  lane.touched = true;
  if (!lane.registered) return;
  deregister(sketch, lane, lane.clock);
  lane.clock += sketch.pace.beat;
}

export const TRIGGERS = ["update", "register", "reboot", "new-address"] as const;
/** What a device can do to make the server try again (choice 4, docs/semantics.md). */
export type Trigger = (typeof TRIGGERS)[number];

/** Performs the trigger; gives the moment at which it has surely had its effect on a healthy link. */
export function trigger(sketch: Sketch, lane: Lane, at: number, kind: Trigger): number {
  const { beat } = sketch.pace;
  if (!lane.registered || kind === "register") {
    register(sketch, lane, at);
    return at + beat;
  }
  if (kind === "update") {
    update(sketch, lane, at);
    return at + beat;
  }
  contact(lane, at);
  if (kind === "new-address") {
    sketch.operations.push({ at, kind: "change-address", device: lane.device, update: true });
    return at + beat;
  }
  sketch.operations.push({ at, kind: "reboot", device: lane.device });
  return at + bootTime(sketch, lane) + beat;
}

/**
 * Live, every other time: milliseconds after which the server has surely noticed what happened, so that what it then does
 * can be held against it. In simulation it notices at once.
 */
export const untilNoticed = ({ pace }: Sketch, share: number): number => (share % 2 === 0 ? pace.reaction : 0);

/** One-way latency of a link without faults, milliseconds. */
export const latencyOf = (sketch: Sketch): number => part(sketch.swarm.latency, sketch.pace.latency);

/** Milliseconds that the device needs to boot. */
export function bootTime(sketch: Sketch, lane: Lane): number {
  const percent = sketch.swarm.natures[lane.device]?.bootTime ?? 100;
  return part(percent * 10, sketch.pace.mode === "live" ? 300 : 3_000);
}

// ── what goes wrong

export function loss(
  sketch: Sketch,
  lane: Lane,
  from: number,
  until: number,
  direction: Direction,
  permille = 1_000,
): void {
  sketch.faults.push({ kind: "loss", device: lane.device, from, until, direction, permille });
}

export function duplication(
  sketch: Sketch,
  lane: Lane,
  from: number,
  until: number,
  direction: Direction,
  delay: number,
): void {
  sketch.faults.push({ kind: "duplication", device: lane.device, from, until, direction, permille: 1_000, delay });
}

export function offline(sketch: Sketch, lane: Lane, from: number, until: number): void {
  sketch.faults.push({ kind: "offline", device: lane.device, from, until });
}

export function behave(
  sketch: Sketch,
  lane: Lane,
  from: number,
  until: number,
  behaviour: Behaviour,
  match: RequestMatch = {},
): void {
  sketch.faults.push({ kind: "behaviour", device: lane.device, from, until, match, behaviour });
}

/** Lets the block end: the next one on these devices starts at `at` or later. */
export function finish(lanes: readonly Lane[], at: number): void {
  for (const lane of lanes) lane.clock = Math.max(lane.clock, at);
}
