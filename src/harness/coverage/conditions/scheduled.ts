/** Conditions of tasks that are to begin later, and of what happens about then. Rules: docs/semantics.md, choice 9. */
import type { DeviceTaskView } from "../../oracle/views/task-view.ts";
import { conditionsOf } from "../condition.ts";
import { busyWithAnother, SECOND, startOf, waitedBefore } from "../exchange-questions.ts";
import { isBefore, type Moment } from "../moments.ts";
import { type DeviceMode, modeBefore, type Scene, sceneOfDevice } from "../scene.ts";

/** Its task began later than it was created, and this device of it was neither settled nor lost sight of by then. */
const waitsForItsTime = ({ task, settled, operation }: DeviceTaskView): boolean =>
  operation !== undefined &&
  task.state === "created" &&
  task.activeFrom.latest > task.created.latest &&
  (settled === undefined || settled.window.latest >= task.created.latest);

const beginOf = ({ task }: DeviceTaskView): Moment => ({ at: task.activeFrom.latest, event: -1 });

/** The run went on until it had begun, and it was open then. */
const beginsOpen = (deviceTask: DeviceTaskView): boolean =>
  deviceTask.begun && waitedBefore(deviceTask, beginOf(deviceTask));

const beginsFor =
  (...modes: readonly DeviceMode[]) =>
  (deviceTask: DeviceTaskView, scene: Scene) =>
    beginsOpen(deviceTask) &&
    modes.includes(modeBefore(scene, sceneOfDevice(scene, deviceTask.device), beginOf(deviceTask)));

/** A Register or Update of the device, so many microseconds after the task begins. */
const spokeWithin = (least: number, most: number) => (deviceTask: DeviceTaskView, scene: Scene) => {
  const { at } = beginOf(deviceTask);
  return (
    beginsOpen(deviceTask) &&
    sceneOfDevice(scene, deviceTask.device).standing.some(
      (change) => change.registered && change.at - at >= least && change.at - at < most,
    )
  );
};

const cancelledWithin = (least: number, most: number) => (deviceTask: DeviceTaskView) => {
  const { settled } = deviceTask;
  if (settled?.how !== "cancelled") return false;
  const since = settled.window.latest - beginOf(deviceTask).at;
  return since >= least && since < most;
};

/** Another task of the device, created later, was sent first. */
function overtakenByLater(deviceTask: DeviceTaskView): boolean {
  const first = deviceTask.attempts[0];
  if (first === undefined) return false;
  return deviceTask.device.tasks.some((other) => {
    const [theirs] = other.attempts;
    return (
      other.task.event > deviceTask.task.event && theirs !== undefined && isBefore(startOf(theirs), startOf(first))
    );
  });
}

export const SCHEDULED = conditionsOf("device-task", waitsForItsTime, [
  ["task-scheduled", "live-too", "a task waited for its scheduledOn", beginsOpen],
  [
    "scheduled-begins-ready",
    "live-too",
    "a task began later, and its device was there",
    beginsFor("always-on", "queue-awake"),
  ],
  [
    "scheduled-begins-unregistered",
    "live-too",
    "a task began later, and its device was not registered",
    beginsFor("unregistered"),
  ],
  [
    "scheduled-begins-asleep",
    "sim",
    "a task began later, and its queue-mode device was asleep",
    beginsFor("queue-asleep"),
  ],
  [
    "scheduled-begins-busy",
    "live-too",
    "a task began later, while another exchange with its device was open",
    (deviceTask, scene) => beginsOpen(deviceTask) && busyWithAnother(scene, deviceTask, beginOf(deviceTask)),
  ],
  [
    "trigger-just-before-begin",
    "live-too",
    "a device registered or updated within the last second before its task began",
    spokeWithin(-SECOND, 0),
  ],
  [
    "trigger-just-after-begin",
    "live-too",
    "a device registered or updated within a second after its task began",
    spokeWithin(0, SECOND),
  ],
  [
    "cancelled-before-begin",
    "live-too",
    "a task was cancelled before it began",
    cancelledWithin(Number.NEGATIVE_INFINITY, 0),
  ],
  [
    "cancelled-just-after-begin",
    "live-too",
    "a task was cancelled within a second after it began",
    cancelledWithin(0, SECOND),
  ],
  ["scheduled-expired", "sim", "a task that began later expired", ({ settled }) => settled?.how === "expired"],
  [
    "scheduled-overtaken",
    "live-too",
    "a task that began later was sent after one that was created after it",
    overtakenByLater,
  ],
]);
