/**
 * Conditions around deadlines of tasks: the active period, whoever sets it, and the 30 days of the record.
 * Rules: docs/semantics.md, choices 7 to 11.
 */
import type { FactOf } from "../../oracle/facts.ts";
import type { DeviceTaskView, TaskView } from "../../oracle/views/task-view.ts";
import { always, conditionsOf } from "../condition.ts";
import { DAY, MILLISECOND, openBefore, SECOND, startOf } from "../exchange-questions.ts";
import type { Moment } from "../moments.ts";
import { type DeviceMode, modeBefore, type Scene, sceneOfDevice } from "../scene.ts";

const expiryOf = ({ task }: DeviceTaskView): Moment => ({ at: task.expiry.latest, event: -1 });
const expired = ({ settled }: DeviceTaskView): boolean => settled?.how === "expired";

/** The exchange that was open when the task expired. */
const inFlight = (deviceTask: DeviceTaskView) =>
  deviceTask.attempts.find((exchange) => openBefore(exchange, expiryOf(deviceTask)));

const expiredIn = (mode: DeviceMode) => (deviceTask: DeviceTaskView, scene: Scene) =>
  inFlight(deviceTask) === undefined &&
  modeBefore(scene, sceneOfDevice(scene, deviceTask.device), expiryOf(deviceTask)) === mode;

const periodFrom = (source: TaskView["activePeriod"]["source"]) => (deviceTask: DeviceTaskView) =>
  deviceTask.task.activePeriod.source === source;

/** Microseconds from the answer to the expiry; infinite without an answer that counted. */
const answerToSpare = ({ task, attempts, settled }: DeviceTaskView): number =>
  attempts.at(-1)?.response === undefined || settled === undefined
    ? Number.POSITIVE_INFINITY
    : task.expiry.earliest - settled.window.latest;

export const EXPIRED = conditionsOf("device-task", expired, [
  [
    "expired-never-registered",
    "live-too",
    "a task expired for a device that had not registered since its creation",
    (deviceTask) => deviceTask.neverRegistered,
  ],
  [
    "expired-unregistered",
    "live-too",
    "a task expired in the queue of a device that was not registered",
    expiredIn("unregistered"),
  ],
  [
    "expired-asleep",
    "live-too",
    "a task expired in the queue of a queue-mode device that slept",
    expiredIn("queue-asleep"),
  ],
  [
    "expired-after-failure",
    "live-too",
    "a task expired in the queue after a failed attempt",
    (deviceTask) => inFlight(deviceTask) === undefined && deviceTask.attempts.length > 0,
  ],
  [
    "expired-in-flight",
    "live-too",
    "a task expired while its request was in flight",
    (deviceTask) => inFlight(deviceTask) !== undefined,
  ],
  [
    "expired-in-flight-acknowledged",
    "live-too",
    "a task expired while the server waited for a separate response",
    (deviceTask) => inFlight(deviceTask)?.acknowledged !== undefined,
  ],
  [
    "expired-between-retransmissions",
    "live-too",
    "a task expired while its request was being retransmitted",
    (deviceTask) => {
      const exchange = inFlight(deviceTask);
      return exchange !== undefined && exchange.acknowledged === undefined && exchange.datagrams > 1;
    },
  ],
  [
    "expired-after-acting",
    "live-too",
    "a device did what was asked, but the task expired before its answer arrived",
    (deviceTask) => (inFlight(deviceTask)?.effects ?? 0) > 0,
  ],
  [
    "device-back-just-after-expiry",
    "live-too",
    "a device registered or updated less than 10 s after a task had expired in its queue",
    (deviceTask, scene) => {
      if (inFlight(deviceTask) !== undefined) return false;
      const since = expiryOf(deviceTask).at;
      const { standing } = sceneOfDevice(scene, deviceTask.device);
      return standing.some(({ registered, at }) => registered && at >= since && at < since + 10 * SECOND);
    },
  ],
  ["own-period-expired", "live-too", "a task expired after its own expiresAfter", periodFrom("E-02")],
  ["type-period-expired", "sim", "a task expired after the taskExpiresAfter of its device type", periodFrom("E-03")],
  ["default-period-expired", "sim", "a task expired after the default period of 7 days", periodFrom("E-01")],
  [
    "expired-after-20-days",
    "sim",
    "a task with an expiresAfter of more than 20 days expired",
    (deviceTask) => deviceTask.task.activePeriod.seconds * SECOND > 20 * DAY,
  ],
]);

