/**
 * How firmware updates begin, or do not: O-01 (a device that is not registered), O-02 (a user who has to accept), and
 * that nothing is sent for an update that must not begin, or that is over (T-05, Q-11, E-06, I-03, R-09).
 *
 * An update that has begun may leave something to look at or to take back, so after its end only an image or an Execute is
 * one request too many; before its begin anything about object 5 is.
 *
 * Source: task page, codes 4001 and 4006; docs/semantics.md row 24.
 */
import { ACCEPTANCE_STATUSES } from "../../../protocol/task-api/states.ts";
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import { type Idle, idleUpdates } from "../firmware/turns.ts";
import type { UpdateView } from "../firmware/views.ts";
import { name, status, time } from "../text.ts";
import type { DeviceTaskView, SeenStatus } from "../views/task-view.ts";

/** Not registered when an update begins. Source: task page, code 4001. */
const NOT_REGISTERED = "4001";
/** Rejected by the user. Source: task page, code 4006. */
const REJECTED = "4006";

/** O-01: an update of a device that is not registered fails. */
export const failsUnregisteredUpdates: Checker = {
  requirements: ["O-01"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge, context) => {
      const { update, task } = deviceTask;
      if (update?.lost !== undefined || update?.registered === undefined || task.state !== "created") return;
      const refused = seen.status === "FAILED" && seen.errorCode === NOT_REGISTERED;
      if (refused && update.registered === "yes" && !update.everUnregistered)
        judge.violate("O-01", `${name(deviceTask)} does not fail by 4001: its device is registered`, status(seen), [
          task.event,
          seen.event,
        ]);
      else if (update.registered === "no" && !deviceTask.everCancelled && update.acceptance === "not required")
        judgeUnregistered(deviceTask, refused, seen, judge, context);
      else if (update.registered === "yes" && update.requests > 0 && someUnregistered(task.devices)) judge.pass("O-01");
    },
    "owed-missed": ({ deviceTask, owed, event }, judge, context) => {
      const { task, update } = deviceTask;
      if (update === undefined || update.registered !== "yes" || !someUnregistered(task.devices)) return;
      const expected = `${name(deviceTask)} goes on within ${time(context.bound)}, though another device is not registered`;
      judge.violate("O-01", expected, "no request was sent", [owed.event, event]);
    },
  },
};

const someUnregistered = (devices: readonly DeviceTaskView[]): boolean =>
  devices.some(({ update }) => update?.registered === "no");

function judgeUnregistered(
  deviceTask: DeviceTaskView,
  refused: boolean,
  seen: SeenStatus,
  judge: Judge,
  { bound }: OracleContext,
): void {
  const { task } = deviceTask;
  const due = task.activeFrom.latest + bound;
  if (refused) judge.pass("O-01");
  else if (seen.window.earliest <= due) judge.undecided("O-01");
  else {
    const expected = `${name(deviceTask)} is FAILED with error 4001 from ${time(due)} on: its device is not registered`;
    judge.violate("O-01", expected, status(seen), [task.event, seen.event]);
  }
}

const SHOWN: Readonly<Partial<Record<UpdateView["acceptance"], string>>> = {
  "not required": "NOT_REQUIRED",
  waiting: "WAITING",
  accepted: "ACCEPTED",
  rejected: "REJECTED",
};

/** O-02: nothing begins before the user has accepted. */
export const asksTheUser: Checker = {
  requirements: ["O-02"],
  on: {
    "status-seen": (fact, judge, context) => {
      const { deviceTask, seen } = fact;
      const { update, task } = deviceTask;
      if (update === undefined || update.lost !== undefined || task.state !== "created") return;
      judgeShown(fact, update, judge);
      const { acceptance, answered } = update;
      const rejected = seen.status === "FAILED" && seen.errorCode === REJECTED;
      if (rejected && acceptance !== "rejected" && acceptance !== "unclear")
        judge.violate("O-02", `${name(deviceTask)} does not fail by 4006: nobody has rejected it`, status(seen), [
          task.event,
          seen.event,
        ]);
      else if (acceptance === "rejected" && answered !== undefined && !wasOver(deviceTask, update))
        judgeRejected(deviceTask, rejected, answered, seen, judge, context);
    },
  },
};

