/**
 * A scene: one run, laid out per device for those who ask what was met in it. What it sent and was sent, how its
 * registration stood, its exchanges. lay-out.ts makes it of a history.
 */
import type { Code, MessageType } from "../../protocol/coap/types.ts";
import type { DeviceEvent, EffectEvent, RunTime } from "../history/history.ts";
import type { OracleContext } from "../oracle/context.ts";
import type { FactOf } from "../oracle/facts.ts";
import type { DeviceView } from "../oracle/views/device-view.ts";
import type { Exchange } from "../oracle/views/exchange-view.ts";
import type { RegistrationRequest } from "../oracle/views/registration-view.ts";
import { lastBefore, type Moment } from "./moments.ts";

/** The header of a datagram, and its fate. */
export interface Datagram extends Moment {
  readonly type: MessageType;
  readonly code: Code;
  readonly messageId: number;
  /** Lower-case hex. */
  readonly token: string;
  readonly address: string;
  /** Uplink: when the device sent it. Downlink: as `at`. */
  readonly sentAt: RunTime;
  /** Downlink: when copies arrive. Uplink: `at`, or nothing when the network lost it. */
  readonly arrivals: readonly RunTime[];
  /** Uplink: the network made this copy. */
  readonly copy: boolean;
}

/** A change of registration that the server agreed to, or that time brought about. */
export interface StandingChange extends Moment {
  readonly kind: "register" | "update" | "deregister" | "lifetime-over";
  readonly registered: boolean;
  readonly queueMode: boolean;
  /** Absent for the end of a lifetime. */
  readonly request: RegistrationRequest | undefined;
}

/** What the server may take a device to be. */
export type DeviceMode = "always-on" | "queue-awake" | "queue-asleep" | "unregistered";

/** The datagrams of one exchange, whether or not they arrived, in order. */
export interface ExchangeLog {
  /** Copies of the request. */
  readonly requests: Datagram[];
  /** Responses with its token, wherever they came from. */
  readonly responses: Datagram[];
  /** Empty acknowledgements of it. */
  readonly acknowledgements: Datagram[];
}

export interface DeviceScene {
  readonly view: DeviceView;
  readonly ups: Datagram[];
  readonly downs: Datagram[];
  /** Power, sleep, connectivity, addresses. */
  readonly life: (DeviceEvent & { readonly index: number })[];
  /** Reports of the network that its address cannot be reached. */
  readonly reports: Moment[];
  readonly effects: EffectEvent[];
  readonly exchanges: Exchange[];
  /** By token: what belongs to an exchange. */
  readonly logs: Map<string, ExchangeLog>;
  /** The exchange of each message id that was begun last. */
  readonly logsByMessage: Map<number, ExchangeLog>;
  /** Responses to no request of the server's that arrived. */
  readonly strays: Datagram[];
  /** Register, Update and De-register, answered or surely unanswered. */
  readonly requests: RegistrationRequest[];
  readonly standing: StandingChange[];
}

/** A cancellation that the server accepted. `device` is absent when the whole task was meant. */
export interface Cancellation extends Moment {
  readonly task: number;
  readonly device: number | undefined;
}

export interface Scene {
  readonly context: OracleContext;
  readonly devices: readonly DeviceScene[];
  /** What let each attempt go: a Register or Update that drained the queue, or the creation of its task. */
  readonly released: ReadonlyMap<Exchange, StandingChange | "creation">;
  readonly cancellations: readonly Cancellation[];
  /** Accepted changes of a device type's configuration. */
  readonly configurations: readonly (Moment & { readonly type: number })[];
  readonly statuses: readonly FactOf<"status-seen">[];
  readonly taskStatuses: readonly FactOf<"statuses-seen">[];
  readonly records: readonly FactOf<"record-asked">[];
  readonly mirrors: readonly FactOf<"mirror-seen">[];
  readonly replies: readonly FactOf<"replied">[];
  readonly retransmissions: readonly FactOf<"retransmission">[];
}

/** A device of which nothing was seen yet. */
export const emptyDevice = (view: DeviceView): DeviceScene => ({
  view,
  ups: [],
  downs: [],
  life: [],
  reports: [],
  effects: [],
  exchanges: [],
  logs: new Map(),
  logsByMessage: new Map(),
  strays: [],
  requests: [],
  standing: [],
});

// ── questions

export function sceneOfDevice(scene: { readonly devices: readonly DeviceScene[] }, view: DeviceView): DeviceScene {
  return scene.devices[view.index] ?? emptyDevice(view);
}

/** The last Register, Update, De-register or end of lifetime before a moment. */
export const standingBefore = (device: DeviceScene, moment: Moment): StandingChange | undefined =>
  lastBefore(device.standing, moment);

/** When the server heard of the device last before a moment; a lost datagram was not heard. */
export function heardBefore(device: DeviceScene, moment: Moment): RunTime | undefined {
  for (let before = moment; ; ) {
    const last = lastBefore(device.ups, before);
    if (last === undefined || last.arrivals.length > 0) return last?.at;
    before = last;
  }
}

/** What the server may take the device to be just before a moment. */
export function modeBefore({ context }: Scene, device: DeviceScene, moment: Moment): DeviceMode {
  const standing = standingBefore(device, moment);
  if (standing === undefined || !standing.registered) return "unregistered";
  if (!standing.queueMode) return "always-on";
  const heard = heardBefore(device, moment) ?? standing.at;
  return moment.at < heard + context.awakeWindow ? "queue-awake" : "queue-asleep";
}
