/**
 * How large values travel: R-11 (a broken transfer begins anew), R-14 (blocks in order), R-15 (no larger than asked
 * for), R-16 (one representation), and the same of firmware images: O-08.
 *
 * That a transfer is one attempt, and its blocks messages like any other, is for the checkers of attempts: they see it
 * as one exchange (`block-transfers.ts`).
 *
 * Spec: RFC 7959 §2.2, §2.4, §2.5, §2.8, §2.9; docs/semantics.md, "Failed attempt, or answer?".
 */
import { blockOffset, blockSize, joinBlocks } from "../../../protocol/coap/block.ts";
import { imageBytes } from "../../../scenarios/firmware-images.ts";
import type { Checker, Judge } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { presentBlock } from "../exchanges/block-transfers.ts";
import type { FactOf } from "../facts.ts";
import { ENDED, name } from "../text.ts";
import type { Exchange } from "../views/exchange-view.ts";

type BlockSent = FactOf<"block-sent">;

/** Object 5, resource 0: the Package. Spec: OMA LwM2M Core Appendix E.6. */
const isPackage = ({ operation }: Exchange): boolean => /^write 5\/0\/0( |$)/.test(operation ?? "");

/** A firmware image has a requirement of its own for all that is said of values in general. */
const ruling = <R extends string>(exchange: Exchange, requirement: R): R | "O-08" =>
  isPackage(exchange) ? "O-08" : requirement;

const where = ({ exchange, sent }: BlockSent): string =>
  `block ${sent.block.num} of ${blockSize(sent.block.szx)} bytes to device ${exchange.device.index}`;

/** After 4.08, and after a failed attempt, a value is sent from its first block on. */
export const beginsTransfersAnew: Checker = {
  requirements: ["R-11", "O-08"],
  on: {
    "block-sent": (fact, judge) => {
      if (fact.before === undefined) judgeBegin(fact, judge);
      else if (fact.before.answer?.kind === "incomplete") judgeAfterIncomplete(fact, fact.before.answer.event, judge);
    },
  },
};

function judgeAfterIncomplete(fact: BlockSent, refused: number, judge: Judge): void {
  const requirement = ruling(fact.exchange, "R-11");
  if (fact.sent.block.num === 0) judge.pass(requirement);
  else
    judge.violate(requirement, "the transfer begins again at block 0 after 4.08", where(fact), [refused, fact.event]);
}

/** With which block an attempt begins. */
function judgeBegin(fact: BlockSent, judge: Judge): void {
  const { exchange, sent, last, event } = fact;
  const requirement = ruling(exchange, "R-11");
  const end = last?.end;
  if (sent.block.num === 0) {
    if (last !== undefined && end !== undefined && end.how !== "answered" && brokeOff(last)) judge.pass(requirement);
    return;
  }
  // What we took for over may have gone on for the server, which got an answer to its last block.
  const mayGoOn = last !== undefined && end?.how !== "answered" && last.transfer?.answer?.kind === "part";
  if (mayGoOn || (last !== undefined && end === undefined)) {
    judge.undecided(requirement);
    return;
  }
  const before = last === undefined ? "nothing was on its way" : `the one before ${ENDED[end?.how ?? "answered"]}`;
  judge.violate(requirement, `the transfer begins at block 0: ${before}`, where(fact), [last?.event ?? event, event]);
}

/** It had not brought the last block. */
const brokeOff = (exchange: Exchange): boolean =>
  presentBlock(exchange)?.block.more === true || isBeyondFirst(exchange);

const isBeyondFirst = (exchange: Exchange): boolean => (presentBlock(exchange)?.block.num ?? 0) > 0;

/** One block after another, without a gap, each full but the last, which alone is said to be the last. */
export const sendsBlocksInOrder: Checker = {
  requirements: ["R-14", "O-08"],
  on: {
    "block-sent": (fact, judge) => {
      const { sent, before, exchange, event } = fact;
      const requirement = ruling(exchange, "R-14");
      const size = blockSize(sent.block.szx);
      const fills = sent.block.more ? sent.bytes === size : sent.bytes > 0 && sent.bytes <= size;
      if (!fills) {
        const expected = sent.block.more
          ? `${size} bytes, as more blocks follow`
          : `1 to ${size} bytes in the last block`;
        judge.violate(requirement, expected, `${sent.bytes} bytes in ${where(fact)}`, [exchange.event, event]);
      } else if (before !== undefined && sent.block.num > 0) judgeOrder(fact, before, judge);
    },
  },
};

