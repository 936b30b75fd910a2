import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  COAP_OPTIONS,
  CONTENT_FORMAT,
  isCritical,
  MAX_AGE,
  optionRow,
  sortOptions,
  stringOption,
  stringOptions,
  URI_PATH,
  URI_QUERY,
  uintOption,
  uintValue,
  unknownCriticalOptions,
} from "./options.ts";
import type { CoapOption } from "./types.ts";

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const message = (...options: CoapOption[]) => ({ options });

describe("COAP_OPTIONS", () => {
  it("has each number and each name once, ascending", () => {
    const numbers = COAP_OPTIONS.map((row) => row.number);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(new Set(COAP_OPTIONS.map((row) => row.name)).size).toBe(COAP_OPTIONS.length);
  });

  it("calls odd numbers critical: Uri-Path is, Content-Format is not (RFC 7252 §5.4.6)", () => {
    expect(isCritical(URI_PATH)).toBe(true);
    expect(isCritical(CONTENT_FORMAT)).toBe(false);
    expect(optionRow(URI_PATH)?.name).toBe("Uri-Path");
    expect(optionRow(9999)).toBeUndefined();
  });
});

describe("stringOption and stringOptions", () => {
  it("survive each other for every text, in order, apart from other numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const options = [stringOption(3, "host"), ...texts.map((text) => stringOption(URI_PATH, text))];
        expect(stringOptions(message(...options), URI_PATH)).toEqual(texts);
      }),
    );
  });

  it("encode UTF-8: ü is c3 bc (RFC 7252 §3.2)", () => {
    expect(stringOption(URI_PATH, "aü").value).toEqual(bytes(0x61, 0xc3, 0xbc));
  });

  it("show bytes that are no UTF-8 as U+FFFD and never throw", () => {
    expect(stringOptions(message({ number: URI_QUERY, value: bytes(0x61, 0xff) }), URI_QUERY)).toEqual(["a\ufffd"]);
  });

  it("give no text when there is no such option", () => {
    expect(stringOptions(message(), URI_PATH)).toEqual([]);
  });
});

describe("uintOption and uintValue", () => {
  it("survive each other for every 32-bit number", () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffff_ffff }), (value) => {
        expect(uintValue(message(uintOption(MAX_AGE, value)), MAX_AGE)).toBe(value);
      }),
    );
  });

  it("use as few bytes as the number needs: 0 none, 255 one, 256 two, 65536 three, 16777216 four (RFC 7252 §3.2)", () => {
    expect([0, 255, 256, 65_536, 16_777_216].map((value) => uintOption(MAX_AGE, value).value.length)).toEqual([
      0, 1, 2, 3, 4,
    ]);
    expect(uintOption(CONTENT_FORMAT, 11_542).value).toEqual(bytes(0x2d, 0x16));
  });

  it("accept leading zeros and take the first of several", () => {
    const value = uintValue(message({ number: 12, value: bytes(0, 42) }, { number: 12, value: bytes(7) }), 12);
    expect(value).toBe(42);
  });

  it("see no number in a value that is longer than the option allows (RFC 7252 §5.4.3), nor without the option", () => {
    expect(uintValue(message({ number: CONTENT_FORMAT, value: bytes(0, 0, 42) }), CONTENT_FORMAT)).toBeUndefined();
    expect(uintValue(message({ number: 9998, value: bytes(0, 0, 0, 0, 1) }), 9998)).toBeUndefined();
    expect(uintValue(message(), MAX_AGE)).toBeUndefined();
  });

  it("refuse to write what does not fit: -1, 1.5, 2^32", () => {
    for (const value of [-1, 1.5, 2 ** 32]) expect(() => uintOption(MAX_AGE, value)).toThrow("cannot hold");
  });
});

describe("unknownCriticalOptions", () => {
  it("finds nothing in a registration: two Uri-Path, Content-Format, three Uri-Query", () => {
    const options = [11, 11, 12, 15, 15, 15].map((number) => ({ number, value: bytes(0x31) }));
    expect(unknownCriticalOptions(message(...options))).toEqual([]);
    expect(unknownCriticalOptions(message())).toEqual([]);
  });

  it("finds 9999 once though it stands twice, and leaves the elective 9998 alone (RFC 7252 §5.4.1)", () => {
    const options = [9998, 9999, 9999].map((number) => ({ number, value: bytes() }));
    expect(unknownCriticalOptions(message(...options))).toEqual([9999]);
  });

  it("finds a second Accept and a Uri-Host without value (RFC 7252 §5.4.5, §5.4.3)", () => {
    expect(
      unknownCriticalOptions(message({ number: 3, value: bytes() }, uintOption(17, 1), uintOption(17, 2))),
    ).toEqual([3, 17]);
  });
});

describe("sortOptions", () => {
  it("sorts by number, keeps the order of equal numbers and leaves its argument as it was", () => {
    const options = [stringOption(15, "a"), stringOption(11, "b"), stringOption(15, "c"), stringOption(11, "d")];
    const sorted = sortOptions(options);
    expect(sorted.map((option) => stringOptions(message(option), option.number)[0])).toEqual(["b", "d", "a", "c"]);
    expect(options[0]?.number).toBe(15);
  });
});
