/** Retry: R-01 … R-09 (R-04 and R-05 are debts, see queue.ts). */

import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { isLaterBlock, presentBlock } from "../exchanges/block-transfers.ts";
import { timerMayHaveFired } from "../exchanges/failed-attempts.ts";
import type { FactOf } from "../facts.ts";
import { isBeforeRestart, mayTryAtStart } from "../restarts.ts";
import { ENDED, name, status, time } from "../text.ts";
import type { Exchange, ExchangeEnd } from "../views/exchange-view.ts";
import type { DeviceTaskView, SeenStatus } from "../views/task-view.ts";
import type { Window } from "../window.ts";

/** Which requirement says that a device task stays pending after an attempt that ended so. */
const REQUEUED_AFTER: Readonly<Partial<Record<ExchangeEnd, string>>> = {
  "no-acknowledgement": "R-01",
  "no-response": "R-02",
  reset: "R-03",
  unreachable: "R-03",
  replaced: "G-02",
  removed: "G-06",
  "lifetime-over": "G-05",
};

/** A failed communication requeues: the device task is pending, neither failed nor forgotten. */
export const requeuesAfterFailure: Checker = {
  requirements: ["R-01", "R-02", "R-03", "G-02", "G-05", "G-06"],
  on: {
    "status-seen": ({ deviceTask, seen, possible, decided, fits }, judge) => {
      const pending = possible.findLast((expectation) => expectation.kind === "pending");
      const requirement = pending?.after === undefined ? undefined : REQUEUED_AFTER[pending.after];
      if (pending?.after === undefined || requirement === undefined || pending !== possible.at(-1)) return;
      if (!fits) {
        if (seen.errorCode === "4004") return;
        const expected = `${name(deviceTask)} is pending: ${pendingBecause(deviceTask, pending.after)}`;
        judge.violate(requirement, expected, status(seen), [seen.event]);
      } else if (decided === pending) judge.pass(requirement);
      else judge.undecided(requirement);
    },
  },
};

const pendingBecause = (deviceTask: DeviceTaskView, after: ExchangeEnd): string =>
  deviceTask.attempts.length === 0 ? "it was never attempted" : `its last attempt ${ENDED[after]}`;

/** Between two attempts of one device task lies a Register or Update, or as long as a declared timer takes. */
export const retriesOnlyAtTriggers: Checker = {
  requirements: ["R-06"],
  on: {
    attempt: ({ device, exchange, unanswered, event }, judge, context) => {
      const deviceTask = exchange.task;
      const last = deviceTask?.attempts.at(-1);
      if (deviceTask === undefined || last === undefined || deviceTask.blurred !== undefined) return;
      // A trigger during the previous exchange may count (choice 28).
      const trigger = device.trigger;
      if (trigger !== undefined && trigger.event > last.event) judge.pass("R-06");
      // Not answered yet, or a copy: an Update is idempotent, and a server may act on it again (RFC 7252 §4.5).
      else if (unanswered !== undefined || device.updateCopy > last.event) judge.undecided("R-06");
      else if (mayTryAtStart(context, last)) judge.undecided("R-06");
      else if (timerMayHaveFired(context, device, last, exchange)) judge.pass("R-06");
      else {
        const { timerRetry } = context.profile;
        const timer = timerRetry === undefined ? "" : `, or ${timerRetry} s after a failed attempt,`;
        const expected = `${name(deviceTask)} is tried again at the next Register or Update${timer} only`;
        judge.violate("R-06", expected, `a new attempt at ${time(exchange.started.latest)} without either`, [
          last.event,
          event,
        ]);
      }
    },
  },
};