/** It had ended, or may have, before its user said no. */
const wasOver = ({ task, everCancelled }: DeviceTaskView, { answered, ended, registered }: UpdateView): boolean =>
  everCancelled ||
  registered !== "yes" ||
  (answered !== undefined && task.expiry.earliest <= answered.window.latest) ||
  (ended !== undefined && ended.event < (answered?.event ?? 0));

function judgeRejected(
  deviceTask: DeviceTaskView,
  rejected: boolean,
  answered: NonNullable<UpdateView["answered"]>,
  seen: SeenStatus,
  judge: Judge,
  { slack }: OracleContext,
): void {
  if (rejected) judge.pass("O-02");
  else if (seen.window.earliest < answered.window.latest + slack) judge.undecided("O-02");
  else {
    const expected = `${name(deviceTask)} is FAILED with error 4006: its user rejected it`;
    judge.violate("O-02", expected, status(seen), [answered.event, seen.event]);
  }
}

/** What the answer says of the user. An update that has ended without being asked may say so in its own way. */
function judgeShown({ deviceTask, seen }: FactOf<"status-seen">, update: UpdateView, judge: Judge): void {
  const { acceptance: shown } = seen;
  const expected = SHOWN[update.acceptance];
  if (shown === undefined || expected === undefined || shown === expected) return;
  const known = ACCEPTANCE_STATUSES.some((value) => value === shown);
  const ended = update.acceptance === "waiting" && (seen.status === "FAILED" || seen.status === "CANCELLED");
  const early = update.answered !== undefined && update.answered.window.latest > seen.window.earliest;
  if ((ended && shown === "NOT_REQUIRED") || (early && shown === "WAITING")) return;
  judge.violate(
    "O-02",
    `${name(deviceTask)} shows ${known ? expected : `one of ${ACCEPTANCE_STATUSES.join(", ")}`} of its user`,
    shown,
    [update.answered?.event ?? deviceTask.task.event, seen.event],
  );
}

/** Which requirement says that nothing is sent. */
const FORBIDDEN: Readonly<Record<Idle, string>> = {
  "not begun": "T-05",
  waiting: "O-02",
  rejected: "O-02",
  "not registered": "O-01",
  cancelled: "Q-11",
  expired: "E-06",
  succeeded: "I-03",
  failed: "R-09",
};

const BECAUSE: Readonly<Record<Idle, string>> = {
  "not begun": "has not begun",
  waiting: "waits for its user",
  rejected: "was rejected by its user",
  "not registered": "has failed: its device was not registered",
  cancelled: "has been cancelled",
  expired: "has expired",
  succeeded: "has succeeded",
  failed: "has failed",
};

/** Nothing is sent for an update that must not begin, or that is over. */
export const sendsForRunningUpdatesOnly: Checker = {
  requirements: ["O-01", "O-02", "T-05", "Q-11", "E-06", "I-03", "R-09"],
  on: {
    attempt: ({ device, exchange, firmware, candidates, settled, event }, judge, context) => {
      if (firmware === undefined || exchange.updates.length > 0 || candidates.length > 0 || settled !== undefined)
        return;
      if (firmware.kind === "reset" || (firmware.kind === "look" && firmware.object !== OBJECT)) return;
      const idle = idleUpdates(device.firmware, exchange.started).filter(
        ({ deviceTask }) => isNew(deviceTask) || firmware.kind !== "look",
      );
      const culprit = idle.at(-1);
      if (culprit === undefined) return;
      const { deviceTask, why } = culprit;
      if (context.live && exchange.started.earliest <= deviceTask.task.created.latest + context.slack) return;
      const expected = `no request for ${name(deviceTask)}, which ${BECAUSE[why]}`;
      const since = deviceTask.update.answered ?? deviceTask.update.ended ?? deviceTask.task;
      judge.violate(FORBIDDEN[why], expected, `a request at ${time(exchange.started.latest)}`, [since.event, event]);
    },
  },
};

const OBJECT = 5;

/** Nothing was sent for it before. */
const isNew = ({ update }: DeviceTaskView): boolean => update?.requests === 0;
