/**
 * What the oracle believes about tasks, and about the part of a task that concerns one device.
 */
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../../../protocol/task-api/states.ts";
import type { Outsider } from "../../../scenarios/plan.ts";
import type { RunTime } from "../../history/history.ts";
import type { UpdateView } from "../firmware/views.ts";
import type { Window } from "../window.ts";
import type { DeviceView } from "./device-view.ts";
import type { Exchange, ExchangeEnd } from "./exchange-view.ts";

/** An attempt that the server must make, and since when. */
export interface Owed {
  readonly requirement: "Q-02" | "T-05" | "Q-04" | "Q-08" | "R-04" | "R-05" | "R-06" | "R-13";
  readonly because: string;
  readonly since: RunTime;
  readonly event: number;
}

/** How long a task is active, and why so long. */
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

/** One task, from the request for it on. */
export interface TaskView {
  readonly ref: number;
  readonly taskType: TaskType;
  readonly property: string;
  readonly value: string | undefined;
  /** It is a firmware update, with an image of this version; then it has no type and no property of its own. */
  readonly image: { readonly version: string } | undefined;
  readonly deviceType: number;
  readonly asked: Window;
  readonly event: number;
  /** Whose token asked for it. */
  readonly by: "owner" | Outsider;
  readonly activePeriod: ActivePeriod;
  /** Periods that its device type suggests, before or after the creation: to follow them is wrong. */
  readonly otherPeriods: OtherPeriod[];
  /** From the request to the answer of the POST. */
  created: Window;
  /** When it was asked to begin, milliseconds since the Unix epoch by the server's clock; `undefined`: at once. */
  readonly scheduledOn: number | undefined;
  /** From when it is active: its creation, or its `scheduledOn` when that is later. */
  activeFrom: Window;
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
  /** The last request of somebody else than the owner to cancel it that was refused. */
  refusedOutsider: { readonly by: Outsider; readonly event: number } | undefined;
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
    | "cancelled-or-expired"
    | "server-side";
  /** It became true not before, not after. */
  readonly since: Window;
  readonly statuses: readonly DeviceTaskStatus[];
  /** Pending: how the attempt before ended. */
  readonly after?: ExchangeEnd;
  /** Failed: the device's answer. */
  readonly answer?: CoapMessage;
}

/** How a device task ended, by what is certain. */
export type DeviceTaskEnd = "succeeded" | "failed" | "expired" | "cancelled";

/** The part of a task that concerns one device; changed in place while the history is read. */
export interface DeviceTaskView {
  readonly task: TaskView;
  readonly device: DeviceView;
  /** Operation as it appears on the wire; `undefined`: never on the wire, or an update, which has many. */
  readonly operation: string | undefined;
  /** A firmware update: judged by what is known of its device, and by nothing else (firmware/). */
  readonly update: UpdateView | undefined;
  readonly expectations: Expectation[];
  readonly attempts: Exchange[];
  /** Its task has begun, and what that leads to is taken into account. */
  begun: boolean;
  /** Attempts that may or may not count (dropped by an Update from a new address). */
  optionalAttempts: number;
  /** Attempts that may count though nobody saw them: the server was killed when it may have been about to send one. */
  unsentAttempts: number;
  /** The oracle lost track (an ambiguous request, an undecidable race): only T-01 is judged from here on. */
  blurred: string | undefined;
  /** Nothing more may be sent for it, since: */
  settled: { readonly how: DeviceTaskEnd; readonly window: Window; readonly event: number } | undefined;
  cancelAsked: Window | undefined;
  /** A poll showed CANCEL_REQUESTED: its server waits for the answer, and does not end it at once. */
  cancelShown: boolean;
  /** Cancelled in flight, and then dropped by an Update from a new address: whether it is sent again there is open. */
  mayFollow: { readonly window: Window; readonly event: number } | undefined;
  /** Cancellations that are asked for and not answered yet: meanwhile a poll may show it cancelled, or not. */
  cancelsOpen: number;
  /** Somebody asked for its cancellation, whatever became of it. */
  everCancelled: boolean;
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

/** An answer that came when the active period might have been over. */
export interface ExpiryRace {
  /** What the answer makes of the device task, if it counts. `unclear`: only the server can say. */
  readonly answer: "success" | "failure" | "unclear";
  /** What a successful Read or Write brings to the mirror, by property. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly window: Window;
  readonly event: number;
}

/** What one poll showed of a device task. */
export interface SeenStatus {
  readonly status: DeviceTaskStatus;
  readonly attempts: number | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  /** What it says of the user of the device. */
  readonly acceptance: string | undefined;
  /** From sending the request to its answer. */
  readonly window: Window;
  readonly event: number;
}
