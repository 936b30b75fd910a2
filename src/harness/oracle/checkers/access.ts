/**
 * Only the owner of a device type creates, cancels and reads its tasks: A-01. Exercised where the profile gives the
 * token of somebody else (choice 30, docs/semantics.md).
 *
 * To say 404 of what is another's is a refusal, too; so is 401, by a server that does not know the stranger at all.
 * That a refused task leaves no trace is judged by refusals.ts.
 */
import type { Checker } from "../checker.ts";
import { name, status } from "../text.ts";

const REFUSALS: readonly number[] = [401, 403, 404];

const ASKED: Readonly<Record<string, string>> = {
  "create-task": "create",
  "cancel-task": "cancel",
  "cancel-device-task": "cancel for one device",
  "poll-task": "read",
  "poll-statuses": "read the statuses of",
  "poll-history": "read the history of",
};

export const refusesStrangers: Checker = {
  requirements: ["A-01"],
  on: {
    "stranger-answered": ({ task, what, httpStatus, event }, judge) => {
      if (REFUSALS.includes(httpStatus)) judge.pass("A-01");
      else if (httpStatus >= 300) judge.undecided("A-01");
      else
        judge.violate(
          "A-01",
          `who does not own the device type may not ${ASKED[what] ?? what} task ${task.ref} (HTTP 403)`,
          `HTTP ${httpStatus}`,
          [event],
        );
    },
    "status-seen": ({ deviceTask, seen, fits }, judge) => {
      const asked = deviceTask.task.refusedStranger;
      if (asked === undefined || fits || (seen.status !== "CANCELLED" && seen.status !== "CANCEL_REQUESTED")) return;
      judge.violate(
        "A-01",
        `${name(deviceTask)} is not cancelled: a stranger asked for it, and was refused`,
        status(seen),
        [asked, seen.event],
      );
    },
  },
};
