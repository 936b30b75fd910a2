/**
 * Lays out one run as a scene: reads the events of its history, and the facts that the oracle found in them. Nothing is
 * judged here, and nothing is decided anew: who was registered, how an exchange ended and what became of a task is what
 * the oracle concluded.
 */
import { codeFromByte, EMPTY_CODE, isRequest } from "../../protocol/coap/codes.ts";
import { readType } from "../../protocol/coap/message.ts";
import type { DownlinkEvent, History, RunTime, UplinkEvent } from "../history/history.ts";
import type { FactOf } from "../oracle/facts.ts";
import { messageKey } from "../oracle/message-key.ts";
import type { Judgement, SeenFact } from "../oracle/oracle.ts";
import type { Exchange } from "../oracle/views/exchange-view.ts";
import { isBefore, type Moment } from "./moments.ts";
import {
  type Datagram,
  type DeviceScene,
  emptyDevice,
  type Scene,
  type StandingChange,
  sceneOfDevice,
} from "./scene.ts";

type MutableScene = { -readonly [K in keyof Scene]: Scene[K] extends readonly (infer T)[] ? T[] : Scene[K] } & {
  readonly released: Map<Exchange, StandingChange | "creation">;
};

/** Lays out a run. Without kept facts (`Judgement.facts`) it is a scene without polls, registrations and exchanges. */
export function sceneOf(history: History, judgement: Judgement): Scene {
  const scene: MutableScene = {
    context: judgement.context,
    devices: judgement.context.devices.map(emptyDevice),
    released: new Map(),
    cancellations: [],
    configurations: [],
    statuses: [],
    taskStatuses: [],
    records: [],
    mirrors: [],
    replies: [],
    retransmissions: [],
  };
  readEvents(scene, history);
  for (const seen of judgement.facts ?? []) readFact(scene, seen);
  return scene;
}

// ── events

function readEvents(scene: MutableScene, { events }: History): void {
  const asked = new Map<number, (at: Moment) => void>();
  for (const [index, event] of events.entries()) {
    switch (event.kind) {
      case "uplink":
        readUp(scene.devices[event.device], datagramOf(event, index));
        break;
      case "downlink":
        if (event.device !== undefined) readDown(scene.devices[event.device], datagramOf(event, index));
        break;
      case "unreachable":
        scene.devices[event.device]?.reports.push({ at: event.at, event: index });
        break;
      case "effect":
        scene.devices[event.device]?.effects.push(event);
        break;
      case "device":
        scene.devices[event.device]?.life.push({ ...event, index });
        break;
      case "rest-request": {
        const { purpose } = event;
        if (purpose?.kind === "cancel-task")
          asked.set(event.ticket, (at) => scene.cancellations.push({ ...at, task: purpose.task, device: undefined }));
        else if (purpose?.kind === "cancel-device-task")
          asked.set(event.ticket, (at) =>
            scene.cancellations.push({ ...at, task: purpose.task, device: purpose.device }),
          );
        else if (purpose?.kind === "configure-type")
          asked.set(event.ticket, (at) => scene.configurations.push({ ...at, type: purpose.type }));
        break;
      }
      case "rest-answer":
        if (event.response.status < 300) asked.get(event.ticket)?.({ at: event.at, event: index });
    }
  }
}

function readUp(device: DeviceScene | undefined, up: Datagram): void {
  device?.ups.push(up);
  if (device === undefined || isRequest(up.code)) return;
  if (up.code === EMPTY_CODE) {
    if (up.type === "ACK") device.logsByMessage.get(up.messageId)?.acknowledgements.push(up);
    return;
  }
  const log = device.logs.get(up.token);
  if (log !== undefined) log.responses.push(up);
  else if (up.arrivals.length > 0) device.strays.push(up);
}

function readDown(device: DeviceScene | undefined, down: Datagram): void {
  device?.downs.push(down);
  if (device === undefined || !isRequest(down.code)) return;
  const known = device.logs.get(down.token);
  // A token that is used again begins another exchange; a copy of a request has its message id too.
  const log =
    known?.requests[0]?.messageId === down.messageId ? known : { requests: [], responses: [], acknowledgements: [] };
  log.requests.push(down);
  device.logs.set(down.token, log);
  device.logsByMessage.set(down.messageId, log);
}

function datagramOf(event: UplinkEvent | DownlinkEvent, index: number): Datagram {
  const { at, address, bytes } = event;
  const key = messageKey(bytes);
  const up = event.kind === "uplink";
  return {
    at,
    event: index,
    address,
    type: readType(bytes),
    code: codeFromByte(bytes[1] ?? 0),
    messageId: key?.messageId ?? -1,
    token: key?.token ?? "",
    sentAt: up ? event.sentAt : at,
    arrivals: up ? (event.lost === true ? NONE : [at]) : event.arrivals,
    copy: up && event.copy === true,
  };
}

const NONE: readonly RunTime[] = [];

// ── facts

function readFact(scene: MutableScene, { fact, event }: SeenFact): void {
  switch (fact.kind) {
    case "status-seen":
      scene.statuses.push(fact);
      return;
    case "statuses-seen":
      scene.taskStatuses.push(fact);
      return;
    case "record-asked":
      scene.records.push(fact);
      return;
    case "mirror-seen":
      scene.mirrors.push(fact);
      return;
    case "replied":
      scene.replies.push(fact);
      return;
    case "retransmission":
      scene.retransmissions.push(fact);
      return;
    case "attempt": {
      const device = sceneOfDevice(scene, fact.device);
      device.exchanges.push(fact.exchange);
      release(scene, device, fact.exchange);
      return;
    }
    case "registration-answered":
      if (fact.first) sceneOfDevice(scene, fact.device).requests.push(fact.request);
      return;
    case "registration-unanswered":
      sceneOfDevice(scene, fact.device).requests.push(fact.request);
      return;
    case "trigger":
      stand(sceneOfDevice(scene, fact.device), fact.window.latest, event);
      return;
    case "unregistered":
      leave(sceneOfDevice(scene, fact.device), fact, event);
  }
}

/** An attempt follows the last Register or Update, or the creation of its task, or its scheduledOn, if that came later. */
function release(scene: MutableScene, device: DeviceScene, exchange: Exchange): void {
  if (exchange.task === undefined) return;
  const { asked, event, activeFrom } = exchange.task.task;
  const change = device.standing.at(-1);
  const isLater = activeFrom.earliest > asked.latest;
  const begun = isLater ? { at: activeFrom.earliest, event: -1 } : { at: asked.latest, event };
  const created = change === undefined || isBefore(change, begun);
  scene.released.set(exchange, created ? "creation" : change);
}

/** A Register or Update was accepted: the one that was answered by this same event. */
function stand(device: DeviceScene, at: RunTime, event: number): void {
  const request = device.requests.at(-1);
  if (request === undefined) return;
  const kind = request.kind === "register" ? "register" : "update";
  const before = kind === "update" && device.standing.at(-1)?.queueMode === true;
  device.standing.push({ at, event, kind, registered: true, queueMode: request.queueMode ?? before, request });
}

function leave(device: DeviceScene, { window }: FactOf<"unregistered">, event: number): void {
  const last = device.requests.at(-1);
  const asked = last?.kind === "deregister" && last.answer?.event === event ? last : undefined;
  device.standing.push({
    at: window.latest,
    // The end of a lifetime is noticed at the next event, but lies before it.
    event: asked === undefined ? -1 : event,
    kind: asked === undefined ? "lifetime-over" : "deregister",
    registered: false,
    queueMode: false,
    request: asked,
  });
}
