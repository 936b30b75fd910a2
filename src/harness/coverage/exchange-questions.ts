/** Questions about one exchange that several conditions ask: how it ended, what was sent and received in it. */
import type { Exchange, ExchangeEnd } from "../oracle/views/exchange-view.ts";
import type { DeviceTaskView } from "../oracle/views/task-view.ts";
import type { Moment } from "./moments.ts";
import { type Datagram, type ExchangeLog, type Scene, type StandingChange, sceneOfDevice } from "./scene.ts";

export const MILLISECOND = 1_000;
export const SECOND = 1_000_000;
export const DAY = 86_400 * SECOND;

export const ended = (exchange: Exchange, ...how: readonly ExchangeEnd[]): boolean =>
  exchange.end !== undefined && how.includes(exchange.end.how);

/** Answered by the device, rightly or with an error. */
export const answered = (exchange: Exchange): boolean => exchange.response !== undefined;

/** A failed attempt of the kinds that need no change of registration. */
export const failed = (exchange: Exchange): boolean => ended(exchange, "no-acknowledgement", "no-response", "reset");

/** The first copy of its request left. */
export const startOf = (exchange: Exchange): Moment => ({ at: exchange.started.latest, event: exchange.event });

/** Its end; the end of time while it is open. What ends by the passing of time ends before what arrives then. */
export const endOf = (exchange: Exchange): Moment =>
  exchange.end === undefined
    ? { at: Number.POSITIVE_INFINITY, event: -1 }
    : { at: endTime(exchange.end), event: exchange.end.event ?? -1 };

/** When the server gave up is known but for a tolerance: the earliest moment, since the next attempt may follow at once. */
const endTime = ({ how, window }: NonNullable<Exchange["end"]>): number =>
  how === "no-acknowledgement" || how === "no-response" ? window.earliest : window.latest;

/** Open just before a moment. */
export const openBefore = (exchange: Exchange, moment: Moment): boolean =>
  comesBefore(exchange.started.latest, exchange.event, moment) && !endedBefore(exchange, moment);

export const endedBefore = ({ end }: Exchange, moment: Moment): boolean =>
  end !== undefined && comesBefore(endTime(end), end.event ?? -1, moment);

const comesBefore = (at: number, event: number, moment: Moment): boolean =>
  at < moment.at || (at === moment.at && event < moment.event);

const logOf = (scene: Scene, { device, token }: Exchange): ExchangeLog | undefined =>
  sceneOfDevice(scene, device).logs.get(token);

/** Copies of the request that was sent, in order. */
export const requestsOf = (scene: Scene, exchange: Exchange): readonly Datagram[] =>
  logOf(scene, exchange)?.requests ?? NONE;

/** Responses with its token, wherever they came from and whether or not they arrived. */
export const responsesOf = (scene: Scene, exchange: Exchange): readonly Datagram[] =>
  logOf(scene, exchange)?.responses ?? NONE;

/** Empty acknowledgements of it, whether or not they arrived. */
export const acknowledgementsOf = (scene: Scene, exchange: Exchange): readonly Datagram[] =>
  logOf(scene, exchange)?.acknowledgements ?? NONE;

const NONE: readonly Datagram[] = [];

export const arrived = ({ arrivals }: Datagram): boolean => arrivals.length > 0;

/** Responses that reached the server after the exchange was over, unanswered. */
export const lateResponses = (scene: Scene, exchange: Exchange): readonly Datagram[] =>
  exchange.end === undefined || exchange.end.how === "answered"
    ? []
    : responsesOf(scene, exchange).filter((up) => arrived(up) && endedBefore(exchange, up));

/** Copies of the request that were sent before the exchange ended. */
export function copiesSent(scene: Scene, exchange: Exchange): number {
  let count = 0;
  for (const copy of requestsOf(scene, exchange)) if (!endedBefore(exchange, copy)) count++;
  return count;
}

/** Another attempt of the device's that was open just before a moment. */
export const busyWithAnother = (scene: Scene, deviceTask: DeviceTaskView, moment: Moment): boolean =>
  sceneOfDevice(scene, deviceTask.device).exchanges.some(
    (exchange) => exchange.task !== deviceTask && openBefore(exchange, moment),
  );

/** What let an attempt go: the Register or Update that drained the queue, or the creation of its task if that came later. */
export const releasedBy = (scene: Scene, exchange: Exchange): StandingChange | "creation" | undefined =>
  scene.released.get(exchange);

/** The task was asked for. */
export const creationOf = ({ task }: DeviceTaskView): Moment => ({ at: task.asked.latest, event: task.event });

/** Nothing more may be sent for it; the end of time while it is pending. */
export const settlementOf = ({ settled, task }: DeviceTaskView): Moment =>
  settled === undefined
    ? { at: Number.POSITIVE_INFINITY, event: -1 }
    : // Blamed on the creation is what happened by the passing of time.
      { at: settled.window.latest, event: settled.event === task.event ? -1 : settled.event };

/** It was over just before a moment. */
export const settledBefore = ({ settled, task }: DeviceTaskView, moment: Moment): boolean =>
  settled !== undefined &&
  comesBefore(settled.window.latest, settled.event === task.event ? -1 : settled.event, moment);

/** It waited in the queue just before a moment: created, not settled, not on its way. */
export const waitedBefore = (deviceTask: DeviceTaskView, moment: Moment): boolean =>
  comesBefore(deviceTask.task.asked.latest, deviceTask.task.event, moment) &&
  !settledBefore(deviceTask, moment) &&
  !deviceTask.attempts.some((exchange) => openBefore(exchange, moment));
