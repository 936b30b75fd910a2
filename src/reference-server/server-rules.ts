/**
 * What the engine of the reference server asks of its rules: each decision a small function or value of its own, named
 * by the requirements that hang on it. The engine decides nothing itself.
 *
 * A defective or unusual server is the record of rules.ts with one row replaced; the engine does not know the
 * difference. Ids are those of the requirements catalogue, rows those of docs/semantics.md.
 */
import type { Address } from "../protocol/address.ts";
import type { CoapContent, CoapMessage, Code, ExchangeFailure, MessageType } from "../protocol/coap/types.ts";
import type { Register, RegistrationError } from "../protocol/lwm2m/registration.ts";
import type { CompleteProfile } from "../protocol/profile.ts";
import type { Result } from "../protocol/result.ts";
import type { RestResponse } from "../protocol/server-port.ts";
import type { Bounds } from "../protocol/task-api/schemas.ts";
import type { DeviceTaskStatus, TaskStatus, TaskType } from "../protocol/task-api/states.ts";
import type { Instant, Micros } from "../protocol/time.ts";
import type { DeviceOperation, MirrorChange } from "./device-operations.ts";
import type { Device, DeviceTask, DeviceType, Registration, Task, TaskError } from "./entities.ts";
import type { FirmwareRules } from "./ota/rules.ts";
import type { DeviceTaskEvent, TaskEvent } from "./transitions.ts";

export type Tally = Readonly<Record<DeviceTaskStatus, number>>;

export interface StatusCounts {
  readonly totalDevices: number;
  readonly numCompleted: number;
  readonly numSucceeded: number;
  readonly numFailed: number;
  readonly numCancelled: number;
}

/** What may make the server try the pending tasks of a device. */
export type Occasion =
  | "register"
  | "refused-register"
  | "re-register"
  | "update"
  | "deregister"
  | "lifetime"
  | "datagram"
  | "timer"
  | "new-task";
/** Why the server lost an exchange that the CoAP endpoint did not give up. */
export type Loss = "replaced" | "removed" | "lifetime" | "restart";
export type AttemptFailure = ExchangeFailure | Loss;
/** When the mirror might be touched; `late`: the device task had its end before the answer came. */
export type MirrorMoment = "sent" | "succeeded" | "refused" | "failed-attempt" | "late";

export interface TaskRules {
  /** T-01, T-04, E-05, E-08, E-09, R-01..R-03: the device task's state machine. */
  readonly deviceMove: (from: DeviceTaskStatus, event: DeviceTaskEvent) => DeviceTaskStatus | undefined;
  /** T-01, T-02: the task's state machine. */
  readonly taskMove: (from: TaskStatus, event: TaskEvent) => TaskStatus | undefined;
  /** T-02: whether a task with these device tasks is over. */
  readonly isComplete: (tally: Tally) => boolean;
  /** T-03, row 21: what the caller is told. */
  readonly countsOf: (tally: Tally) => StatusCounts;
  /** T-04: whether cancelling a whole task reaches a device task. */
  readonly cancelReaches: (deviceTask: DeviceTask) => boolean;
  /** L-04, row 8: the bounds that a request is held to; beyond them it is refused. */
  readonly acceptedBounds: (bounds: Bounds, profile: CompleteProfile) => Bounds;
  /** L-04, row 8: what is kept of an accepted number of seconds. */
  readonly shortened: (asked: number, bounds: Bounds, profile: CompleteProfile) => number;
  /** E-01..E-04, row 7: seconds, fixed at creation. */
  readonly expiresAfter: (ofTask: number | undefined, type: DeviceType, profile: CompleteProfile) => number;
  /** E-01..E-03, row 9: where the active period starts. */
  readonly activeFrom: (createdAt: Instant, scheduledOn: number | undefined) => Instant;
  /** E-05: when the active period ends. */
  readonly expiresAt: (activeFrom: Instant, expiresAfter: number, createdAt: Instant) => Instant;
  /** L-04, row 8: whether a task with `scheduledOn` may end then, given how long its record is kept. */
  readonly mayEndAt: (end: Instant, retainedUntil: Instant) => boolean;
  /** T-05, row 9: whether a task stands in the queues of its devices before it begins. */
  readonly queuesBeforeBegin: boolean;
  /** E-04: the end of a task's active period after its device type was configured anew. */
  readonly expiresAtAfterTypeChange: (task: Task) => Instant;
  /** E-05, E-07, row 10: whether the end of the active period ends this device task. */
  readonly expiryReaches: (deviceTask: DeviceTask, profile: CompleteProfile) => boolean;
  /** E-07, E-09, row 10: whether an exchange in flight is dropped then. */
  readonly dropsExchangeAtExpiry: (profile: CompleteProfile) => boolean;
  /** E-05, E-10. */
  readonly expiryError: TaskError;
  /** L-01..L-03, row 11: asked at every change of the task's status. */
  readonly retainedUntil: (task: Task, now: Instant, profile: CompleteProfile) => Instant;
  /** L-01: whether the history keeps an entry for this status. */
  readonly recordsHistory: (status: DeviceTaskStatus) => boolean;
  /** Q-01, row 19: whether the answer to POST leaves before the targets are tried. */
  readonly answersTaskFirst: boolean;
  /** D-04, row 18: whether a server property is written without asking the device. */
  readonly writesServerPropertyAlone: boolean;
  /** A-01, row 30: whether the bearer of a token may use a device type and its tasks by this HTTP method. */
  readonly mayUse: (
    type: DeviceType,
    token: string | undefined,
    administrator: string | undefined,
    method: string,
  ) => boolean;
  /** Rows 19–21, 33: the last word on how an answer of the REST API looks. */
  readonly rendered: (response: RestResponse) => RestResponse;
}

