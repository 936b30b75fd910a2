import { describe, expect, it } from "vitest";
import { COAP_CODES, codeClass, codeFromByte, codeToByte, isRequest, isResponse } from "./codes.ts";

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte);

describe("codeFromByte and codeToByte", () => {
  it("are inverse on all 256 bytes (RFC 7252 §3)", () => {
    for (const byte of ALL_BYTES) expect(codeToByte(codeFromByte(byte))).toBe(byte);
  });

  it("write class and two figures of detail: 0x45 is 2.05, 0x84 is 4.04, 0x8f is 4.15, 0xff is 7.31", () => {
    expect([0x00, 0x01, 0x45, 0x5f, 0x84, 0x8f, 0xff].map(codeFromByte)).toEqual([
      "0.00",
      "0.01",
      "2.05",
      "2.31",
      "4.04",
      "4.15",
      "7.31",
    ]);
  });

  it("refuse what is no code: 8.00, 2.32, 2.5, 2.050, -1, 256", () => {
    for (const text of ["8.00", "2.32", "2.5", "2.050", "a.00", "2.0a"] as const)
      expect(() => codeToByte(text as `${number}.${string}`)).toThrow("not a CoAP code");
    expect(() => codeFromByte(-1)).toThrow("not a byte");
    expect(() => codeFromByte(256)).toThrow("not a byte");
  });
});

describe("COAP_CODES", () => {
  it("has each code and each name once, in ascending order of byte", () => {
    const bytes = COAP_CODES.map((row) => codeToByte(row.code));
    expect(bytes).toEqual([...new Set(bytes)].sort((a, b) => a - b));
    expect(new Set(COAP_CODES.map((row) => row.name)).size).toBe(COAP_CODES.length);
  });

  it("has the kind that the class of the code says (RFC 7252 §12.1)", () => {
    const kinds = { 2: "success", 4: "client-error", 5: "server-error" } as Record<number, string>;
    for (const row of COAP_CODES.slice(1)) expect(row.kind).toBe(kinds[codeClass(row.code)] ?? "request");
    expect(COAP_CODES[0].kind).toBe("empty");
  });
});

describe("isRequest and isResponse", () => {
  it("divide the bytes as RFC 7252 §12.1 does: 1..31 requests, 64..191 responses, the rest neither", () => {
    for (const byte of ALL_BYTES) {
      const code = codeFromByte(byte);
      expect([byte, isRequest(code), isResponse(code)]).toEqual([
        byte,
        byte >= 1 && byte <= 31,
        byte >= 64 && byte <= 191,
      ]);
    }
  });
});
