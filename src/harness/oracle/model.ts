/**
 * What the oracle believes about devices, exchanges and device tasks while it reads a history.
 *
 * This is its own model, written from the task page and the standards. It shares no code with the reference
 * server's engine: an error copied into both would go unseen.
 */
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../../protocol/task-api/states.ts";
import type { RunTime } from "../history.ts";
import type { Window } from "./window.ts";

/** How an exchange ended. All but `answered` are failed attempts (docs/semantics.md). */
export type ExchangeEnd =
  | "answered"
  | "no-acknowledgement"
  | "no-response"
  | "reset"
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
  /** The server began another exchange although this one was open. */
  | "superseded";

/** One confirmable request of the server, with its retransmissions. */
export interface Exchange {
  readonly device: DeviceView;
  readonly messageId: number;
  readonly token: string;
  readonly address: string;
  readonly bytes: Uint8Array;
  /** What it asks, as `operation-key.ts` writes it; `undefined`: no Read, Write or Execute. */
  readonly operation: string | undefined;
  readonly started: Window;
  readonly event: number;
  /** The device task that it carries out, when that is certain. */
  task: DeviceTaskView | undefined;
  /** Where that is not certain: the tasks that it may carry out. */
  readonly mayBeOf: readonly TaskView[];
  datagrams: number;
  lastSent: Window;
  firstGap: Window | undefined;
  acknowledged: Window | undefined;
  end: { readonly how: ExchangeEnd; readonly window: Window; readonly event: number | undefined } | undefined;
  /** The server may have dropped it since: its task expired or was cancelled. */
  maybeDropped: boolean;
  /** The last further copy of the answer. */
  lastAnswer: Window | undefined;
  response: CoapMessage | undefined;
  /** Copies that reached a listening device, and how often the device acted on them. */
  deliveries: number;
  effects: number;
  /** What the device has written because of it, by path. */
  readonly written: WrittenValue[];
}

export interface WrittenValue {
  /** `3/0/15` */
  readonly path: string;
  /** As the API shows it. */
  readonly value: unknown;
  /** Index of the effect. */
  readonly event: number;
}

export type RegistrationRequestKind = "register" | "update" | "deregister";

/** Register, Update or De-register, from its first copy to its answer. */
export interface RegistrationRequest {
  readonly kind: RegistrationRequestKind;
  readonly messageId: number;
  readonly token: string;
  readonly address: string;
  readonly window: Window;
  readonly event: number;
  /** Uri-Path joined by `/`: the location, for Update and De-register. */
  readonly location: string;
  /** Seconds; absent: not said. */
  readonly lifetime: number | undefined;
  readonly queueMode: boolean | undefined;
  /** Of a Register: the alternate path of its objects; `undefined` where they cannot be read. */
  readonly rootPath: string | undefined;
  /** Of a Register: why it has to be refused; `undefined`: it need not be. */
  readonly defect: string | undefined;
  /** What the oracle believed when it came in. */
  readonly before: RegistrationView | undefined;
  /** Whether `location` was alive then. */
  readonly alive: "yes" | "no" | "maybe";
  copies: number;
  /** Its answer is overdue, and that has been said. */
  missed: boolean;
  /** A copy that came after the answer, and has none of its own yet. */
  openCopy: { readonly window: Window; readonly event: number } | undefined;
  /** The last copy. */
  lastCopy: Window;
  answer:
    | {
        readonly code: string;
        readonly location: string;
        readonly window: Window;
        readonly event: number;
      }
    | undefined;
  /** A request of the server that came before the answer: index, and whether only this trigger can have let it go. */
  overtakenBy: { readonly event: number; readonly certain: boolean } | undefined;
}

/** Why a location is no longer one. */
export type RegistrationEnd = "replaced" | "removed" | "lifetime-over";

export interface RegistrationView {
  readonly location: string;
  readonly address: string;
  /** Microseconds. */
  readonly lifetime: number;
  readonly refreshed: Window;
  readonly queueMode: boolean;
  /** `/`, or the alternate path. */
  readonly rootPath: string;
  /** Addresses that it had before an accepted Update, and when that was. */
  readonly formerAddresses: ReadonlyMap<string, { readonly window: Window; readonly event: number }>;
}

