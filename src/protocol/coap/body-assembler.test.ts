import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seconds } from "../time.ts";
import { type Block, cutBlock, readBlock } from "./block.ts";
import { type Assembly, BodyAssembler } from "./body-assembler.ts";
import { BLOCK1, SIZE1, uintOption, uintValue } from "./options.ts";
import { at } from "./test-kit.ts";
import type { CoapMessage, CoapOption } from "./types.ts";

const LIFETIME = seconds(247);
const message = (payload: Uint8Array, options: readonly CoapOption[] = []): CoapMessage => ({
  type: "CON",
  code: "0.03",
  messageId: 1,
  token: "aa",
  options,
  payload,
});
const block = (num: number, more = true, szx = 0): Block => ({ num, more, szx });
const full = (fill: number, size = 16): CoapMessage => message(new Uint8Array(size).fill(fill));

/** `2.31 0/1/16`, `whole 37`. */
function shown(assembly: Assembly): string {
  if (assembly.kind === "whole") return `whole ${assembly.body.length}`;
  const { code, options } = assembly.content;
  const echo = readBlock({ options }, BLOCK1);
  if (echo.kind !== "block") return code;
  return `${code} ${echo.block.num}/${echo.block.more ? 1 : 0}/${2 ** (echo.block.szx + 4)}`;
}