function judgeOrder(fact: BlockSent, before: NonNullable<BlockSent["before"]>, judge: Judge): void {
  const { exchange, sent, event } = fact;
  const requirement = ruling(exchange, "R-14");
  const [from, offset] = [blockOffset(before.block), blockOffset(sent.block)];
  const next = from + blockSize(before.block.szx);
  if (before.answer === undefined) {
    const expected = `block ${before.block.num} is answered before another is sent`;
    judge.violate(requirement, expected, where(fact), [exchange.event, event]);
  } else if (before.answer.kind !== "part" || offset === from) judge.undecided(requirement);
  else if (before.block.more && offset === next) judge.pass(requirement);
  else {
    const expected = before.block.more ? `the block from byte ${next} on` : "no block after the last one";
    judge.violate(requirement, expected, `${where(fact)}, from byte ${offset} on`, [before.answer.event, event]);
  }
}

/** What a device asked for with the answer to a block holds for all that follow. */
export const sendsBlocksAsSmallAsAsked: Checker = {
  requirements: ["R-15"],
  on: {
    "block-sent": (fact, judge) => {
      const { sent, before, exchange, event } = fact;
      if (before?.wanted === undefined || sent.block.num === 0) return;
      if (sent.block.szx <= before.wanted) judge.pass("R-15");
      else {
        const expected = `blocks of at most ${blockSize(before.wanted)} bytes, as the device asked`;
        judge.violate("R-15", expected, where(fact), [before.answer?.event ?? exchange.event, event]);
      }
    },
  },
};

/** A value is not put together out of blocks of two representations. */
export const joinsOneRepresentation: Checker = {
  requirements: ["R-16"],
  on: {
    "status-seen": ({ deviceTask, seen }, judge) => {
      const { attempts, device, task } = deviceTask;
      const exchange = attempts.at(-1);
      const transfer = exchange?.transfer;
      if (task.taskType !== "R" || exchange === undefined || transfer?.seen.includes("mixed") !== true) return;
      const { mixedSince } = transfer;
      // Which of two equal tasks an attempt was for, only the server knows.
      const isAlone = !device.tasks.some((other) => other !== deviceTask && other.operation === deviceTask.operation);
      if (!isAlone) judge.undecided("R-16");
      else if (seen.status !== "SUCCEEDED" || mixedSince === undefined) judge.pass("R-16");
      else {
        const expected = `${name(deviceTask)} has not succeeded: the blocks that came are of two representations`;
        judge.violate("R-16", expected, seen.status, [exchange.event, mixedSince, seen.event]);
      }
    },
  },
};

/** What is pushed is an image that was uploaded, all of it, and the device takes it with 2.04. */
export const pushesWholeImages: Checker = {
  requirements: ["O-08"],
  on: {
    "block-sent": (fact, judge, context) => {
      const { exchange, sent, event } = fact;
      if (!isPackage(exchange) || sent.block.more || (context.plan.images ?? []).length === 0) return;
      const body = joinBlocks(sent.body);
      if (isImage(body, context)) judge.pass("O-08");
      else {
        const expected = `an image that was uploaded is pushed to device ${exchange.device.index}`;
        judge.violate("O-08", expected, `${body.length} other bytes`, [exchange.event, event]);
      }
    },
    "exchange-ended": ({ exchange }, judge) => {
      const { end, response } = exchange;
      if (isPackage(exchange) && end?.how === "answered" && response?.code === "2.04") judge.pass("O-08");
    },
  },
};

const isImage = (body: Uint8Array, { plan }: OracleContext): boolean =>
  (plan.images ?? []).some((upload) => {
    const image = imageBytes(upload);
    return image.length === body.length && image.every((byte, at) => byte === body[at]);
  });
