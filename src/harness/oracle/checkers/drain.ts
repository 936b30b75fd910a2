/**
 * What a failed attempt means for the other tasks of its device: R-13. Where `continue` is declared they are owed an
 * attempt, which queue.ts judges; where `stop` is declared they wait for the next trigger.
 */
import type { Checker } from "../checker.ts";
import { timerMayHaveFired } from "../exchanges/failed-attempts.ts";
import { name, time } from "../text.ts";

/** R-13: what a failed attempt means for the other tasks of its device, where `stop` is declared. */
export const stopsAfterFailure: Checker = {
  requirements: ["R-13"],
  on: {
    attempt: ({ device, exchange, unanswered, event }, judge, context) => {
      const { task: deviceTask } = exchange;
      const failure = device.failures.at(-1);
      if (context.profile.drainAfterFailure !== "stop" || deviceTask === undefined || failure === undefined) return;
      if (deviceTask.blurred !== undefined || !failure.held.has(deviceTask)) return;
      const began = failure.exchange.event;
      const { trigger, updateCopy } = device;
      if (trigger !== undefined && trigger.window.earliest > failure.window.latest) judge.pass("R-13");
      // A trigger during the exchange may count for what it leaves over; so may one that is not answered yet, or a copy.
      else if ((trigger !== undefined && trigger.event > began) || unanswered !== undefined || updateCopy > began)
        judge.undecided("R-13");
      else if (!failure.certain || timerMayHaveFired(context, device, failure.exchange, exchange))
        judge.undecided("R-13");
      else {
        const failed = failure.exchange.task;
        const expected = `${name(deviceTask)} waits for the next Register or Update: an attempt${failed === undefined ? "" : ` of ${name(failed)}`} has failed`;
        judge.violate("R-13", expected, `it is sent at ${time(exchange.started.latest)}`, [failure.event, event]);
      }
    },
  },
};