describe("BodyAssembler", () => {
  it("answers 2.31 until the last block, and then has the body: nothing before", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    expect(shown(assembler.take("k", full(0), block(0), at(0)))).toBe("2.31 0/1/16");
    expect(shown(assembler.take("k", full(1), block(1), at(1)))).toBe("2.31 1/1/16");
    const whole = assembler.take("k", message(Uint8Array.of(9)), block(2, false), at(2));
    expect(whole).toEqual({ kind: "whole", body: Uint8Array.of(...Array(16).fill(0), ...Array(16).fill(1), 9) });
    expect(assembler.size).toBe(0);
    // The same block once more belongs to nothing.
    expect(shown(assembler.take("k", message(Uint8Array.of(9)), block(2, false), at(2)))).toBe("4.08 2/0/16");
  });

  it("asks for smaller blocks with its answer, and takes them from the number that fits", () => {
    const assembler = new BodyAssembler(LIFETIME, 0);
    expect(shown(assembler.take("k", full(0, 64), block(0, true, 2), at(0)))).toBe("2.31 0/1/16");
    expect(shown(assembler.take("k", full(1), block(4), at(1)))).toBe("2.31 4/1/16");
    expect(shown(assembler.take("k", full(2), block(5, false), at(1)))).toBe("whole 96");
  });

  it("keeps the bodies of different keys apart", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    assembler.take("a", full(1), block(0), at(0));
    assembler.take("b", full(2), block(0), at(0));
    const whole = assembler.take("a", full(1), block(1, false), at(0));
    expect(whole).toEqual({ kind: "whole", body: new Uint8Array(32).fill(1) });
    expect(shown(assembler.take("b", full(2), block(1, false), at(0)))).toBe("whole 32");
  });

  it("answers 4.08 to a block without those before it, to a gap, and after a restart to what is left of the old body", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    expect(shown(assembler.take("k", full(1), block(1), at(0)))).toBe("4.08 1/1/16");
    assembler.take("k", full(0), block(0), at(0));
    expect(shown(assembler.take("k", full(2), block(2), at(0)))).toBe("4.08 2/1/16");
    expect(assembler.size).toBe(0);
    for (const num of [0, 1, 0]) assembler.take("k", full(num), block(num), at(0));
    expect(shown(assembler.take("k", full(2), block(2), at(0)))).toBe("4.08 2/1/16");
  });

  it("takes the block that came last a second time without adding it", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    for (const num of [0, 1, 1])
      expect(shown(assembler.take("k", full(num), block(num), at(0)))).toBe(`2.31 ${num}/1/16`);
    expect(shown(assembler.take("k", full(2), block(2, false), at(0)))).toBe("whole 48");
  });

  it("answers 4.00 to a block that is not full although more follow, and to one that is more than full", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    expect(shown(assembler.take("k", full(0, 15), block(0), at(0)))).toBe("4.00 0/1/16");
    expect(shown(assembler.take("k", full(0, 17), block(0, false), at(0)))).toBe("4.00 0/0/16");
  });

  it("answers 4.13 with the most that it takes, by what a block says or by what has come (§2.9.3)", () => {
    const limits = { body: 40, bodies: 9, bytes: 999 };
    const assembler = new BodyAssembler(LIFETIME, 6, limits);
    const announced = assembler.take("k", message(new Uint8Array(16), [uintOption(SIZE1, 41)]), block(0), at(0));
    if (announced.kind !== "answer") throw new Error("taken");
    expect([announced.content.code, uintValue(announced.content, SIZE1)]).toEqual(["4.13", 40]);
    for (const num of [0, 1]) assembler.take("k", full(num), block(num), at(0));
    expect(shown(assembler.take("k", full(2), block(2), at(0)))).toBe("4.13 2/1/16");
    expect(assembler.size).toBe(0);
  });

  it("gives up, of 65 unfinished bodies, the one that was used longest ago, which may begin anew", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    for (let each = 0; each < 64; each += 1) assembler.take(`k${each}`, full(0), block(0), at(each));
    assembler.take("k0", full(1), block(1), at(70));
    expect(shown(assembler.take("new", full(0), block(0), at(71)))).toBe("2.31 0/1/16");
    expect(assembler.size).toBe(64);
    expect(shown(assembler.take("k0", full(2), block(2, false), at(72)))).toBe("whole 48");
    expect(shown(assembler.take("k1", full(1), block(1, false), at(72)))).toBe("4.08 1/0/16");
    expect(shown(assembler.take("k1", full(0), block(0), at(73)))).toBe("2.31 0/1/16");
    expect(shown(assembler.take("k2", full(1), block(1, false), at(74)))).toBe("whole 32");
  });

  it("takes the room for a new body from the source that has most, be it the new one's own", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    const begin = (key: string, source: string) => shown(assembler.take(key, full(0), block(0), at(0), 6, source));
    const end = (key: string, source: string) => shown(assembler.take(key, full(1), block(1, false), at(0), 6, source));
    begin("mine", "10.0.0.1");
    begin("yours", "10.0.0.2");
    for (let each = 0; each < 1_000; each += 1) expect(begin(`flood${each}`, "10.0.0.9")).toBe("2.31 0/1/16");
    expect(assembler.size).toBe(64);
    begin("later", "10.0.0.3");
    expect(["mine", "yours", "later"].map((key, index) => end(key, `10.0.0.${index + 1}`))).toEqual(
      Array(3).fill("whole 32"),
    );
    expect(end("flood0", "10.0.0.9")).toBe("4.08 1/0/16");
    expect(end("flood999", "10.0.0.9")).toBe("whole 32");
  });

  it("takes the room for more bytes from the source that has most of them", () => {
    const assembler = new BodyAssembler(LIFETIME, 6, { body: 999, bodies: 9, bytes: 100 });
    for (const num of [0, 1, 2]) assembler.take("large", full(num), block(num), at(num), 6, "10.0.0.9");
    for (const key of ["a", "b", "c"]) assembler.take(key, full(0), block(0), at(5), 6, key);
    // 48 + 3 × 16 and another 16.
    expect(shown(assembler.take("a", full(1), block(1), at(6), 6, "a"))).toBe("2.31 1/1/16");
    expect(assembler.size).toBe(3);
    expect(shown(assembler.take("large", full(3), block(3), at(7), 6, "10.0.0.9"))).toBe("4.08 3/1/16");
    expect(shown(assembler.take("b", full(1), block(1, false), at(7), 6, "b"))).toBe("whole 32");
  });

  it("holds one body as large as all of them together, whoever else has begun one", () => {
    const assembler = new BodyAssembler(LIFETIME, 6, { body: 96, bodies: 9, bytes: 96 });
    assembler.take("other", full(0), block(0), at(0), 6, "b");
    for (let num = 0; num < 5; num += 1) assembler.take("k", full(num), block(num), at(1), 6, "a");
    expect(assembler.size).toBe(2);
    expect(shown(assembler.take("k", full(5), block(5), at(1), 6, "a"))).toBe("2.31 5/1/16");
    expect(assembler.size).toBe(1);
  });

  it("forgets a body 247 s after its last block", () => {
    const assembler = new BodyAssembler(LIFETIME, 6);
    assembler.take("k", full(0), block(0), at(0));
    assembler.take("k", full(1), block(1), at(100));
    assembler.sweep(at(346));
    expect(assembler.size).toBe(1);
    assembler.sweep(at(347));
    expect(assembler.size).toBe(0);
    expect(shown(assembler.take("k", full(2), block(2), at(347)))).toBe("4.08 2/1/16");
  });

  it("is atomic: any order of blocks that is not the whole body in order shows nothing, and in order shows it once", () => {
    const bodies = fc.tuple(fc.uint8Array({ minLength: 17, maxLength: 400 }), fc.nat(3));
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(30), { maxLength: 40 }), ([body, szx], order) => {
        const assembler = new BodyAssembler(LIFETIME, 6);
        const size = 2 ** (szx + 4);
        const count = Math.ceil(body.length / size);
        let reached = 0;
        for (const wish of order) {
          const num = wish % count;
          const cut = cutBlock(body, num * size, szx);
          const assembly = assembler.take("k", message(cut.payload), cut.block, at(0));
          // What a receiver has by then, in two lines: the number of blocks in order, or nothing.
          if (num === 0) reached = 1;
          else if (num === reached && reached > 0) reached++;
          else if (num !== reached - 1 || !cut.block.more) reached = 0;
          expect(assembly.kind === "whole").toBe(reached === count && !cut.block.more);
          if (assembly.kind !== "whole") continue;
          expect(assembly.body).toEqual(body);
          reached = 0;
        }
      }),
    );
  });
});