/** Transmission by RFC 7252 §4.2; a new attempt is a new message. */
export const transmitsByTheBook: Checker = {
  requirements: ["R-07"],
  on: {
    retransmission: (fact, judge, context) => {
      const { exchange, event } = fact;
      const most = 1 + context.coap.maxRetransmit;
      const where = `message ${exchange.messageId} to device ${exchange.device.index}`;
      if (exchange.datagrams > most) {
        judge.violate("R-07", `at most ${most} datagrams of ${where}`, `datagram ${exchange.datagrams}`, [
          exchange.event,
          event,
        ]);
        return;
      }
      if (!equalBytes(fact.bytes, exchange.bytes)) {
        judge.violate("R-07", `${where} is repeated byte for byte`, "other bytes under its message id and token", [
          exchange.event,
          event,
        ]);
        return;
      }
      const { acknowledged, lastSent } = exchange;
      if (acknowledged !== undefined && acknowledged.latest < lastSent.earliest) {
        // Live, the network may have lost the acknowledgement that we saw leave.
        if (context.live) judge.undecided("R-07");
        else
          judge.violate("R-07", `${where} is not repeated after its acknowledgement`, "a further copy", [
            exchange.event,
            event,
          ]);
        return;
      }
      if (exchange.end === undefined) judgeGap(fact, judge, context, where);
    },
    attempt: ({ device, exchange, event }, judge, context) => {
      const last = exchange.task?.attempts.at(-1);
      if (last === undefined) return;
      const same = isSameMessage(last, exchange, context);
      if (same === "maybe") judge.undecided("R-07");
      else if (same === "yes") {
        judge.violate("R-07", "a new attempt has a new message id and a new token", sameOf(last, exchange), [
          last.event,
          event,
        ]);
      } else if (device.exchanges.size > 1) judge.pass("R-07");
    },
  },
};

const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/**
 * Message ids and tokens are those of a pair of addresses: to another address the same ones say nothing (RFC 7252 §4.4,
 * §5.3.1), nor does the same message id when its time is over. A token of one byte comes again by chance; who always has
 * the same one has no other.
 */
function isSameMessage(last: Exchange, next: Exchange, context: OracleContext): "yes" | "no" | "maybe" {
  if (last.address !== next.address) return "no";
  // Who was killed since cannot know all that it has used (RFC 7252 §4.4).
  const again = last.messageId === next.messageId || last.token === next.token;
  if (isBeforeRestart(context, last) || mayGoOn(last, next)) return again ? "maybe" : "no";
  const soon = next.started.earliest <= last.started.latest + context.exchangeLifetime;
  if (last.messageId === next.messageId && soon) return "yes";
  if (last.token !== next.token) return "no";
  return next.token.length === ONE_BYTE && next.device.exchanges.size > 1 ? "maybe" : "yes";
}

/** Live, what seemed to be over may not have been: then this is one more block of it, and its token the same. */
function mayGoOn(last: Exchange, next: Exchange): boolean {
  const isInBlocks = presentBlock(next) !== undefined || isLaterBlock(next);
  return isInBlocks && last.end !== undefined && last.end.window.latest > next.started.earliest;
}

/** In hexadecimal digits. */
const ONE_BYTE = 2;

const sameOf = (last: Exchange, next: Exchange): string =>
  last.messageId === next.messageId ? `message id ${next.messageId} again` : `token ${next.token} again`;

function judgeGap(fact: FactOf<"retransmission">, judge: Judge, context: OracleContext, where: string): void {
  const { gap, previousGap, exchange, event } = fact;
  const { ackTimeout, ackRandomFactor } = context.coap;
  const wanted: Window =
    previousGap === undefined
      ? { earliest: ackTimeout, latest: ackTimeout * ackRandomFactor }
      : { earliest: previousGap.earliest * 2, latest: previousGap.latest * 2 };
  const early = gap.latest < wanted.earliest - context.tolerance;
  const late = gap.earliest > wanted.latest + context.tolerance;
  // Live, a timer may be late by a busy machine's fault, and a datagram in between may be lost: then what follows is open.
  const first = exchange.firstGap ?? gap;
  const open = late || first.earliest > ackTimeout * ackRandomFactor + context.tolerance;
  const expected = `${where} is repeated ${time(wanted.earliest)} to ${time(wanted.latest)} after its last copy`;
  if (context.live && open) judge.undecided("R-07");
  else if (early || late) judge.violate("R-07", expected, `after ${time(gap.latest)}`, [exchange.event, event]);
  else judge.pass("R-07");
}

/** `numAttempts` counts attempts to deliver, not datagrams. */
export const countsAttempts: Checker = {
  requirements: ["R-08"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge, context) => {
      // Live, an attempt may be read from the socket after the answer that counts it already.
      if (context.live) deviceTask.polls.push(seen);
      else judgeAttempts(deviceTask, seen, judge, context);
    },
    end: (_fact, judge, context) => {
      for (const { tasks } of context.devices) {
        for (const deviceTask of tasks)
          for (const seen of deviceTask.polls) judgeAttempts(deviceTask, seen, judge, context);
      }
    },
  },
};

