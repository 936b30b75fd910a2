/**
 * How firmware updates end: O-04 (no success before the device is idle again with Result 1 and runs the image), T-01 (an end
 * has a reason), R-01 to R-03 and G-02, G-05, G-06 (a failed attempt is none), T-04 (cancelled), E-01 to E-05 (expired), and
 * R-08 (how often it was tried).
 *
 * What the device truly was is known from the device. That the server must have been told of it is asked, too; in which
 * of its answers is the server's affair.
 *
 * Source: OMA LwM2M Core Appendix E.6; docs/semantics.md row 24.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import type { FirmwareSaid, FirmwareTruth, UpdateView } from "../firmware/views.ts";
import { EXPIRED_CODE } from "../tasks/expectations.ts";
import { ENDED, name, status, time } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView, SeenStatus } from "../views/task-view.ts";

const IDLE = 0;
const SUCCESS = 1;
const OPEN: readonly string[] = ["REQUESTED", "QUEUED", "PROCESSING"];
/** Codes that have a meaning of their own, judged with what they mean. */
const OWN_CODES: readonly (string | undefined)[] = ["4001", EXPIRED_CODE, "4006"];

type StatusSeen = FactOf<"status-seen">;
type Judged = StatusSeen & { readonly update: UpdateView };

/** A poll that shows an update which the oracle follows; only what changes is judged. */
function judged(fact: StatusSeen): Judged | undefined {
  const { update, task } = fact.deviceTask;
  if (update === undefined || update.lost !== undefined || task.state !== "created") return undefined;
  return update.ended === undefined ? { ...fact, update } : undefined;
}

// ── success

/** O-04: an update has succeeded only when the device runs the image. */
export const succeedsWithTheImage: Checker = {
  requirements: ["O-04"],
  on: {
    "status-seen": (fact, judge, context) => {
      const shown = judged(fact);
      if (shown === undefined || shown.seen.status !== "SUCCEEDED") return;
      const { deviceTask, seen, update } = shown;
      const expected = `${name(deviceTask)} is SUCCEEDED once its device is at State 0 with Result 1 and runs ${update.version}`;
      const { firmware } = deviceTask.device;
      const reached = reachedBy(deviceTask, update, seen.window.latest);
      if (reached === undefined) {
        const now = firmware.truth?.at(-1);
        judge.violate(
          "O-04",
          expected,
          described(now),
          [now?.event ?? -1, seen.event].filter((event) => event >= 0),
        );
      } else if (!wasTold(firmware.said, reached) && !context.live)
        judge.violate("O-04", `${expected}, and has said so`, "it has said nothing since", [
          Math.max(reached.event, 0),
          seen.event,
        ]);
      else judge.pass("O-04");
    },
  },
};

/** When the device was what the update asks for, since the task was created. */
function reachedBy(
  { task, device }: DeviceTaskView,
  { version }: UpdateView,
  latest: number,
): FirmwareTruth | undefined {
  const truth = device.firmware.truth ?? [];
  return truth.find(
    (was, index) =>
      was.state === IDLE &&
      was.result === SUCCESS &&
      was.version === version &&
      was.window.earliest <= latest &&
      (truth[index + 1]?.event ?? Number.POSITIVE_INFINITY) > task.event,
  );
}

const wasTold = (said: readonly FirmwareSaid[], { event }: FirmwareTruth): boolean =>
  said.some((one) => one.event > event);

const described = (was: FirmwareTruth | undefined): string =>
  was === undefined
    ? "SUCCEEDED, though it has no object 5"
    : `SUCCEEDED at State ${was.state}, Result ${was.result}, version ${was.version}`;

// ── failure

/** Which requirement says that a failed attempt is no end. */
const REQUEUED: Readonly<Partial<Record<ExchangeEnd, string>>> = {
  "no-acknowledgement": "R-01",
  "no-response": "R-02",
  reset: "R-03",
  replaced: "G-02",
  removed: "G-06",
  "lifetime-over": "G-05",
};

