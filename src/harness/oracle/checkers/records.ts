/** Lifetime of records (L-01 … L-03) and the task as a whole (T-01, T-02). */
import type { DeviceTaskStatus } from "../../../protocol/task-api/states.ts";
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { name, status, time } from "../text.ts";
import type { TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/** A record that is younger than this says little about retention. */
const WORTH_COUNTING = 7 * 86_400 * 1_000_000;

/** Readable for 30 days from creation, gone afterwards. */
export const keepsRecords: Checker = {
  requirements: ["L-01", "L-02", "L-03"],
  on: {
    "record-asked": ({ task, what, httpStatus, window, event }, judge, context) => {
      if (task.state !== "created") return;
      if (window.latest < task.removal.earliest) {
        if (httpStatus === 404) {
          unreadable(task, what, httpStatus, event, judge);
        } else if (httpStatus === 200) {
          if (window.earliest >= task.created.latest + WORTH_COUNTING) judge.pass("L-01");
        } else if (PASSING.includes(httpStatus)) judge.undecided("L-01");
        else if (httpStatus >= 300) unreadable(task, what, httpStatus, event, judge);
      } else if (window.earliest > task.removal.latest) {
        const completed = completion(task);
        const wouldStay = completed !== undefined && countedFrom(task, completed, context) > window.latest;
        if (httpStatus === 404) {
          judge.pass("L-02");
          if (wouldStay) judge.pass("L-03");
        } else if (httpStatus < 200 || httpStatus >= 300) judge.undecided("L-02");
        else {
          const since = wouldStay ? `, though it was completed at ${time(completed.latest)} only` : "";
          judge.violate(
            wouldStay ? "L-03" : "L-02",
            `the ${what} of task ${task.ref} is gone (404) from ${time(task.removal.latest)} on${since}`,
            `HTTP ${httpStatus}`,
            [task.event, event],
          );
        }
      } else judge.undecided(httpStatus === 404 ? "L-01" : "L-02");
    },
  },
};

/** Too many requests, or trouble on the way to the server: the record may be there. */
const PASSING: readonly number[] = [429, 502, 503, 504];

function unreadable(task: TaskView, what: string, httpStatus: number, event: number, judge: Judge): void {
  const expected = `the ${what} of task ${task.ref} can be read until ${time(task.removal.earliest)}`;
  judge.violate("L-01", expected, `HTTP ${httpStatus}`, [task.event, event]);
}

/** A task that is completed sooner than this after its creation does not tell from which of the two a server counts. */
const MUCH_LATER = 3_600 * 1_000_000;

/** When the last device of a task ended, if that was much later than its creation; `undefined`: not so, or not known. */
function completion({ devices, created }: TaskView): Window | undefined {
  let last: Window = { earliest: 0, latest: 0 };
  for (const { settled, blurred } of devices) {
    if (settled === undefined || blurred !== undefined) return undefined;
    if (settled.window.latest > last.latest) last = settled.window;
  }
  return last.earliest > created.latest + MUCH_LATER ? last : undefined;
}

/** Until when a server keeps a record that counts from another moment than the creation. */
const countedFrom = ({ removal, created }: TaskView, { earliest }: Window, { tolerance }: OracleContext): number =>
  earliest + (removal.earliest - created.earliest) - tolerance;

const TERMINAL: readonly string[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** What a later poll may show, given an earlier one. Terminal states never change. */
export const REACHABLE: Readonly<Record<DeviceTaskStatus, readonly DeviceTaskStatus[]>> = {
  REQUESTED: ["REQUESTED", "QUEUED", "PROCESSING", "SUCCEEDED", "FAILED", "CANCEL_REQUESTED", "CANCELLED"],
  QUEUED: ["QUEUED", "PROCESSING", "SUCCEEDED", "FAILED", "CANCEL_REQUESTED", "CANCELLED"],
  PROCESSING: ["QUEUED", "PROCESSING", "SUCCEEDED", "FAILED", "CANCEL_REQUESTED", "CANCELLED"],
  CANCEL_REQUESTED: ["CANCEL_REQUESTED", "SUCCEEDED", "FAILED", "CANCELLED"],
  SUCCEEDED: ["SUCCEEDED"],
  FAILED: ["FAILED"],
  CANCELLED: ["CANCELLED"],
};

/** A device task moves only along its states, and says SUCCEEDED or FAILED only for a reason. */
export const movesAlongStates: Checker = {
  requirements: ["T-01"],
  on: {
    "status-seen": ({ deviceTask, seen, previous, decided, fits, possible }, judge) => {
      const ordered = previous !== undefined && previous.window.latest <= seen.window.earliest;
      if (ordered && !REACHABLE[previous.status].includes(seen.status)) {
        judge.violate(
          "T-01",
          `${name(deviceTask)}, ${status(previous)} before, is one of ${REACHABLE[previous.status].join(", ")}`,
          status(seen),
          [previous.event, seen.event],
        );
        return;
      }
      if (
        ordered &&
        TERMINAL.includes(seen.status) &&
        previous.status === seen.status &&
        previous.errorCode !== seen.errorCode
      ) {
        judge.violate("T-01", `${name(deviceTask)} stays ${status(previous)}`, status(seen), [
          previous.event,
          seen.event,
        ]);
        return;
      }
      const last = possible.at(-1);
      const unfounded =
        !fits &&
        (last?.kind === "succeeded" ||
          last?.kind === "server-side" ||
          // A 2.xx that does not fit the request (choice 25).
          (last?.kind === "failed" && last.answer?.code.startsWith("2.") === true) ||
          ((last?.kind === "pending" || last?.kind === "in-flight") && seen.errorCode !== "4004"));
      if (unfounded && last !== undefined) {
        judge.violate("T-01", `${name(deviceTask)} is ${last.statuses.join(" or ")}`, status(seen), [
          deviceTask.settled?.event ?? deviceTask.task.event,
          seen.event,
        ]);
      } else if (decided !== undefined && ordered) judge.pass("T-01");
    },
  },
};

/** COMPLETE if and only if every device is terminal. */
export const completesWithItsDevices: Checker = {
  requirements: ["T-02"],
  on: {
    "statuses-seen": ({ task, status: taskStatus, statuses, whole, window, event }, judge, context) => {
      if (!whole || taskStatus === undefined || task.state !== "created") return;
      const allTerminal = statuses.length === task.devices.length && statuses.every((s) => TERMINAL.includes(s.status));
      const open = statuses.find((s) => !TERMINAL.includes(s.status));
      if (taskStatus === "COMPLETE" && open !== undefined) {
        judge.violate("T-02", `task ${task.ref} is not COMPLETE while a device is ${open.status}`, "COMPLETE", [event]);
        return;
      }
      if (taskStatus === "COMPLETE" || (taskStatus === "CANCELLED" && task.cancelled !== undefined)) {
        if (allTerminal) judge.pass("T-02");
        return;
      }
      if (taskStatus === "CANCELLED") {
        if (task.cancelled === undefined && !task.maybeCancelled)
          judge.violate("T-02", `task ${task.ref} is CANCELLED only by cancelling the whole task`, "CANCELLED", [
            task.event,
            event,
          ]);
        return;
      }
      if (!allTerminal || waitsForTargets(task, window, context)) return;
      if (task.incompleteSince === undefined) task.incompleteSince = window.latest;
      else if (window.earliest > task.incompleteSince + context.bound) {
        judge.violate(
          "T-02",
          `task ${task.ref} is COMPLETE: every device has been terminal since ${time(task.incompleteSince)}`,
          taskStatus,
          [event],
        );
      }
    },
  },
};

/** Nothing tells apart a task for no device from one that has not begun, and whose devices are not known yet (choice 33). */
const waitsForTargets = ({ devices, activeFrom }: TaskView, window: Window, { bound }: OracleContext): boolean =>
  devices.length === 0 && window.earliest <= activeFrom.latest + bound;