function judgeAttempts(deviceTask: DeviceTaskView, seen: SeenStatus, judge: Judge, context: OracleContext): void {
  if (seen.attempts === undefined || deviceTask.blurred !== undefined || deviceTask.operation === undefined) return;
  const { earliest, latest } = seen.window;
  const begun = deviceTask.attempts.filter(({ started }) => started.earliest <= latest);
  const surely = begun.filter(({ started }) => started.latest + context.slack < earliest);
  const least = Math.max(0, surely.length - deviceTask.optionalAttempts);
  const most = begun.length + deviceTask.unsentAttempts;
  if (seen.attempts < least || seen.attempts > most) {
    const expected = `numAttempts of ${name(deviceTask)} is ${least === most ? most : `${least} to ${most}`}`;
    judge.violate("R-08", expected, `${seen.attempts}`, [...begun.map((exchange) => exchange.event), seen.event]);
  } else if (least === most ? most > 0 : showsAll(deviceTask, seen)) judge.pass("R-08");
  else if (least !== most) judge.undecided("R-08");
}

/** A server may show the state before a change for a while. One that shows the state after it has counted right. */
const showsAll = ({ attempts, optionalAttempts, unsentAttempts }: DeviceTaskView, seen: SeenStatus): boolean =>
  optionalAttempts === 0 &&
  unsentAttempts === 0 &&
  seen.attempts === attempts.filter(({ started }) => started.latest < seen.window.earliest).length &&
  attempts.every(({ started }) => started.latest < seen.window.earliest || started.earliest > seen.window.latest);

/** An error answer is final: no later Register or Update brings another attempt. */
export const answersAreFinal: Checker = {
  requirements: ["R-09", "E-06", "I-03", "Q-11"],
  on: {
    attempt: ({ exchange, settled, event }, judge, context) => {
      const end = settled?.settled;
      if (settled === undefined || end === undefined || settled.blurred !== undefined) return;
      const requirement = AFTER_THE_END[end.how];
      if (exchange.started.earliest <= end.window.latest + context.slack && context.live) {
        judge.undecided(requirement);
        return;
      }
      if (exchange.started.earliest <= end.window.latest && end.how === "expired") {
        judge.undecided(requirement);
        return;
      }
      judge.violate(
        requirement,
        `no request for ${name(settled)}, which ${HAS_ENDED[end.how]}`,
        `a request at ${time(exchange.started.latest)}`,
        [end.event, event],
      );
    },
    retransmission: ({ exchange, event }, judge, context) => {
      const end = exchange.end;
      if (end?.how === "expired") judgeAfterExpiry(exchange, end.window, event, judge, context);
      if (end?.how !== "answered") return;
      const answered = exchange.lastAnswer ?? end.window;
      if (exchange.lastSent.earliest <= answered.latest + context.slack) return;
      judge.violate(
        "I-03",
        `no further datagram of message ${exchange.messageId}: it has been answered`,
        "it was sent again",
        [end.event ?? exchange.event, event],
      );
    },
    end: (_fact, judge, context) => {
      for (const device of context.devices) for (const deviceTask of device.tasks) finishSettled(deviceTask, judge);
    },
  },
};

/**
 * Choice 10, declared: the exchange is dropped, and nothing is waited for. Undeclared, it may run on.
 */
function judgeAfterExpiry(exchange: Exchange, end: Window, event: number, judge: Judge, context: OracleContext): void {
  const { inFlightAtExpiry, lateResponse } = context.profile;
  if (inFlightAtExpiry !== "fail" || lateResponse !== "ignored") return;
  if (exchange.lastSent.earliest <= end.latest + context.slack + context.tolerance) return;
  const expected = `no further datagram of message ${exchange.messageId}: its task expired at ${time(end.latest)}`;
  judge.violate("I-03", expected, "it was sent again", [exchange.event, event]);
}

const HAS_ENDED = {
  succeeded: "has succeeded",
  failed: "has failed",
  expired: "has expired",
  cancelled: "has been cancelled",
} as const;

const AFTER_THE_END = { succeeded: "I-03", failed: "R-09", expired: "E-06", cancelled: "Q-11" } as const;

/** A settled device task whose device came back, and that was left alone. */
function finishSettled(deviceTask: DeviceTaskView, judge: Judge): void {
  if (deviceTask.settled === undefined || deviceTask.blurred !== undefined || deviceTask.operation === undefined)
    return;
  const { how } = deviceTask.settled;
  if (how === "succeeded" || how === "failed") judge.pass("I-03");
  if (how !== "succeeded" && deviceTask.device.triggers > deviceTask.triggersAtEnd) judge.pass(AFTER_THE_END[how]);
}
