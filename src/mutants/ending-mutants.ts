/**
 * Defects of how device tasks end beside each other: cancelled in flight and then disturbed, mixed ends of one task, and
 * a queue that an end leaves stuck. T-02, T-04, E-05, Q-02, Q-04.
 */
import type { Device, DeviceTask } from "../reference-server/entities.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { differing, movingBy } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

export const ENDING_MUTANTS: readonly Mutant[] = [
  {
    id: "cancelled-flight-never-ends",
    sentence: "A device task that is cancelled in flight stays CANCEL_REQUESTED when its attempt fails.",
    requirement: "T-04",
    source: "only an answer ends what was cancelled",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["CANCEL_REQUESTED"], event: "failed-attempt", to: "CANCEL_REQUESTED" }),
    }),
  },
  {
    id: "cancelled-flight-waits-again",
    sentence: "A device task that is cancelled in flight is QUEUED again when its attempt fails.",
    requirement: "T-04",
    source: "a failed attempt goes back to the queue, whatever was asked meanwhile",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["CANCEL_REQUESTED"], event: "failed-attempt", to: "QUEUED" }),
    }),
  },
  {
    id: "cancelled-flight-outlives-expiry",
    sentence: "A device task that is cancelled in flight stays CANCEL_REQUESTED when its active period ends.",
    requirement: "E-05",
    source: "expiry looks for QUEUED and PROCESSING",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["CANCEL_REQUESTED"], event: "expire", to: "CANCEL_REQUESTED" }),
    }),
  },
  {
    id: "new-address-forgets-cancelling",
    sentence: "An Update from a new address makes a device task that was cancelled in flight PROCESSING again.",
    requirement: "T-04",
    source: "what is sent anew is taken for a new attempt",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["CANCEL_REQUESTED"], event: "resend", to: "PROCESSING" }),
    }),
  },
  {
    id: "answer-after-cancelling-ignored",
    sentence: "A device task shown as CANCEL_REQUESTED becomes CANCELLED, although its answer comes.",
    requirement: "T-04",
    source: "whatever ends the exchange ends it as cancelled",
    rules: (note) => ({
      deviceMove: movingBy(
        note,
        { from: ["CANCEL_REQUESTED"], event: "succeed", to: "CANCELLED" },
        { from: ["CANCEL_REQUESTED"], event: "fail", to: "CANCELLED" },
      ),
    }),
  },
  {
    id: "complete-task-is-cancelled",
    sentence: "Cancelling a task that is COMPLETE makes it CANCELLED.",
    requirement: "T-02",
    source: "the status is written without being looked at",
    rules: (note) => ({
      taskMove: (from, event) =>
        differing(
          note,
          REFERENCE.taskMove(from, event),
          from === "COMPLETE" && event === "cancel" ? "CANCELLED" : REFERENCE.taskMove(from, event),
        ),
    }),
  },
  {
    id: "mixed-ends-never-complete",
    sentence: "A task of which one device was cancelled and another one ended otherwise is never COMPLETE.",
    requirement: "T-02",
    source: "completed devices are compared to all, without the cancelled ones",
    rules: (note) => ({
      isComplete: (tally) =>
        differing(
          note,
          REFERENCE.isComplete(tally),
          REFERENCE.isComplete(tally) && (tally.CANCELLED === 0 || tally.SUCCEEDED + tally.FAILED === 0),
        ),
    }),
  },
  {
    id: "busy-after-expiry",
    sentence: "A device whose task expired in flight counts as busy for ever.",
    requirement: "Q-02",
    source: "expiry ends the task and forgets the lock on its device",
    rules: (note) => {
      const busy = new Set<Device>();
      return {
        expiryReaches: (deviceTask, profile) => {
          const reached = REFERENCE.expiryReaches(deviceTask, profile);
          if (reached && deviceTask.status === "PROCESSING") busy.add(deviceTask.device);
          return reached;
        },
        destination: (device, now, profile) => {
          const to = REFERENCE.destination(device, now, profile);
          return busy.has(device) ? differing(note, to, undefined) : to;
        },
      };
    },
  },
  {
    id: "expiry-takes-the-next-along",
    sentence: "When a waiting task expires, the one behind it leaves the queue with it and is never tried.",
    requirement: "Q-04",
    source: "a list that is changed while it is walked",
    rules: (note) => {
      const skipped = new Set<DeviceTask>();
      return {
        expiryReaches: (deviceTask, profile) => {
          const { pending } = deviceTask.device;
          const next = pending[pending.indexOf(deviceTask) + 1];
          const reached = REFERENCE.expiryReaches(deviceTask, profile);
          if (reached && deviceTask.status === "QUEUED" && next !== undefined) skipped.add(next);
          return reached;
        },
        atTrigger: (deviceTask, occasion) => {
          const fate = REFERENCE.atTrigger(deviceTask, occasion);
          return skipped.has(deviceTask) ? differing(note, fate, "leave") : fate;
        },
      };
    },
  },
];
