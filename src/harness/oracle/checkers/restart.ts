/**
 * A server that was killed and started again: S-01 (tasks), S-02 (registrations, where declared).
 *
 * Judged by what each device task, and each registration, first shows after the restart: what goes wrong later is
 * somebody else's matter, and so is what was wrong before.
 *
 * Source: docs/semantics.md, choice 26.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import type { Restart } from "../restarts.ts";
import { name, status } from "../text.ts";
import type { DeviceTaskView, TaskView } from "../views/task-view.ts";

/** S-01: tasks outlive the server's process. */
export const survivesRestart: Checker = {
  requirements: ["S-01"],
  on: {
    "status-seen": judgeStatus,
    "record-asked": ({ task, what, httpStatus, window, event }, judge, { restart }) => {
      if (restart === undefined || httpStatus !== 404 || !isFromBefore(task, restart)) return;
      if (window.latest >= task.removal.earliest) return;
      const expected = `the ${what} of task ${task.ref}, which was created before the server was killed, can be read`;
      judge.violate("S-01", expected, `HTTP ${httpStatus}`, [task.event, restart.event, event]);
    },
    "owed-kept": ({ deviceTask }, judge, context) => {
      if (isFirstDebt(deviceTask, context)) judge.pass("S-01");
    },
    "owed-missed": ({ deviceTask, owed, event }, judge, context) => {
      const { restart } = context;
      if (restart === undefined || !isFirstDebt(deviceTask, context)) return;
      const expected = `${name(deviceTask)} is tried after ${owed.because}, as if the server had not been killed`;
      judge.violate("S-01", expected, "no request was sent", [restart.event, owed.event, event]);
    },
    attempt: ({ settled, event }, judge, { restart }) => {
      const end = settled?.settled;
      if (restart === undefined || settled === undefined || end === undefined || settled.blurred !== undefined) return;
      if (end.window.latest >= restart.down.earliest || settled.attempts.some((last) => last.event > restart.event))
        return;
      const expected = `${name(settled)} stays ${end.how}, as it was before the server was killed`;
      judge.violate("S-01", expected, "a request for it", [end.event, restart.event, event]);
    },
  },
};

const isFromBefore = (task: TaskView, { down }: Restart): boolean =>
  task.state === "created" && task.created.latest <= down.earliest;

/** The first status of a device task since the restart; one that it had shown before is not the restart's fault. */
function judgeStatus(
  { deviceTask, seen, previous, decided, fits }: FactOf<"status-seen">,
  judge: Judge,
  { restart }: OracleContext,
): void {
  if (restart === undefined || deviceTask.blurred !== undefined || !isFromBefore(deviceTask.task, restart)) return;
  if (previous !== undefined && previous.event > restart.event) return;
  if (decided !== undefined) judge.pass("S-01");
  else if (fits) judge.undecided("S-01");
  else if (previous === undefined || previous.status !== seen.status || previous.errorCode !== seen.errorCode) {
    const may = deviceTask.expectations.at(-1)?.statuses.join(" or ");
    const expected = `${name(deviceTask)} is ${may}, as if the server had not been killed`;
    judge.violate("S-01", expected, status(seen), [deviceTask.task.event, restart.event, seen.event]);
  }
}

/** It has not been tried since the restart, and was there before. */
function isFirstDebt({ task, attempts }: DeviceTaskView, { restart }: OracleContext): boolean {
  if (restart === undefined || !isFromBefore(task, restart)) return false;
  return attempts.every(({ event }) => event < restart.event);
}

/** The first Update or De-register to a location from before the restart tells whether the server still knows it. */
export const keepsRegistrations: Checker = {
  requirements: ["S-02"],
  on: {
    "registration-answered": ({ device, request, code, first, event }, judge, { profile, restart }) => {
      const declared = profile.restart?.registrations;
      if (restart === undefined || declared === undefined || !first || request.kind === "register") return;
      if (request.defect !== undefined || request.leeway !== undefined) return;
      const { before, alive, location } = request;
      const lost = device.oldLocations.get(location) === "lost";
      if (declared === "lost" && lost && alive === "no") {
        if (code === "4.04") judge.pass("S-02");
        else judge.violate("S-02", `${location} is lost with the server's process`, code, [restart.event, event]);
      }
      const isOld = before?.location === location && before.refreshed.latest <= restart.down.earliest;
      if (declared !== "survive" || alive !== "yes" || !isOld || before.address !== request.address) return;
      if (code.startsWith("2.")) judge.pass("S-02");
      else if (code === "4.04")
        judge.violate("S-02", `${location} is known after the server was killed, too`, code, [restart.event, event]);
    },
  },
};
