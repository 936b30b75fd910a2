/** Defects around `scheduledOn`: when a task begins, what counts from then, and what is kept from before. T-05 and others. */
import { after, type Instant, seconds } from "../protocol/time.ts";
import type { Task } from "../reference-server/entities.ts";
import { REFERENCE_RULES as REFERENCE } from "../reference-server/rules.ts";
import type { ServerRules } from "../reference-server/server-rules.ts";
import type { TaskEvent } from "../reference-server/transitions.ts";
import { always, differing, NEVER_COMES } from "./defect.ts";
import type { Mutant, Note } from "./mutant.ts";

/** A task that is SCHEDULED knows nothing of this event. */
const deafTo =
  (event: TaskEvent, note: Note): ServerRules["taskMove"] =>
  (from, what) => {
    const to = REFERENCE.taskMove(from, what);
    return from === "SCHEDULED" && what === event ? differing(note, to, undefined) : to;
  };

const wasScheduled = ({ activeFrom, createdAt }: Task): boolean => activeFrom > createdAt;

export const SCHEDULED_MUTANTS: readonly Mutant[] = [
  {
    id: "scheduled-begins-at-once",
    sentence: "A task begins at its creation, whatever its scheduledOn.",
    requirement: "T-05",
    source: "a parameter of the request that nobody reads",
    rules: (note) => ({
      activeFrom: (createdAt, scheduledOn) => differing(note, REFERENCE.activeFrom(createdAt, scheduledOn), createdAt),
    }),
  },
  {
    id: "scheduled-begins-early",
    sentence: "A task begins up to a minute before its scheduledOn, when the minute begins.",
    requirement: "T-05",
    source: "a scheduler with a resolution of one minute that rounds down",
    rules: (note) => ({
      activeFrom: (createdAt, scheduledOn) => {
        const right = REFERENCE.activeFrom(createdAt, scheduledOn);
        const minute = Math.max(createdAt, right - (right % seconds(60))) as Instant;
        return differing(note, right, minute);
      },
    }),
  },
  {
    id: "scheduled-begins-late",
    sentence: "A task begins up to a minute after its scheduledOn, when the next minute begins.",
    requirement: "T-05",
    source: "a job that looks once a minute for what is due",
    rules: (note) => ({
      activeFrom: (createdAt, scheduledOn) => {
        const right = REFERENCE.activeFrom(createdAt, scheduledOn);
        const isLater = right > createdAt && right % seconds(60) !== 0;
        return differing(note, right, isLater ? after(right, seconds(60 - (right % seconds(60)) / seconds(1))) : right);
      },
    }),
  },
  {
    id: "scheduled-never-begins",
    sentence: "A task with a scheduledOn stays SCHEDULED.",
    requirement: "T-05",
    source: "a timer that is set and whose call goes nowhere",
    rules: (note) => ({ taskMove: deafTo("begin", note) }),
  },
  {
    id: "scheduled-waits-for-trigger",
    sentence: "A task that begins at its scheduledOn is not tried before its device registers or updates again.",
    requirement: "T-05",
    source: "new tasks are tried by the request that creates them, and by nothing else",
    rules: (note) => ({
      triesNewTask: (device, task) => differing(note, REFERENCE.triesNewTask(device, task), !wasScheduled(task)),
    }),
  },
  {
    id: "scheduled-drained-early",
    sentence: "A Register or Update sends a task of the device that is to begin later.",
    requirement: "T-05",
    source: "a queue that is drained without a look at the time of its entries",
    rules: (note) => ({
      get queuesBeforeBegin() {
        note();
        return true;
      },
    }),
  },
  {
    id: "scheduled-period-from-creation",
    sentence: "The active period of a task with a scheduledOn runs from its creation.",
    requirement: "E-02",
    source: "expiry on the column of the creation",
    rules: (note) => ({
      expiresAt: (activeFrom, expiresAfter, createdAt) =>
        differing(
          note,
          REFERENCE.expiresAt(activeFrom, expiresAfter, createdAt),
          REFERENCE.expiresAt(createdAt, expiresAfter, createdAt),
        ),
    }),
  },
  {
    id: "scheduled-never-expires",
    sentence: "A task with a scheduledOn has no end.",
    requirement: "E-02",
    source: "two kinds of tasks, of which only one has a timer for its end",
    rules: (note) => ({
      expiresAt: (activeFrom, expiresAfter, createdAt) => {
        const right = REFERENCE.expiresAt(activeFrom, expiresAfter, createdAt);
        return differing(note, right, activeFrom > createdAt ? NEVER_COMES : right);
      },
      // It is not asked what it does not keep.
      mayEndAt: (end, retainedUntil) => end === NEVER_COMES || REFERENCE.mayEndAt(end, retainedUntil),
    }),
  },
  {
    id: "scheduled-not-cancelled",
    sentence: "Cancelling a task before its scheduledOn is answered 200 and does nothing.",
    requirement: "T-04",
    source: "cancelling is written for what has begun",
    rules: (note) => ({ taskMove: deafTo("cancel", note) }),
  },
  {
    id: "scheduled-devices-not-cancelled",
    sentence: "Cancelling a task before its scheduledOn leaves its devices as they are.",
    requirement: "T-04",
    source: "devices of a task that has not begun are not looked at",
    rules: (note) => ({
      cancelReaches: ({ task, status }) => differing(note, true, !(wasScheduled(task) && status === "REQUESTED")),
    }),
  },
  {
    id: "scheduled-not-completed",
    sentence: "A task whose devices are all cancelled before its scheduledOn does not become COMPLETE before then.",
    requirement: "T-02",
    source: "completion is looked at when something comes back from a device",
    rules: (note) => ({ taskMove: deafTo("all-terminal", note) }),
  },
  {
    id: "scheduled-in-order-of-begin",
    sentence: "The tasks of one device are sent in the order in which they begin.",
    requirement: "Q-10",
    source: "a queue to which a task is added when it begins",
    rules: (note) => ({
      comesBefore: (a, b) =>
        differing(
          note,
          REFERENCE.comesBefore(a, b),
          a.task.activeFrom === b.task.activeFrom ? REFERENCE.comesBefore(a, b) : a.task.activeFrom < b.task.activeFrom,
        ),
    }),
  },
  {
    id: "scheduled-kept-longer",
    sentence: "The thirty days of a record count from the scheduledOn of its task.",
    requirement: "L-03",
    source: "retention on the column of the begin",
    rules: (note) => ({
      retainedUntil: (task, now, profile) =>
        differing(
          note,
          REFERENCE.retainedUntil(task, now, profile),
          after(task.activeFrom, seconds(profile.retention)),
        ),
    }),
  },
  {
    id: "scheduled-beyond-record",
    sentence: "A task that is to end after its record is gone is accepted.",
    requirement: "L-04",
    source: "bounds of each parameter, and none of their sum",
    rules: (note) => ({ mayEndAt: always(note, true) }),
  },
];
