import { describe, expect, it } from "vitest";
import { type Block, blockOption, readBlock } from "./block.ts";
import { BLOCK_RULES, LARGEST_BODY } from "./block-rules.ts";
import { afterBlock, type Fetching, type FetchingStep, requestOfNext, startFetching } from "./body-fetcher.ts";
import { MOST_STALE } from "./body-sender.ts";
import { BLOCK2, CONTENT_FORMAT, ETAG, SIZE2, stringOption, URI_PATH, uintOption, uintValue } from "./options.ts";
import type { CoapContent, CoapMessage, Code } from "./types.ts";

const GET: CoapContent = { code: "0.01", options: [stringOption(URI_PATH, "3")], payload: new Uint8Array(0) };

/** An answer with a full block of bytes that are its number; `more` is true unless told otherwise. */
function part(
  num: number,
  fields: Partial<Block> & { etag?: number; size?: number; code?: Code; length?: number } = {},
) {
  const { more = true, szx = 0, etag, size, code = "2.05", length = 2 ** (szx + 4) } = fields;
  const answer: CoapMessage = {
    type: "ACK",
    code,
    messageId: num,
    token: "aa",
    options: [
      ...(etag === undefined ? [] : [{ number: ETAG, value: Uint8Array.of(etag) }]),
      uintOption(CONTENT_FORMAT, 0),
      blockOption(BLOCK2, { num, more, szx }),
      ...(size === undefined ? [] : [uintOption(SIZE2, size)]),
    ],
    payload: new Uint8Array(length).fill(num),
  };
  return answer;
}
const next = (step: FetchingStep): Fetching => {
  if (step.kind !== "next") throw new Error(step.kind);
  return step.fetching;
};
const start = (answer: CoapMessage, szx = 6): FetchingStep => startFetching(GET, answer, szx);
const asked = (fetching: Fetching) => readBlock(requestOfNext(fetching), BLOCK2);

describe("a response in three blocks of 16, 16 and 5 bytes", () => {
  it("is asked for by numbers 1 and 2 without payload, and comes whole, without a sign of blocks", () => {
    const one = next(start(part(0, { etag: 7, size: 37 })));
    expect(asked(one)).toEqual({ kind: "block", block: { num: 1, more: false, szx: 0 } });
    const two = next(afterBlock(one, part(1, { etag: 7 })));
    expect(asked(two)).toEqual({ kind: "block", block: { num: 2, more: false, szx: 0 } });
    expect(requestOfNext(two)).toMatchObject({ code: "0.01", payload: new Uint8Array(0) });
    const whole = afterBlock(two, part(2, { etag: 7, more: false, length: 5 }));
    if (whole.kind !== "whole") throw new Error(whole.kind);
    expect([...whole.response.payload]).toEqual([...Array(16).fill(0), ...Array(16).fill(1), ...Array(5).fill(2)]);
    expect(whole.response.messageId).toBe(2);
    expect(whole.response.options.map(({ number }) => number)).toEqual([ETAG, CONTENT_FORMAT]);
    expect(uintValue(whole.response, SIZE2)).toBeUndefined();
  });

  it("is asked for in smaller blocks by who wants them, and goes on in smaller ones when the peer makes them so", () => {
    const smaller = next(start(part(0, { szx: 2 }), 0));
    expect(asked(smaller)).toEqual({ kind: "block", block: { num: 4, more: false, szx: 0 } });
    const large = next(start(part(0, { szx: 2 })));
    const reduced = next(afterBlock(large, part(4, { szx: 0 })));
    expect(asked(reduced)).toEqual({ kind: "block", block: { num: 5, more: false, szx: 0 } });
  });

  it("is incomplete when its parts do not fit: another ETag or size, a gap, larger or half-full blocks, no block", () => {
    const one = next(start(part(0, { etag: 7, size: 37 })));
    const { options, ...rest } = part(1, { etag: 7 });
    const unblocked = { ...rest, options: options.filter(({ number }) => number !== BLOCK2) };
    for (const misfit of [
      part(1, { etag: 8 }),
      part(1),
      part(1, { etag: 7, size: 38 }),
      part(2, { etag: 7 }),
      part(1, { etag: 7, szx: 1 }),
      part(1, { etag: 7, length: 15 }),
      part(1, { etag: 7, more: false, length: 17 }),
      part(1, { etag: 7, code: "2.04" }),
      part(1, { etag: 7, code: "4.08" }),
      unblocked,
    ]) {
      expect(afterBlock(one, misfit)).toEqual({ kind: "incomplete" });
    }
    expect(afterBlock(one, part(1, { etag: 7 })).kind).toBe("next");
  });

  it("is incomplete when the peer sends a larger block than was asked for, though it begins where it should", () => {
    const two = next(afterBlock(next(start(part(0))), part(1)));
    expect(afterBlock(two, part(1, { szx: 1 }))).toEqual({ kind: "incomplete" });
  });

  it("asks again for the same block when an earlier one comes, 4 times", () => {
    let one = next(afterBlock(next(start(part(0))), part(1)));
    for (let times = 0; times < MOST_STALE; times++) one = next(afterBlock(one, part(0)));
    expect(asked(one)).toEqual({ kind: "block", block: { num: 2, more: false, szx: 0 } });
    expect(afterBlock(one, part(0))).toEqual({ kind: "incomplete" });
  });

  it("ends with an error that comes instead of a block", () => {
    const error = part(1, { code: "4.04" });
    expect(afterBlock(next(start(part(0))), error)).toEqual({ kind: "whole", response: error });
  });

  it("is given up beyond 256 KiB", () => {
    const full = { ...next(start(part(0))), length: LARGEST_BODY };
    expect(afterBlock(full, part(LARGEST_BODY / 16))).toEqual({ kind: "unfit" });
    const rules = { ...BLOCK_RULES, largestBody: () => LARGEST_BODY + 16 };
    expect(afterBlock(full, part(LARGEST_BODY / 16), rules)).toMatchObject({ kind: "next" });
  });
});

describe("a first answer", () => {
  it("is whole as it is without Block2, or with one that is all", () => {
    const { options, ...rest } = part(0);
    const plain = { ...rest, options: options.filter(({ number }) => number !== BLOCK2) };
    expect(start(plain)).toEqual({ kind: "whole", response: plain });
    const all = part(0, { more: false, length: 3 });
    expect(start(all)).toEqual({ kind: "whole", response: all });
  });

  it("is incomplete with size exponent 7, or when it does not begin with block 0", () => {
    const reserved = { ...part(0), options: [uintOption(BLOCK2, 7)] };
    expect(start(reserved)).toEqual({ kind: "incomplete" });
    expect(start(part(1))).toEqual({ kind: "incomplete" });
  });
});