export interface DispatchRules {
  /** ..R-06, row 4: what drains a device's queue. */
  readonly isTrigger: (occasion: Occasion) => boolean;
  /** row 4: what a trigger does to a device task that waits; `fail`: by `errorOfFailure`. */
  readonly atTrigger: (deviceTask: DeviceTask, occasion: Occasion) => "try" | "leave" | "fail";
  /** the error with which a new device task fails at once; `undefined`: it waits for its device. */
  readonly refusalOf: (device: Device) => TaskError | undefined;
  /** Q-02, T-05, row 4: whether a task that begins is tried without any event of the device. */
  readonly triesNewTask: (device: Device, task: Task) => boolean;
  /** Q-11, E-06, I-03: whether a device task of this status may be tried. */
  readonly isDispatchable: (status: DeviceTaskStatus) => boolean;
  /** I-03: whether a device task of this status stays in the device's queue. */
  readonly staysQueued: (status: DeviceTaskStatus) => boolean;
  /** Q-10, row 12: whether `a` is tried before `b`. */
  readonly comesBefore: (a: DeviceTask, b: DeviceTask) => boolean;
  /** row 12: whether one more exchange may begin, given how many are open. */
  readonly mayStart: (openOfDevice: number, openOfAll: number) => boolean;
  /** row 13: where a first transmission goes; `undefined`: nowhere now. */
  readonly destination: (device: Device, now: Instant, profile: CompleteProfile) => Address | undefined;
  /** R-08, rows 6 and 32. */
  readonly attemptsAfter: (
    attempts: number,
    event: "attempt" | "resend" | "failed-attempt" | "asleep" | "step",
  ) => number;
  /** R-01..R-03: whether a failed attempt, the n-th, goes back to the queue; else the device task fails. */
  readonly requeues: (failure: AttemptFailure, attempts: number) => boolean;
  /** I-02: whether a failed exchange is repeated at once, as part of the same attempt. */
  readonly repeatsAtOnce: (failure: AttemptFailure, deviceTask: DeviceTask) => boolean;
  /** The error of a device task whose failed attempt does not go back. */
  readonly errorOfFailure: (failure: AttemptFailure) => TaskError;
  /** R-09, I-03: whether a response settles the device task; else it counts as a failed attempt. */
  readonly isFinal: (code: Code) => boolean;
  /** time after which the server tries again by itself; `undefined`: never. */
  readonly retryDelay: (profile: CompleteProfile) => Micros | undefined;
  /** Row 28: whether a failed attempt leaves the rest of the device's queue to be tried within the same trigger. */
  readonly goesOnAfterFailure: (profile: CompleteProfile) => boolean;
  /** whether an answer leaves the rest of the device's queue to be tried within the same trigger. */
  readonly goesOnAfterAnswer: (device: Device) => boolean;
  /** R-10, rows 14 and 32: what becomes of an exchange when its device shows a new address. */
  readonly atNewAddress: "resend" | "keep" | "requeue";
  /** G-02, G-05, G-06: whether the pending tasks of a device outlive the end of its registration. */
  readonly pendingSurvives: (loss: Loss) => boolean;
  /** G-02, row 15: whether an exchange in flight is dropped when the registration ends. */
  readonly dropsExchange: (loss: Loss) => boolean;
  /** G-08: the path prefix of requests to the device. */
  readonly rootPathOf: (registration: Registration) => string;
  /** M-11, I-06: the request for an operation, at the n-th attempt; `undefined`: it needs none. */
  readonly requestOf: (operation: DeviceOperation, rootPath: string, attempt: number) => CoapContent | undefined;
}

