/**
 * Conditions of tasks over their devices, and of what polls showed: many targets, mixed ends, cancellations, states.
 * Rules: docs/semantics.md, "States", choices 18, 21, 28.
 */
import { DEVICE_TASK_STATUSES, TASK_STATUSES } from "../../../protocol/task-api/states.ts";
import type { FactOf } from "../../oracle/facts.ts";
import type { DeviceTaskEnd, DeviceTaskView, TaskView } from "../../oracle/views/task-view.ts";
import { always, conditionsOf } from "../condition.ts";
import { creationOf, openBefore, settledBefore, settlementOf, startOf, waitedBefore } from "../exchange-questions.ts";
import { isBefore, type Moment } from "../moments.ts";
import { type Cancellation, type Scene, sceneOfDevice } from "../scene.ts";

const endsOf = ({ devices }: TaskView): ReadonlySet<DeviceTaskEnd> =>
  new Set(devices.flatMap(({ settled }) => (settled === undefined ? [] : [settled.how])));

const endsWith =
  (...ends: readonly DeviceTaskEnd[]) =>
  (task: TaskView) => {
    const seen = endsOf(task);
    return ends.every((end) => seen.has(end));
  };

const inFlightBefore = ({ attempts }: DeviceTaskView, moment: Moment): boolean =>
  attempts.some((exchange) => openBefore(exchange, moment));

const cancellationsOf = ({ cancellations }: Scene, { ref }: TaskView): readonly Cancellation[] =>
  cancellations.filter(({ task }) => task === ref);

/** A cancellation of the whole task found its devices so. */
const cancelledWhile =
  (wanted: (devices: readonly DeviceTaskView[], moment: Moment) => boolean) => (task: TaskView, scene: Scene) =>
    cancellationsOf(scene, task).some((cancel) => cancel.device === undefined && wanted(task.devices, cancel));

/** A cancellation of a single device found its device task so. */
const deviceCancelledWhile =
  (wanted: (deviceTask: DeviceTaskView, moment: Moment) => boolean) => (task: TaskView, scene: Scene) =>
    cancellationsOf(scene, task).some((cancel) =>
      task.devices.some((deviceTask) => deviceTask.device.index === cancel.device && wanted(deviceTask, cancel)),
    );

const cancelledInFlightThen =
  (how: DeviceTaskEnd) =>
  ({ devices }: TaskView) =>
    devices.some(({ cancelAsked, settled }) => cancelAsked !== undefined && settled?.how === how);

export const TASKS = conditionsOf("task", ({ state }) => state === "created", [
  ["ten-targets", "sim", "a task had 10 targets or more", ({ devices }) => devices.length >= 10],
  ["two-targets", "live-too", "a task had more than one target", ({ devices }) => devices.length > 1],
  [
    "succeeded-and-failed",
    "live-too",
    "one device of a task succeeded and another failed",
    endsWith("succeeded", "failed"),
  ],
  [
    "succeeded-and-expired",
    "live-too",
    "one device of a task succeeded, and for another one it expired",
    endsWith("succeeded", "expired"),
  ],
  [
    "succeeded-and-cancelled",
    "live-too",
    "one device of a task succeeded, and for another one it was cancelled",
    endsWith("succeeded", "cancelled"),
  ],
  [
    "failed-and-expired",
    "sim",
    "one device of a task failed, and for another one it expired",
    endsWith("failed", "expired"),
  ],
  [
    "failed-and-cancelled",
    "sim",
    "one device of a task failed, and for another one it was cancelled",
    endsWith("failed", "cancelled"),
  ],
  [
    "expired-and-cancelled",
    "sim",
    "for one device a task expired, and for another one it was cancelled",
    endsWith("expired", "cancelled"),
  ],
  [
    "three-different-ends",
    "sim",
    "the devices of one task ended in three different ways",
    (task) => endsOf(task).size >= 3,
  ],
  [
    "two-devices-in-flight",
    "live-too",
    "a task was in flight to two devices at the same time",
    ({ devices }) =>
      devices.length > 1 &&
      devices.some((one) =>
        one.attempts.some((exchange) =>
          devices.some((other) => other !== one && inFlightBefore(other, startOf(exchange))),
        ),
      ),
  ],
  [
    "one-device-waits-another-done",
    "live-too",
    "a device of a task was done while another one still waited",
    ({ devices }) =>
      devices.some(
        (one) => one.settled !== undefined && devices.some((other) => waitedBefore(other, settlementOf(one))),
      ),
  ],
  [
    "server-property",
    "live-too",
    "a task wrote a server property",
    ({ property }) => property.startsWith("serverProperties."),
  ],
  [
    "server-property-of-absent-device",
    "live-too",
    "a task wrote a server property of a device that was not registered",
    ({ property, devices }, scene) =>
      property.startsWith("serverProperties.") &&
      devices.some((deviceTask) => {
        const last = sceneOfDevice(scene, deviceTask.device).standing.findLast((change) =>
          isBefore(change, creationOf(deviceTask)),
        );
        return last?.registered !== true;
      }),
  ],
  [
    "whole-object",
    "live-too",
    "a task read or wrote a whole object",
    ({ property }) => property === "deviceProperties.device",
  ],
]);

