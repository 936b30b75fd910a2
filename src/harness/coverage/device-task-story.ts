/**
 * What happened to one device task, step by step: from which state, by what, in which mode of its device, to which state.
 *
 * States are those of the oracle's model, not those that a server shows. An answer comes with the class of its code.
 */
import { codeClass } from "../../protocol/coap/codes.ts";
import type { Exchange, ExchangeEnd } from "../oracle/views/exchange-view.ts";
import type { RegistrationRequest } from "../oracle/views/registration-view.ts";
import type { DeviceTaskEnd, DeviceTaskView, TaskView } from "../oracle/views/task-view.ts";
import { creationOf, endedBefore, endOf, releasedBy, requestsOf, settlementOf, startOf } from "./exchange-questions.ts";
import { isBefore, type Moment } from "./moments.ts";
import { type DeviceMode, type DeviceScene, modeBefore, type Scene, sceneOfDevice } from "./scene.ts";

export type StoryState = "none" | "pending" | "in-flight" | "cancel-requested" | DeviceTaskEnd;

export type StoryEvent =
  | "create"
  /** The scheduledOn of its task has come. */
  | "begin"
  | "send-at-creation"
  | "send-at-register"
  | "send-at-update"
  | "retransmission"
  | "ack"
  | "2.xx"
  | "4.xx"
  | "5.xx"
  | "other-code"
  | "no-acknowledgement"
  | "no-response"
  | "reset"
  | "register"
  | "update"
  | "update-from-new-address"
  | "deregister"
  | "lifetime-over"
  | "server-killed"
  | "cancel"
  | "expiry"
  | "late-response";

export interface Transition {
  readonly from: StoryState;
  readonly what: StoryEvent;
  /** Of the device, just before. */
  readonly mode: DeviceMode;
  readonly to: StoryState;
}

/** `in-flight + reset @ always-on > pending` */
export const transitionId = ({ from, what, mode, to }: Transition): string => `${from} + ${what} @ ${mode} > ${to}`;

/** How exchanges end that are not answered; expiry and the next exchange are told by the task itself. */
const ENDED_BY: Readonly<Partial<Record<ExchangeEnd, StoryEvent>>> = {
  "no-acknowledgement": "no-acknowledgement",
  "no-response": "no-response",
  reset: "reset",
  replaced: "register",
  removed: "deregister",
  "lifetime-over": "lifetime-over",
  moved: "update-from-new-address",
  restarted: "server-killed",
};

const ANSWERED_BY: Readonly<Record<number, StoryEvent>> = { 2: "2.xx", 4: "4.xx", 5: "5.xx" };

const OPEN: ReadonlySet<StoryState> = new Set(["pending", "in-flight", "cancel-requested"]);

/** Something that concerns the device task. */
interface Beat extends Moment {
  readonly what: StoryEvent;
  /** The state that follows; undefined: it stays. */
  readonly to: StoryState | undefined;
  /** Of two beats at one moment the heavier one is told: a Register that ends an exchange is one step, not two. */
  readonly weight: number;
  /** What the device asked: its step begins with the request, which shows that it is awake, and not with the answer. */
  readonly request: RegistrationRequest | undefined;
}

/**
 * The story of a device task from its creation on; nothing of one that was refused or that the oracle lost sight of, nor of
 * a firmware update: that is told by the steps of the device (update-scene.ts).
 */
export function storyOf(deviceTask: DeviceTaskView, scene: Scene): readonly Transition[] {
  if (deviceTask.task.image !== undefined) return [];
  if (deviceTask.operation === undefined && beginsLater(deviceTask.task)) return [];
  if (deviceTask.task.state !== "created" || (deviceTask.blurred !== undefined && !wasCancelledAtExpiry(deviceTask)))
    return [];
  const device = sceneOfDevice(scene, deviceTask.device);
  const created = creationOf(deviceTask);
  let state: StoryState = deviceTask.operation === undefined ? "succeeded" : "pending";
  const story: Transition[] = [{ from: "none", what: "create", mode: modeBefore(scene, device, created), to: state }];
  if (deviceTask.operation === undefined) return story;
  for (const beat of inOrder(beatsOf(deviceTask, device, scene))) {
    // A cancelled task ends with its exchange: that is told already.
    if (beat.weight === 1 && !OPEN.has(state)) continue;
    const to = nextState(state, beat);
    story.push({ from: state, what: beat.what, mode: modeBefore(scene, device, beginOf(beat)), to });
    state = to;
  }
  return story;
}

const beginsLater = ({ created, activeFrom }: TaskView): boolean => activeFrom.latest > created.latest;

function nextState(state: StoryState, { what, to }: Beat): StoryState {
  if (what === "cancel" && to === undefined && state === "in-flight") return "cancel-requested";
  return to ?? state;
}

/** Cancelled in flight, then expired: what a poll shows is open from then on, but how it came about is not. */
const wasCancelledAtExpiry = ({ settled, cancelAsked, task }: DeviceTaskView): boolean =>
  cancelAsked !== undefined && settled?.how === "cancelled" && settled.window.latest === task.expiry.latest;

