/**
 * Conditions of the queue: for whom tasks are created, how long they wait, what lets them go, and what stops the drain.
 * Rules: docs/semantics.md, choices 4, 12, 13, 28.
 */
import type { DeviceTaskView } from "../../oracle/views/task-view.ts";
import { always, conditionsOf } from "../condition.ts";
import {
  busyWithAnother,
  creationOf,
  DAY,
  endOf,
  failed,
  openBefore,
  releasedBy,
  SECOND,
  startOf,
  waitedBefore,
} from "../exchange-questions.ts";
import { isBefore } from "../moments.ts";
import {
  type DeviceMode,
  type DeviceScene,
  heardBefore,
  modeBefore,
  type Scene,
  type StandingChange,
  sceneOfDevice,
  standingBefore,
} from "../scene.ts";

const onTheWire = ({ operation }: DeviceTaskView): boolean => operation !== undefined;

const createdFor = (mode: DeviceMode) => (deviceTask: DeviceTaskView, scene: Scene) =>
  modeBefore(scene, sceneOfDevice(scene, deviceTask.device), creationOf(deviceTask)) === mode;

/** Created for a device that is not registered any more, since: */
const createdAfter = (kind: "deregister" | "lifetime-over") => (deviceTask: DeviceTaskView, scene: Scene) =>
  standingBefore(sceneOfDevice(scene, deviceTask.device), creationOf(deviceTask))?.kind === kind;

function createdWhenHeard(deviceTask: DeviceTaskView, scene: Scene, least: number, most: number): boolean {
  const device = sceneOfDevice(scene, deviceTask.device);
  const heard = heardBefore(device, creationOf(deviceTask));
  if (heard === undefined || standingBefore(device, creationOf(deviceTask))?.queueMode !== true) return false;
  const since = creationOf(deviceTask).at - heard - scene.context.awakeWindow;
  return since >= least && since < most;
}

/** Another device task of the same device waited when this one was created. */
const waitedAlready = (deviceTask: DeviceTaskView, other: DeviceTaskView): boolean =>
  other !== deviceTask && waitedBefore(other, creationOf(deviceTask));

const queueGrows = (length: number, modes: readonly DeviceMode[]) => (deviceTask: DeviceTaskView, scene: Scene) =>
  deviceTask.device.tasks.length >= length &&
  modes.includes(modeBefore(scene, sceneOfDevice(scene, deviceTask.device), creationOf(deviceTask))) &&
  deviceTask.device.tasks.filter((other) => waitedAlready(deviceTask, other)).length + 1 >= length;

/** The attempts that one Register or Update let go. */
const drainedBy = (scene: Scene, device: DeviceScene, change: StandingChange) =>
  device.exchanges.filter((exchange) => releasedBy(scene, exchange) === change);

const drains = (kind: StandingChange["kind"], length: number) => (device: DeviceScene, scene: Scene) => {
  if (device.exchanges.length < length) return false;
  const counts = new Map<StandingChange, number>();
  return device.exchanges.some((exchange) => {
    const released = releasedBy(scene, exchange);
    if (typeof released !== "object" || released.kind !== kind) return false;
    const count = (counts.get(released) ?? 0) + 1;
    counts.set(released, count);
    return count >= length;
  });
};

/** How long a device task had waited when it was first sent; negative when it never was. */
const waitOf = ({ task, attempts }: DeviceTaskView): number => {
  const first = attempts[0];
  return first === undefined ? -1 : first.started.earliest - task.activeFrom.latest;
};

/** It waited at a Register or Update that let others go, nothing failed, and yet it was only sent at a later one. */
function outlastedByDrain(deviceTask: DeviceTaskView, scene: Scene): boolean {
  const device = sceneOfDevice(scene, deviceTask.device);
  const first = deviceTask.attempts[0];
  if (first === undefined) return false;
  const released = releasedBy(scene, first);
  if (typeof released !== "object") return false;
  return device.standing.some(
    (change) =>
      change.queueMode &&
      isBefore(change, released) &&
      waitedBefore(deviceTask, change) &&
      drainedBy(scene, device, change).length > 0 &&
      !device.exchanges.some(
        (exchange) => failed(exchange) && isBefore(change, endOf(exchange)) && isBefore(endOf(exchange), released),
      ),
  );
}

