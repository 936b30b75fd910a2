import { describe, expect, it } from "vitest";
import { between, seconds } from "../time.ts";
import { COAP_DEFAULTS } from "./params.ts";
import { COAP_RULES } from "./rules.ts";
import { afterRequest, answer, at, brief, emptyOf, GET, PEER, runUntil, STRANGER, sent, separate } from "./test-kit.ts";

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

describe("replaced rules of a requester", () => {
  it("take effect one by one", () => {
    const twice = afterRequest({ rules: { openRequests: () => 2 } });
    expect(sent(twice.endpoint.request(PEER, GET, at(0)).effects)).toHaveLength(1);

    const constant = afterRequest({ rules: { nextTimeout: (timeout) => timeout, transmissions: () => 7 } });
    expect(runUntil(constant.endpoint, at(100)).map((step) => step.at)).toEqual([2, 4, 6, 8, 10, 12, 14]);

    const quick = afterRequest({ rules: { firstTimeout: () => seconds(0.5) } });
    expect(between(at(0), quick.endpoint.deadline)).toBe(seconds(0.5));

    const renumbered = afterRequest({ rules: { retransmission: () => "new-message-id" } });
    const copy = sent(renumbered.endpoint.tick(at(2)))[0];
    expect(copy?.messageId).toBe((renumbered.request.messageId % 65_535) + 1);
    expect(copy?.token).toBe(renumbered.request.token);

    const stale = afterRequest({ rules: { messageIdIndex: () => 0, tokenIndex: () => 0 } });
    stale.endpoint.receive(PEER, answer(stale.request), at(1));
    expect(sent(stale.endpoint.request(PEER, GET, at(1)).effects)).toEqual([stale.request]);
  });

  it("take effect one by one when something arrives", () => {
    const gullible = afterRequest({ rules: { sourceMustMatch: () => false } });
    expect(brief(gullible.endpoint.receive(STRANGER, answer(gullible.request), at(1)))).toEqual(["response 2.05"]);

    const careless = afterRequest({ rules: { tokenMustMatch: () => false } });
    const wrong = answer(careless.request, { token: "00" });
    expect(brief(careless.endpoint.receive(PEER, wrong, at(1)))).toEqual(["response 2.05"]);

    const deaf = afterRequest({ rules: { emptyAck: () => "ignored", reset: () => "ignored" } });
    deaf.endpoint.receive(PEER, emptyOf("ACK", deaf.request), at(1));
    expect(deaf.endpoint.receive(PEER, emptyOf("RST", deaf.request), at(1))).toEqual([]);
    expect(deaf.endpoint.deadline).toBe(at(2));

    const late = afterRequest({ rules: { responseBeforeAck: () => "ignored" } });
    expect(brief(late.endpoint.receive(PEER, separate(late.request), at(1)))).toEqual(["ACK 0.00 30583"]);
    expect(late.endpoint.deadline).toBe(at(2));

    const rude = afterRequest({ rules: { matchedResponse: () => "silence", unmatchedResponse: () => "acknowledge" } });
    expect(brief(rude.endpoint.receive(PEER, separate(rude.request), at(1)))).toEqual(["response 2.05"]);
    expect(brief(rude.endpoint.receive(STRANGER, separate(rude.request), at(1)))).toEqual(["ACK 0.00 30583"]);
  });
});