export interface AnswerRules {
  /** M-01..M-10, E-10, rows 1–3. */
  readonly errorOfAnswer: (code: Code, diagnostic: string, taskType: TaskType, profile: CompleteProfile) => TaskError;
  /** M-10, row 25. */
  readonly errorOfMisfit: (reason: string) => TaskError;
  /** R-09, row 25: whether a response of this code does what was asked. */
  readonly isSuccess: (code: Code, taskType: TaskType) => boolean;
  /** D-01..D-03, D-05, D-06, row 17. */
  readonly touchesMirror: (taskType: TaskType, moment: MirrorMoment) => boolean;
  /** D-01, D-05, row 17: what a successful response brings to the mirror, given what it says. */
  readonly mirrored: (said: readonly MirrorChange[], task: Task) => readonly MirrorChange[];
  /** D-06, row 10: whether a successful response after the terminal status counts for the mirror. */
  readonly lateResponseCounts: (profile: CompleteProfile) => boolean;
  /** D-01, D-02, row 31: what the mirror keeps of a value. */
  readonly mirrorValue: (value: unknown, property: string) => unknown;
  /** D-01, D-02, row 17: the `ts` of what a task brings to the mirror, milliseconds since the Unix epoch. */
  readonly mirrorTimestamp: (now: Instant, task: Task) => number;
}

export interface RegistrationRules {
  /** G-07: what a Register says, or why it is refused. */
  readonly readRegister: (message: CoapMessage) => Result<Register, RegistrationError>;
  /** G-07: whether a Register is looked at that came in such a message. Transport, URI mapping: all are Confirmable. */
  readonly takesRegister: (type: MessageType) => boolean;
  /** G-07: what an endpoint that nobody provisioned is told. */
  readonly unknownEndpoint: RegistrationError;
  /** G-02, row 15: how a Register of an endpoint that is registered is refused; `undefined`: it is not. */
  readonly errorAtReRegister: RegistrationError | undefined;
  /** G-02, row 15: the location at a Register of an endpoint that is registered. */
  readonly locationAtReRegister: (previous: string, fresh: string, profile: CompleteProfile) => string;
  /** G-02: whether the old location is forgotten when it is replaced. */
  readonly forgetsReplaced: boolean;
  /** G-06: whether De-register ends the registration. */
  readonly forgetsRemoved: boolean;
  /** G-05, row 16: seconds. */
  readonly lifetimeOf: (asked: number | undefined, profile: CompleteProfile) => number;
  /** G-04: seconds, after an Update. */
  readonly lifetimeAfterUpdate: (current: number, asked: number | undefined, profile: CompleteProfile) => number;
  /** G-04: from when the lifetime runs after an Update. */
  readonly refreshedAt: (before: Instant, now: Instant) => Instant;
  /** G-05, row 16: when a registration is dead. */
  readonly endsAt: (registration: Registration) => Instant;
  /** G-04: the answer to Update and De-register of an unknown location. */
  readonly unknownLocation: Code;
  /** G-01: the answer to Register. */
  readonly registered: Code;
  /** R-10, row 14: the address after an Update. */
  readonly addressAfterUpdate: (before: Address, from: Address, profile: CompleteProfile) => Address | undefined;
  /** whether Register and Update are answered before the queue is drained. */
  readonly answersFirst: boolean;
  /** RFC 7252 §5.2.2: whether a device's request gets an empty ACK, and its answer in a message of its own. */
  readonly answersSeparately: boolean;
  /** whether the device is taken for one that sleeps. */
  readonly queueModeOf: (register: Pick<Register, "queueMode" | "version">) => boolean;
  /** Q-07, row 13: what restarts the awake window. */
  readonly keepsAwake: (occasion: "update" | "datagram" | "request-sent") => boolean;
}

export interface RestartRules {
  /** Row 26: which tables are read back. */
  readonly isRestored: (table: string) => boolean;
  /** Whether the exchange of a device task that was in flight is known to be over. */
  readonly endsFlights: () => boolean;
  /** Whether what waits for devices that are registered is tried at the start already. */
  readonly triesAtStart: () => boolean;
}

export interface ServerRules
  extends TaskRules,
    DispatchRules,
    AnswerRules,
    RegistrationRules,
    RestartRules,
    FirmwareRules {}
