/**
 * Only the owner of a device type creates, cancels and reads its tasks: A-01. Exercised where the profile says
 * who owns the device types, and gives the token of somebody else (choice 30, docs/semantics.md).
 *
 * To say 404 of what is another's is a refusal, too; so is 401, by a server that does not know who asks at all.
 * That a refused task leaves no trace is judged by refusals.ts.
 */
import type { Outsider } from "../../../scenarios/plan.ts";
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

const OUTSIDERS: Readonly<Record<Outsider, string>> = {
  stranger: "who does not own the device type",
  nobody: "who gives no token",
};

const WHO: Readonly<Record<Outsider, string>> = { stranger: "a stranger", nobody: "somebody without a token" };

/** only the owner of a device type uses its tasks. */
export const refusesStrangers: Checker = {
  requirements: ["A-01"],
  on: {
    "outsider-answered": ({ task, by, what, httpStatus, event }, judge) => {
      if (REFUSALS.includes(httpStatus)) judge.pass("A-01");
      else if (httpStatus >= 300) judge.undecided("A-01");
      else
        judge.violate(
          "A-01",
          `${OUTSIDERS[by]} may not ${ASKED[what] ?? what} task ${task.ref} (HTTP ${by === "nobody" ? "401 or 403" : "403"})`,
          `HTTP ${httpStatus}`,
          [event],
        );
    },
    "status-seen": ({ deviceTask, seen, fits }, judge) => {
      const asked = deviceTask.task.refusedOutsider;
      if (asked === undefined || fits || (seen.status !== "CANCELLED" && seen.status !== "CANCEL_REQUESTED")) return;
      judge.violate(
        "A-01",
        `${name(deviceTask)} is not cancelled: ${WHO[asked.by]} asked for it, and was refused`,
        status(seen),
        [asked.event, seen.event],
      );
    },
  },
};
