import { generate, parse } from "coap-packet";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeFromByte } from "./codes.ts";
import { hexFromBytes } from "./hex.ts";
import {
  decodeMessage,
  encodeEmpty,
  encodeMessage,
  MESSAGE_FORMAT_ERRORS,
  readMessageId,
  readType,
} from "./message.ts";
import { optionRow, sortOptions, stringOption } from "./options.ts";
import type { CoapMessage } from "./types.ts";

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const toHex = (bytes: Uint8Array): string => hexFromBytes(bytes, 0, bytes.length);
const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value));

const option = fc.record({
  number: fc.oneof(fc.nat({ max: 30 }), fc.constantFrom(12, 13, 268, 269, 270, 65_535), fc.nat({ max: 65_535 })),
  value: fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.constantFrom(0, 12, 13, 14, 268, 269, 270, 500).map((length) => new Uint8Array(length).fill(0xff)),
  ),
});
const token = fc.uint8Array({ maxLength: 8 }).map(toHex);
const messageId = fc.nat({ max: 65_535 });
const contentMessage: fc.Arbitrary<CoapMessage> = fc.record({
  type: fc.constantFrom("CON", "NON", "ACK"),
  code: fc.integer({ min: 1, max: 255 }).map(codeFromByte),
  messageId,
  token,
  options: fc.array(option, { maxLength: 8 }).map(sortOptions),
  payload: fc.uint8Array({ maxLength: 80 }),
});
const emptyMessage: fc.Arbitrary<CoapMessage> = fc.record({
  type: fc.constantFrom("CON", "NON", "ACK", "RST"),
  code: fc.constant("0.00"),
  messageId,
  token: fc.constant(""),
  options: fc.constant([]),
  payload: fc.constant(new Uint8Array(0)),
});
const anyMessage = fc.oneof({ weight: 9, arbitrary: contentMessage }, { weight: 1, arbitrary: emptyMessage });
/** Arbitrary bytes are mostly malformed at once; those behind a good header, and damaged messages, get further. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((rest) => Uint8Array.from([0x42, 0x01, 0, 1, 0xaa, 0xbb, ...rest])),
  fc.tuple(anyMessage, fc.nat(), fc.nat({ max: 255 }), fc.nat()).map(([message, where, byte, cut]) => {
    const bytes = encodeMessage(message);
    bytes[where % bytes.length] = byte;
    return bytes.subarray(0, cut % 3 === 0 ? cut % bytes.length : bytes.length);
  }),
);

const VECTORS = [
  ["GET /temperature, RFC 7252 figure 16", "4001 7d34 bb 74656d7065726174757265", "0.01"],
  ["2.05 with payload, RFC 7252 figure 16", "6045 7d34 ff 32322e332043", "2.05"],
  ["GET with token 20, RFC 7252 figure 17", "4101 7d35 20 bb 74656d7065726174757265", "0.01"],
  ["empty ACK, RFC 7252 figure 18", "6000 7d36", "0.00"],
  ["RST", "7000 7d38", "0.00"],
] as const;

const UPDATE: CoapMessage = {
  type: "CON",
  code: "0.02",
  messageId: 0x1234,
  token: "0011aaff",
  options: [stringOption(11, "rd"), stringOption(11, "5a3f"), stringOption(15, "lt=300")],
  payload: new Uint8Array(0),
};

/** One literal datagram per reason; `witness` is what coap-packet 1.1.1 does with the same bytes. */
const MALFORMED = [
  { kind: "too-short", bytes: "400100", offset: 3, witness: "throws" },
  { kind: "too-short", bytes: "", offset: 0, witness: "throws" },
  { kind: "version", bytes: "00010000", offset: 0, witness: "throws" },
  { kind: "version", bytes: "80010000", offset: 0, witness: "throws" },
  { kind: "version", bytes: "c0010000", offset: 0, witness: "throws" },
  { kind: "token-length", bytes: "49010000 010203040506070809", offset: 0, witness: "accepts" },
  { kind: "token-length", bytes: "4d010000 00 01020304050607080910111213", offset: 0, witness: "accepts" },
  { kind: "token-length", bytes: "4f010000", offset: 0, witness: "throws" },
  { kind: "truncated-token", bytes: "44010000 aabb", offset: 6, witness: "accepts" },
  { kind: "truncated-token", bytes: "41010000", offset: 4, witness: "accepts" },
  { kind: "empty-not-empty", bytes: "41000000 aa", offset: 0, witness: "throws" },
  { kind: "empty-not-empty", bytes: "41000000", offset: 0, witness: "accepts" },
  { kind: "empty-not-empty", bytes: "40000000 ff", offset: 4, witness: "throws" },
  { kind: "empty-not-empty", bytes: "60000000 b161", offset: 4, witness: "throws" },
  { kind: "reset-not-empty", bytes: "70450000", offset: 1, witness: "accepts" },
  { kind: "option-delta", bytes: "40010000 f0", offset: 4, witness: "throws" },
  { kind: "option-length", bytes: "40010000 bf", offset: 4, witness: "throws" },
  { kind: "option-number", bytes: "40010000 e0fef300", offset: 4, witness: "accepts" },
  { kind: "option-number", bytes: "40010000 e0fef2 10", offset: 7, witness: "accepts" },
  { kind: "truncated-option", bytes: "40010000 b36162", offset: 4, witness: "accepts" },
  { kind: "truncated-option", bytes: "40010000 d0", offset: 4, witness: "throws" },
  { kind: "truncated-option", bytes: "40010000 e001", offset: 4, witness: "throws" },
  { kind: "truncated-option", bytes: "40010000 bd", offset: 4, witness: "throws" },
  { kind: "truncated-option", bytes: "40010000 be00", offset: 4, witness: "throws" },
  { kind: "no-payload", bytes: "40010000 ff", offset: 4, witness: "accepts" },
  { kind: "no-payload", bytes: "40010000 b161 ff", offset: 6, witness: "accepts" },
] as const;