export interface DeviceView {
  readonly index: number;
  readonly name: string;
  registration: RegistrationView | undefined;
  /** Its last locations that are none any more, and why; the oldest are forgotten. */
  readonly oldLocations: Map<string, RegistrationEnd>;
  /** Locations of registrations that crossed the present one: any of them may be in force instead. */
  readonly rivals: Set<string>;
  /** Registrations accepted so far. */
  registrations: number;
  /** Moment of the last change of registration, for "unregistered since". */
  unregisteredSince: Window | undefined;
  lastUplink: RunTime;
  /** When the server heard the device last, whatever it said; `undefined`: never. */
  heard: Window | undefined;
  /** The last Register that the server has to refuse. */
  malformed: { readonly window: Window; readonly event: number } | undefined;
  open: Exchange | undefined;
  readonly exchanges: Map<string, Exchange>;
  /** Exchanges that it answered by a 2.xx, in time or not, by operation. */
  readonly successes: Map<string, Set<Exchange>>;
  readonly requests: RegistrationRequest[];
  /** The last accepted Register or Update. */
  trigger: { readonly kind: "register" | "update"; readonly window: Window; readonly event: number } | undefined;
  /** Accepted Registers and Updates so far. */
  triggers: number;
  /** Index of the last further copy of an Update: a server may take it for another one. */
  updateCopy: number;
  /** Device tasks that are not settled. */
  readonly pending: Set<DeviceTaskView>;
  /** All of them, settled or not. */
  readonly tasks: DeviceTaskView[];
  /** The last settled device task of each operation, for attribution. */
  readonly lastSettled: Map<string, DeviceTaskView>;
  /** The device task that was attempted last, by property: what the mirror may not show before it succeeds. */
  readonly lastAttempted: Map<string, DeviceTaskView>;
  /** What the server owes an attempt, and why. */
  readonly owed: Map<DeviceTaskView, Owed>;
  /** Latest moment at which the device became free for the next attempt. */
  idleSince: RunTime;
  /** Confirmable answers of the server that the device has not acknowledged: nothing else need be sent until then. */
  unconfirmed: { readonly messageId: number; readonly address: string; readonly until: RunTime }[];
  /** Until then a failed attempt may not have ended for the server: a trigger before it may count as one during it. */
  failingUntil: RunTime;
  /** Separate or stray Confirmable responses of the device and what must answer them. */
  readonly replies: ReplyOwed[];
  reboots: number;
  /** What the Device Mirror may show, by dotted property, in order of time. */
  readonly mirror: Map<string, MirrorExpectation[]>;
  /** Values of responses that came after the end of their device tasks, by property. */
  readonly lateValues: Map<string, LateValue>;
  /** The last datagram of a Read or Write, or of what may be one: its latest moment, and its event. */
  mirrorTouched: { readonly at: RunTime; readonly event: number };
  /** The last Execute: when it was sent. */
  lastExecute: { readonly window: Window; readonly event: number } | undefined;
  /** What its mirror showed last. */
  mirrorSeen: SeenMirror | undefined;
  /** Tasks that were asked for it and refused; the oldest are forgotten. */
  readonly refused: TaskView[];
  /** An answer could not be attributed: the mirror is not judged any more. */
  mirrorBlurred: boolean;
}

/** What the mirror would show if a response after the end of its device task counted. */
export interface LateValue {
  readonly since: Window;
  readonly value: unknown;
  readonly event: number;
}

export interface SeenMirror {
  readonly properties: ReadonlyMap<string, unknown>;
  /** When each value came, milliseconds since the Unix epoch, as far as the answer says so. */
  readonly timestamps: ReadonlyMap<string, number>;
  readonly window: Window;
  readonly event: number;
}

export interface MirrorExpectation {
  readonly since: Window;
  /**
   * When the request that brought it was sent, at the earliest; that of the first one when several brought the same
   * value. `undefined`: not known, or no request brought it.
   */
  readonly asked: RunTime | undefined;
  /** As the API shows it. */
  readonly value: unknown;
  /** D-01: read; D-02: written; D-04: bulk write of a server property; D-06: either, by a response after the end. */
  readonly requirement: "D-01" | "D-02" | "D-04" | "D-06";
  readonly event: number;
}

export interface Owed {
  readonly requirement: "Q-02" | "Q-04" | "Q-08" | "R-04" | "R-05";
  readonly because: string;
  readonly since: RunTime;
  readonly event: number;
}

export interface ReplyOwed {
  /** Where the response came from: the same one from another address is another one. */
  readonly address: string;
  readonly messageId: number;
  readonly token: string;
  readonly expected: "ACK" | "RST" | "either";
  readonly window: Window;
  readonly event: number;
  copies: number;
  answers: number;
  missed: boolean;
}