export const WAITING = conditionsOf("device-task", onTheWire, [
  [
    "task-for-never-registered",
    "live-too",
    "a task was created for a device that had never registered",
    (deviceTask, scene) =>
      standingBefore(sceneOfDevice(scene, deviceTask.device), creationOf(deviceTask)) === undefined,
  ],
  [
    "task-for-departed",
    "live-too",
    "a task was created for a device that had de-registered",
    createdAfter("deregister"),
  ],
  [
    "task-for-lapsed",
    "live-too",
    "a task was created for a device whose lifetime was over",
    createdAfter("lifetime-over"),
  ],
  [
    "task-for-always-on",
    "live-too",
    "a task was created for a registered device without queue mode",
    createdFor("always-on"),
  ],
  [
    "task-for-awake-queue-mode",
    "live-too",
    "a task was created for a queue-mode device within its awake window",
    createdFor("queue-awake"),
  ],
  [
    "task-for-sleeping-queue-mode",
    "live-too",
    "a task was created for a queue-mode device after its awake window",
    createdFor("queue-asleep"),
  ],
  [
    "task-just-before-sleep",
    "sim",
    "a task was created within the last 5 s of the awake window of its queue-mode device",
    (deviceTask, scene) => createdWhenHeard(deviceTask, scene, -5 * SECOND, 0),
  ],
  [
    "task-just-after-sleep",
    "sim",
    "a task was created within 5 s after the awake window of its queue-mode device",
    (deviceTask, scene) => createdWhenHeard(deviceTask, scene, 0, 5 * SECOND),
  ],
  [
    "task-during-exchange",
    "live-too",
    "a task was created while another exchange with its device was open",
    (deviceTask, scene) => busyWithAnother(scene, deviceTask, creationOf(deviceTask)),
  ],
  ["twelve-tasks-asleep", "sim", "12 tasks were queued for one sleeping device", queueGrows(12, ["queue-asleep"])],
  [
    "twelve-tasks-unregistered",
    "sim",
    "12 tasks were queued for one device that was not registered",
    queueGrows(12, ["unregistered"]),
  ],
  [
    "five-tasks-while-busy",
    "live-too",
    "5 tasks were queued for a device that was registered and awake",
    queueGrows(5, ["always-on", "queue-awake"]),
  ],
  [
    "same-operation-waits-twice",
    "live-too",
    "two tasks that ask the same of one device waited at the same time",
    (deviceTask) =>
      deviceTask.device.tasks.some(
        (other) => other.operation === deviceTask.operation && waitedAlready(deviceTask, other),
      ),
  ],
  [
    "waited-a-day",
    "sim",
    "a task waited more than a day before it was first sent",
    (deviceTask) => waitOf(deviceTask) > DAY,
  ],
  [
    "waited-six-days",
    "sim",
    "a task waited more than six days before it was first sent",
    (deviceTask) => waitOf(deviceTask) > 6 * DAY,
  ],
  [
    "outlasted-by-drain",
    "sim",
    "a queue-mode device fell asleep before its queue was empty, and got the rest at its next Update",
    outlastedByDrain,
  ],
  [
    "failure-stops-drain",
    "live-too",
    "an attempt failed while another task of the device waited, which was sent only after the next Register or Update",
    (deviceTask, scene) => {
      const device = sceneOfDevice(scene, deviceTask.device);
      return device.exchanges.some((exchange) => {
        if (!failed(exchange) || exchange.task === deviceTask || !waitedBefore(deviceTask, endOf(exchange)))
          return false;
        const next = deviceTask.attempts.find((attempt) => isBefore(endOf(exchange), startOf(attempt)));
        const released = next === undefined ? undefined : releasedBy(scene, next);
        return typeof released === "object" && isBefore(endOf(exchange), released);
      });
    },
  ],
  [
    "new-task-overtakes-failed-one",
    "live-too",
    "a task that was created after a failed attempt was sent at once, while the failed one waited",
    (deviceTask, scene) => {
      const first = deviceTask.attempts[0];
      const overtakes = deviceTask.device.tasks.some(
        (other) => other.attempts.length > 0 && waitedAlready(deviceTask, other),
      );
      return (
        overtakes && first !== undefined && releasedBy(scene, first) === "creation" && waitOf(deviceTask) <= SECOND
      );
    },
  ],
  [
    "expired-behind-another",
    "live-too",
    "a task expired in the queue while another exchange with its device was open",
    (deviceTask, scene) =>
      deviceTask.settled?.how === "expired" &&
      waitedBefore(deviceTask, { at: deviceTask.task.expiry.latest, event: -1 }) &&
      busyWithAnother(scene, deviceTask, { at: deviceTask.task.expiry.latest, event: -1 }),
  ],
  [
    "cancelled-behind-another",
    "live-too",
    "a task was cancelled in the queue while another exchange with its device was open",
    (deviceTask, scene) => {
      const end = deviceTask.settled;
      if (end?.how !== "cancelled" || deviceTask.cancelAsked !== undefined) return false;
      return busyWithAnother(scene, deviceTask, { at: end.window.latest, event: end.event });
    },
  ],
]);

export const DRAINING = conditionsOf("device", always, [
  ["register-drains-three", "live-too", "one Register let three tasks or more go", drains("register", 3)],
  ["update-drains-three", "live-too", "one Update let three tasks or more go", drains("update", 3)],
  ["register-drains-ten", "sim", "one Register let ten tasks or more go", drains("register", 10)],
  [
    "drain-of-all-types",
    "live-too",
    "one Register or Update let a Read, a Write and an Execute go",
    (device, scene) =>
      device.standing.some(
        (change) => new Set(drainedBy(scene, device, change).map(({ task }) => task?.task.taskType)).size === 3,
      ),
  ],
  [
    "trigger-with-empty-queue",
    "live-too",
    "a device registered or updated when nothing waited for it",
    ({ view, standing }) =>
      standing.some(
        (change) => change.registered && !view.tasks.some((deviceTask) => waitedBefore(deviceTask, change)),
      ),
  ],
  [
    "devices-busy-at-once",
    "live-too",
    "exchanges with two devices were open at the same time",
    (device, { devices }) =>
      device.exchanges.some((exchange) =>
        devices.some(
          (other) => other !== device && other.exchanges.some((theirs) => openBefore(theirs, startOf(exchange))),
        ),
      ),
  ],
]);
