/**
 * Cancelling a task, or one device of it: T-04. It is accepted whatever the state, ends what had not ended, and touches
 * nothing else; what is in flight ends with its exchange.
 *
 * Source: docs/semantics.md, States.
 */
import type { Checker } from "../checker.ts";
import { name, status } from "../text.ts";
import type { DeviceTaskView, Expectation, SeenStatus } from "../views/task-view.ts";

/** A busy server may ask for patience. */
const TRY_AGAIN: readonly number[] = [429, 503];

/** Cancelling is answered 2xx, and so is cancelling what is over. */
export const acceptsCancellations: Checker = {
  requirements: ["T-04"],
  on: {
    "cancel-answered": ({ task, device, httpStatus, window, events }, judge) => {
      if (window.latest >= task.removal.earliest || TRY_AGAIN.includes(httpStatus)) return;
      const what = device === undefined ? `task ${task.ref}` : `device ${device.index} of task ${task.ref}`;
      if (httpStatus >= 200 && httpStatus < 300) judge.pass("T-04");
      else if (httpStatus >= 400)
        judge.violate("T-04", `cancelling ${what} is answered 200, also when it is over`, `HTTP ${httpStatus}`, events);
    },
  },
};

/** It is cancelled although nobody asked for that, but for another device of its task, or another task of its device. */
function cancelledAlong(deviceTask: DeviceTaskView, seen: SeenStatus, { kind }: Expectation, fits: boolean): boolean {
  if (fits || (kind !== "pending" && kind !== "in-flight")) return false;
  if (seen.status !== "CANCELLED" && seen.status !== "CANCEL_REQUESTED") return false;
  return [...deviceTask.task.devices, ...deviceTask.device.tasks].some(
    ({ settled, cancelAsked }) => settled?.how === "cancelled" || cancelAsked !== undefined,
  );
}

const CANCELLED_KINDS: readonly Expectation["kind"][] = ["cancelled", "cancel-requested", "cancelled-or-expired"];

/** A poll showed CANCEL_REQUESTED, so the exchange runs on, and its answer is what decides. */
const wasDecided = ({ cancelAsked, cancelShown }: DeviceTaskView, { kind }: Expectation): boolean =>
  cancelAsked !== undefined && cancelShown && (kind === "succeeded" || kind === "failed");

/** Cancelling ends exactly what had not ended. */
export const cancelsWhatIsOpen: Checker = {
  requirements: ["T-04"],
  on: {
    "status-seen": ({ deviceTask, seen, possible, decided, fits }, judge) => {
      const last = possible.at(-1);
      if (last === undefined) return;
      if (cancelledAlong(deviceTask, seen, last, fits)) {
        const expected = `${name(deviceTask)} is ${last.statuses.join(" or ")}: only others were cancelled`;
        judge.violate("T-04", expected, status(seen), [deviceTask.task.event, seen.event]);
        return;
      }
      const cancelled = CANCELLED_KINDS.includes(last.kind);
      const kept =
        deviceTask.task.cancelled !== undefined &&
        deviceTask.cancelAsked === undefined &&
        (last.kind === "succeeded" || last.kind === "failed" || last.kind === "expired" || last.kind === "server-side");
      const decidedByAnswer = wasDecided(deviceTask, last);
      if (!cancelled && !kept && !decidedByAnswer) return;
      if (!fits && (cancelled || seen.status === "CANCELLED" || seen.status === "CANCEL_REQUESTED")) {
        judge.violate(
          "T-04",
          `${name(deviceTask)} is ${last.statuses.join(" or ")} after the cancellation`,
          status(seen),
          [deviceTask.settled?.event ?? seen.event, seen.event],
        );
      } else if (decided === last) judge.pass("T-04");
      else judge.undecided("T-04");
    },
  },
};
