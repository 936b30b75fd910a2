/**
 * Values beyond the bounds, which are refused or shortened as the profile declares: L-04.
 *
 * How long a shortened task is active is judged by expiry.ts, that a refused one leaves no trace by refusals.ts.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { beyondTypeBounds, longestPeriod } from "../periods.ts";

const isRefusal = (httpStatus: number): boolean => httpStatus === 400 || httpStatus === 409 || httpStatus === 422;
const isSuccess = (httpStatus: number): boolean => httpStatus >= 200 && httpStatus < 300;

export const keepsToBounds: Checker = {
  requirements: ["L-04"],
  on: {
    "task-created": ({ task, event }, judge, context) => {
      if (task.activePeriod.source === "L-04") judgeLong(task.ref, 201, [task.event, event], judge, context);
    },
    "task-refused": ({ task, httpStatus, event }, judge, context) => {
      if (task.activePeriod.source !== "L-04" || task.by !== "owner") return;
      judgeLong(task.ref, httpStatus, [task.event, event], judge, context);
    },
    "type-configured": ({ deviceType, asked, httpStatus, event }, judge, context) => {
      const beyond = beyondTypeBounds(context, asked);
      const policy = context.profile.beyondBounds;
      const what = `taskExpiresAfter ${asked} of device type ${deviceType}`;
      if (beyond === "no" || beyond === "maybe") return;
      if (policy === "refused" || beyond === "above") judgeAnswer(what, httpStatus, [event], judge, context);
    },
  },
};

const judgeLong = (ref: number, httpStatus: number, events: readonly number[], judge: Judge, context: OracleContext) =>
  judgeAnswer(
    `task ${ref}, to be active for more than ${longestPeriod(context)} s`,
    httpStatus,
    events,
    judge,
    context,
  );

function judgeAnswer(
  what: string,
  httpStatus: number,
  events: readonly number[],
  judge: Judge,
  { profile: { beyondBounds } }: OracleContext,
): void {
  const taken = isSuccess(httpStatus);
  if (!taken && !isRefusal(httpStatus)) judge.undecided("L-04");
  else if (beyondBounds === undefined)
    judge.choose("L-04", "a value beyond the bounds", taken ? "accepted" : "refused", events.at(-1) ?? 0);
  else if (taken === (beyondBounds === "shortened")) judge.pass("L-04");
  else {
    const expected = beyondBounds === "refused" ? "is refused (HTTP 400)" : "is accepted, and shortened";
    judge.violate("L-04", `${what} ${expected}`, `HTTP ${httpStatus}`, events);
  }
}
