/**
 * The status of the task itself, from poll to poll: T-02, and T-05 as far as SCHEDULED comes first. When a task is COMPLETE is judged in records.ts.
 *
 * Source: docs/semantics.md, States: CANCELLED by cancelling the whole task while it is not COMPLETE, at once.
 */
import type { Checker } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/**
 * COMPLETE and CANCELLED stay what they are, and a task that was cancelled while a device was open does not complete.
 * How long it may go on looking as before is not judged.
 */
export const keepsStatusOfTask: Checker = {
  requirements: ["T-02", "T-05"],
  on: {
    "statuses-seen": ({ task, status, window, event }, judge, context) => {
      if (status === undefined || task.state !== "created") return;
      const { shown } = task;
      task.shown = { status, window, event };
      const ended = shown?.status === "COMPLETE" || shown?.status === "CANCELLED";
      if (ended && shown.window.latest <= window.earliest && status !== shown.status) {
        judge.violate("T-02", `task ${task.ref} stays ${shown.status}`, status, [shown.event, event]);
      } else if (status === "SCHEDULED" && hasBegun(shown, window)) {
        judge.violate("T-05", `task ${task.ref}, ${shown?.status} before, is not SCHEDULED again`, status, [
          shown?.event ?? event,
          event,
        ]);
      } else if (wasCancelledOpen(task, window, context)) {
        if (status === "CANCELLED") judge.pass("T-02");
        else if (status === "COMPLETE")
          judge.violate(
            "T-02",
            `task ${task.ref} is CANCELLED: it was cancelled before its devices had ended`,
            status,
            [task.event, event],
          );
      }
    },
  },
};

/** Whatever else it showed before: SCHEDULED comes first. */
const hasBegun = (shown: TaskView["shown"], window: Window): boolean =>
  shown !== undefined && shown.status !== "SCHEDULED" && shown.window.latest <= window.earliest;

/** The whole task was cancelled, and that has surely reached a device task that was open. */
function wasCancelledOpen({ cancelled, devices }: TaskView, window: Window, { slack }: OracleContext): boolean {
  if (cancelled === undefined || window.earliest < cancelled.latest + slack) return false;
  return devices.some(
    ({ settled, cancelAsked, blurred }) =>
      blurred === undefined &&
      (cancelAsked === cancelled || (settled?.how === "cancelled" && settled.window === cancelled)),
  );
}
