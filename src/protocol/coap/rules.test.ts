import { describe, expect, it } from "vitest";
import { seconds } from "../time.ts";
import { COAP_DEFAULTS } from "./params.ts";
import { COAP_RULES } from "./rules.ts";

describe("COAP_RULES", () => {
  it("draw the first timeout from 2 s to 3 s, both ends included (RFC 7252 §4.2)", () => {
    expect(COAP_RULES.firstTimeout(COAP_DEFAULTS, 0)).toBe(seconds(2));
    expect(COAP_RULES.firstTimeout(COAP_DEFAULTS, 2 ** 31)).toBe(seconds(2.5));
    expect(COAP_RULES.firstTimeout(COAP_DEFAULTS, 2 ** 32 - 1)).toBe(seconds(3));
    expect(COAP_RULES.firstTimeout({ ...COAP_DEFAULTS, ackRandomFactor: 1 }, 2 ** 32 - 1)).toBe(seconds(2));
  });

  it("double the timeout and send 5 times (RFC 7252 §4.2)", () => {
    expect(COAP_RULES.nextTimeout(seconds(2.5))).toBe(seconds(5));
    expect(COAP_RULES.transmissions(COAP_DEFAULTS)).toBe(5);
    expect(COAP_RULES.transmissions({ ...COAP_DEFAULTS, maxRetransmit: 0 })).toBe(1);
  });
});
