/**
 * Answers of 200 that make no sense: what is shown of a task must be what the task API has, or nothing of it can be
 * judged. A field that nobody knows is no nonsense, nor is one that is left out where the API leaves it out.
 *
 * Source: the task API as the cloud's SDKs read it; docs/semantics.md, States.
 */
import { DEVICE_TASK_STATUSES, TASK_STATUSES } from "../../../protocol/task-api/states.ts";
import type { Checker } from "../checker.ts";
import type { ShownNonsense } from "../facts.ts";

interface NonsenseRow {
  readonly what: ShownNonsense;
  readonly requirement: "T-01" | "T-02" | "R-08";
  /** Of `task 3`. */
  readonly expected: (task: string) => string;
}

const once = (task: string): string => `the statuses of ${task} show each of its devices once`;

const ROWS: readonly NonsenseRow[] = [
  { what: "task", requirement: "T-02", expected: (task) => `the answer shows ${task}` },
  { what: "task-status", requirement: "T-02", expected: (task) => `${task} is ${TASK_STATUSES.join(", ")}` },
  { what: "statuses", requirement: "T-01", expected: (task) => `the answer lists the statuses of ${task}` },
  { what: "device", requirement: "T-01", expected: once },
  { what: "device-twice", requirement: "T-01", expected: once },
  { what: "device-missing", requirement: "T-01", expected: once },
  {
    what: "device-status",
    requirement: "T-01",
    expected: (task) => `each device of ${task} is ${DEVICE_TASK_STATUSES.join(", ")}`,
  },
  { what: "attempts", requirement: "R-08", expected: (task) => `numAttempts of each device of ${task} is a number` },
  { what: "history", requirement: "T-01", expected: (task) => `the history of ${task} is a list of statuses` },
];

/** T-01, T-02, R-08: what is shown of a task is what the task API has. */
export const showsWhatMakesSense: Checker = {
  requirements: ["T-01", "T-02", "R-08"],
  on: {
    "shown-nonsense": ({ what, task, actual, event }, judge) => {
      const row = ROWS.find((candidate) => candidate.what === what);
      if (row !== undefined)
        judge.violate(row.requirement, row.expected(`task ${task.ref}`), actual, [task.event, event]);
    },
  },
};