/** T-01: an update fails for a reason; a failed attempt, or the end of a registration, is none. */
export const failsUpdatesForAReason: Checker = {
  requirements: ["T-01", "R-01", "R-02", "R-03", "G-02", "G-05", "G-06"],
  on: {
    "status-seen": (fact, judge, context) => {
      const shown = judged(fact);
      if (shown === undefined) return;
      const { deviceTask, seen, update } = shown;
      const { failure } = update;
      const requirement = failure?.certain === true ? REQUEUED[failure.how] : undefined;
      const waits = OPEN.includes(seen.status);
      if (waits && failure !== undefined && requirement !== undefined) judge.pass(requirement);
      const unasked = !deviceTask.everCancelled && ["CANCELLED", "CANCEL_REQUESTED"].includes(seen.status);
      if (unasked) unfounded(deviceTask, "is not cancelled: nobody asked for that", seen, judge);
      if (seen.status !== "FAILED" || OWN_CODES.includes(seen.errorCode)) return;
      const { firmware } = deviceTask.device;
      if (failure !== undefined && requirement !== undefined && nothingSince(update, failure.sent.event)) {
        const expected = `${name(deviceTask)} is pending: its last request ${ENDED[failure.how]}`;
        judge.violate(requirement, expected, status(seen), [failure.event, seen.event]);
      } else if (firmware.truth !== undefined && update.lastAnswer === undefined)
        unfounded(deviceTask, "does not fail: its device has answered nothing", seen, judge);
      else if (hasSucceeded(deviceTask, update, seen))
        unfounded(deviceTask, "does not fail: its device has updated, and has said so", seen, judge);
      else if (!context.live) judge.pass("T-01");
    },
  },
};

const unfounded = (deviceTask: DeviceTaskView, what: string, seen: SeenStatus, judge: Judge): void =>
  judge.violate("T-01", `${name(deviceTask)} ${what}`, status(seen), [deviceTask.task.event, seen.event]);

/** Since a failed request nothing was answered, and a poll has shown before that the update went on. */
const nothingSince = ({ lastAnswer, openSeen }: UpdateView, sent: number): boolean =>
  (lastAnswer === undefined || lastAnswer.event < sent) &&
  openSeen !== undefined &&
  openSeen.event > (lastAnswer?.event ?? -1);

/** All went well, and the server was told of all of it. */
function hasSucceeded(deviceTask: DeviceTaskView, update: UpdateView, seen: SeenStatus): boolean {
  const { said } = deviceTask.device.firmware;
  const reached = reachedBy(deviceTask, update, seen.window.earliest);
  if (reached === undefined || reached.event < (update.firstRequest ?? Number.POSITIVE_INFINITY)) return false;
  const since = said.filter((one) => one.certain && one.askedAt > reached.event);
  const isGood =
    since.some(({ state }) => state === IDLE) &&
    since.some(({ result }) => result === SUCCESS) &&
    since.some(({ version }) => version === update.version);
  return isGood && !update.hadError && update.failedResult === undefined && !mayBeAnothers(deviceTask.device);
}

const mayBeAnothers = ({ firmware }: DeviceView): boolean => firmware.updates.length > 1;

// ── going on

/** After a trigger it goes on: after a failed request at once, and where its device has got further, within a while. */
export const goesOnAtTriggers: Checker = {
  requirements: ["O-07", "R-04", "R-05"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge) => {
      const { update, device } = deviceTask;
      const missed = update?.missed;
      if (missed === undefined || update?.lost !== undefined || !OPEN.includes(seen.status)) return;
      const news = device.firmware.truth?.findLast(({ window }) => window.latest <= missed.window.latest);
      const at = news === undefined ? "" : `, which is at State ${news.state} with Result ${news.result} by then,`;
      const expected = `after ${missed.because}${at} it is asked for ${name(deviceTask)}`;
      judge.violate(missed.requirement, expected, `nothing was sent, and it is ${seen.status}`, [
        missed.event,
        seen.event,
      ]);
    },
  },
};

