import { describe, expect, it } from "vitest";
import { seconds } from "../time.ts";
import { type Block, readBlock } from "./block.ts";
import { BLOCK2, CONTENT_FORMAT, ETAG, SIZE2, uintOption, uintValue } from "./options.ts";
import { Representations } from "./representations.ts";
import { at } from "./test-kit.ts";
import type { CoapContent } from "./types.ts";

const content = (length: number, fill = 0): CoapContent => ({
  code: "2.05",
  options: [uintOption(CONTENT_FORMAT, 0)],
  payload: new Uint8Array(length).fill(fill),
});
const block = (num: number, szx = 0): Block => ({ num, more: false, szx });
const etag = ({ options }: CoapContent) => options.find(({ number }) => number === ETAG)?.value;
const shown = (one: CoapContent | undefined): string => {
  const read = one === undefined ? undefined : readBlock(one, BLOCK2);
  if (one === undefined || read?.kind !== "block") return one?.code ?? "nothing";
  return `${read.block.num}/${read.block.more ? 1 : 0}/${2 ** (read.block.szx + 4)} ${one.payload.length}`;
};

describe("Representations", () => {
  it("gives 40 bytes as 16, 16 and 8, each with the same ETag, the first with Size2", () => {
    const kept = new Representations(seconds(247), 0);
    const first = kept.part("k", content(40), undefined, at(0));
    const [second, third] = [1, 2].map((num) => kept.again("k", block(num), at(0)));
    expect([first, second, third].map(shown)).toEqual(["0/1/16 16", "1/1/16 16", "2/0/16 8"]);
    expect(etag(first)).toHaveLength(4);
    expect([second, third].map((one) => one && etag(one))).toEqual([etag(first), etag(first)]);
    expect([first, second].map((one) => one && uintValue(one, SIZE2))).toEqual([40, undefined]);
    expect(first.options.map(({ number }) => number)).toEqual([ETAG, CONTENT_FORMAT, BLOCK2, SIZE2]);
  });

  it("has another ETag for another body, the same for the same, and leaves that of the application", () => {
    const tag = (one: CoapContent) => etag(new Representations(seconds(247), 0).part("k", one, undefined, at(0)));
    expect(tag(content(40))).toEqual(tag(content(40)));
    expect(tag(content(40))).not.toEqual(tag(content(40, 1)));
    const own = { ...content(40), options: [{ number: ETAG, value: Uint8Array.of(5) }] };
    expect(tag(own)).toEqual(Uint8Array.of(5));
  });

  it("cuts as small as is asked for, and goes on in its own size where that is smaller", () => {
    const kept = new Representations(seconds(247), 1);
    expect(shown(kept.part("k", content(100), block(0, 0), at(0)))).toBe("0/1/16 16");
    expect(shown(kept.part("k", content(100), block(1, 2), at(0)))).toBe("2/1/32 32");
    expect(shown(kept.part("k", content(10), block(0), at(0)))).toBe("0/0/16 10");
  });

  it("answers 4.00 beyond the end, and nothing for what it does not know or has forgotten after 247 s", () => {
    const kept = new Representations(seconds(247), 0);
    kept.part("k", content(40), undefined, at(0));
    expect(shown(kept.again("k", block(3), at(0)))).toBe("4.00");
    expect(shown(kept.again("other", block(1), at(0)))).toBe("nothing");
    expect(shown(kept.again("k", block(1), at(100)))).toBe("1/1/16 16");
    kept.sweep(at(346));
    expect(kept.size).toBe(1);
    kept.sweep(at(347));
    expect(shown(kept.again("k", block(1), at(347)))).toBe("nothing");
  });

  it("keeps nothing of what fits into one block, and at most 64 bodies, the last ones", () => {
    const kept = new Representations(seconds(247), 0);
    kept.part("small", content(16), block(0), at(0));
    expect(kept.size).toBe(0);
    for (let index = 0; index < 70; index++) kept.part(`k${index}`, content(40), undefined, at(index));
    expect(kept.size).toBe(64);
    expect([5, 6].map((index) => shown(kept.again(`k${index}`, block(1), at(70))))).toEqual(["nothing", "1/1/16 16"]);
  });

  it("keeps at most 1 MiB, but one body of any size", () => {
    const kept = new Representations(seconds(247), 6);
    for (const key of ["a", "b", "c"]) kept.part(key, content(400_000), undefined, at(0));
    expect(kept.size).toBe(2);
    kept.part("d", content(2_000_000), undefined, at(0));
    expect(kept.size).toBe(1);
  });
});
