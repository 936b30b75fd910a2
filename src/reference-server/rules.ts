/**
 * What the reference server decides: every rule of server-rules.ts, as docs/semantics.md reads the standards. Where that
 * leaves a choice, the profile makes it.
 */
import { parseRegister } from "../protocol/lwm2m/registration.ts";
import type { CompleteProfile } from "../protocol/profile.ts";
import type { DeviceTaskStatus } from "../protocol/task-api/states.ts";
import { after, fromUnixMillis, type Instant, seconds, toUnixMillis } from "../protocol/time.ts";
import { requestOf } from "./device-operations.ts";
import type { Registration } from "./entities.ts";
import { EXPIRED, errorOfAnswer, misfit } from "./error-mapping.ts";
import { FIRMWARE_RULES } from "./ota/rules.ts";
import type { AnswerRules, DispatchRules, RegistrationRules, ServerRules, Tally, TaskRules } from "./server-rules.ts";
import { deviceTaskMove, isTerminal, TERMINAL_DEVICE_STATUSES, taskMove } from "./transitions.ts";

/** More seconds than this are no number of seconds. */
const MOST_SECONDS = 2_147_483_647;

const OPEN_STATUSES = [
  "REQUESTED",
  "QUEUED",
  "PROCESSING",
  "CANCEL_REQUESTED",
] as const satisfies readonly DeviceTaskStatus[];

const sum = (tally: Tally, statuses: readonly DeviceTaskStatus[]): number =>
  statuses.reduce((total, status) => total + tally[status], 0);

/** Whether a queue-mode device listens: until its last datagram is an awake window old. Row 13. */
const isAwake = (registration: Registration, now: Instant, profile: CompleteProfile): boolean =>
  !registration.queueMode || now < after(registration.heardAt, seconds(profile.awakeWindow));

const TASK_RULES: TaskRules = {
  deviceMove: deviceTaskMove,
  taskMove,
  isComplete: (tally) => sum(tally, OPEN_STATUSES) === 0,
  countsOf: (tally) => ({
    totalDevices: sum(tally, OPEN_STATUSES) + sum(tally, TERMINAL_DEVICE_STATUSES),
    numCompleted: sum(tally, TERMINAL_DEVICE_STATUSES),
    numSucceeded: tally.SUCCEEDED,
    numFailed: tally.FAILED,
    numCancelled: tally.CANCELLED,
  }),
  cancelReaches: () => true,
  acceptedBounds: (bounds, { beyondBounds }) =>
    beyondBounds === "refused" ? bounds : { min: bounds.min, max: MOST_SECONDS },
  shortened: (asked, bounds, { beyondBounds }) => (beyondBounds === "refused" ? asked : Math.min(asked, bounds.max)),
  expiresAfter: (ofTask, type, profile) => ofTask ?? type.taskExpiresAfter ?? profile.defaultExpiresAfter,
  activeFrom: (createdAt, scheduledOn) =>
    scheduledOn === undefined || fromUnixMillis(scheduledOn) <= createdAt ? createdAt : fromUnixMillis(scheduledOn),
  expiresAt: (activeFrom, expiresAfter) => after(activeFrom, seconds(expiresAfter)),
  mayEndAt: (end, retainedUntil) => end <= retainedUntil,
  queuesBeforeBegin: false,
  expiresAtAfterTypeChange: (task) => task.expiresAt,
  expiryReaches: ({ status }, profile) =>
    !isTerminal(status) &&
    !(profile.inFlightAtExpiry === "answer-counts" && (status === "PROCESSING" || status === "CANCEL_REQUESTED")),
  dropsExchangeAtExpiry: ({ inFlightAtExpiry, lateResponse }) =>
    inFlightAtExpiry === "fail" && lateResponse === "ignored",
  expiryError: EXPIRED,
  retainedUntil: (task, _now, profile) => after(task.createdAt, seconds(profile.retention)),
  recordsHistory: () => true,
  answersTaskFirst: true,
  writesServerPropertyAlone: true,
  mayUse: (type, token, administrator) =>
    type.owner === undefined && administrator === undefined
      ? true
      : token !== undefined && (token === type.owner || token === administrator),
  rendered: (response) => response,
};

