import { describe, expect, it } from "vitest";
import { between, seconds } from "../time.ts";
import { COAP_DEFAULTS } from "./params.ts";
import { COAP_RULES } from "./rules.ts";
import {
  afterRequest,
  answer,
  at,
  brief,
  content,
  emptyOf,
  GET,
  newEndpoint,
  only,
  PEER,
  runUntil,
  STRANGER,
  sent,
  separate,
  wire,
} from "./test-kit.ts";

describe("COAP_RULES", () => {
  it("draw the first timeout from 2 s to 3 s, both ends included (RFC 7252 §4.2)", () => {
    expect(COAP_RULES.firstTimeout(COAP_DEFAULTS, 0)).toBe(seconds(2));
    expect(COAP_RULES.firstTimeout(COAP_DEFAULTS, 2 ** 31)).toBe(seconds(2.5));
    expect(COAP_RULES.firstTimeout(COAP_DEFAULTS, 2 ** 32 - 1)).toBe(seconds(3));
    expect(COAP_RULES.firstTimeout({ ...COAP_DEFAULTS, ackRandomFactor: 1 }, 2 ** 32 - 1)).toBe(seconds(2));
  });

  it("double the timeout and send 5 times (RFC 7252 §4.2)", () => {
    expect(COAP_RULES.nextTimeout(seconds(2.5), 1, COAP_DEFAULTS)).toBe(seconds(5));
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

  it("give tokens of any length, 0 to 8 bytes, and the matching goes by them (RFC 7252 §5.3.1)", () => {
    for (const [tokenOf, length] of [
      [() => "", 0],
      [(unique: string) => unique.slice(0, 2), 2],
      [(unique: string) => unique + unique, 16],
    ] as const) {
      const { endpoint, request } = afterRequest({ rules: { tokenOf } });
      expect(request.token).toHaveLength(length);
      expect(request.code).toBe("0.01");
      expect(brief(endpoint.receive(PEER, answer(request), at(1)))).toEqual(["response 2.05"]);
    }
  });

  it("say how long a response is waited for, and the time before giving up, from the number of datagrams", () => {
    const hasty = afterRequest({ rules: { responseTimeout: () => seconds(7) } });
    hasty.endpoint.receive(PEER, emptyOf("ACK", hasty.request), at(1));
    expect(hasty.endpoint.deadline).toBe(at(8));

    const curt = afterRequest({
      rules: {
        nextTimeout: (timeout, transmissions, { maxRetransmit }) =>
          transmissions < maxRetransmit ? timeout : seconds(1),
      },
    });
    expect(runUntil(curt.endpoint, at(100)).map((step) => step.at)).toEqual([2, 4, 6, 8, 9]);
  });

  it("look at the request of which a copy came, and put another token into the answer", () => {
    const endpoint = newEndpoint({
      rules: {
        duplicateRequest: ({ code }) => (code === "0.02" ? "silence" : "process-again"),
        responseToken: (token, code) => (code === "4.04" ? "" : token),
      },
    });
    const reading = wire({ messageId: 1 });
    const posting = wire({ messageId: 2, code: "0.02" });
    const { id } = only(endpoint.receive(PEER, reading, at(0)), "request");
    expect(brief(endpoint.respond(id, content("4.04"), at(0)))).toEqual(["ACK 4.04 1"]);
    const again = only(endpoint.receive(PEER, reading, at(1)), "request");
    expect(brief(endpoint.respond(again.id, content("2.05"), at(1)))).toEqual(["ACK 2.05 1 aa"]);
    const post = only(endpoint.receive(PEER, posting, at(1)), "request");
    endpoint.respond(post.id, content("2.04"), at(1));
    expect(endpoint.receive(PEER, posting, at(2))).toEqual([]);
  });
});
