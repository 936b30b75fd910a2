/** Idempotence: I-01 … I-04 (I-03 also in retry.ts, where repeated requests are judged). */
import type { Checker } from "../checker.ts";
import { EXPIRED_CODE } from "../tasks/expectations.ts";
import { name, status } from "../text.ts";

/** A device that deduplicates acts once per message, however many copies arrive. Subject: our own device. */
export const actsOncePerMessage: Checker = {
  requirements: ["I-01"],
  on: {
    end: (_fact, judge, context) => {
      for (const device of context.devices) {
        const model = context.plan.fleet[device.index];
        if (model?.deduplicates !== true || device.reboots > 0) continue;
        for (const exchange of device.exchanges.values()) {
          if (exchange.deliveries < 2) continue;
          if (exchange.effects > 1)
            judge.violate(
              "I-01",
              `device ${device.index} acts once on message ${exchange.messageId}`,
              `${exchange.effects} times`,
              [exchange.event],
            );
          else judge.pass("I-01");
        }
      }
    },
  },
};

/** A successful Execute happened at least once, and not more often than it was attempted. */
export const executesWithinAttempts: Checker = {
  requirements: ["I-02"],
  on: {
    "status-seen": ({ deviceTask, seen, decided }, judge, context) => {
      if (
        deviceTask.task.taskType !== "E" ||
        deviceTask.blurred !== undefined ||
        decided === undefined ||
        deviceTask.operation === undefined
      )
        return;
      if (decided.kind === "pending" || decided.kind === "in-flight") return;
      const model = context.plan.fleet[deviceTask.device.index];
      const keptState = model?.deduplicates === true && deviceTask.device.reboots === 0;
      const delivered = deviceTask.attempts.reduce((sum, exchange) => sum + exchange.deliveries, 0);
      // An attempt that an Update from a new address cut off may be counted or not (choice 32).
      const attempted = (seen.attempts ?? deviceTask.attempts.length) + deviceTask.optionalAttempts;
      const most = keptState ? attempted : delivered;
      const least = seen.status === "SUCCEEDED" ? 1 : 0;
      if (deviceTask.executed < least || deviceTask.executed > most) {
        judge.violate(
          "I-02",
          `${name(deviceTask)} was executed ${least} to ${most} times on the device`,
          `${deviceTask.executed} times`,
          [deviceTask.task.event, seen.event],
        );
      } else if (deviceTask.attempts.length > 0) judge.pass("I-02");
    },
  },
};

/** A Confirmable response that nobody waits for gets RST; one that is waited for, and its copies, get ACK. */
export const repliesToResponses: Checker = {
  requirements: ["I-04"],
  on: {
    replied: ({ device, reply, got, event }, judge) => {
      if (reply.expected === "either" || reply.expected === got) {
        if (reply.expected !== "either") judge.pass("I-04");
        return;
      }
      const expected = `the response ${reply.messageId} of device ${device.index} gets ${reply.expected}`;
      judge.violate("I-04", expected, got, [reply.event, event]);
    },
    "reply-missed": ({ device, reply }, judge, context) => {
      if (reply.expected !== "RST" && context.live) judge.undecided("I-04");
      else
        judge.violate(
          "I-04",
          `the Confirmable response ${reply.messageId} of device ${device.index} gets ${reply.expected === "either" ? "ACK or RST" : reply.expected}`,
          "nothing",
          [reply.event],
        );
    },
  },
};

/** A response with the message id of an open request and another token matches nothing, and so it settles nothing. */
export const ignoresForeignTokens: Checker = {
  requirements: ["I-04"],
  on: {
    "status-seen": ({ deviceTask, seen, decided, fits, possible }, judge) => {
      const { foreignAnswer, blurred } = deviceTask;
      if (foreignAnswer === undefined || blurred !== undefined) return;
      const taken = foreignAnswer.code.startsWith("2.") ? "SUCCEEDED" : "FAILED";
      if (fits && decided !== undefined) judge.pass("I-04");
      else if (!fits && seen.status === taken && seen.errorCode !== EXPIRED_CODE) {
        const expected = `${name(deviceTask)} is ${possible.at(-1)?.statuses.join(" or ")}: the ${foreignAnswer.code} that came had another token`;
        judge.violate("I-04", expected, status(seen), [foreignAnswer.event, seen.event]);
      }
    },
  },
};
