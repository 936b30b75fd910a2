/**
 * Conditions of device tasks over several attempts: how often they failed, what brought the next attempt, how it ended.
 * Rules: docs/semantics.md, choices 4 and 6, "Failed attempt, or answer?".
 */
import type { ExchangeEnd } from "../../oracle/views/exchange-view.ts";
import type { DeviceTaskView } from "../../oracle/views/task-view.ts";
import { conditionsOf } from "../condition.ts";
import { ended, releasedBy } from "../exchange-questions.ts";
import { type Scene, sceneOfDevice, standingBefore } from "../scene.ts";

const failures = ({ attempts }: DeviceTaskView): number =>
  attempts.filter(({ end }) => end !== undefined && end.how !== "answered" && end.how !== "expired").length;

/** A further attempt that a Register or Update let go. */
const retriedBy = (kind: "register" | "update") => (deviceTask: DeviceTaskView, scene: Scene) =>
  deviceTask.attempts.slice(1).some((exchange) => {
    const released = releasedBy(scene, exchange);
    return typeof released === "object" && released.kind === kind;
  });

/** One attempt ended so, and a later one was answered. */
const overcame =
  (how: ExchangeEnd) =>
  ({ attempts }: DeviceTaskView) =>
    attempts.some((exchange) => ended(exchange, how)) && attempts.at(-1)?.response !== undefined;

export const REPEATED_ATTEMPTS = conditionsOf("device-task", ({ attempts }) => attempts.length > 1, [
  [
    "retried-by-update",
    "live-too",
    "a failed attempt was followed by another one that an Update let go",
    retriedBy("update"),
  ],
  [
    "retried-by-register",
    "live-too",
    "a failed attempt was followed by another one that a Register let go",
    retriedBy("register"),
  ],
  [
    "retried-after-deregister",
    "live-too",
    "a device de-registered after a failed attempt, and the next one followed its new Register",
    (deviceTask, scene) =>
      deviceTask.attempts.slice(1).some((exchange) => {
        const released = releasedBy(scene, exchange);
        if (typeof released !== "object") return false;
        return standingBefore(sceneOfDevice(scene, deviceTask.device), released)?.kind === "deregister";
      }),
  ],
  [
    "three-failures-then-success",
    "sim",
    "three attempts in a row failed, and then one succeeded",
    (deviceTask) => failures(deviceTask) >= 3 && deviceTask.settled?.how === "succeeded",
  ],
  [
    "three-failures-then-error",
    "sim",
    "three attempts in a row failed, and then the device answered with an error",
    (deviceTask) => failures(deviceTask) >= 3 && deviceTask.settled?.how === "failed",
  ],
  [
    "three-failures-then-expiry",
    "sim",
    "three attempts in a row failed, and then the task expired",
    (deviceTask) => failures(deviceTask) >= 3 && deviceTask.settled?.how === "expired",
  ],
  [
    "three-failures-then-cancel",
    "sim",
    "three attempts in a row failed, and then the task was cancelled",
    (deviceTask) => failures(deviceTask) >= 3 && deviceTask.settled?.how === "cancelled",
  ],
  [
    "failed-in-two-ways",
    "sim",
    "two attempts of one device task failed in different ways",
    ({ attempts }) =>
      new Set(attempts.flatMap(({ end }) => (end === undefined || end.how === "answered" ? [] : [end.how]))).size > 1,
  ],
  [
    "overcame-no-acknowledgement",
    "live-too",
    "an attempt was never acknowledged, and a later one was answered",
    overcame("no-acknowledgement"),
  ],
  [
    "overcame-no-response",
    "live-too",
    "an attempt was acknowledged but not answered, and a later one was answered",
    overcame("no-response"),
  ],
  ["overcame-reset", "live-too", "an attempt was reset, and a later one was answered", overcame("reset")],
  [
    "overcame-replacement",
    "live-too",
    "an attempt was cut off by a Register, and a later one was answered",
    overcame("replaced"),
  ],
  [
    "overcame-deregister",
    "live-too",
    "an attempt was cut off by De-register, and a later one was answered",
    overcame("removed"),
  ],
  [
    "overcame-lifetime",
    "sim",
    "an attempt was cut off by the end of the lifetime, and a later one was answered",
    overcame("lifetime-over"),
  ],
  [
    "executed-by-two-attempts",
    "live-too",
    "a device executed twice what was asked once, since its first answer was not heard",
    ({ attempts, task }) => task.taskType === "E" && attempts.filter(({ effects }) => effects > 0).length > 1,
  ],
  [
    "written-by-two-attempts",
    "live-too",
    "a device wrote twice what was asked once, since its first answer was not heard",
    ({ attempts, task }) => task.taskType === "W" && attempts.filter(({ effects }) => effects > 0).length > 1,
  ],
]);
