/** Defects of the retry: what a failed attempt is, and what follows it., I-02, I-03, I-05, I-06. */
import { seconds } from "../protocol/time.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import type { Occasion } from "../reference-server/server-rules.ts";
import { isTerminal } from "../reference-server/transitions.ts";
import { always, differing, movingBy } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

const isRegister = (occasion: Occasion): boolean => occasion === "register" || occasion === "re-register";

export const RETRY_MUTANTS: readonly Mutant[] = [
  {
    id: "fails-on-silence",
    sentence: "A device task fails when its device never acknowledges.",
    requirement: "R-01",
    source: "time-out taken for an error answer",
    rules: (note) => ({
      requeues: (failure, attempts) =>
        differing(note, REFERENCE.requeues(failure, attempts), failure !== "no-acknowledgement"),
    }),
  },
  {
    id: "gives-up-at-third-attempt",
    sentence: "A device task fails at its third failed attempt.",
    requirement: "R-01",
    source: "a retry limit as in other task queues; the task page has none but the active period",
    rules: (note) => ({
      requeues: (failure, attempts) => differing(note, REFERENCE.requeues(failure, attempts), attempts < 3),
    }),
  },
  {
    id: "fails-on-missing-response",
    sentence: "A device task fails when its device acknowledges and never answers.",
    requirement: "R-02",
    source: "only a response proves delivery, and only a response may end a task (eclipse-leshan/leshan#712)",
    rules: (note) => ({
      requeues: (failure, attempts) =>
        differing(note, REFERENCE.requeues(failure, attempts), failure !== "no-response"),
    }),
  },
  {
    id: "fails-on-reset",
    sentence: "A device task fails when its device answers RST.",
    requirement: "R-03",
    source: "RST taken for an error answer",
    rules: (note) => ({
      requeues: (failure, attempts) => differing(note, REFERENCE.requeues(failure, attempts), failure !== "reset"),
    }),
  },
  {
    id: "update-retries-nothing",
    sentence: "An Update does not bring the retry of what failed before; only a Register does.",
    requirement: "R-04",
    source: "device taken for unreachable until it registers anew",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(note, REFERENCE.isTrigger(occasion), occasion !== "update" && REFERENCE.isTrigger(occasion)),
    }),
  },
  {
    id: "others-go-on-after-failure",
    sentence: "After a failed attempt the device's other tasks are tried at once.",
    requirement: "R-13",
    source: "each task drained by itself, as if a failed attempt told nothing about the device",
    rules: (note) => ({
      goesOnAfterFailure: (profile) => differing(note, REFERENCE.goesOnAfterFailure(profile), true),
    }),
  },
  {
    id: "fails-at-next-update",
    sentence: "A Read that failed on its way fails for good at the next Update instead of being sent.",
    requirement: "R-04",
    source: "a queued read ends with an error at the update that should send it (eclipse-leshan/leshan#1598)",
    rules: (note) => ({
      atTrigger: ({ numAttempts, task }, occasion) =>
        differing(note, "try", occasion === "update" && numAttempts > 0 && task.taskType === "R" ? "fail" : "try"),
      deviceMove: movingBy(note, { from: ["QUEUED"], event: "fail", to: "FAILED" }),
    }),
  },
  {
    id: "register-retries-nothing",
    sentence: "A Register sends what was never tried, but not what failed before.",
    requirement: "R-05",
    source: "retries hang on the registration under which they failed",
    rules: (note) => ({
      atTrigger: ({ numAttempts }, occasion) =>
        differing(note, "try", isRegister(occasion) && numAttempts > 0 ? "leave" : "try"),
    }),
  },
  {
    id: "retry-by-timer",
    sentence: "The server retries 30 s after a failed attempt, without Register or Update.",
    requirement: "R-06",
    source: "usual retry loop, contrary to the task page",
    rules: (note) => ({ retryDelay: always(note, seconds(30)) }),
  },
  {
    id: "any-datagram-is-a-trigger",
    sentence: "Whatever comes from a device brings the retry of what failed before.",
    requirement: "R-06",
    source: "presence of a device taken for a trigger",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(note, REFERENCE.isTrigger(occasion), occasion === "datagram" || REFERENCE.isTrigger(occasion)),
    }),
  },
  {
    id: "new-task-retries-older",
    sentence: "A new task makes the server try everything that waits for the device.",
    requirement: "R-06",
    source: "one function that drains the queue, called from everywhere",
    rules: (note) => ({
      isTrigger: (occasion) =>
        differing(note, REFERENCE.isTrigger(occasion), occasion === "new-task" || REFERENCE.isTrigger(occasion)),
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
    id: "attempts-count-failures",
    sentence: "numAttempts grows when an attempt fails, not when it begins: a success at the first try shows 0.",
    requirement: "R-08",
    source: "a counter of retries under the name of a counter of attempts",
    rules: (note) => ({
      attemptsAfter: (attempts, event) =>
        differing(note, REFERENCE.attemptsAfter(attempts, event), event === "failed-attempt" ? attempts + 1 : attempts),
    }),
  },
  {
    id: "attempts-count-asleep",
    sentence: "A task that cannot be sent because its device sleeps or is away counts as attempted.",
    requirement: "R-08",
    source: "counter incremented before the device is looked up",
    rules: (note) => ({
      attemptsAfter: (attempts, event) =>
        differing(
          note,
          REFERENCE.attemptsAfter(attempts, event),
          event === "asleep" ? attempts + 1 : REFERENCE.attemptsAfter(attempts, event),
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
    id: "retries-service-unavailable",
    sentence: "A device task answered 5.03 is tried again at the next trigger.",
    requirement: "R-09",
    source: "5.03 with Max-Age invites a retry that nothing bounds (eclipse-leshan/leshan#715)",
    rules: (note) => ({ isFinal: (code) => differing(note, REFERENCE.isFinal(code), code !== "5.03") }),
  },
  {
    id: "keeps-exchange-with-old-address",
    sentence: "After an Update from a new address the open exchange goes on with the old one.",
    requirement: "R-10",
    source: "the address is copied when the exchange begins",
    rules: (note) => ({
      get atNewAddress() {
        note();
        return "keep" as const;
      },
    }),
  },
  {
    id: "address-of-register-for-ever",
    sentence: "An Update from a new address does not change where requests are sent.",
    requirement: "R-10",
    source: "the address is stored at Register alone",
    rules: (note) => ({
      addressAfterUpdate: (before, from, profile) =>
        differing(note, REFERENCE.addressAfterUpdate(before, from, profile), before),
    }),
  },
  {
    id: "execute-repeated-unseen",
    sentence: "An Execute that nobody acknowledged is sent once more at once, as a new message of the same attempt.",
    requirement: "I-02",
    source: "a retry of the transport below the retry of the task",
    rules: (note) => {
      const repeated = new WeakSet<object>();
      return {
        repeatsAtOnce: (failure, deviceTask) => {
          if (deviceTask.task.taskType !== "E" || failure !== "no-acknowledgement" || repeated.has(deviceTask))
            return false;
          note();
          repeated.add(deviceTask);
          return true;
        },
      };
    },
  },
  {
    id: "sends-again-after-success",
    sentence: "A device task that succeeded stays in the queue and is sent again at the next trigger.",
    requirement: "I-03",
    source: "the queue entry is removed when an attempt fails for good, not when it succeeds",
    rules: (note) => ({
      isDispatchable: (status) => REFERENCE.isDispatchable(status) || status === "SUCCEEDED",
      staysQueued: (status) => !isTerminal(status) || status === "SUCCEEDED",
      deviceMove: movingBy(note, { from: ["SUCCEEDED"], event: "attempt", to: "SUCCEEDED" }),
    }),
  },
  {
    id: "reboot-not-counted",
    sentence: "A repeated Execute is not counted as an attempt.",
    requirement: "I-05",
    source:
      "a reboot task whose answer is lost repeats without a trace (OpenMobileAlliance/OMA_LwM2M_for_Developers#280)",
    rules: (note) => ({
      attemptsAfter: (attempts, event) =>
        differing(
          note,
          REFERENCE.attemptsAfter(attempts, event),
          event === "attempt" ? Math.max(attempts, 1) : attempts,
        ),
    }),
  },
  {
    id: "retry-writes-nothing",
    sentence: "The second attempt of a Write carries an empty payload.",
    requirement: "I-06",
    source: "a buffer that the first attempt has consumed",
    rules: (note) => ({
      requestOf: (operation, rootPath, attempt) => {
        const right = REFERENCE.requestOf(operation, rootPath, attempt);
        if (right === undefined || operation.kind !== "write" || attempt < 2) return right;
        note();
        return { ...right, payload: new Uint8Array(0) };
      },
    }),
  },
];
