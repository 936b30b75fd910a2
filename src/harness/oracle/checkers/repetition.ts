/** What repeating an operation does: I-05 (reboots), I-06 (writes). */
import { decodeMessage } from "../../../protocol/coap/message.ts";
import type { Profile } from "../../../protocol/profile.ts";
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { operationOfRequest } from "../exchanges/operation-key.ts";
import type { FactOf } from "../facts.ts";
import { mayTryAtStart } from "../restarts.ts";
import { valuesOfTask } from "../tasks/mirror.ts";
import { name, time, valueText } from "../text.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { DeviceTaskView } from "../views/task-view.ts";
import { sameValue } from "./mirror.ts";

/** Spec: OMA LwM2M Core, object 3, resource 4. */
const REBOOT = "execute 3/0/4";

/** Choice 28 says what one trigger brings; a retry by timer (choice 4) is no trigger. */
const declaresTriggers = (profile: Profile): boolean =>
  profile.drainAfterFailure !== undefined && profile.timerRetry === undefined;

/** A device that reboots before its answer gets through is told again once per trigger, and that is counted. */
export const countsRepeatedReboots: Checker = {
  requirements: ["I-05"],
  on: {
    attempt: ({ device, exchange, unanswered, event }, judge, context) => {
      const deviceTask = exchange.task;
      const last = deviceTask?.attempts.at(-1);
      if (deviceTask === undefined || last === undefined || !isJudged(deviceTask, context)) return;
      if (device.trigger !== undefined && device.trigger.event > last.event) judge.pass("I-05");
      else if (unanswered !== undefined || device.updateCopy > last.event || mayTryAtStart(context, last))
        judge.undecided("I-05");
      else {
        const expected = `${name(deviceTask)} is repeated at most once per Register or Update`;
        judge.violate("I-05", expected, `one more attempt at ${time(exchange.started.latest)}`, [last.event, event]);
      }
    },
    "status-seen": ({ deviceTask, seen }, judge, context) => {
      if (!isJudged(deviceTask, context) || seen.attempts === undefined) return;
      const begun = deviceTask.attempts.filter(({ started }) => started.latest + context.slack <= seen.window.earliest);
      const least = begun.length - deviceTask.optionalAttempts;
      if (begun.length < 2) return;
      if (seen.attempts >= least) judge.pass("I-05");
      else {
        const expected = `numAttempts of ${name(deviceTask)}, which was sent ${begun.length} times, is at least ${least}`;
        const events = [...begun.map((attempt) => attempt.event), seen.event];
        judge.violate("I-05", expected, `${seen.attempts}`, events);
      }
    },
  },
};

const isJudged = (deviceTask: DeviceTaskView, { profile }: OracleContext): boolean =>
  deviceTask.operation === REBOOT && deviceTask.blurred === undefined && declaresTriggers(profile);

/** However often a Write is sent, it carries the value of its task, and that is what the device then has. */
export const repeatsWritesAlike: Checker = {
  requirements: ["I-06"],
  on: {
    retransmission: ({ exchange, bytes, event }, judge) => {
      if (exchange.operation?.startsWith("write ") !== true) return;
      const repeated = operationIn(bytes);
      if (repeated === operationIn(exchange.bytes)) return;
      const expected = `the copy of message ${exchange.messageId} asks the same: ${exchange.operation}`;
      judge.violate("I-06", expected, repeated ?? "something else", [exchange.event, event]);
    },
    "status-seen": (fact, judge) => {
      const { deviceTask, seen, decided, fits } = fact;
      const values = valuesOfTask(deviceTask);
      if (values === undefined || seen.status !== "SUCCEEDED" || deviceTask.blurred !== undefined) return;
      if (decided?.kind === "succeeded" && deviceTask.attempts.length > 1) judgeEffects(fact, values, judge);
      else if (!fits) judgeForeignWrite(fact, judge);
    },
  },
};

/** Of one block it is no more than what that block tells. */
function operationIn(bytes: Uint8Array): string | undefined {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? operationOfRequest(decoded.value) : undefined;
}

/** Every attempt that reached the device has left the task's value there. */
function judgeEffects(
  { deviceTask, seen }: FactOf<"status-seen">,
  values: ReadonlyMap<string, unknown>,
  judge: Judge,
): void {
  const written = deviceTask.attempts.flatMap((exchange) => exchange.written);
  const wrong = written.find(({ path, value }) => !sameValue(value, values.get(path)));
  if (wrong !== undefined) {
    const expected = `${name(deviceTask)} leaves ${wrong.path} at ${valueText(values.get(wrong.path))}`;
    judge.violate("I-06", expected, valueText(wrong.value), [wrong.event, seen.event]);
  } else if (written.length > 0) judge.pass("I-06");
}

/** The task has succeeded without an answer to its own value: by a Write of another value to the same place. */
function judgeForeignWrite({ deviceTask, seen }: FactOf<"status-seen">, judge: Judge): void {
  const first = deviceTask.attempts[0];
  const foreign = [...deviceTask.device.exchanges.values()].findLast(
    (exchange) => exchange.task === undefined && writesTo(exchange, deviceTask) && exchange.response?.code === "2.04",
  );
  if (first === undefined || foreign === undefined || foreign.event < first.event) return;
  const expected = `${name(deviceTask)} is repeated as it was: ${deviceTask.operation}`;
  judge.violate("I-06", expected, foreign.operation ?? "", [first.event, foreign.event, seen.event]);
}

const placeOf = (operation: string | undefined): string => operation?.split(" ").slice(0, 2).join(" ") ?? "";

const writesTo = (exchange: Exchange, deviceTask: DeviceTaskView): boolean =>
  placeOf(exchange.operation) === placeOf(deviceTask.operation) && exchange.operation !== deviceTask.operation;
