import { describe, expect, it } from "vitest";
import { address } from "../address.ts";
import { bodyKey } from "./body-key.ts";
import { BLOCK1, BLOCK2, CONTENT_FORMAT, SIZE1, SIZE2, stringOption, URI_PATH, uintOption } from "./options.ts";
import { read, wire } from "./test-kit.ts";
import type { CoapMessage, CoapOption } from "./types.ts";

const PEER = address("192.0.2.1:5683");
const put = (options: readonly CoapOption[], fields: Partial<CoapMessage> = {}): CoapMessage =>
  read(wire({ code: "0.03", options, ...fields }));
const PATH = [stringOption(URI_PATH, "3"), uintOption(CONTENT_FORMAT, 0)];

describe("bodyKey", () => {
  it("is the same for all blocks of a body, whatever their numbers, sizes, tokens and message ids", () => {
    const key = bodyKey(PEER, put(PATH));
    const blocks = [BLOCK2, BLOCK1, SIZE2, SIZE1].map((number) => uintOption(number, 1));
    expect(bodyKey(PEER, put([...PATH, ...blocks], { token: "bb", messageId: 9 }))).toBe(key);
    // Says of itself that it is no part of the key (RFC 7252 §5.4.6): 0x1c.
    expect(bodyKey(PEER, put([...PATH, { number: 0x1c + 0x40, value: Uint8Array.of(1) }]))).toBe(key);
  });

  it("is another one for another peer, method, path or format, and for another option of any kind (§5.6)", () => {
    const others = [
      bodyKey(address("192.0.2.2:5683"), put(PATH)),
      bodyKey(PEER, put(PATH, { code: "0.02" })),
      bodyKey(PEER, put([stringOption(URI_PATH, "4"), uintOption(CONTENT_FORMAT, 0)])),
      bodyKey(PEER, put([stringOption(URI_PATH, "3"), uintOption(CONTENT_FORMAT, 42)])),
      bodyKey(PEER, put([...PATH, { number: 292, value: Uint8Array.of(1) }])),
      bodyKey(PEER, put(PATH)),
    ];
    expect(new Set(others).size).toBe(others.length);
  });
});
