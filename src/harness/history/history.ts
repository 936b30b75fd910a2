/**
 * A history: what one run showed to an outsider, plus what we did to provoke it. Never the server's internals.
 *
 * The vantage point is the server's wire: an uplink datagram is recorded when it reaches the server, a downlink
 * datagram when the server sends it. Events stand in causal order. In simulation `at` is exact; live the event
 * happened between `earliest` and `at`. Times are microseconds from the start of the run.
 *
 * On disk: NDJSON, one header line, then one event a line; bytes as hex.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { Outsider } from "../../scenarios/plan.ts";
import type { UpdateEvent } from "../../simulator/device/firmware-machine.ts";

/** Microseconds from the start of the run. */
export type RunTime = number;

interface EventBase {
  readonly at: RunTime;
  /** Live: the earliest moment at which it can have happened. Absent: `at` is exact. */
  readonly earliest?: RunTime;
}

/** From device to server. `sentAt` is when the device sent it. */
export interface UplinkEvent extends EventBase {
  readonly kind: "uplink";
  readonly device: number;
  readonly address: string;
  readonly bytes: Uint8Array;
  readonly sentAt: RunTime;
  /** The server never saw it: the network lost it (recorded at `sentAt`), or the server was down when it came. */
  readonly lost?: true;
  /** The network made this copy. */
  readonly copy?: true;
}

/** From server to device, when the server sent it. */
export interface DownlinkEvent extends EventBase {
  readonly kind: "downlink";
  /** The device that has, or had, this address; absent when nobody ever had it. */
  readonly device?: number;
  readonly address: string;
  readonly bytes: Uint8Array;
  /** When copies reach the address; empty: lost. */
  readonly arrivals: readonly RunTime[];
}

/** The network reported to the server that an address cannot be reached, because of a datagram that it had sent there. */
export interface UnreachableEvent extends EventBase {
  readonly kind: "unreachable";
  /** The device that has, or had, this address. */
  readonly device: number;
  readonly address: string;
}

/** A downlink datagram reached a listening device. Absent when the device was offline, asleep or had moved. */
export interface DeliveryEvent extends EventBase {
  readonly kind: "delivery";
  readonly device: number;
  readonly bytes: Uint8Array;
}

/** Something happened on the device because of a request. */
export interface EffectEvent extends EventBase {
  readonly kind: "effect";
  readonly device: number;
  readonly effect: "read" | "written" | "executed";
  /** `3/0/15` */
  readonly path: string;
  /** Written: the value now held, as the task API would show it. Read: the value answered. */
  readonly value?: unknown;
  /** Message id and token of the request that caused it. */
  readonly messageId: number;
  readonly token: string;
}

/** What we made a device do, or what it did by itself, other than sending. */
export interface DeviceEvent extends EventBase {
  readonly kind: "device";
  readonly device: number;
  readonly event: "offline" | "online" | "asleep" | "awake" | "reboot" | "boot" | "address";
  readonly address?: string;
}

/** The firmware of a device has got to another State or Result; only devices with object 5 do that. */
export interface FirmwareEvent extends EventBase {
  readonly kind: "firmware";
  readonly device: number;
  readonly event: UpdateEvent;
  /** 5/0/3 */
  readonly state: number;
  /** 5/0/5 */
  readonly result: number;
  /** The version that runs, which is not always what 3/0/3 shows. */
  readonly version: string;
}

/** A device's download from a Package URI is over. */
export interface DownloadEvent extends EventBase {
  readonly kind: "download";
  readonly device: number;
  readonly url: string;
  /** Update Result; 0: the image is there. */
  readonly result: number;
}

export interface RestRequestEvent extends EventBase {
  readonly kind: "rest-request";
  readonly ticket: number;
  readonly request: RestRequest;
  /** What the request is for, from the plan; absent for set-up. */
  readonly purpose?: RestPurpose;
}

/** `as`: with the token of somebody who does not own the device type, or without any. */
interface ByWhom {
  readonly as?: Outsider;
}

interface CreateTaskPurpose extends ByWhom {
  readonly kind: "create-task";
  readonly task: number;
  readonly devices: readonly number[];
  /** It is a firmware update, with this image of the plan. */
  readonly image?: number;
}

export type RestPurpose =
  | CreateTaskPurpose
  | (ByWhom & { readonly kind: "poll-task" | "poll-statuses"; readonly task: number })
  | (ByWhom & { readonly kind: "cancel-task"; readonly task: number })
  /** `device`: of that device; else of the task as a whole. */
  | (ByWhom & { readonly kind: "poll-history"; readonly task: number; readonly device?: number })
  | (ByWhom & { readonly kind: "cancel-device-task"; readonly task: number; readonly device: number })
  | { readonly kind: "poll-mirror"; readonly device: number }
  | { readonly kind: "configure-type"; readonly type: number }
  | (ByWhom & {
      readonly kind: "answer-update";
      readonly task: number;
      readonly device: number;
      readonly answer: "ACCEPTED" | "REJECTED";
    })
  /** Part of the set-up. */
  | { readonly kind: "upload-image"; readonly image: number }
  | { readonly kind: "set-up" };

export interface RestAnswerEvent extends EventBase {
  readonly kind: "rest-answer";
  readonly ticket: number;
  readonly response: RestResponse;
}

/** The target could not be asked: connection refused, time-out. Says nothing about the server's promises. */
export interface RestFailureEvent extends EventBase {
  readonly kind: "rest-failure";
  readonly ticket: number;
  readonly reason: string;
}

export interface MarkEvent extends EventBase {
  readonly kind: "mark";
  /** `start`: set-up is done, plan time 0 begins. `quiet`: no more faults. `end`: the plan is over. `cut-off`: a bound was hit. */
  readonly mark: "start" | "quiet" | "end" | "cut-off";
  readonly reason?: string;
}

/** The server's process was killed, or started again. While it is down nobody hears what is sent to it. */
export interface ServerEvent extends EventBase {
  readonly kind: "server";
  readonly event: "down" | "up";
}

export type HistoryEvent =
  | UplinkEvent
  | DownlinkEvent
  | UnreachableEvent
  | DeliveryEvent
  | EffectEvent
  | DeviceEvent
  | FirmwareEvent
  | DownloadEvent
  | RestRequestEvent
  | RestAnswerEvent
  | RestFailureEvent
  | ServerEvent
  | MarkEvent;

export interface HistoryHeader {
  readonly formatVersion: 1;
  readonly plan: string;
  /** `sim` or `live`. */
  readonly mode: "sim" | "live";
  /** Milliseconds since the Unix epoch at run time 0. */
  readonly startedAt: number;
  /** Names of the devices (endpoint client name = device id), by index. */
  readonly devices: readonly string[];
  /** Ids of the device types, by index. */
  readonly deviceTypes: readonly string[];
}

export interface History {
  readonly header: HistoryHeader;
  readonly events: readonly HistoryEvent[];
}
