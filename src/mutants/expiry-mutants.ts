/** Defects of expiry: how long a task is active, and what happens at the end. E-01 to E-10. */
import { after, type Instant, seconds, toUnixMillis } from "../protocol/time.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import { isTerminal } from "../reference-server/transitions.ts";
import { answerCountsAtExpiry, differing, mappingTo, movingBy } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

const HOUR = seconds(3_600);
const nextFullHour = (at: Instant): Instant => (Math.ceil(at / HOUR) * HOUR) as Instant;

export const EXPIRY_MUTANTS: readonly Mutant[] = [
  {
    id: "default-expiry-is-thirty-days",
    sentence: "A task for which nothing else is set is active for thirty days.",
    requirement: "E-01",
    source: "active period and retention taken for one thing",
    rules: (note) => ({
      expiresAfter: (ofTask, type, profile) =>
        differing(
          note,
          REFERENCE.expiresAfter(ofTask, type, profile),
          ofTask ?? type.taskExpiresAfter ?? profile.retention,
        ),
    }),
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
    id: "own-expiry-in-minutes",
    sentence: "The task's expiresAfter is taken for minutes.",
    requirement: "E-02",
    source: "unit of a REST field misread",
    rules: (note) => ({
      expiresAfter: (ofTask, type, profile) =>
        differing(
          note,
          REFERENCE.expiresAfter(ofTask, type, profile),
          REFERENCE.expiresAfter(ofTask === undefined ? undefined : ofTask * 60, type, profile),
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
    id: "type-change-reaches-old-tasks",
    sentence: "Configuring the device type anew changes the active period of tasks that exist.",
    requirement: "E-04",
    source: "the active period is computed when it is needed, not when the task is created",
    rules: (note) => ({
      expiresAtAfterTypeChange: (task) =>
        differing(
          note,
          REFERENCE.expiresAtAfterTypeChange(task),
          after(task.activeFrom, seconds(task.type.taskExpiresAfter ?? task.expiresAfter)),
        ),
    }),
  },
  {
    id: "expiry-fails-finished",
    sentence: "When a task expires, devices that had finished become FAILED too.",
    requirement: "E-05",
    source: "expiry updates every row of the task",
    rules: (note) => ({
      expiryReaches: () => true,
      deviceMove: movingBy(note, { from: ["SUCCEEDED", "FAILED", "CANCELLED"], event: "expire", to: "FAILED" }),
    }),
  },
  {
    id: "expiry-cancels",
    sentence: "When a task expires, what is pending becomes CANCELLED.",
    requirement: "E-05",
    source: "expiry and cancelling share one path",
    rules: (note) => ({
      deviceMove: movingBy(note, { from: ["REQUESTED", "QUEUED", "PROCESSING"], event: "expire", to: "CANCELLED" }),
    }),
  },
  {
    id: "expired-as-server-error",
    sentence: "An expired device task carries error 5000 instead of 4004.",
    requirement: "E-05",
    source: "expiry without a code of its own",
    rules: (note) => ({
      get expiryError() {
        note();
        return { code: "5000", message: "Internal server error" };
      },
    }),
  },
  {
    id: "expiry-swept-hourly",
    sentence: "Tasks expire at the full hour after their active period.",
    requirement: "E-05",
    source: "a clean-up job instead of a deadline",
    rules: (note) => ({
      expiresAt: (activeFrom, expiresAfter, createdAt) =>
        differing(
          note,
          REFERENCE.expiresAt(activeFrom, expiresAfter, createdAt),
          nextFullHour(REFERENCE.expiresAt(activeFrom, expiresAfter, createdAt)),
        ),
    }),
  },
  {
    id: "sends-expired",
    sentence: "An expired device task stays in the queue and is sent when its device registers.",
    requirement: "E-06",
    source: "expiry writes the status and forgets the queue",
    rules: (note) => {
      let expiring = false;
      const move = movingBy(note, { from: ["FAILED"], event: "attempt", to: "FAILED" });
      return {
        deviceMove: (from, event) => {
          expiring = event === "expire";
          return move(from, event);
        },
        isDispatchable: (status) => REFERENCE.isDispatchable(status) || status === "FAILED",
        staysQueued: (status) => !isTerminal(status) || (status === "FAILED" && expiring),
      };
    },
  },
  {
    id: "flight-outlives-expiry",
    sentence: "A device task in flight at expiry ends by its answer, although failing at once is declared.",
    requirement: "E-07",
    source: "expiry looks at the queue alone",
    rules: answerCountsAtExpiry,
  },
  {
    id: "expiry-list-taken-early",
    sentence: "What was pending a second before expiry fails at expiry, though it was answered meanwhile.",
    requirement: "E-08",
    source: "a list of what is to expire, read first and written later",
    rules: (note) => ({
      expiryReaches: (deviceTask, profile) =>
        differing(
          note,
          REFERENCE.expiryReaches(deviceTask, profile),
          REFERENCE.expiryReaches(deviceTask, profile) ||
            toUnixMillis(deviceTask.task.expiresAt) - deviceTask.ts <= 1_000,
        ),
      deviceMove: movingBy(note, { from: ["SUCCEEDED", "FAILED"], event: "expire", to: "FAILED" }),
    }),
  },
  {
    id: "late-success-replaces-expiry",
    sentence: "A device task that expired in flight becomes SUCCEEDED when the answer comes after all.",
    requirement: "E-09",
    source: "the last writer wins",
    rules: (note) => ({
      dropsExchangeAtExpiry: () => false,
      deviceMove: movingBy(note, { from: ["FAILED"], event: "succeed", to: "SUCCEEDED" }),
    }),
  },
  {
    id: "expired-as-not-found",
    sentence: "A device's 4.04 becomes error 4004, which means expired.",
    requirement: "E-10",
    source: "4.04 written as 4004 instead of 4040",
    rules: (note) => ({ errorOfAnswer: mappingTo(note, ["4.04", 4004]) }),
  },
];
