import { describe, expect, it } from "vitest";
import { type Block, blockOption, readBlock } from "./block.ts";
import {
  afterAnswer,
  MOST_STALE,
  requestOfBlock,
  type Sending,
  type SendingStep,
  startSending,
} from "./body-sender.ts";
import { NO_PAYLOAD } from "./message.ts";
import { BLOCK1, SIZE1, stringOption, URI_PATH, uintValue } from "./options.ts";
import type { CoapContent, CoapMessage, Code } from "./types.ts";

const body = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index & 255);
const put = (length: number): CoapContent => ({
  code: "0.03",
  options: [stringOption(URI_PATH, "3")],
  payload: body(length),
});
const answer = (code: Code, echo?: Partial<Block>): CoapMessage => ({
  type: "ACK",
  code,
  messageId: 1,
  token: "aa",
  options: echo === undefined ? [] : [blockOption(BLOCK1, { num: 0, more: true, szx: 6, ...echo })],
  payload: NO_PAYLOAD,
});
const next = (step: SendingStep): Sending => {
  if (step.kind !== "next") throw new Error(step.kind);
  return step.sending;
};
/** `0/1/1024 1024`: block and bytes. */
const shown = (sending: Sending): string => {
  const { payload, options } = requestOfBlock(sending);
  const read = readBlock({ options }, BLOCK1);
  if (read.kind !== "block") return `whole ${payload.length}`;
  const { num, more, szx } = read.block;
  return `${num}/${more ? 1 : 0}/${2 ** (szx + 4)} ${payload.length}`;
};

describe("a body of 3000 bytes", () => {
  const first = startSending(put(3_000), 6);

  it("goes in 1024, 1024 and 952 bytes, and only the first request tells the size", () => {
    const second = next(afterAnswer(first, answer("2.31", { num: 0 })));
    const third = next(afterAnswer(second, answer("2.31", { num: 1 })));
    expect([first, second, third].map(shown)).toEqual(["0/1/1024 1024", "1/1/1024 1024", "2/0/1024 952"]);
    expect([first, second, third].map((one) => uintValue(requestOfBlock(one), SIZE1))).toEqual([
      3_000,
      undefined,
      undefined,
    ]);
    expect(afterAnswer(third, answer("2.04", { num: 2, more: false }))).toEqual({ kind: "final" });
    expect(requestOfBlock(third).options.map(({ number }) => number)).toEqual([URI_PATH, BLOCK1]);
  });

  it("goes on in blocks of 64 from number 16 when the peer asks for them with its first answer (§3.2, figure 9)", () => {
    const second = next(afterAnswer(first, answer("2.31", { num: 0, szx: 2 })));
    expect(shown(second)).toBe("16/1/64 64");
    expect(shown(next(afterAnswer(second, answer("2.31", { num: 16, szx: 2 }))))).toBe("17/1/64 64");
    // A peer cannot make blocks larger again.
    expect(shown(next(afterAnswer(second, answer("2.31", { num: 16, szx: 2 }))))).toBe("17/1/64 64");
  });

  it("takes a number of the answer in blocks of the size that it asks for, too", () => {
    const second = next(afterAnswer(first, answer("2.31", { num: 0 })));
    expect(shown(next(afterAnswer(second, answer("2.31", { num: 16, szx: 2 }))))).toBe("32/1/64 64");
  });

  it("is incomplete after 4.08, after 2.31 to its last block, and after an answer to a later block", () => {
    const third = { ...first, offset: 2_048 };
    expect(afterAnswer(first, answer("4.08"))).toEqual({ kind: "incomplete" });
    expect(afterAnswer(third, answer("2.31", { num: 2 }))).toEqual({ kind: "incomplete" });
    expect(afterAnswer(first, answer("2.31", { num: 5 }))).toEqual({ kind: "incomplete" });
  });

  it("is repeated from the same block after an answer to an earlier one, 4 times, and is then incomplete", () => {
    let sending = { ...first, offset: 1_024 };
    for (let times = 0; times < MOST_STALE; times++) {
      sending = next(afterAnswer(sending, answer("2.31", { num: 0 })));
      expect(shown(sending)).toBe("1/1/1024 1024");
    }
    expect(afterAnswer(sending, answer("2.31", { num: 0 }))).toEqual({ kind: "incomplete" });
    expect(next(afterAnswer(sending, answer("2.31", { num: 1 }))).stale).toBe(0);
  });

  it("does not fit a peer that answers 2.04 to a part and shows no Block1, but one that acts on each block by itself", () => {
    expect(afterAnswer(first, answer("2.04"))).toEqual({ kind: "unfit" });
    expect(shown(next(afterAnswer(first, answer("2.04", { num: 0, more: false }))))).toBe("1/1/1024 1024");
  });

  it("is answered by an error at any block: 4.02, 4.04, 4.13, 5.00", () => {
    for (const code of ["4.02", "4.04", "4.13", "5.00"] as const) {
      expect(afterAnswer(first, answer(code))).toEqual({ kind: "final" });
      expect(afterAnswer({ ...first, offset: 1_024 }, answer(code))).toEqual({ kind: "final" });
    }
  });

  it("begins anew with smaller blocks after 4.13 that names them, once (§2.9.3)", () => {
    const again = next(afterAnswer({ ...first, offset: 1_024 }, answer("4.13", { num: 1, szx: 4 })));
    expect(shown(again)).toBe("0/1/256 256");
    expect(afterAnswer(again, answer("4.13", { szx: 2 }))).toEqual({ kind: "final" });
    expect(afterAnswer(first, answer("4.13", { szx: 6 }))).toEqual({ kind: "final" });
  });

  it("is not confused by size exponent 7 in an answer", () => {
    const reserved = { ...answer("2.31"), options: [{ number: BLOCK1, value: Uint8Array.of(7) }] };
    expect(afterAnswer(first, reserved)).toEqual({ kind: "incomplete" });
  });
});

describe("a body of 1024 bytes", () => {
  const sending = startSending(put(1_024), 6);

  it("goes whole, as the application made it", () => {
    expect(requestOfBlock(sending)).toBe(sending.content);
    expect(afterAnswer(sending, answer("2.04"))).toEqual({ kind: "final" });
    expect(afterAnswer(sending, answer("4.08"))).toEqual({ kind: "final" });
    expect(afterAnswer(sending, answer("4.13"))).toEqual({ kind: "final" });
  });

  it("goes in blocks after 4.13 that names their size", () => {
    expect(shown(next(afterAnswer(sending, answer("4.13", { szx: 4 }))))).toBe("0/1/256 256");
    expect(afterAnswer(startSending(put(100), 6), answer("4.13", { szx: 4 }))).toEqual({ kind: "final" });
  });
});