export const CANCELLING = conditionsOf(
  "task",
  ({ ref }, { cancellations }) => cancellations.some(({ task }) => task === ref),
  [
    [
      "cancel-while-waiting",
      "live-too",
      "a task was cancelled while all its devices waited",
      cancelledWhile((devices, at) => devices.every((each) => waitedBefore(each, at))),
    ],
    [
      "cancel-in-flight",
      "live-too",
      "a task was cancelled while its request was in flight",
      cancelledWhile((devices, at) => devices.some((each) => inFlightBefore(each, at))),
    ],
    [
      "cancel-one-done-one-waiting",
      "live-too",
      "a task was cancelled while one device was done and another one waited",
      cancelledWhile(
        (devices, at) =>
          devices.some((each) => settledBefore(each, at)) && devices.some((each) => waitedBefore(each, at)),
      ),
    ],
    [
      "cancel-one-in-flight-one-done-one-waiting",
      "sim",
      "a task was cancelled of which one device was in flight, one done and one waiting",
      cancelledWhile(
        (devices, at) =>
          devices.some((each) => inFlightBefore(each, at)) &&
          devices.some((each) => settledBefore(each, at)) &&
          devices.some((each) => waitedBefore(each, at)),
      ),
    ],
    [
      "cancel-complete",
      "live-too",
      "a task was cancelled of which every device was done",
      cancelledWhile((devices, at) => devices.every((each) => settledBefore(each, at))),
    ],
    [
      "cancel-twice",
      "live-too",
      "a task was cancelled a second time",
      (task, scene) => cancellationsOf(scene, task).filter(({ device }) => device === undefined).length > 1,
    ],
    [
      "cancel-device-waiting",
      "live-too",
      "one device of a task was cancelled while it waited",
      deviceCancelledWhile(waitedBefore),
    ],
    [
      "cancel-device-in-flight",
      "live-too",
      "one device of a task was cancelled while its request was in flight",
      deviceCancelledWhile(inFlightBefore),
    ],
    [
      "cancel-device-done",
      "live-too",
      "one device of a task was cancelled when it was done",
      deviceCancelledWhile(settledBefore),
    ],
    [
      "cancel-device-of-many",
      "live-too",
      "one device of a task was cancelled, and another one of it succeeded later",
      (task, scene) =>
        cancellationsOf(scene, task).some((cancel) =>
          task.devices.some(
            (other) =>
              other.device.index !== cancel.device &&
              cancel.device !== undefined &&
              other.settled?.how === "succeeded" &&
              !settledBefore(other, cancel),
          ),
        ),
    ],
    [
      "cancel-after-failure",
      "live-too",
      "a task was cancelled that waited after a failed attempt",
      cancelledWhile((devices, at) => devices.some((each) => waitedBefore(each, at) && each.attempts.length > 0)),
    ],
    [
      "cancelled-in-flight-then-succeeded",
      "live-too",
      "a device task that was cancelled in flight succeeded",
      cancelledInFlightThen("succeeded"),
    ],
    [
      "cancelled-in-flight-then-failed",
      "live-too",
      "a device task that was cancelled in flight was answered with an error",
      cancelledInFlightThen("failed"),
    ],
    [
      "cancelled-in-flight-then-cancelled",
      "live-too",
      "the attempt of a device task that was cancelled in flight failed",
      cancelledInFlightThen("cancelled"),
    ],
    [
      "device-back-after-cancel",
      "live-too",
      "a device registered or updated after a task that had waited for it was cancelled",
      ({ devices }, scene) =>
        devices.some(
          (deviceTask) =>
            deviceTask.settled?.how === "cancelled" &&
            sceneOfDevice(scene, deviceTask.device).standing.some(
              (change) => change.registered && settledBefore(deviceTask, change),
            ),
        ),
    ],
  ],
);

/** A server that acts at once never shows them. */
const NEVER_SHOWN: readonly string[] = ["REQUESTED", "QUEUING"];

const kebab = (status: string): string => status.toLowerCase().replaceAll("_", "-");

export const SHOWN_DEVICE_STATUSES = conditionsOf("status", always, [
  // A server that acts at once never shows REQUESTED for a device: not having shown it is no gap of a campaign.
  ...DEVICE_TASK_STATUSES.filter((status) => status !== "REQUESTED").map(
    (status) =>
      [
        `device-shown-${kebab(status)}`,
        "live-too",
        `a poll showed a device of a task as ${status}`,
        ({ seen }: FactOf<"status-seen">) => seen.status === status,
      ] as const,
  ),
  ["three-attempts-shown", "sim", "a poll showed three attempts or more", ({ seen }) => (seen.attempts ?? 0) >= 3],
  [
    "waiting-shown-after-attempt",
    "live-too",
    "a poll showed a device task that waited after a failed attempt",
    ({ decided }) => decided?.kind === "pending" && decided.after !== undefined,
  ],
  ["expired-shown", "live-too", "a poll showed the error code of expiry", ({ seen }) => seen.errorCode === "4004"],
]);

export const SHOWN_TASK_STATUSES = conditionsOf(
  "task-status",
  always,
  TASK_STATUSES.filter((status) => !NEVER_SHOWN.includes(status)).map(
    (shown) =>
      [
        `task-shown-${kebab(shown)}`,
        "live-too",
        `a poll showed a task as ${shown}`,
        ({ status }: FactOf<"statuses-seen">) => status === shown,
      ] as const,
  ),
);