function witnessAccepts(bytes: Uint8Array): boolean {
  try {
    parse(Buffer.from(bytes));
    return true;
  } catch {
    return false;
  }
}

describe("encodeMessage and decodeMessage", () => {
  it("give back every valid message", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(decodeMessage(encodeMessage(message))).toEqual({ ok: true, value: message });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each(VECTORS)("read and write the bytes of the standard: %s", (_, hex, code) => {
    const bytes = fromHex(hex);
    const decoded = decodeMessage(bytes);
    expect(decoded).toMatchObject({ ok: true, value: { code } });
    if (decoded.ok) expect(encodeMessage(decoded.value)).toEqual(bytes);
  });

  it("write an Update as 44 02 12 34, token, two Uri-Path and Uri-Query with delta 4", () => {
    expect(toHex(encodeMessage(UPDATE))).toBe(`44021234${"0011aaff"}b27264${"0435613366"}${"466c743d333030"}`);
  });
});

describe("decodeMessage", () => {
  it("is total: any bytes give a message, which is written back alike or shorter, or a reason", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const decoded = decodeMessage(bytes);
        if (!decoded.ok) {
          expect(decoded.error.offset).toBeLessThanOrEqual(bytes.length);
          return;
        }
        // Shorter when the peer spelt a delta or length with more bytes than it needs; the meaning is the same.
        const again = encodeMessage(decoded.value);
        expect(again.length).toBeLessThanOrEqual(bytes.length);
        expect(decodeMessage(again)).toEqual(decoded);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(MALFORMED)("rejects $bytes: $kind at byte $offset", ({ kind, bytes, offset }) => {
    expect(decodeMessage(fromHex(bytes))).toEqual({ ok: false, error: { kind, offset } });
  });

  it("has a literal case for every reason in MESSAGE_FORMAT_ERRORS", () => {
    expect(new Set(MALFORMED.map((row) => row.kind))).toEqual(new Set(MESSAGE_FORMAT_ERRORS.map((row) => row.kind)));
  });

  it("accepts option number 65535, the highest (RFC 7252 §12.2)", () => {
    expect(decodeMessage(fromHex("40010000 e0fef2"))).toMatchObject({
      ok: true,
      value: { options: [{ number: 65_535 }] },
    });
  });

  it("gives plain Uint8Arrays even of a Buffer within a larger one", () => {
    const slab = Buffer.from("0000000040010001b161ff4142", "hex");
    const decoded = decodeMessage(slab.subarray(4));
    expect(decoded.ok && decoded.value.payload).toEqual(text("AB"));
    expect(decoded.ok && decoded.value.options[0]?.value).toEqual(text("a"));
  });

  it.each([
    [64, false],
    [65, true],
  ])("gives a payload of %i bytes as a view of the datagram: %s", (length, isView) => {
    const slab = Buffer.from(`0000000040010001b161ff${"42".repeat(length)}`, "hex");
    const decoded = decodeMessage(slab.subarray(4));
    expect(decoded.ok && decoded.value.payload).toEqual(text("B".repeat(length)));
    expect(decoded.ok && decoded.value.payload.buffer === slab.buffer).toBe(isView);
  });
});

describe("encodeMessage", () => {
  it.each([
    ["a token of 9 bytes", { token: "00".repeat(9) }],
    ["a token with an odd digit", { token: "abc" }],
    ["message id 65536", { messageId: 65_536 }],
    ["message id -1", { messageId: -1 }],
    ["code 9.99", { code: "9.99" }],
    ["options out of order", { options: [stringOption(15, "a"), stringOption(11, "b")] }],
    ["option 65536", { options: [stringOption(65_536, "a")] }],
    ["an option of 65805 bytes", { options: [{ number: 1, value: new Uint8Array(65_805) }] }],
    ["an Empty message with a token", { code: "0.00", options: [] }],
    ["an RST with a code", { type: "RST" }],
  ] as const)("refuses %s, a bug of ours", (_, wrong) => {
    expect(() => encodeMessage({ ...UPDATE, ...wrong })).toThrow();
  });

  it("leaves the options of the caller as they are", () => {
    const options = Object.freeze([...UPDATE.options]);
    expect(() => encodeMessage({ ...UPDATE, options })).not.toThrow();
  });
});

describe("encodeEmpty", () => {
  it("writes what encodeMessage writes for the same Empty message", () => {
    fc.assert(
      fc.property(emptyMessage, (message) => {
        fc.pre(message.type !== "NON");
        expect(encodeEmpty(message.type as "CON", message.messageId)).toEqual(encodeMessage(message));
      }),
    );
  });
});

describe("readType and readMessageId", () => {
  it("read the header of a message whose rest is malformed", () => {
    const bytes = fromHex("49011234");
    expect([readType(bytes), readMessageId(bytes)]).toEqual(["CON", 0x1234]);
    expect(readType(fromHex("7945ffff"))).toBe("RST");
  });
});

describe("the codec beside coap-packet 1.1.1", () => {
  const witnessNumber = (name: string | number): number => {
    const known = Array.from({ length: 300 }, (_, number) => number).find((number) => optionRow(number)?.name === name);
    const others: Record<string, number> = {
      OSCORE: 9,
      "Q-Block1": 19,
      "Q-Block2": 31,
      "OCF-Accept-Content-Format-Version": 2049,
      "OCF-Content-Format-Version": 2053,
    };
    return known ?? others[String(name)] ?? Number(name);
  };

  it("writes what coap-packet reads as the same message", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const seen = parse(Buffer.from(encodeMessage(message)));
        const type = seen.confirmable ? "CON" : seen.ack ? "ACK" : seen.reset ? "RST" : "NON";
        const options = seen.options.map(({ name, value }) => ({
          number: witnessNumber(name),
          value: Uint8Array.from(value),
        }));
        const { code, messageId } = seen;
        const read = {
          type,
          code,
          messageId,
          token: toHex(seen.token),
          options,
          payload: Uint8Array.from(seen.payload),
        };
        expect(read).toEqual(message);
      }),
      { numRuns: 500 },
    );
  });

  it("reads what coap-packet writes, and writes the same bytes", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const bytes = generate(
          {
            code: message.code,
            messageId: message.messageId,
            token: Buffer.from(message.token, "hex"),
            confirmable: message.type === "CON",
            ack: message.type === "ACK",
            reset: message.type === "RST",
            options: message.options.map(({ number, value }) => ({ name: String(number), value: Buffer.from(value) })),
            payload: Buffer.from(message.payload),
          },
          100_000,
        );
        expect(toHex(encodeMessage(message))).toBe(toHex(bytes));
        expect(decodeMessage(bytes)).toEqual({ ok: true, value: message });
      }),
      { numRuns: 500 },
    );
  });

  it("accepts nothing that coap-packet rejects", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        if (decodeMessage(bytes).ok) expect(witnessAccepts(bytes)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(MALFORMED)("$kind, $bytes: coap-packet $witness", ({ bytes, witness }) => {
    expect(witnessAccepts(fromHex(bytes)) ? "accepts" : "throws").toBe(witness);
  });
});