export interface ActivePeriod {
  readonly seconds: number;
  /** Which rule gave them. `L-04`: it was asked for beyond the bounds. */
  readonly source: "E-01" | "E-02" | "E-03" | "L-04";
  /** Not while the device type is being configured, nor beyond bounds of which nothing is declared. */
  readonly known: boolean;
}

/** A period that a task has not, and from when a server may think that it has. */
export interface OtherPeriod {
  readonly seconds: number;
  readonly from: Window;
}

export interface TaskView {
  readonly ref: number;
  readonly taskType: TaskType;
  readonly property: string;
  readonly value: string | undefined;
  readonly deviceType: number;
  readonly asked: Window;
  readonly event: number;
  /** Whose token asked for it. */
  readonly by: "owner" | "stranger";
  readonly activePeriod: ActivePeriod;
  /** Periods that its device type suggests, before or after the creation: to follow them is wrong. */
  readonly otherPeriods: OtherPeriod[];
  /** From the request to the answer of the POST. */
  created: Window;
  expiry: Window;
  removal: Window;
  id: string | undefined;
  state: "asked" | "created" | "refused";
  readonly devices: DeviceTaskView[];
  /** The same by device name. */
  readonly byName: Map<string, DeviceTaskView>;
  cancelled: Window | undefined;
  /** A request to cancel it got no answer. */
  maybeCancelled: boolean;
  /** The last request of a stranger to cancel it that was refused: its event. */
  refusedStranger: number | undefined;
  /** First poll that saw every device terminal but the task not COMPLETE. */
  incompleteSince: RunTime | undefined;
  /** What the last poll of its statuses showed of the task itself. */
  shown: { readonly status: TaskStatus; readonly window: Window; readonly event: number } | undefined;
}

/** What a poll may see from a certain moment on. Several expectations overlap while a change is uncertain. */
export interface Expectation {
  readonly kind:
    | "pending"
    | "in-flight"
    | "succeeded"
    | "failed"
    | "expired"
    | "cancelled"
    | "cancel-requested"
    | "server-side";
  /** It became true not before, not after. */
  readonly since: Window;
  readonly statuses: readonly DeviceTaskStatus[];
  /** Pending: how the attempt before ended. */
  readonly after?: ExchangeEnd;
  /** Failed: the device's answer. */
  readonly answer?: CoapMessage;
}

export type DeviceTaskEnd = "succeeded" | "failed" | "expired" | "cancelled";

export interface DeviceTaskView {
  readonly task: TaskView;
  readonly device: DeviceView;
  /** Operation as it appears on the wire; `undefined`: never on the wire. */
  readonly operation: string | undefined;
  readonly expectations: Expectation[];
  readonly attempts: Exchange[];
  /** Attempts that may or may not count (dropped by an Update from a new address). */
  optionalAttempts: number;
  /** The oracle lost track (an ambiguous request, an undecidable race): only T-01 is judged from here on. */
  blurred: string | undefined;
  /** Nothing more may be sent for it, since: */
  settled: { readonly how: DeviceTaskEnd; readonly window: Window; readonly event: number } | undefined;
  cancelAsked: Window | undefined;
  /** Cancellations that are asked for and not answered yet: whatever a poll shows meanwhile may be right. */
  cancelsOpen: number;
  /** A response arrived after the end. */
  lateResponse: number | undefined;
  /** The last response that had the message id of its open exchange and another token: what it said, and its event. */
  foreignAnswer: { readonly code: string; readonly event: number } | undefined;
  /** Its exchange was open when its active period ended. */
  inFlightAtExpiry: boolean;
  /** An answer that arrived about when the active period ended, or after that in the same exchange. */
  race: ExpiryRace | undefined;
  /** Triggers of its device when it was settled. */
  triggersAtEnd: number;
  /** Its device was never registered since the creation. */
  neverRegistered: boolean;
  /** Last status seen, and when. */
  seen: SeenStatus | undefined;
  /** Live: polls whose number of attempts is judged at the end. */
  readonly polls: SeenStatus[];
  executed: number;
}

export interface ExpiryRace {
  /** What the answer makes of the device task, if it counts. `unclear`: only the server can say. */
  readonly answer: "success" | "failure" | "unclear";
  /** What a successful Read or Write brings to the mirror, by property. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly window: Window;
  readonly event: number;
}

export interface SeenStatus {
  readonly status: DeviceTaskStatus;
  readonly attempts: number | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  /** From sending the request to its answer. */
  readonly window: Window;
  readonly event: number;
}
