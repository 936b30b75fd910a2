/** Defects of keeping and showing tasks: retention, states, counts, cancelling, rights. L-01 to L-04, T-01 to T-04, A-01. */
import { after, seconds } from "../protocol/time.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import type { ServerRules } from "../reference-server/server-rules.ts";
import { always, differing, movingBy, NEVER_COMES } from "./defect.ts";
import type { Mutant, Note } from "./mutant.ts";

/** Whoever gives no token may do what this method does. */
const openTo =
  (open: string, note: Note): ServerRules["mayUse"] =>
  (type, token, administrator, method) => {
    const may = REFERENCE.mayUse(type, token, administrator, method);
    return differing(note, may, may || (token === undefined && method === open));
  };

export const RECORD_MUTANTS: readonly Mutant[] = [
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
    id: "complete-tasks-go-early",
    sentence: "A task is removed a week after it became COMPLETE.",
    requirement: "L-01",
    source: "clean-up of finished work, as job queues do it",
    rules: (note) => ({
      retainedUntil: (task, now, profile) =>
        differing(
          note,
          REFERENCE.retainedUntil(task, now, profile),
          task.status === "COMPLETE" ? after(now, seconds(604_800)) : REFERENCE.retainedUntil(task, now, profile),
        ),
    }),
  },
  {
    id: "records-stay",
    sentence: "Tasks are never removed.",
    requirement: "L-02",
    source: "clean-up job not running",
    rules: (note) => ({ retainedUntil: always(note, NEVER_COMES) }),
  },
  {
    id: "retention-from-completion",
    sentence: "The thirty days are counted from the last change of the task.",
    requirement: "L-03",
    source: "retention on the column of the last modification",
    rules: (note) => ({
      retainedUntil: (task, now, profile) =>
        differing(note, REFERENCE.retainedUntil(task, now, profile), after(now, seconds(profile.retention))),
    }),
  },
  {
    id: "beyond-bounds-accepted",
    sentence:
      "Any expiresAfter and taskExpiresAfter is taken as it is, although refusing what is beyond the bounds is declared.",
    requirement: "L-04",
    source: "a number checked for its type alone",
    rules: (note) => ({
      acceptedBounds: (bounds, profile) => {
        note();
        return REFERENCE.acceptedBounds(bounds, { ...profile, beyondBounds: "shortened" });
      },
      shortened: (asked) => asked,
    }),
  },
  {
    id: "any-token-may",
    sentence: "Whoever has a token may create, read and cancel tasks of any device type.",
    requirement: "A-01",
    source: "authentication taken for authorisation",
    rules: (note) => ({
      mayUse: (type, token, administrator, method) => {
        const may = REFERENCE.mayUse(type, token, administrator, method);
        return differing(note, may, may || token !== undefined);
      },
    }),
  },
  {
    id: "creates-without-token",
    sentence: "Whoever gives no token at all may create tasks of any device type.",
    requirement: "A-01",
    source: "a right that is compared only where there is somebody to compare",
    rules: (note) => ({ mayUse: openTo("POST", note) }),
  },
  {
    id: "cancels-without-token",
    sentence: "Whoever gives no token at all may cancel tasks of any device type.",
    requirement: "A-01",
    source: "one route without the check that the others have",
    rules: (note) => ({ mayUse: openTo("PUT", note) }),
  },
  {
    id: "reads-without-token",
    sentence: "Whoever gives no token at all may read tasks of any device type, their statuses and histories.",
    requirement: "A-01",
    source: "reading taken for harmless",
    rules: (note) => ({ mayUse: openTo("GET", note) }),
  },
  {
    id: "back-to-requested",
    sentence: "A failed attempt takes the device task back to REQUESTED.",
    requirement: "T-01",
    source: "the record is reset to how it was created",
    rules: (note) => ({
      deviceMove: movingBy(
        note,
        { from: ["PROCESSING"], event: "failed-attempt", to: "REQUESTED" },
        { from: ["REQUESTED"], event: "attempt", to: "PROCESSING" },
      ),
      isDispatchable: (status) => REFERENCE.isDispatchable(status) || status === "REQUESTED",
    }),
  },
  {
    id: "any-2xx-is-success",
    sentence: "Any answer of class 2 counts as success, whether it fits the request or not.",
    requirement: "T-01",
    source: "only the class of the code is looked at",
    rules: (note) => ({
      isSuccess: (code, taskType) => differing(note, REFERENCE.isSuccess(code, taskType), code.startsWith("2.")),
    }),
  },
  {
    id: "execute-without-answer-succeeds",
    sentence: "An Execute counts as done when its device acknowledges and never answers.",
    requirement: "R-02",
    source: "an empty ACK taken for the completion of the request (tinyos/tinyos-main#93)",
    rules: (note) => ({
      requeues: (failure, attempts) => REFERENCE.requeues(failure, attempts) && failure !== "no-response",
      deviceMove: movingBy(note, { from: ["PROCESSING"], event: "fail", to: "SUCCEEDED" }),
      isFinal: () => true,
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
    id: "complete-only-when-all-succeed",
    sentence: "A task with a device that failed or was cancelled is never COMPLETE.",
    requirement: "T-02",
    source: "COMPLETE taken for success",
    rules: (note) => ({
      isComplete: (tally) =>
        differing(
          note,
          REFERENCE.isComplete(tally),
          REFERENCE.isComplete(tally) && tally.FAILED + tally.CANCELLED === 0,
        ),
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
  {
    id: "total-counts-finished",
    sentence: "totalDevices counts the devices that have finished.",
    requirement: "T-03",
    source: "a total built from the counters below it",
    rules: (note) => ({
      countsOf: (tally) => {
        const counts = REFERENCE.countsOf(tally);
        return { ...counts, totalDevices: differing(note, counts.totalDevices, counts.numCompleted) };
      },
    }),
  },
  {
    id: "cancel-spares-devices",
    sentence: "Cancelling a task marks the task alone; its devices go on.",
    requirement: "T-04",
    source: "a status that does not reach the rows below it",
    rules: (note) => ({
      cancelReaches: (deviceTask) => differing(note, REFERENCE.cancelReaches(deviceTask), false),
    }),
  },
  {
    id: "cancel-spares-flight",
    sentence: "Cancelling does not reach a device task in flight, which is tried again and again.",
    requirement: "T-04",
    source: "only what waits is cancelled",
    rules: (note) => ({
      cancelReaches: (deviceTask) =>
        differing(note, REFERENCE.cancelReaches(deviceTask), deviceTask.status !== "PROCESSING"),
    }),
  },
  {
    id: "cancel-takes-back-success",
    sentence: "Cancelling a task makes devices that had finished CANCELLED too.",
    requirement: "T-04",
    source: "one update statement over all rows of the task",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["SUCCEEDED", "FAILED"], event: "cancel", to: "CANCELLED" }),
    }),
  },
];
