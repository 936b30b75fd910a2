/**
 * What the oracle believes about one device while it reads a history.
 *
 * This, like all views beside it, is the oracle's own model, written from the task page and the standards. It shares
 * no code with the reference server's engine: an error copied into both would go unseen.
 */
import type { RunTime } from "../../history/history.ts";
import type { FailedAttempt, RetryTimer } from "../exchanges/failed-attempts.ts";
import type { FirmwareView } from "../firmware/views.ts";
import type { Window } from "../window.ts";
import type { Exchange } from "./exchange-view.ts";
import type { LateValue, MirrorExpectation, SeenMirror } from "./mirror-view.ts";
import type { RegistrationEnd, RegistrationRequest, RegistrationView } from "./registration-view.ts";
import type { DeviceTaskView, Owed, TaskView } from "./task-view.ts";

/** Changed in place while the history is read. */
export interface DeviceView {
  readonly index: number;
  readonly name: string;
  registration: RegistrationView | undefined;
  /** Its last locations that are none any more, and why; the oldest are forgotten. */
  readonly oldLocations: Map<string, RegistrationEnd>;
  /** Locations of registrations that crossed the present one: any of them may be in force instead. */
  readonly rivals: Set<string>;
  /** The server was killed since, and may have lost the registration or what was asked about it, until it says so. */
  registrationOpen: boolean;
  /** Registrations accepted so far. */
  registrations: number;
  /** Moment of the last change of registration, for "unregistered since". */
  unregisteredSince: Window | undefined;
  /** When the server heard it last, and knew that it did: from the address of its registration, or by a request that it accepted. */
  lastUplink: RunTime;
  /** When the server heard the device last, whatever it said; `undefined`: never. */
  heard: Window | undefined;
  /** The network reported that it cannot be reached, and it was not heard since. */
  unreachable: boolean;
  /** The last Register or Update that the server has to refuse, or has refused. */
  malformed: { readonly request: RegistrationRequest; readonly window: Window; readonly event: number } | undefined;
  open: Exchange | undefined;
  readonly exchanges: Map<string, Exchange>;
  /** Exchanges that it answered by a 2.xx, in time or not, by operation. */
  readonly successes: Map<string, Set<Exchange>>;
  readonly requests: RegistrationRequest[];
  /** Its last requests that are none of the registration interface. */
  readonly otherRequests: SentMessage[];
  /** The last ones from before the server was killed, whose copies it may take for new ones. */
  formerRequests: readonly RegistrationRequest[];
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
  /** Its last failed attempts; the oldest are forgotten. */
  readonly failures: FailedAttempt[];
  /** What a declared timer will try again (choice 4). */
  readonly timer: RetryTimer;
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
  readonly firmware: FirmwareView;
  /** An answer could not be attributed: the mirror is not judged any more. */
  mirrorBlurred: boolean;
}

/** What tells a Confirmable message of the device from others. */
export interface SentMessage {
  readonly messageId: number;
  readonly token: string;
  readonly address: string;
  readonly window: Window;
}

/** An acknowledgement or a Reset that a device has to send. */
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
