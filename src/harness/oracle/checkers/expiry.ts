/** Expiry: how long a task is active, and what becomes of its devices at the end: E-01 … E-05, E-07, E-09, E-10. */
import type { Checker, Judge } from "../checker.ts";
import type { FactOf } from "../facts.ts";
import { EXPIRED_CODE } from "../tasks/expectations.ts";
import { contradicts } from "../tasks/periods.ts";
import { name, status, time } from "../text.ts";
import type { DeviceTaskView, Expectation, SeenStatus } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/** Pending device tasks fail with 4004 when the active period ends, not before and not later. */
export const expiresInTime: Checker = {
  requirements: ["E-01", "E-02", "E-03", "E-04", "E-05", "E-07", "E-09", "L-04"],
  on: {
    "status-seen": (fact, judge) => {
      const { deviceTask, seen, previous, possible } = fact;
      const last = possible.at(-1);
      if (last === undefined) return;
      const { expiry } = deviceTask.task;
      if (last.kind === "expired") {
        // What was wrong before the expiry is judged elsewhere; that it stays so is not expiry's fault.
        if (previous === undefined || !endedBefore(previous, expiry)) judgeExpired(fact, last, judge);
      } else if (last.kind === "pending" || last.kind === "in-flight") judgePending(fact, last, judge);
      else if (last.kind === "cancelled-or-expired") judgeCancelled(fact, last, judge);
      else if ((last.kind === "succeeded" || last.kind === "failed") && seen.window.earliest > expiry.latest)
        judgeAnswered(fact, last, judge);
    },
  },
};

type StatusSeen = FactOf<"status-seen">;

const isExpired = (seen: SeenStatus): boolean => seen.status === "FAILED" && seen.errorCode === EXPIRED_CODE;

function judgeExpired({ deviceTask, seen, decided, fits }: StatusSeen, last: Expectation, judge: Judge): void {
  for (const requirement of atExpiry(deviceTask, seen, fits)) {
    if (decided === last) judge.pass(requirement);
    else if (fits) judge.undecided(requirement);
    else {
      const late = requirement === "E-09" ? ", whatever arrives later" : "";
      judge.violate(
        requirement,
        `${name(deviceTask)} is FAILED with error 4004 from ${time(last.since.latest)} on${late}`,
        status(seen),
        [deviceTask.task.event, seen.event],
      );
    }
  }
}

/** Cancelled in flight: when its active period ends it ends, too; as what is judged with the cancellation (T-04). */
function judgeCancelled({ deviceTask, seen, decided }: StatusSeen, last: Expectation, judge: Judge): void {
  if (decided === last) judge.pass("E-05");
  else if (seen.status === "CANCEL_REQUESTED" && seen.window.earliest > last.since.latest)
    judge.violate(
      "E-05",
      `${name(deviceTask)}, cancelled in flight, has ended by ${time(last.since.latest)}, when it expires`,
      status(seen),
      [deviceTask.task.event, seen.event],
    );
}

/** What an expired device task shows to be kept, or to be broken: by whom the period was set, and how it ended. */
function atExpiry({ task, lateResponse, inFlightAtExpiry }: DeviceTaskView, seen: SeenStatus, fits: boolean) {
  const { source } = task.activePeriod;
  const late = lateResponse === undefined ? [] : ["E-09"];
  // What was in flight may have ended by a late answer: then it says nothing about the period.
  const telling = !inFlightAtExpiry || fits || seen.status === "QUEUED" || seen.status === "PROCESSING";
  const otherPeriod = telling && contradicts(task, seen.window, "pending") ? ["E-04"] : [];
  if (fits) return [source, "E-05", ...otherPeriod, ...(inFlightAtExpiry ? ["E-07"] : []), ...late];
  if (otherPeriod.length > 0) return [...otherPeriod, ...late];
  return inFlightAtExpiry ? ["E-07", ...late] : [source, "E-05", ...late];
}

function judgePending({ deviceTask, seen, decided, fits }: StatusSeen, last: Expectation, judge: Judge): void {
  const { task, inFlightAtExpiry } = deviceTask;
  const { activePeriod, expiry } = task;
  const otherPeriod = contradicts(task, seen.window, "expired");
  if (isExpired(seen) && !fits) {
    const until = inFlightAtExpiry
      ? `in flight when it expires at ${time(expiry.latest)}, ends by its answer`
      : `is pending until ${time(expiry.earliest)} (${activePeriod.seconds} s)`;
    judge.violate(
      inFlightAtExpiry ? "E-07" : otherPeriod ? "E-04" : activePeriod.source,
      `${name(deviceTask)}${inFlightAtExpiry ? "," : ""} ${until}`,
      `FAILED with error 4004 at ${time(seen.window.latest)}`,
      [task.event, seen.event],
    );
    return;
  }
  if (decided !== last) return;
  if (inFlightAtExpiry && seen.window.earliest > expiry.latest) judge.pass("E-07");
  if (otherPeriod) judge.pass("E-04");
}

/** Expiry has come and gone, and the answer decides. */
function judgeAnswered({ deviceTask, seen, decided }: StatusSeen, last: Expectation, judge: Judge): void {
  const { inFlightAtExpiry, settled } = deviceTask;
  if (isExpired(seen))
    judge.violate(
      inFlightAtExpiry ? "E-07" : "E-05",
      `${name(deviceTask)} keeps the end that ${inFlightAtExpiry ? "its answer gave it" : "it had before expiry"}`,
      status(seen),
      [settled?.event ?? seen.event, seen.event],
    );
  else if (decided === last) {
    judge.pass("E-05");
    if (inFlightAtExpiry) judge.pass("E-07");
  }
}

/** A record that shows the active period shows the one that was fixed at creation. */
export const showsItsPeriod: Checker = {
  requirements: ["E-01", "E-02", "E-03", "E-04", "L-04"],
  on: {
    "period-shown": ({ task, shown, event }, judge) => {
      const { activePeriod, otherPeriods } = task;
      if (!activePeriod.known || shown <= 0) return;
      if (shown === activePeriod.seconds) {
        if (otherPeriods.length > 0) judge.pass("E-04");
        return;
      }
      const other = otherPeriods.some(({ seconds }) => seconds === shown);
      judge.violate(
        other ? "E-04" : activePeriod.source,
        `the record of task ${task.ref} shows the ${activePeriod.seconds} s for which it is active, or nothing`,
        `expiresAfter ${shown}`,
        [task.event, event],
      );
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
