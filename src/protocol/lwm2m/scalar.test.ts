import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeScalar, encodeScalar } from "./scalar.ts";
import type { ResourceType } from "./value.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "hex"));
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const TYPES: readonly ResourceType[] = ["string", "integer", "float", "boolean", "opaque", "time", "none"];

describe("encodeScalar", () => {
  it.each([
    [0, "00"],
    [127, "7f"],
    [128, "0080"],
    [-128, "80"],
    [-129, "ff7f"],
    [32_767, "7fff"],
    [32_768, "00008000"],
    [-32_768, "8000"],
    [-32_769, "ffff7fff"],
    [2_147_483_647, "7fffffff"],
    [2_147_483_648, "0000000080000000"],
    [-2_147_483_648, "80000000"],
    [-2_147_483_649, "ffffffff7fffffff"],
    [Number.MAX_SAFE_INTEGER, "001fffffffffffff"],
    [Number.MIN_SAFE_INTEGER, "ffe0000000000001"],
  ])("writes the integer %i in the fewest of 1, 2, 4 or 8 bytes", (value, expected) => {
    expect(toHex(encodeScalar("integer", value))).toBe(expected);
    expect(decodeScalar("integer", hex(expected))).toEqual({ ok: true, value });
  });

  it("writes time as an integer of seconds", () => {
    expect(toHex(encodeScalar("time", 1_367_491_215))).toBe("5182428f");
  });

  it("writes a float in 4 bytes where nothing is lost, else in 8", () => {
    expect(toHex(encodeScalar("float", 1.5))).toBe("3fc00000");
    expect(toHex(encodeScalar("float", 0.1))).toBe("3fb999999999999a");
  });

  it("writes booleans as one byte and text as UTF-8", () => {
    expect(toHex(encodeScalar("boolean", true))).toBe("01");
    expect(toHex(encodeScalar("boolean", false))).toBe("00");
    expect(toHex(encodeScalar("string", "é"))).toBe("c3a9");
  });

  it.each([
    ["integer", 1.5],
    ["integer", 2 ** 53],
    ["integer", "1"],
    ["float", Number.NaN],
    ["boolean", 1],
    ["string", 1],
    ["opaque", "AA=="],
  ] as const)("throws for a value that is not of type %s: %s", (type, value) => {
    expect(() => encodeScalar(type, value)).toThrow(TypeError);
  });
});

describe("decodeScalar", () => {
  it.each([
    ["integer", ""],
    ["integer", "010203"],
    ["integer", "0020000000000000"],
    ["integer", "8000000000000000"],
    ["time", "0102030405"],
    ["float", "3f"],
    ["float", "7fc00000"],
    ["float", "7ff0000000000000"],
    ["boolean", ""],
    ["boolean", "02"],
    ["boolean", "0001"],
    ["string", "ff"],
    ["string", "c3"],
    ["string", "eda080"],
  ] as const)("refuses as %s the bytes [%s]", (type, bytes) => {
    expect(decodeScalar(type, hex(bytes)).ok).toBe(false);
  });

  it("accepts an integer in more bytes than it needs", () => {
    expect(decodeScalar("integer", hex("0000000000000001"))).toEqual({ ok: true, value: 1 });
  });

  it("keeps a byte order mark, which is content", () => {
    expect(decodeScalar("string", hex("efbbbf41"))).toEqual({ ok: true, value: "\u{feff}A" });
  });

  it("reads from the middle of a buffer", () => {
    expect(decodeScalar("integer", hex("ff0102ff").subarray(1, 3))).toEqual({ ok: true, value: 258 });
  });

  it("is total: any bytes give a value or an error, for every type", () => {
    fc.assert(
      fc.property(fc.constantFrom(...TYPES), fc.uint8Array({ maxLength: 12 }), (type, bytes) => {
        const decoded = decodeScalar(type, bytes);
        expect(decoded.ok || decoded.error.length > 0).toBe(true);
      }),
    );
  });

  it("reads back every safe integer", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(decodeScalar("integer", encodeScalar("integer", value))).toEqual({ ok: true, value });
      }),
    );
  });

  it("reads back every finite float", () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        expect(decodeScalar("float", encodeScalar("float", value))).toEqual({ ok: true, value });
      }),
    );
  });

  it("reads back every well-formed string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(decodeScalar("string", encodeScalar("string", value))).toEqual({ ok: true, value });
      }),
    );
  });
});