const beginOf = (beat: Beat): Moment =>
  beat.request === undefined ? beat : { at: beat.request.window.latest, event: beat.request.event };

/** In order of time, one at each moment. */
function inOrder(beats: Beat[]): readonly Beat[] {
  const sorted = beats.sort((a, b) => a.at - b.at || a.event - b.event || b.weight - a.weight);
  const told: Beat[] = [];
  for (const beat of sorted) {
    const last = told.at(-1);
    if (last === undefined || last.at !== beat.at || last.event !== beat.event) told.push(beat);
    else if (beat.request !== undefined) told[told.length - 1] = { ...last, request: beat.request };
  }
  return told;
}

function beatsOf(deviceTask: DeviceTaskView, device: DeviceScene, scene: Scene): Beat[] {
  const created = creationOf(deviceTask);
  const beats: Beat[] = [];
  for (const exchange of deviceTask.attempts) addExchange(beats, exchange, device, scene);
  if (deviceTask.settled !== undefined) {
    const { how } = deviceTask.settled;
    const { at, event } = settlementMoment(deviceTask);
    beats.push({ at, event, what: settledBy(deviceTask, how), to: how, weight: 2, request: undefined });
  }
  const { activeFrom } = deviceTask.task;
  if (beginsLater(deviceTask.task))
    beats.push({ at: activeFrom.latest, event: -1, what: "begin", to: undefined, weight: 1, request: undefined });
  for (const change of device.standing) {
    if (!isBefore(created, change)) continue;
    const { at, event, kind, request } = change;
    beats.push({ at, event, what: kind, to: undefined, weight: 0, request });
  }
  for (const cancel of scene.cancellations) {
    if (cancel.task !== deviceTask.task.ref || (cancel.device ?? device.view.index) !== device.view.index) continue;
    beats.push({ at: cancel.at, event: cancel.event, what: "cancel", to: undefined, weight: 0, request: undefined });
  }
  if (deviceTask.lateResponse !== undefined) {
    const up = device.ups.find(({ event }) => event === deviceTask.lateResponse);
    if (up !== undefined)
      beats.push({ at: up.at, event: up.event, what: "late-response", to: undefined, weight: 0, request: undefined });
  }
  return beats;
}

/** A device task that was cancelled in flight ends with its exchange, to the microsecond. */
function settlementMoment(deviceTask: DeviceTaskView): Moment {
  const last = deviceTask.attempts.at(-1);
  const withExchange =
    deviceTask.settled?.how === "cancelled" &&
    deviceTask.cancelAsked !== undefined &&
    !wasCancelledAtExpiry(deviceTask);
  return withExchange && last !== undefined ? endOf(last) : settlementOf(deviceTask);
}

function addExchange(beats: Beat[], exchange: Exchange, device: DeviceScene, scene: Scene): void {
  const released = releasedBy(scene, exchange);
  const by = typeof released === "object" && released.kind === "register" ? "send-at-register" : "send-at-update";
  const what = released === "creation" ? "send-at-creation" : by;
  const stays = { to: undefined, weight: 0, request: undefined };
  const { at, event } = startOf(exchange);
  beats.push({ at, event, what, to: "in-flight", weight: 1, request: undefined });
  for (const copy of requestsOf(scene, exchange))
    if (copy.event !== event && !endedBefore(exchange, copy))
      beats.push({ at: copy.at, event: copy.event, what: "retransmission", ...stays });
  if (exchange.acknowledged !== undefined)
    beats.push({ at: exchange.acknowledged.latest, event: event + 0.5, what: "ack", ...stays });
  const endedBy = exchange.end === undefined ? undefined : ENDED_BY[exchange.end.how];
  if (endedBy === undefined) return;
  const end = endOf(exchange);
  // A De-register that ends an exchange is one step with the De-register.
  const left = endedBy === "deregister" ? device.standing.find(({ at }) => at === end.at) : undefined;
  // One that may have failed is known to have when the next attempt begins: just before it.
  const known = exchange.maybeFailed === undefined ? end.event : end.event - 0.5;
  beats.push({
    at: end.at,
    event: left?.event ?? known,
    what: endedBy,
    to: "pending",
    weight: 1,
    request: undefined,
  });
}

function settledBy(deviceTask: DeviceTaskView, how: DeviceTaskEnd): StoryEvent {
  if (how === "expired") return "expiry";
  const last = deviceTask.attempts.at(-1);
  if (how !== "cancelled")
    return (last?.response === undefined ? undefined : ANSWERED_BY[codeClass(last.response.code)]) ?? "other-code";
  if (deviceTask.cancelAsked === undefined) return "cancel";
  if (wasCancelledAtExpiry(deviceTask)) return "expiry";
  return (last?.end === undefined ? undefined : ENDED_BY[last.end.how]) ?? "cancel";
}