export const DEADLINES = conditionsOf("device-task", always, [
  [
    "answered-within-300-ms-of-expiry",
    "sim",
    "an answer arrived, and counted, less than 300 ms before its task would have expired",
    (deviceTask) => answerToSpare(deviceTask) < 300 * MILLISECOND,
  ],
  [
    "answered-within-10-s-of-expiry",
    "live-too",
    "an answer arrived, and counted, less than 10 s before its task would have expired",
    (deviceTask) => answerToSpare(deviceTask) < 10 * SECOND,
  ],
  [
    "sent-just-before-expiry",
    "live-too",
    "an attempt began less than 5 s before its task would expire",
    (deviceTask) =>
      deviceTask.task.activePeriod.seconds > 10 &&
      deviceTask.attempts.some((exchange) => {
        const left = deviceTask.task.expiry.earliest - startOf(exchange).at;
        return left >= 0 && left < 5 * SECOND;
      }),
  ],
  [
    "cancel-requested-then-expired",
    "live-too",
    "a device task that was cancelled in flight came to the end of its active period",
    ({ settled, cancelAsked, task }) =>
      cancelAsked !== undefined && settled?.how === "cancelled" && settled.window.latest === task.expiry.latest,
  ],
  [
    "type-changed-while-waiting",
    "sim",
    "the taskExpiresAfter of a device type was changed while a task that had inherited it waited",
    (deviceTask, scene) =>
      deviceTask.task.activePeriod.source !== "E-02" &&
      scene.configurations.some(
        ({ type, at }) =>
          type === deviceTask.task.deviceType &&
          at > deviceTask.task.created.latest &&
          at < (deviceTask.settled?.window.latest ?? Number.POSITIVE_INFINITY),
      ),
  ],
]);

type Asked = FactOf<"record-asked">;

const around = (deadline: (asked: Asked) => number, least: number, most: number) => (asked: Asked) => {
  const since = asked.window.latest - deadline(asked);
  return since >= least && since < most;
};
const expiry = ({ task }: Asked): number => task.expiry.latest;
const removal = ({ task }: Asked): number => task.removal.latest;

/** Asked after removal, and all its devices had ended so. */
const goneAfter = (how: NonNullable<DeviceTaskView["settled"]>["how"]) => (asked: Asked) =>
  asked.window.earliest > asked.task.removal.latest && asked.task.devices.some(({ settled }) => settled?.how === how);

export const RECORDS = conditionsOf("record", ({ task }) => task.state === "created", [
  [
    "read-just-before-expiry",
    "sim",
    "a task was read within the last second before it expired",
    around(expiry, -SECOND, 0),
  ],
  ["read-just-after-expiry", "sim", "a task was read within a second after it expired", around(expiry, 0, SECOND)],
  [
    "read-just-before-removal",
    "sim",
    "a task was read within the last second of its 30 days",
    around(removal, -SECOND, 0),
  ],
  [
    "read-just-after-removal",
    "sim",
    "a task was asked for within a second after its 30 days",
    around(removal, 0, SECOND),
  ],
  [
    "history-asked-after-removal",
    "sim",
    "the history of a task was asked for after its 30 days",
    (asked) => asked.what === "history" && asked.window.earliest > removal(asked),
  ],
  [
    "succeeded-task-removed",
    "sim",
    "a task that had succeeded was asked for after its 30 days",
    goneAfter("succeeded"),
  ],
  ["failed-task-removed", "sim", "a task that had failed was asked for after its 30 days", goneAfter("failed")],
  ["expired-task-removed", "sim", "a task that had expired was asked for after its 30 days", goneAfter("expired")],
  [
    "cancelled-task-removed",
    "sim",
    "a task that had been cancelled was asked for after its 30 days",
    goneAfter("cancelled"),
  ],
]);
