/**
 * An answer that races with expiry: E-08. Whichever counts, it is one of them, and everything that the server shows
 * afterwards agrees with it: the status, the error code, the counts, the history, the Device Mirror.
 *
 * Which of the two has to count is asked by E-05, E-07 and E-09 (expiry.ts), where it can be decided.
 */
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import type { FactOf } from "../facts.ts";
import { EXPIRED_CODE } from "../tasks/expectations.ts";
import { name, status, time, valueText } from "../text.ts";
import type { DeviceTaskView, ExpiryRace, SeenStatus } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import { wrongCount } from "./counts.ts";
import { sameValue } from "./mirror.ts";

/** E-08: of an answer and the expiry that race, one counts, and everything shown agrees with it. */
export const leavesOneOutcome: Checker = {
  requirements: ["E-08"],
  on: {
    "status-seen": judgeStatus,
    "statuses-seen": (fact, judge, context) => {
      const raced = fact.task.devices.find((deviceTask) => isOver(deviceTask, fact.window, context));
      const wrong = wrongCount(fact);
      if (raced === undefined || wrong === undefined) return;
      judge.violate("E-08", `${wrong.expected}, after an answer met the expiry`, wrong.actual, [
        raced.race?.event ?? fact.event,
        fact.event,
      ]);
    },
    "history-seen": judgeHistory,
    "mirror-seen": (fact, judge, context) => {
      for (const deviceTask of fact.device.tasks) judgeMirror(deviceTask, fact, judge, context);
    },
  },
};

/** Both the answer and the expiry are so long ago that the server must have made up its mind. */
function isOver({ race, task }: DeviceTaskView, seen: Window, context: OracleContext): boolean {
  if (race === undefined) return false;
  const settled = Math.max(race.window.latest, task.expiry.latest) + context.slack;
  return seen.earliest > settled;
}

/** A cancelled task has more ends than two. */
const mayBeCancelled = ({ task, cancelAsked, cancelsOpen }: DeviceTaskView): boolean =>
  cancelAsked !== undefined || cancelsOpen > 0 || task.cancelled !== undefined || task.maybeCancelled;

function judgeStatus(
  { deviceTask, seen, previous }: FactOf<"status-seen">,
  judge: Judge,
  context: OracleContext,
): void {
  const { race, task } = deviceTask;
  if (race === undefined || mayBeCancelled(deviceTask) || !isOver(deviceTask, seen.window, context)) return;
  const where = `${name(deviceTask)}, answered at ${time(race.window.latest)} and expired at ${time(task.expiry.earliest)},`;
  const outcome = outcomeOf(race, seen);
  if (outcome === "unclear") judge.undecided("E-08");
  else if (outcome === "neither")
    judge.violate("E-08", `${where} shows the one or the other`, status(seen), [race.event, seen.event]);
  else if (previous !== undefined && isOver(deviceTask, previous.window, context) && !same(previous, seen))
    judge.violate("E-08", `${where} stays ${status(previous)}`, status(seen), [previous.event, seen.event]);
  else judge.pass("E-08");
}

const same = (a: SeenStatus, b: SeenStatus): boolean => a.status === b.status && a.errorCode === b.errorCode;

/** Which of the two ends a status with its error code tells of. */
function outcomeOf({ answer }: ExpiryRace, seen: SeenStatus): "expiry" | "answer" | "neither" | "unclear" {
  const { status: shown, errorCode } = seen;
  if (shown === "SUCCEEDED") {
    if (answer === "failure") return "neither";
    return hasNone(errorCode) ? "answer" : "neither";
  }
  if (shown !== "FAILED") return "neither";
  if (errorCode === EXPIRED_CODE) return "expiry";
  if (hasNone(errorCode)) return "unclear";
  return answer === "success" ? "neither" : "answer";
}

/** "No error" is written in several ways. */
const hasNone = (errorCode: string | undefined): boolean =>
  errorCode === undefined || errorCode === "" || errorCode === "0";

const TERMINAL: readonly string[] = ["SUCCEEDED", "FAILED", "CANCELLED"];

function judgeHistory(
  { deviceTask, entries, window, event }: FactOf<"history-seen">,
  judge: Judge,
  context: OracleContext,
): void {
  const { race } = deviceTask;
  if (race === undefined || mayBeCancelled(deviceTask) || !isOver(deviceTask, window, context)) return;
  const ends = entries.filter((entry) => TERMINAL.includes(entry.status));
  const texts = [
    ...new Set(ends.map((end) => (end.errorCode === undefined ? end.status : `${end.status} ${end.errorCode}`))),
  ];
  const [end] = ends;
  if (end === undefined) return;
  const { seen } = deviceTask;
  const known = seen !== undefined && isOver(deviceTask, seen.window, context) ? seen.status : end.status;
  if (texts.length > 1 || end.status !== known)
    judge.violate("E-08", `the history of ${name(deviceTask)} has one end, ${known}`, texts.join(", "), [
      race.event,
      event,
    ]);
  else judge.pass("E-08");
}

/** What the status calls a success shows, unless a Read or Write came since. */
function judgeMirror(
  deviceTask: DeviceTaskView,
  { device, properties, window, event }: FactOf<"mirror-seen">,
  judge: Judge,
  context: OracleContext,
): void {
  const { race, seen } = deviceTask;
  if (race === undefined || seen?.status !== "SUCCEEDED" || !isOver(deviceTask, window, context)) return;
  if (device.mirrorTouched.event > race.event) return;
  for (const [property, value] of race.values) {
    const shown = properties.get(property);
    if (sameValue(shown, value)) judge.pass("E-08");
    else
      judge.violate(
        "E-08",
        `${property} of device ${device.index} shows ${valueText(value)}: ${name(deviceTask)} is SUCCEEDED`,
        valueText(shown),
        [race.event, seen.event, event],
      );
  }
}
