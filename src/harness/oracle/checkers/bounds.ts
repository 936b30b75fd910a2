/**
 * Values beyond the bounds, which are refused or shortened as the profile declares: L-04.
 *
 * How long a shortened task is active is judged by expiry.ts, that a refused one leaves no trace by refusals.ts.
 */

import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { outlivesRecord } from "../tasks/beginning.ts";
import { beyondTypeBounds, longestPeriod } from "../tasks/periods.ts";
import { time } from "../text.ts";
import type { TaskView } from "../views/task-view.ts";

const isRefusal = (httpStatus: number): boolean => httpStatus === 400 || httpStatus === 409 || httpStatus === 422;
const isSuccess = (httpStatus: number): boolean => httpStatus >= 200 && httpStatus < 300;

/** L-04: what lies beyond the bounds is refused, or shortened, as declared. */
export const keepsToBounds: Checker = {
  requirements: ["L-04"],
  on: {
    "task-created": ({ task, event }, judge, context) => {
      judgePeriod(task, 201, [task.event, event], judge, context);
    },
    "task-refused": ({ task, httpStatus, event }, judge, context) => {
      if (task.by !== "owner") return;
      judgePeriod(task, httpStatus, [task.event, event], judge, context);
    },
    "type-configured": ({ deviceType, asked, httpStatus, event }, judge, context) => {
      const beyond = beyondTypeBounds(context, asked);
      const policy = context.profile.beyondBounds;
      const what = `taskExpiresAfter ${asked} of device type ${deviceType}`;
      if (beyond === "no" && context.profile.taskExpiresAfterBounds !== undefined)
        judgeWithin(what, httpStatus, [event], judge);
      if (beyond === "no" || beyond === "maybe") return;
      if (policy === "refused" || beyond === "above") judgeAnswer(what, httpStatus, [event], judge, context);
    },
  },
};

function judgePeriod(
  task: TaskView,
  httpStatus: number,
  events: readonly number[],
  judge: Judge,
  context: OracleContext,
): void {
  const { ref, activePeriod, scheduledOn } = task;
  const { expiresAfterBounds, beyondBounds } = context.profile;
  const shortest = expiresAfterBounds?.min ?? 0;
  if (activePeriod.source !== "L-04") {
    if (activePeriod.source === "E-02" && expiresAfterBounds !== undefined && scheduledOn === undefined)
      judgeWithin(`task ${ref}, to be active for ${activePeriod.seconds} s`, httpStatus, events, judge);
    judgeLate(task, httpStatus, events, judge, context);
  } else if (activePeriod.seconds >= shortest) {
    const what = `task ${ref}, to be active for more than ${longestPeriod(context)} s`;
    judgeAnswer(what, httpStatus, events, judge, context);
  } else if (beyondBounds === "refused")
    judgeAnswer(`task ${ref}, to be active for less than ${shortest} s`, httpStatus, events, judge, context);
}

/** A value within the declared bounds is none to refuse. */
function judgeWithin(what: string, httpStatus: number, events: readonly number[], judge: Judge): void {
  if (isSuccess(httpStatus)) judge.pass("L-04");
  else if (isRefusal(httpStatus))
    judge.violate("L-04", `${what}, which is within the declared bounds, is accepted`, `HTTP ${httpStatus}`, events);
}

/** A task that is to begin so late that its record would be gone before it ends; who shortens a period may let it begin. */
function judgeLate(
  task: TaskView,
  httpStatus: number,
  events: readonly number[],
  judge: Judge,
  context: OracleContext,
): void {
  const { expiresAfterBounds, beyondBounds } = context.profile;
  if (expiresAfterBounds === undefined) return;
  const outlives = outlivesRecord(context, task);
  if (outlives === "no" && beginsLater(task))
    judgeWithin(`task ${task.ref}, to begin later`, httpStatus, events, judge);
  if (beyondBounds !== "refused") return;
  if (outlives === "maybe") judge.undecided("L-04");
  if (outlives !== "yes") return;
  const what = `task ${task.ref}, to be active until ${time(task.activeFrom.earliest)} + ${task.activePeriod.seconds} s, later than it can be read,`;
  judgeAnswer(what, httpStatus, events, judge, context);
}

/** A time that has passed may be refused (docs/ambiguities.md). */
const beginsLater = ({ scheduledOn, activeFrom, asked }: TaskView): boolean =>
  scheduledOn !== undefined && activeFrom.earliest > asked.latest;

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