const DISPATCH_RULES: DispatchRules = {
  isTrigger: (occasion) =>
    occasion === "register" || occasion === "re-register" || occasion === "update" || occasion === "timer",
  atTrigger: () => "try",
  refusalOf: () => undefined,
  triesNewTask: () => true,
  isDispatchable: (status) => status === "QUEUED",
  staysQueued: (status) => !isTerminal(status),
  comesBefore: (a, b) => a.task.sequence < b.task.sequence,
  mayStart: (openOfDevice) => openOfDevice === 0,
  destination: ({ registration }, now, profile) =>
    registration !== undefined && isAwake(registration, now, profile) ? registration.address : undefined,
  attemptsAfter: (attempts, event) => (event === "attempt" || event === "resend" ? attempts + 1 : attempts),
  // Row 25: what does not fit will not fit the next time either.
  requeues: (failure) => failure !== "unfit",
  repeatsAtOnce: () => false,
  errorOfFailure: (failure) => misfit(failure),
  isFinal: () => true,
  retryDelay: ({ timerRetry }) => (timerRetry === undefined ? undefined : seconds(timerRetry)),
  goesOnAfterFailure: ({ drainAfterFailure }) => drainAfterFailure === "continue",
  goesOnAfterAnswer: () => true,
  atNewAddress: "resend",
  pendingSurvives: () => true,
  dropsExchange: () => true,
  rootPathOf: ({ rootPath }) => rootPath,
  requestOf,
};

const ANSWER_RULES: AnswerRules = {
  errorOfAnswer: (code, diagnostic, _taskType, profile) => errorOfAnswer(code, diagnostic, profile),
  errorOfMisfit: misfit,
  isSuccess: (code, taskType) => code === (taskType === "R" ? "2.05" : "2.04"),
  touchesMirror: (taskType, moment) => taskType !== "E" && moment === "succeeded",
  mirrored: (said) => said,
  lateResponseCounts: ({ lateResponse }) => lateResponse === "updates-mirror",
  mirrorValue: (value) => value,
  mirrorTimestamp: toUnixMillis,
};

const REGISTRATION_RULES: RegistrationRules = {
  readRegister: parseRegister,
  takesRegister: (type) => type === "CON",
  unknownEndpoint: { code: "4.03", diagnostic: "endpoint is not known here" },
  errorAtReRegister: undefined,
  locationAtReRegister: (previous, fresh, profile) => (profile.locationAtReRegister === "reused" ? previous : fresh),
  forgetsReplaced: true,
  forgetsRemoved: true,
  lifetimeOf: (asked, profile) => (asked === undefined || asked === 0 ? profile.defaultLifetime : asked),
  lifetimeAfterUpdate: (current, asked, profile) =>
    asked === undefined ? current : asked === 0 ? profile.defaultLifetime : asked,
  refreshedAt: (_before, now) => now,
  endsAt: ({ updatedAt, lifetime }) => after(updatedAt, seconds(lifetime)),
  unknownLocation: "4.04",
  registered: "2.01",
  addressAfterUpdate: (before, from, { updateFromNewAddress }) =>
    before === from || updateFromNewAddress === "accept" ? from : undefined,
  answersFirst: true,
  answersSeparately: false,
  queueModeOf: ({ queueMode }) => queueMode,
  keepsAwake: (occasion) => occasion !== "request-sent",
};

/** What the reference server does. */
export const REFERENCE_RULES: ServerRules = {
  ...TASK_RULES,
  ...DISPATCH_RULES,
  ...ANSWER_RULES,
  ...REGISTRATION_RULES,
  ...FIRMWARE_RULES,
  isRestored: () => true,
  endsFlights: () => true,
  triesAtStart: () => false,
};

/** The tally of a task without device tasks. */
export const emptyTally = (): Record<DeviceTaskStatus, number> => ({
  REQUESTED: 0,
  QUEUED: 0,
  PROCESSING: 0,
  SUCCEEDED: 0,
  FAILED: 0,
  CANCEL_REQUESTED: 0,
  CANCELLED: 0,
});
