/**
 * One firmware update of one device, laid out for those who ask what was met in it: what the device went through, what
 * its user said, what the server showed, and what happened meanwhile.
 *
 * Taken from the plan and the history: a server may go about an update in its own way, and a device shows what came of it.
 */
import type { FirmwareUpload } from "../../scenarios/firmware-images.ts";
import type { Plan, PlannedDevice } from "../../scenarios/plan.ts";
import type { UpdateEvent } from "../../simulator/device/firmware-machine.ts";
import type { History, RestPurpose } from "../history/history.ts";
import type { DeviceTaskView, SeenStatus } from "../oracle/views/task-view.ts";
import { creationOf } from "./exchange-questions.ts";
import { isBefore, lastBefore, type Moment } from "./moments.ts";
import type { DeviceScene, Scene } from "./scene.ts";

/** The firmware of a device got to another State or Result. */
export interface FirmwareStep extends Moment {
  readonly what: UpdateEvent;
  readonly state: number;
  readonly result: number;
  readonly version: string;
}

/** What the user of the device said, or somebody in their stead. */
export interface UserAnswer extends Moment {
  readonly purpose: Extract<RestPurpose, { kind: "answer-update" }>;
  readonly httpStatus: number;
}

export interface UpdateScene {
  readonly deviceTask: DeviceTaskView;
  readonly device: DeviceScene;
  readonly planned: PlannedDevice;
  readonly image: FirmwareUpload;
  readonly created: Moment;
  /** A poll showed its end, or its active period was over. */
  readonly over: Moment;
  /** What the last poll showed that showed its end. */
  readonly end: SeenStatus | undefined;
  /** What the firmware of the device did in all of the run, in order. */
  readonly steps: readonly FirmwareStep[];
  /** To the update as a whole, for whichever device. */
  readonly answers: readonly UserAnswer[];
  /** Updates of the device that were asked for before. */
  readonly earlier: readonly UpdateScene[];
}

const FINAL: ReadonlySet<string> = new Set(["SUCCEEDED", "FAILED", "CANCELLED"]);
const FOREVER: Moment = { at: Number.POSITIVE_INFINITY, event: -1 };

/** Each update of each device. */
export function updatesOf(plan: Plan, history: History, scene: Scene): readonly UpdateScene[] {
  const { images = [] } = plan;
  if (images.length === 0) return [];
  const seen = readHistory(history);
  const ends = endsSeen(scene);
  return scene.devices.flatMap((device) => {
    const planned = plan.fleet[device.view.index];
    const updates: UpdateScene[] = [];
    for (const deviceTask of device.view.tasks) {
      const { task } = deviceTask;
      const image = images[seen.images.get(task.ref) ?? -1];
      if (planned === undefined || image === undefined || task.state !== "created") continue;
      const end = ends.get(deviceTask);
      updates.push({
        deviceTask,
        device,
        planned,
        image,
        created: creationOf(deviceTask),
        over: overAt(end, { at: task.expiry.latest, event: -1 }),
        end,
        steps: seen.steps.get(device.view.index) ?? [],
        answers: seen.answers.filter(({ purpose }) => purpose.task === task.ref),
        earlier: [...updates],
      });
    }
    return updates;
  });
}

function overAt(end: SeenStatus | undefined, expiry: Moment): Moment {
  const shown = end === undefined ? FOREVER : { at: end.window.latest, event: end.event };
  return isBefore(shown, expiry) ? shown : expiry;
}

/** The first poll of each device task that showed its end. */
function endsSeen({ statuses }: Scene): ReadonlyMap<DeviceTaskView, SeenStatus> {
  const ends = new Map<DeviceTaskView, SeenStatus>();
  for (const { deviceTask, seen } of statuses)
    if (FINAL.has(seen.status) && !ends.has(deviceTask)) ends.set(deviceTask, seen);
  return ends;
}

interface SeenInHistory {
  /** Index of the image, by the task. */
  readonly images: Map<number, number>;
  /** By the device. */
  readonly steps: Map<number, FirmwareStep[]>;
  readonly answers: UserAnswer[];
}

function readHistory({ events }: History): SeenInHistory {
  const seen: SeenInHistory = { images: new Map(), steps: new Map(), answers: [] };
  const asked = new Map<number, UserAnswer["purpose"]>();
  for (const [index, event] of events.entries()) {
    if (event.kind === "firmware") {
      const { at, device, event: what, state, result, version } = event;
      const step = { at, event: index, what, state, result, version };
      const steps = seen.steps.get(device);
      if (steps === undefined) seen.steps.set(device, [step]);
      else steps.push(step);
    } else if (event.kind === "rest-request") {
      const { purpose, ticket } = event;
      if (purpose?.kind === "answer-update") asked.set(ticket, purpose);
      if (purpose?.kind === "create-task" && purpose.image !== undefined) seen.images.set(purpose.task, purpose.image);
    } else if (event.kind === "rest-answer") {
      const purpose = asked.get(event.ticket);
      if (purpose !== undefined)
        seen.answers.push({ at: event.at, event: index, purpose, httpStatus: event.response.status });
    }
  }
  return seen;
}

// ── stages

/** Where an update is, as the device knows. */
export const UPDATE_STAGES = ["idle", "downloading", "downloaded", "installing", "rebooting", "installed"] as const;
export type UpdateStage = (typeof UPDATE_STAGES)[number];

/** Just before a moment; `undefined`: the update had not begun by then, or was over. */
export function stageBefore(update: UpdateScene, moment: Moment): UpdateStage | undefined {
  if (isBefore(moment, update.created) || isBefore(update.over, moment)) return undefined;
  const last = lastBefore(update.steps, moment);
  if (last === undefined) return "idle";
  if (last.state === 3) return isOff(update.device, moment) ? "rebooting" : "installing";
  if (last.what === "installed" && isBefore(update.created, last)) return "installed";
  return last.state === 2 ? "downloaded" : last.state === 1 ? "downloading" : "idle";
}

function isOff({ life }: DeviceScene, moment: Moment): boolean {
  const power = life.filter(
    ({ event, at, index }) => (event === "reboot" || event === "boot") && isBefore({ at, event: index }, moment),
  );
  return power.at(-1)?.event === "reboot";
}

/** What the firmware of the device did in the course of the update. */
export const stepsOf = ({ steps, created, over }: UpdateScene): readonly FirmwareStep[] =>
  steps.filter((step) => isBefore(created, step) && isBefore(step, over));
