/** Expiry: E-01 … E-10. */
import type { Checker } from "../checker.ts";
import { EXPIRED_CODE } from "../expectations.ts";
import type { SeenStatus } from "../model.ts";
import { name, status, time } from "../text.ts";
import type { Window } from "../window.ts";

/** Pending device tasks fail with 4004 when the active period ends, not before and not later. */
export const expiresInTime: Checker = {
  requirements: ["E-01", "E-02", "E-03", "E-05", "E-09"],
  on: {
    "status-seen": ({ deviceTask, seen, previous, possible, decided, fits }, judge) => {
      const last = possible.at(-1);
      if (last === undefined) return;
      const { activePeriod, expiry } = deviceTask.task;
      // What was wrong before the expiry is judged elsewhere; that it stays so is not expiry's fault.
      if (last.kind === "expired" && previous !== undefined && endedBefore(previous, expiry)) return;
      const expired = seen.status === "FAILED" && seen.errorCode === EXPIRED_CODE;
      if (last.kind === "expired") {
        const judged =
          deviceTask.lateResponse === undefined ? [activePeriod.source, "E-05"] : [activePeriod.source, "E-05", "E-09"];
        for (const requirement of judged) {
          if (decided === last) judge.pass(requirement);
          else if (fits) judge.undecided(requirement);
          else {
            const late = requirement === "E-09" ? ", whatever arrives later" : "";
            judge.violate(
              requirement,
              `${name(deviceTask)} is FAILED with error 4004 from ${time(expiry.latest)} on${late}`,
              status(seen),
              [deviceTask.task.event, seen.event],
            );
          }
        }
        return;
      }
      if (expired && !fits && (last.kind === "pending" || last.kind === "in-flight")) {
        judge.violate(
          activePeriod.source,
          `${name(deviceTask)} is pending until ${time(expiry.earliest)} (${activePeriod.seconds} s)`,
          `FAILED with error 4004 at ${time(seen.window.latest)}`,
          [deviceTask.task.event, seen.event],
        );
      }
      if (seen.window.earliest > expiry.latest && (last.kind === "succeeded" || last.kind === "failed")) {
        if (decided === last && !expired) judge.pass("E-05");
        else if (expired)
          judge.violate("E-05", `${name(deviceTask)} keeps the end that it had before expiry`, status(seen), [
            deviceTask.settled?.event ?? seen.event,
            seen.event,
          ]);
      }
    },
  },
};

const endedBefore = (seen: SeenStatus, expiry: Window): boolean =>
  seen.window.latest < expiry.earliest &&
  (seen.status === "FAILED" || seen.status === "SUCCEEDED" || seen.status === "CANCELLED");

/** 4004 is the cloud's own; a CoAP 4.04 of the device is something else. */
export const expiryIsNotNotFound: Checker = {
  requirements: ["E-10"],
  on: {
    "status-seen": ({ deviceTask, seen, decided, possible }, judge) => {
      const last = possible.at(-1);
      if (last?.kind !== "failed" || last.answer?.code !== "4.04" || seen.status !== "FAILED") return;
      if (seen.errorCode === EXPIRED_CODE) {
        judge.violate(
          "E-10",
          `${name(deviceTask)} failed by CoAP 4.04 and carries another code than 4004`,
          status(seen),
          [deviceTask.settled?.event ?? seen.event, seen.event],
        );
      } else if (decided === last) judge.pass("E-10");
    },
  },
};