// ── cancelled, expired

/** T-04: an update that was cancelled in time ends as cancelled. */
export const endsCancelledUpdates: Checker = {
  requirements: ["T-04"],
  on: {
    "status-seen": (fact, judge, { slack }) => {
      const shown = judged(fact);
      if (shown?.update.cancelled === undefined) return;
      const { deviceTask, seen, update } = shown;
      const { window, event } = shown.update.cancelled;
      const waits = OPEN.includes(seen.status);
      const never = update.requests === 0 && seen.status === "CANCEL_REQUESTED";
      if (!waits && !never) judge.pass("T-04");
      else if (seen.window.earliest <= window.latest + slack) judge.undecided("T-04");
      else
        judge.violate("T-04", `${name(deviceTask)} is CANCELLED${never ? "" : " or CANCEL_REQUESTED"}`, status(seen), [
          event,
          seen.event,
        ]);
    },
  },
};

/** E-01 to E-05: an update expires when its active period ends, and not before. */
export const expiresUpdates: Checker = {
  requirements: ["E-01", "E-02", "E-03", "E-05"],
  on: {
    "status-seen": (fact, judge, context) => {
      const shown = judged(fact);
      if (shown === undefined) return;
      const { deviceTask, seen } = shown;
      const { task } = deviceTask;
      const { activePeriod, expiry } = task;
      if (!activePeriod.known || activePeriod.source === "L-04") return;
      const isExpired = seen.status === "FAILED" && seen.errorCode === EXPIRED_CODE;
      const events = [task.event, seen.event];
      if (isExpired && seen.window.latest < expiry.earliest)
        judge.violate(
          activePeriod.source,
          `${name(deviceTask)} is pending until ${time(expiry.earliest)} (${activePeriod.seconds} s)`,
          `FAILED with error 4004 at ${time(seen.window.latest)}`,
          events,
        );
      else if (isExpired) judgeExpired(activePeriod.source, judge);
      else if (seen.status !== "SUCCEEDED" && seen.status !== "FAILED" && seen.status !== "CANCELLED")
        judgeOpen(shown, judge, context);
    },
  },
};

function judgeExpired(source: string, judge: Judge): void {
  judge.pass(source);
  judge.pass("E-05");
}

function judgeOpen({ deviceTask, seen }: Judged, judge: Judge, context: OracleContext): void {
  const { task, device, inFlightAtExpiry } = deviceTask;
  if (seen.window.earliest <= task.expiry.latest + context.slack) return;
  // Its last request may still be on the way.
  if (inFlightAtExpiry && context.profile.inFlightAtExpiry !== "fail" && device.open !== undefined) {
    judge.undecided("E-05");
    return;
  }
  const expected = `${name(deviceTask)} has ended by ${time(task.expiry.latest)}, when it expires`;
  judge.violate("E-05", expected, status(seen), [task.event, seen.event]);
}

// ── attempts

/** One for a device task that was begun, and no more than its requests: servers count them in more than one way. */
export const countsTriesOfUpdates: Checker = {
  requirements: ["R-08"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge, { live, profile, restart }) => {
      const { update, task, unsentAttempts } = deviceTask;
      if (update === undefined || update.lost !== undefined || task.state !== "created" || live) return;
      if (seen.attempts === undefined) return;
      // What the end of the server's process cut off counts where that is declared (choice 26).
      const cutOff = restart !== undefined && profile.restart?.inFlight === undefined;
      const least = update.isBegun && !cutOff ? 1 : 0;
      const most = update.requests + unsentAttempts;
      if (seen.attempts >= least && seen.attempts <= most) {
        if (most > 0) judge.pass("R-08");
        return;
      }
      const expected = `numAttempts of ${name(deviceTask)} is ${least} to ${most}: so many requests were sent`;
      judge.violate("R-08", expected, `${seen.attempts}`, [update.firstRequest ?? task.event, seen.event]);
    },
  },
};
