/**
 * What the oracle believes about one exchange: a Confirmable request of the server, and how it ended.
 */
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { Window } from "../window.ts";
import type { BlockTransfer } from "./block-transfer-view.ts";
import type { DeviceView } from "./device-view.ts";
import type { DeviceTaskView, TaskView } from "./task-view.ts";

/** How an exchange ended. All but `answered` are failed attempts (docs/semantics.md). */
export type ExchangeEnd =
  | "answered"
  | "no-acknowledgement"
  | "no-response"
  | "reset"
  /** The network reported that the address cannot be reached; never more than a possibility. */
  | "unreachable"
  /** Register replaced the registration. */
  | "replaced"
  /** De-register removed it. */
  | "removed"
  /** Its lifetime ended. */
  | "lifetime-over"
  /** Update from a new address. */
  | "moved"
  /** The task expired in flight. */
  | "expired"
  /** The server was killed. */
  | "restarted"
  /** The server began another exchange although this one was open. */
  | "superseded";

/** One confirmable request of the server, with its retransmissions; of a body in blocks, the request for the last one. */
export interface Exchange {
  readonly device: DeviceView;
  messageId: number;
  token: string;
  readonly address: string;
  bytes: Uint8Array;
  /** What it asks, as `operation-key.ts` writes it; `undefined`: no Read, Write or Execute. */
  operation: string | undefined;
  readonly started: Window;
  readonly event: number;
  /** The device task that it carries out, when that is certain. */
  task: DeviceTaskView | undefined;
  /** Where that is not certain: the tasks that it may carry out. */
  readonly mayBeOf: readonly TaskView[];
  /** Firmware updates of which it may be one of the requests; it is of none of them for certain. */
  readonly updates: readonly DeviceTaskView[];
  datagrams: number;
  lastSent: Window;
  firstGap: Window | undefined;
  acknowledged: Window | undefined;
  end: { readonly how: ExchangeEnd; readonly window: Window; readonly event: number | undefined } | undefined;
  /** The server may have dropped it since: its task expired or was cancelled. */
  maybeDropped: boolean;
  /** From when on the server may take it for a failed attempt; `undefined`: it has no reason to. */
  maybeFailed: Window | undefined;
  /** The last further copy of the answer. */
  lastAnswer: Window | undefined;
  response: CoapMessage | undefined;
  /** Absent while no more than one message was needed. */
  transfer: BlockTransfer | undefined;
  /** Copies that reached a listening device, and how often the device acted on them. */
  deliveries: number;
  effects: number;
  /** What the device has written because of it, by path. */
  readonly written: WrittenValue[];
}

/** A value that a device has taken. */
export interface WrittenValue {
  /** `3/0/15` */
  readonly path: string;
  /** As the API shows it. */
  readonly value: unknown;
  /** Index of the effect. */
  readonly event: number;
}

/** What is no Execute may change the mirror. */
export const executes = (exchange: Exchange | undefined): boolean =>
  exchange?.operation?.startsWith("execute ") === true;
