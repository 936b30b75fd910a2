/** Defects of the task engine, in the order of the requirements that they break. */
import { NEVER, seconds } from "../protocol/time.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { isTerminal } from "../reference-server/transitions.ts";
import type { Mutant } from "./mutant.ts";

/** Says that the defect made a difference whenever `changed` differs from `kept`. */
function differing<T>(note: () => void, kept: T, changed: T): T {
  if (kept !== changed) note();
  return changed;
}

export const SERVER_MUTANTS: readonly Mutant[] = [
  {
    id: "datagram-before-answer",
    sentence: "The first datagram of a task leaves before the POST that creates it is answered.",
    requirement: "Q-01",
    source: "task page: the API returns before the task begins to run",
    rules: (note) => ({
      get answersTaskFirst() {
        note();
        return false;
      },
    }),
  },
  {
    id: "new-task-waits-for-update",
    sentence: "A task for a registered device waits for the next Update instead of being tried at once.",
    requirement: "Q-02",
    source: "the queue is drained by registration events alone",
    rules: (note) => ({ triesNewTask: (device) => differing(note, REFERENCE.triesNewTask(device), false) }),
  },
  {
    id: "register-drains-nothing",
    sentence: "A Register does not start what has waited for the device.",
    requirement: "Q-04",
    source: "only Updates were thought of as triggers",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(note, REFERENCE.isTrigger(occasion), occasion !== "register" && REFERENCE.isTrigger(occasion)),
    }),
  },
  {
    id: "request-before-registration-answer",
    sentence: "Requests leave before the Register or Update that lets them go is answered.",
    requirement: "Q-05",
    source: "OMA LwM2M Core: a server should not send requests before its answer to Register",
    rules: (note) => ({
      get answersFirst() {
        note();
        return false;
      },
    }),
  },
  {
    id: "one-device-at-a-time",
    sentence: "All devices share one exchange: a silent device holds up the others.",
    requirement: "Q-09",
    source: "a single worker that waits for each answer",
    rules: (note) => ({
      mayStart: (ofDevice, ofAll) => differing(note, REFERENCE.mayStart(ofDevice, ofAll), ofAll === 0),
    }),
  },
  {
    id: "fails-on-silence",
    sentence: "A device task fails when its device never acknowledges.",
    requirement: "R-01",
    source: "time-out taken for an error answer",
    rules: (note) => ({
      requeues: (failure) => differing(note, REFERENCE.requeues(failure), failure !== "no-acknowledgement"),
    }),
  },
  {
    id: "fails-on-reset",
    sentence: "A device task fails when its device answers RST.",
    requirement: "R-03",
    source: "RST taken for an error answer",
    rules: (note) => ({ requeues: (failure) => differing(note, REFERENCE.requeues(failure), failure !== "reset") }),
  },
  {
    id: "update-retries-nothing",
    sentence: "An Update does not bring the retry of what failed before; only a Register does.",
    requirement: "R-04",
    source: "a queued read that the next update does not send (eclipse-leshan/leshan#1598)",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(note, REFERENCE.isTrigger(occasion), occasion !== "update" && REFERENCE.isTrigger(occasion)),
    }),
  },
  {
    id: "retry-by-timer",
    sentence: "The server retries 30 s after a failed attempt, without Register or Update.",
    requirement: "R-06",
    source: "usual retry loop, contrary to the task page",
    rules: (note) => ({
      retryDelay: () => {
        note();
        return seconds(30);
      },
    }),
  },
  {
    id: "attempts-count-datagrams",
    sentence: "numAttempts counts the datagrams of an attempt that failed.",
    requirement: "R-08",
    source: "counter incremented per transmission",
    rules: (note) => ({
      attemptsAfter: (attempts, event) =>
        differing(
          note,
          REFERENCE.attemptsAfter(attempts, event),
          event === "failed-attempt" ? attempts + 4 : REFERENCE.attemptsAfter(attempts, event),
        ),
    }),
  },
  {
    id: "retries-method-not-allowed",
    sentence: "A device task answered 4.05 is tried again at the next trigger.",
    requirement: "R-09",
    source: "error answers and failed communications share one path",
    rules: (note) => ({ isFinal: (code) => differing(note, REFERENCE.isFinal(code), code !== "4.05") }),
  },
  {
    id: "own-expiry-ignored",
    sentence: "The task's own expiresAfter is ignored.",
    requirement: "E-02",
    source: "precedence read the wrong way round",
    rules: (note) => ({
      expiresAfter: (ofTask, type, profile) =>
        differing(
          note,
          REFERENCE.expiresAfter(ofTask, type, profile),
          REFERENCE.expiresAfter(undefined, type, profile),
        ),
    }),
  },
  {
    id: "type-expiry-ignored",
    sentence: "The device type's taskExpiresAfter is ignored.",
    requirement: "E-03",
    source: "configuration that never reaches the task engine",
    rules: (note) => ({
      expiresAfter: (ofTask, type, profile) =>
        differing(note, REFERENCE.expiresAfter(ofTask, type, profile), ofTask ?? profile.defaultExpiresAfter),
    }),
  },
  {
    id: "expiry-fails-finished",
    sentence: "When a task expires, devices that had finished become FAILED too.",
    requirement: "E-05",
    source: "expiry updates every row of the task",
    rules: (note) => ({
      expiryReaches: () => true,
      deviceMove: (from, event) => {
        if (event !== "expire" || !isTerminal(from)) return REFERENCE.deviceMove(from, event);
        note();
        return "FAILED";
      },
    }),
  },
  {
    id: "expired-as-not-found",
    sentence: "A device's 4.04 becomes error 4004, which means expired.",
    requirement: "E-10",
    source: "4.04 written as 4004 instead of 4040",
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) => {
        const right = REFERENCE.errorOfAnswer(code, diagnostic, taskType, profile);
        if (code !== "4.04") return right;
        note();
        return { ...right, code: "4004" };
      },
    }),
  },
  {
    id: "forbidden-as-not-found",
    sentence: "A device's 4.03 becomes 4040 for a Read and 4030 for everything else.",
    requirement: "M-03",
    source: "both printed rows of the task page at once",
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) => {
        const right = REFERENCE.errorOfAnswer(code, diagnostic, taskType, profile);
        if (code !== "4.03" || taskType !== "R") return right;
        note();
        return { ...right, code: "4040" };
      },
    }),
  },
  {
    id: "diagnostic-lost",
    sentence: "The diagnostic payload of a 4.00 does not reach the error message.",
    requirement: "M-09",
    source: "payload of error answers never read",
    rules: (note) => ({
      errorOfAnswer: (code, diagnostic, taskType, profile) => {
        if (diagnostic !== "") note();
        return REFERENCE.errorOfAnswer(code, "", taskType, profile);
      },
    }),
  },
  {
    id: "records-go-at-once",
    sentence: "A finished task is gone after a day.",
    requirement: "L-01",
    source: "retention counted in hours",
    rules: (note) => ({
      retainedUntil: (task, now, profile) => {
        note();
        return REFERENCE.retainedUntil(task, now, { ...profile, retention: 86_400 });
      },
    }),
  },
  {
    id: "records-stay",
    sentence: "Tasks are never removed.",
    requirement: "L-02",
    source: "clean-up job not running",
    rules: (note) => ({
      retainedUntil: () => {
        note();
        return NEVER;
      },
    }),
  },
  {
    id: "queue-dropped-at-re-register",
    sentence: "A Register of a registered device fails what was waiting for it.",
    requirement: "G-02",
    source: "re-registration empties the queue (eclipse-leshan/leshan#207)",
    rules: (note) => ({
      pendingSurvives: (loss) => loss !== "replaced",
      deviceMove: (from, event) => {
        if (from !== "QUEUED" || event !== "fail") return REFERENCE.deviceMove(from, event);
        note();
        return "FAILED";
      },
    }),
  },
  {
    id: "registration-outlives-lifetime",
    sentence: "A registration never ends by itself.",
    requirement: "G-05",
    source: "no sweep of registrations",
    rules: (note) => ({
      endsAt: () => {
        note();
        return NEVER;
      },
    }),
  },
  {
    id: "mirror-at-send",
    sentence: "The Device Mirror shows a written value when it is sent, not when the device took it.",
    requirement: "D-03",
    source: "optimistic update of the mirror",
    rules: (note) => ({
      touchesMirror: (taskType, moment) =>
        differing(
          note,
          REFERENCE.touchesMirror(taskType, moment),
          taskType === "W" && (moment === "sent" || moment === "succeeded"),
        ),
    }),
  },
  {
    id: "complete-with-first-device",
    sentence: "A task is COMPLETE as soon as one of its devices has finished.",
    requirement: "T-02",
    source: "any instead of all",
    rules: (note) => ({
      isComplete: (tally) =>
        differing(note, REFERENCE.isComplete(tally), REFERENCE.isComplete(tally) || tally.SUCCEEDED + tally.FAILED > 0),
    }),
  },
  {
    id: "cancelled-count-lost",
    sentence: "numCancelled is always 0.",
    requirement: "T-03",
    source: "a counter that nobody increments",
    rules: (note) => ({
      countsOf: (tally) => {
        if (tally.CANCELLED > 0) note();
        return { ...REFERENCE.countsOf(tally), numCancelled: 0 };
      },
    }),
  },
];
