/**
 * Facts: what the oracle concludes from single events of a history. Checkers fold over facts.
 */
import type { TaskStatus } from "../../protocol/task-api/states.ts";
import type { Outsider } from "../../scenarios/plan.ts";
import type { FirmwareRequest } from "./firmware/requests.ts";
import type { BlockBefore, SentBlock } from "./views/block-transfer-view.ts";
import type { DeviceView, ReplyOwed } from "./views/device-view.ts";
import type { Exchange } from "./views/exchange-view.ts";
import type { RegistrationRequest, RegistrationView } from "./views/registration-view.ts";
import type { DeviceTaskView, Expectation, Owed, SeenStatus, TaskView } from "./views/task-view.ts";
import type { Window } from "./window.ts";

/** Is it so at a certain moment? `maybe`: the measuring uncertainty, or the rules themselves, leave it open. */
export type Certainty = "yes" | "no" | "maybe";

/** A conclusion, by kind. `event` is the index of the event in the history that it was drawn from. */
export type Fact =
  | {
      readonly kind: "registration-answered";
      readonly device: DeviceView;
      readonly request: RegistrationRequest;
      readonly code: string;
      /** Location-Path, option by option. */
      readonly location: readonly string[];
      /** The first answer to it; else it answers a copy. */
      readonly first: boolean;
      /** A further answer says the same as the first: code and Location-Path. */
      readonly same: boolean;
      readonly event: number;
    }
  | {
      readonly kind: "copy-unanswered";
      readonly device: DeviceView;
      readonly request: RegistrationRequest;
      /** The copy. */
      readonly event: number;
    }
  | { readonly kind: "registration-unanswered"; readonly device: DeviceView; readonly request: RegistrationRequest }
  | {
      readonly kind: "attempt";
      readonly device: DeviceView;
      readonly exchange: Exchange;
      /** What it asks of the firmware; `undefined`: it has nothing to do with it. */
      readonly firmware: FirmwareRequest | undefined;
      /** Tasks of the device whose operation this is, and that are not settled. */
      readonly candidates: readonly DeviceTaskView[];
      /** When no candidate is left: the last settled task that this request repeats. */
      readonly settled: DeviceTaskView | undefined;
      /** An exchange of which we saw no end. */
      readonly previous: Exchange | undefined;
      /** Whether `previous` may have ended, unseen by us. */
      readonly previousOpen: Certainty;
      readonly registered: Certainty;
      /** A Register or Update that was sent and is not answered yet. */
      readonly unanswered: RegistrationRequest | undefined;
      readonly event: number;
    }
  | {
      readonly kind: "retransmission";
      readonly exchange: Exchange;
      readonly gap: Window;
      readonly previousGap: Window | undefined;
      /** The datagram, which should be that of the attempt again. */
      readonly bytes: Uint8Array;
      readonly event: number;
    }
  /** A block of a request body was sent for the first time. */
  | {
      readonly kind: "block-sent";
      readonly exchange: Exchange;
      readonly sent: SentBlock;
      /** The block that the exchange was at; `undefined`: it begins with this one. */
      readonly before: BlockBefore | undefined;
      /** Where it begins: the last exchange of the device that was about the same. */
      readonly last: Exchange | undefined;
      readonly event: number;
    }
  | { readonly kind: "exchange-ended"; readonly exchange: Exchange }
  /** A datagram of the device reached the server; `before` is when the last one did. */
  | {
      readonly kind: "heard";
      readonly device: DeviceView;
      readonly before: Window;
      readonly window: Window;
      readonly event: number;
    }
  | { readonly kind: "owed-kept"; readonly deviceTask: DeviceTaskView; readonly owed: Owed; readonly event: number }
  | { readonly kind: "owed-missed"; readonly deviceTask: DeviceTaskView; readonly owed: Owed; readonly event: number }
  | { readonly kind: "task-created"; readonly task: TaskView; readonly window: Window; readonly event: number }
  /** A 4xx: the task must not exist. */
  | { readonly kind: "task-refused"; readonly task: TaskView; readonly httpStatus: number; readonly event: number }
  | {
      readonly kind: "type-configured";
      readonly deviceType: number;
      /** Seconds. */
      readonly asked: number;
      readonly httpStatus: number;
      readonly event: number;
    }
  /** The record of a task shows its expiresAfter, seconds. */
  | { readonly kind: "period-shown"; readonly task: TaskView; readonly shown: number; readonly event: number }
  /** Somebody who does not own the device type asked about a task, or for one. */
  | {
      readonly kind: "outsider-answered";
      readonly task: TaskView;
      readonly by: Outsider;
      readonly what: string;
      readonly httpStatus: number;
      readonly window: Window;
      readonly event: number;
    }
  /** The owner asked to cancel a task, or one device of it. */
  | {
      readonly kind: "cancel-answered";
      readonly task: TaskView;
      /** `undefined`: the whole task. */
      readonly device: DeviceView | undefined;
      readonly httpStatus: number;
      readonly window: Window;
      /** The request and its answer. */
      readonly events: readonly [number, number];
    }
  | {
      readonly kind: "history-seen";
      readonly deviceTask: DeviceTaskView;
      readonly entries: readonly HistoryEntry[];
      /** No line was left out because it may be of another device. */
      readonly complete: boolean;
      readonly window: Window;
      readonly event: number;
    }
  | {
      readonly kind: "status-seen";
      readonly deviceTask: DeviceTaskView;
      readonly seen: SeenStatus;
      readonly previous: SeenStatus | undefined;
      /** What it may have been; empty when the oracle lost track. */
      readonly possible: readonly Expectation[];
      /** The expectation that is certain to hold and that fits. */
      readonly decided: Expectation | undefined;
      readonly fits: boolean;
    }
  /** The history of the task as a whole, or of its devices without saying whose each line is. */
  | {
      readonly kind: "task-history-seen";
      readonly task: TaskView;
      readonly of: "task" | "devices";
      readonly entries: readonly Omit<HistoryEntry, "errorCode">[];
      readonly window: Window;
      readonly event: number;
    }
  /** What an answer says of the task itself; it may be that to a poll of the statuses. */
  | {
      readonly kind: "task-seen";
      readonly task: TaskView;
      readonly answer: "task" | "statuses";
      readonly status: TaskStatus | undefined;
      readonly counts: Readonly<Record<string, number | undefined>> | undefined;
      readonly window: Window;
      readonly event: number;
    }
  /** An answer of 200, or a part of it, that makes no sense. */
  | {
      readonly kind: "shown-nonsense";
      readonly what: ShownNonsense;
      readonly task: TaskView;
      /** What is there instead. */
      readonly actual: string;
      readonly event: number;
    }
  /** The Device Mirror was asked for, and not shown. */
  | {
      readonly kind: "mirror-hidden";
      readonly device: DeviceView;
      /** What came instead. */
      readonly instead: string;
      readonly window: Window;
      readonly event: number;
    }
  | {
      readonly kind: "statuses-seen";
      readonly task: TaskView;
      readonly status: TaskStatus | undefined;
      /** By name; NaN: it is there, and no count. */
      readonly counts: Readonly<Record<string, number | undefined>> | undefined;
      readonly statuses: readonly { readonly did: string; readonly status: string }[];
      /** The page holds all devices. */
      readonly whole: boolean;
      readonly window: Window;
      readonly event: number;
    }
  | {
      readonly kind: "record-asked";
      readonly task: TaskView;
      readonly what: "task" | "statuses" | "history";
      readonly httpStatus: number;
      readonly window: Window;
      readonly event: number;
    }
  | {
      readonly kind: "mirror-seen";
      readonly device: DeviceView;
      readonly properties: ReadonlyMap<string, unknown>;
      /** When each value came, milliseconds since the Unix epoch, as far as the answer says so. */
      readonly timestamps: ReadonlyMap<string, number>;
      readonly window: Window;
      readonly event: number;
    }
  | {
      readonly kind: "replied";
      readonly device: DeviceView;
      readonly reply: ReplyOwed;
      readonly got: "ACK" | "RST";
      readonly event: number;
    }
  | { readonly kind: "reply-missed"; readonly device: DeviceView; readonly reply: ReplyOwed }
  | {
      readonly kind: "unregistered";
      readonly device: DeviceView;
      readonly registration: RegistrationView;
      readonly window: Window;
    }
  | { readonly kind: "trigger"; readonly device: DeviceView; readonly window: Window; readonly event: number }
  | { readonly kind: "end"; readonly window: Window; readonly event: number; readonly cutOff: boolean };

/** A line of a history. */
export interface HistoryEntry {
  readonly status: string;
  readonly errorCode: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly ts: number | undefined;
}

/** What makes no sense in an answer. */
export type ShownNonsense =
  | "task"
  | "task-status"
  | "statuses"
  /** A line of the statuses that is none of the devices of the task. */
  | "device"
  | "device-status"
  | "device-twice"
  | "device-missing"
  | "attempts"
  | "history";

/** What a fact is about. */
export type FactKind = Fact["kind"];
/** The fact of one kind. */
export type FactOf<K extends FactKind> = Extract<Fact, { readonly kind: K }>;
