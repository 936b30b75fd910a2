/**
 * Conditions of a server that was killed and started again: what was going on then, and what came due meanwhile.
 * Rules: docs/semantics.md, choice 26.
 */
import type { Restart } from "../../oracle/restarts.ts";
import type { DeviceTaskView } from "../../oracle/views/task-view.ts";
import type { Window } from "../../oracle/window.ts";
import { conditionsOf } from "../condition.ts";
import { ended, lateResponses } from "../exchange-questions.ts";
import type { Scene } from "../scene.ts";

const during = ({ down, up }: Restart, { earliest }: Window): boolean =>
  down.latest <= earliest && earliest <= up.earliest;

const cameDue = ({ context }: Scene, window: Window): boolean =>
  context.restarts.some((restart) => during(restart, window));

/** It was there before the server was killed, and open when it was started again. */
const livedThrough = ({ task, settled }: DeviceTaskView, { down }: Restart): boolean =>
  task.created.latest <= down.earliest && (settled === undefined || settled.window.latest >= down.latest);

const cutOff = ({ attempts }: DeviceTaskView): number =>
  attempts.filter((exchange) => ended(exchange, "restarted")).length;

export const RESTARTED_EXCHANGES = conditionsOf("exchange", (exchange) => ended(exchange, "restarted"), [
  ["restart-in-flight", "sim", "the server was killed while an exchange was open", () => true],
  [
    "restart-between-copies",
    "sim",
    "the server was killed when it had repeated a request",
    ({ datagrams }) => datagrams > 1,
  ],
  [
    "restart-after-acknowledgement",
    "sim",
    "the server was killed when a request was acknowledged and not answered",
    ({ acknowledged }) => acknowledged !== undefined,
  ],
  [
    "restart-after-effect",
    "sim",
    "the server was killed when the device had done what was asked, and the answer had not come",
    ({ effects }) => effects > 0,
  ],
  [
    "restart-with-cancellation-in-flight",
    "sim",
    "the server was killed when a device task that was cancelled in flight had not ended",
    ({ task }) => task?.cancelAsked !== undefined,
  ],
  [
    "restart-then-late-answer",
    "sim",
    "the answer to a request from before came when the server was up again",
    (exchange, scene) => lateResponses(scene, exchange).length > 0,
  ],
]);

export const RESTARTED_TASKS = conditionsOf(
  "device-task",
  (deviceTask, { context }) => context.restarts.some((restart) => livedThrough(deviceTask, restart)),
  [
    [
      "restart-with-waiting-tasks",
      "sim",
      "the server was killed while a task waited that had not been tried",
      ({ attempts, operation }, { context }) =>
        operation !== undefined && attempts.every(({ event }) => event > (context.restarts[0]?.event ?? 0)),
    ],
    [
      "restart-twice-in-flight",
      "sim",
      "the server was killed in two attempts of one device task",
      (deviceTask) => cutOff(deviceTask) >= 2,
    ],
    [
      "restart-then-answered",
      "sim",
      "a device task was cut off, and answered in a later attempt",
      (deviceTask) =>
        cutOff(deviceTask) > 0 && (deviceTask.settled?.how === "succeeded" || deviceTask.settled?.how === "failed"),
    ],
    [
      "restart-about-to-send",
      "sim",
      "the server was killed when it may have been about to send a request",
      ({ unsentAttempts }) => unsentAttempts > 0,
    ],
    [
      "expired-while-down",
      "sim",
      "an active period ended while the server was down",
      ({ task, settled }, scene) => settled?.how === "expired" && cameDue(scene, task.expiry),
    ],
    [
      "begun-while-down",
      "sim",
      "the scheduledOn of a task came while the server was down",
      ({ task }, scene) => task.scheduledOn !== undefined && cameDue(scene, task.activeFrom),
    ],
    [
      "restart-then-expired",
      "sim",
      "a task that had waited through a restart expired later",
      ({ task, settled }, { context }) =>
        settled?.how === "expired" && context.restarts.some(({ up }) => up.latest < task.expiry.earliest),
    ],
    [
      "two-restarts",
      "sim",
      "a device task lived through two restarts",
      (deviceTask, { context }) => context.restarts.filter((restart) => livedThrough(deviceTask, restart)).length > 1,
    ],
  ],
);

/** Ended before the server was killed, and polled since. */
export const ENDED_BEFORE_RESTARTS = conditionsOf(
  "device-task",
  ({ settled, seen }, { context }) =>
    settled !== undefined &&
    context.restarts.some(
      ({ down, event }) => settled.window.latest < down.earliest && seen !== undefined && seen.event > event,
    ),
  [
    [
      "restart-after-success",
      "sim",
      "a task that had succeeded was read after a restart",
      (t) => t.settled?.how === "succeeded",
    ],
    [
      "restart-after-error",
      "sim",
      "a task that had failed was read after a restart",
      (t) => t.settled?.how === "failed",
    ],
    [
      "restart-after-cancellation",
      "sim",
      "a task that had been cancelled was read after a restart",
      (t) => t.settled?.how === "cancelled",
    ],
  ],
);

export const RESTARTED_DEVICES = conditionsOf("device", (_device, { context }) => context.restarts.length > 0, [
  [
    "unheard-register",
    "sim",
    "a Register or an Update came while the server was down",
    ({ ups }, scene) =>
      ups.some(
        ({ code, at, arrivals }) =>
          code === "0.02" && arrivals.length === 0 && cameDue(scene, { earliest: at, latest: at }),
      ),
  ],
  [
    "lifetime-over-while-down",
    "sim",
    "a registration ended by itself while the server was down",
    ({ standing }, scene) =>
      standing.some(({ kind, at }) => kind === "lifetime-over" && cameDue(scene, { earliest: at, latest: at })),
  ],
]);

export const ANSWERED_AFTER_RESTARTS = conditionsOf(
  "registration",
  ({ before, window, answer }, { context }) =>
    answer !== undefined &&
    before !== undefined &&
    context.restarts.some(({ down, up }) => before.refreshed.latest <= down.earliest && up.latest <= window.earliest),
  [
    [
      "update-after-restart",
      "sim",
      "an Update of a registration from before a restart was answered",
      ({ kind }) => kind === "update",
    ],
    [
      "register-after-restart",
      "sim",
      "a device that had been registered before a restart registered again",
      ({ kind }) => kind === "register",
    ],
  ],
);
