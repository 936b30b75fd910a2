import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Block,
  blockOffset,
  blockOption,
  blockSize,
  cutBlock,
  joinBlocks,
  readBlock,
  szxOf,
  withoutBlocks,
} from "./block.ts";
import { BLOCK1, BLOCK2, SIZE1, SIZE2, stringOption, URI_PATH, uintOption } from "./options.ts";

const block = (num: number, more: boolean, szx: number): Block => ({ num, more, szx });
const hex = (one: Block): string => Buffer.from(blockOption(BLOCK1, one).value).toString("hex");

describe("blockOption and readBlock", () => {
  it.each([
    ["2:0/0/16, in no byte at all", block(0, false, 0), ""],
    ["1:0/1/128", block(0, true, 3), "0b"],
    ["2:3/0/64", block(3, false, 2), "32"],
    ["1:4/1/32, the first after a late negotiation", block(4, true, 1), "49"],
    ["1:16/1/1024", block(16, true, 6), "010e"],
    ["1:1048575/0/1024", block(1_048_575, false, 6), "fffff6"],
  ])("%s: as RFC 7959 §2.2 has it", (_, one, bytes) => {
    expect(hex(one)).toBe(bytes);
    const option = { number: BLOCK1, value: Uint8Array.from(Buffer.from(bytes, "hex")) };
    expect(readBlock({ options: [option] }, BLOCK1)).toEqual({ kind: "block", block: one });
  });

  it("survive each other for every number, flag and exponent", () => {
    const any = fc.record({ num: fc.nat(1_048_575), more: fc.boolean(), szx: fc.nat(6) });
    fc.assert(
      fc.property(any, fc.constantFrom<typeof BLOCK1 | typeof BLOCK2>(BLOCK1, BLOCK2), (one, number) => {
        expect(readBlock({ options: [blockOption(number, one)] }, number)).toEqual({ kind: "block", block: one });
      }),
    );
  });

  it("refuse size exponent 7, which is reserved, and tell it from no option (§2.2)", () => {
    expect(readBlock({ options: [uintOption(BLOCK2, 7)] }, BLOCK2)).toEqual({ kind: "reserved" });
    expect(readBlock({ options: [uintOption(BLOCK2, 0x1f)] }, BLOCK2)).toEqual({ kind: "reserved" });
    expect(readBlock({ options: [uintOption(BLOCK2, 0)] }, BLOCK1)).toEqual({ kind: "absent" });
    expect(readBlock({ options: [{ number: BLOCK1, value: new Uint8Array(4) }] }, BLOCK1)).toEqual({ kind: "absent" });
    expect(() => blockOption(BLOCK1, block(0, false, 7))).toThrow("no block");
    expect(() => blockOption(BLOCK1, block(2 ** 20, false, 0))).toThrow("no block");
  });
});

describe("sizes", () => {
  it("are 16, 32, 64, 128, 256, 512 and 1024 bytes for exponents 0 to 6", () => {
    const sizes = [0, 1, 2, 3, 4, 5, 6].map(blockSize);
    expect(sizes).toEqual([16, 32, 64, 128, 256, 512, 1_024]);
    expect(sizes.map(szxOf)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(() => szxOf(100)).toThrow("no block size: 100");
    expect(blockOffset(block(4, true, 1))).toBe(128);
  });
});

describe("cutBlock and joinBlocks", () => {
  it("give every body back, whatever the size of the blocks", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(6), (body, szx) => {
        const parts: Uint8Array[] = [];
        for (let offset = 0; offset === 0 || offset < body.length; offset += blockSize(szx)) {
          const cut = cutBlock(body, offset, szx);
          expect(blockOffset(cut.block)).toBe(offset);
          expect(cut.block.more).toBe(offset + cut.payload.length < body.length);
          parts.push(cut.payload);
        }
        expect(joinBlocks(parts)).toEqual(body);
      }),
    );
  });

  it("leave no empty block behind a body that fills its blocks: 32 bytes are 0/1/16 and 1/0/16", () => {
    const body = new Uint8Array(32);
    expect([cutBlock(body, 0, 0).block, cutBlock(body, 16, 0).block]).toEqual([block(0, true, 0), block(1, false, 0)]);
  });
});

describe("withoutBlocks", () => {
  it("takes away Block1, Block2, Size1 and Size2 and leaves the rest in order", () => {
    const kept = [stringOption(URI_PATH, "3"), uintOption(12, 0)];
    const told = [BLOCK2, BLOCK1, SIZE2, SIZE1].map((number) => uintOption(number, 1));
    expect(withoutBlocks({ options: [...kept, ...told] })).toEqual(kept);
  });
});
