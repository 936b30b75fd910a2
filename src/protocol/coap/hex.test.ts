import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexFromBytes, hexFromUint32, writeHex } from "./hex.ts";

describe("hexFromBytes and writeHex", () => {
  it("survive each other for every byte string", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        const target = new Uint8Array(bytes.length + 2);
        writeHex(hexFromBytes(bytes, 0, bytes.length), target, 1);
        expect(target).toEqual(Uint8Array.from([0, ...bytes, 0]));
      }),
    );
  });

  it("write 00 0f a0 ff as 000fa0ff, an empty range as the empty text", () => {
    const bytes = Uint8Array.from([1, 0x00, 0x0f, 0xa0, 0xff]);
    expect(hexFromBytes(bytes, 1, 5)).toBe("000fa0ff");
    expect(hexFromBytes(bytes, 2, 2)).toBe("");
  });

  it("refuse capitals, other letters and an odd number of digits", () => {
    for (const text of ["AB", "0g", "abc", "é0"]) {
      expect(() => writeHex(text, new Uint8Array(4), 0)).toThrow("not lower-case hex");
    }
  });
});

describe("hexFromUint32", () => {
  it("writes eight digits for every 32-bit number: 0, 1, 0x80000000, 0xdeadbeef", () => {
    expect([0, 1, 0x8000_0000, 0xdead_beef].map(hexFromUint32)).toEqual([
      "00000000",
      "00000001",
      "80000000",
      "deadbeef",
    ]);
  });
});
