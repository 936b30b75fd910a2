import { describe, expect, it } from "vitest";
import { NEVER } from "../time.ts";
import { COAP_DEFAULTS } from "./params.ts";
import { at, brief, content, newEndpoint, only, PEER, runUntil, STRANGER, sent, wire } from "./test-kit.ts";

const CONTENT = content("2.05");
const ANSWER = "ACK 2.05 7 aa";

/** An endpoint to which a request came at 0 s, and its id. */
function afterRequest(options: Parameters<typeof newEndpoint>[0] = {}, fields: Parameters<typeof wire>[0] = {}) {
  const endpoint = newEndpoint(options);
  const { id } = only(endpoint.receive(PEER, wire(fields), at(0)), "request");
  return { endpoint, id };
}

describe("a Confirmable request", () => {
  it("is shown with its sender and message, and answered with ACK, its message id and token (RFC 7252 §5.2.1)", () => {
    const endpoint = newEndpoint();
    const request = only(endpoint.receive(PEER, wire(), at(0)), "request");
    expect(request).toMatchObject({ from: PEER, message: { type: "CON", code: "0.01", token: "aa", messageId: 7 } });
    const effects = endpoint.respond(request.id, CONTENT, at(1));
    expect(only(effects, "send").to).toBe(PEER);
    expect(brief(effects)).toEqual([ANSWER]);
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("is the same as an earlier one only from the same peer with the same message id", () => {
    const { endpoint } = afterRequest();
    expect(brief(endpoint.receive(STRANGER, wire(), at(0)))).toEqual(["request 0.01"]);
    expect(brief(endpoint.receive(PEER, wire({ messageId: 8 }), at(0)))).toEqual(["request 0.01"]);
    expect(brief(endpoint.receive(PEER, wire(), at(0)))).toEqual([]);
  });

  it("gets the same answer for each copy within 247 s and is a new request after that (RFC 7252 §4.5)", () => {
    const { endpoint, id } = afterRequest({ params: COAP_DEFAULTS });
    const first = only(endpoint.respond(id, CONTENT, at(1)), "send");
    const again = only(endpoint.receive(PEER, wire(), at(246.999_999)), "send");
    expect(again.bytes).toEqual(first.bytes);
    expect(brief(endpoint.receive(PEER, wire(), at(247)))).toEqual(["request 0.01"]);
  });

  it("gets nothing for its copies after ignore, and RST again after reset", () => {
    const ignored = afterRequest();
    ignored.endpoint.ignore(ignored.id);
    expect(ignored.endpoint.receive(PEER, wire(), at(1))).toEqual([]);
    const reset = afterRequest();
    expect(brief(reset.endpoint.reset(reset.id, at(0)))).toEqual(["RST 0.00 7"]);
    expect(brief(reset.endpoint.receive(PEER, wire(), at(1)))).toEqual(["RST 0.00 7"]);
  });
});

describe("a request answered in a message of its own without an acknowledgement (RFC 7252 §5.2.2)", () => {
  it.each(["CON", "NON"] as const)("gets a %s response with its token, and nothing for its copies", (type) => {
    const { endpoint, id } = afterRequest();
    expect(endpoint.receive(PEER, wire(), at(1))).toEqual([]);
    expect(brief(endpoint.respond(id, CONTENT, at(2), type))).toEqual([
      expect.stringMatching(`^${type} 2.05 \\d+ aa$`),
    ]);
    expect(endpoint.receive(PEER, wire(), at(3))).toEqual([]);
    expect(endpoint.deadline === NEVER).toBe(type === "NON");
  });
});

describe("a request answered by a separate response", () => {
  function acknowledged() {
    const started = afterRequest();
    expect(brief(started.endpoint.acknowledge(started.id, at(1)))).toEqual(["ACK 0.00 7"]);
    return started;
  }

  it("gets an empty ACK for each copy, before and after the response", () => {
    const { endpoint, id } = acknowledged();
    expect(brief(endpoint.receive(PEER, wire(), at(2)))).toEqual(["ACK 0.00 7"]);
    endpoint.respond(id, CONTENT, at(3));
    expect(brief(endpoint.receive(PEER, wire(), at(4)))).toEqual(["ACK 0.00 7"]);
  });

  it("is acknowledged once", () => {
    const { endpoint, id } = acknowledged();
    expect(endpoint.acknowledge(id, at(1))).toEqual([]);
  });

  it("gets a Confirmable message with its token and a message id of ours, sent again like any other", () => {
    const { endpoint, id } = acknowledged();
    const [response] = sent(endpoint.respond(id, CONTENT, at(3)));
    expect(response).toMatchObject({ type: "CON", code: "2.05", token: "aa" });
    const again = [`CON 2.05 ${response?.messageId} aa`];
    expect(runUntil(endpoint, at(1_000))).toEqual([
      { at: 5, effects: again },
      { at: 9, effects: again },
      { at: 17, effects: again },
      { at: 33, effects: again },
      { at: 65, effects: [] },
    ]);
  });

  it("is done with when the ACK or the RST of the response comes, from that peer only", () => {
    for (const type of ["ACK", "RST"] as const) {
      const { endpoint, id } = acknowledged();
      const [response] = sent(endpoint.respond(id, CONTENT, at(3)));
      const end = wire({ type, code: "0.00", messageId: response?.messageId ?? 0 });
      expect(endpoint.receive(STRANGER, end, at(4))).toEqual([]);
      expect(endpoint.deadline).toBe(at(5));
      expect(endpoint.receive(PEER, end, at(4))).toEqual([]);
      expect(endpoint.deadline).toBe(NEVER);
    }
  });

  it("does not wait for a request of ours to the same peer, nor does that wait for it", () => {
    const { endpoint, id } = acknowledged();
    expect(sent(endpoint.request(PEER, content("0.01"), at(1)).effects)).toHaveLength(1);
    expect(sent(endpoint.respond(id, CONTENT, at(2)))).toHaveLength(1);
    const other = only(endpoint.receive(PEER, wire({ messageId: 8 }), at(2)), "request").id;
    endpoint.acknowledge(other, at(2));
    expect(sent(endpoint.respond(other, CONTENT, at(2)))).toHaveLength(1);
  });

  it("can be answered after 1,000 s, and the ACK of that answer is still recognised", () => {
    const { endpoint, id } = acknowledged();
    endpoint.tick(at(999));
    const [response] = sent(endpoint.respond(id, CONTENT, at(1_000)));
    endpoint.receive(PEER, wire({ type: "ACK", code: "0.00", messageId: response?.messageId ?? 0 }), at(1_001));
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("has a token of the peer, so a response with that token is none of ours and gets RST", () => {
    const { endpoint, id } = acknowledged();
    const [response] = sent(endpoint.respond(id, CONTENT, at(3)));
    expect(brief(endpoint.receive(PEER, wire({ code: "2.05", messageId: 9 }), at(4)))).toEqual(["RST 0.00 9"]);
    const messageId = response?.messageId ?? 0;
    expect(endpoint.receive(PEER, wire({ type: "ACK", code: "2.05", messageId }), at(4))).toEqual([]);
    expect(endpoint.deadline).toBe(at(5));
  });

  it("ends when the address is unreachable", () => {
    const { endpoint, id } = acknowledged();
    endpoint.respond(id, CONTENT, at(3));
    expect(endpoint.unreachable(PEER, at(4))).toEqual([]);
    expect(endpoint.deadline).toBe(NEVER);
  });
});

describe("a Non-confirmable request", () => {
  it("gets a Non-confirmable response with its token and a message id of ours, no empty ACK (RFC 7252 §5.2.3)", () => {
    const { endpoint, id } = afterRequest({}, { type: "NON" });
    expect(endpoint.acknowledge(id, at(0))).toEqual([]);
    expect(sent(endpoint.respond(id, CONTENT, at(1)))).toMatchObject([{ type: "NON", code: "2.05", token: "aa" }]);
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("is shown once; copies are ignored for 145 s, answered or not (RFC 7252 §4.5)", () => {
    const { endpoint, id } = afterRequest({ params: COAP_DEFAULTS }, { type: "NON" });
    expect(endpoint.receive(PEER, wire({ type: "NON" }), at(1))).toEqual([]);
    endpoint.respond(id, CONTENT, at(2));
    expect(endpoint.receive(PEER, wire({ type: "NON" }), at(144.999_999))).toEqual([]);
    expect(brief(endpoint.receive(PEER, wire({ type: "NON" }), at(145)))).toEqual(["request 0.01"]);
  });

  it("may be rejected with RST", () => {
    const { endpoint, id } = afterRequest({}, { type: "NON" });
    expect(brief(endpoint.reset(id, at(1)))).toEqual(["RST 0.00 7"]);
    expect(endpoint.receive(PEER, wire({ type: "NON" }), at(2))).toEqual([]);
  });
});

describe("a request that is not open", () => {
  it("cannot be answered, acknowledged, reset or ignored: that is a bug of ours", () => {
    const settle = [
      (one: ReturnType<typeof afterRequest>) => one.endpoint.respond(one.id, CONTENT, at(1)),
      (one: ReturnType<typeof afterRequest>) => one.endpoint.reset(one.id, at(1)),
      (one: ReturnType<typeof afterRequest>) => one.endpoint.ignore(one.id),
    ];
    for (const first of settle) {
      const one = afterRequest();
      first(one);
      for (const second of settle) expect(() => second(one)).toThrow("is not open");
      expect(() => one.endpoint.acknowledge(one.id, at(1))).toThrow("is not open");
    }
  });
});

describe("an endpoint that does not deduplicate", () => {
  it("shows every copy as a new request and answers each", () => {
    const { endpoint, id } = afterRequest({ deduplicate: false });
    const copy = only(endpoint.receive(PEER, wire(), at(1)), "request");
    expect(copy.id).not.toBe(id);
    expect(brief(endpoint.respond(id, CONTENT, at(1)))).toEqual([ANSWER]);
    expect(brief(endpoint.respond(copy.id, content("4.04"), at(1)))).toEqual(["ACK 4.04 7 aa"]);
    expect(brief(endpoint.receive(PEER, wire(), at(2)))).toEqual(["request 0.01"]);
  });
});

describe("replaced rules of a responder", () => {
  it("take effect: copies get nothing, or are processed again", () => {
    const silent = afterRequest({ rules: { duplicateRequest: () => "silence" } });
    silent.endpoint.respond(silent.id, CONTENT, at(1));
    expect(silent.endpoint.receive(PEER, wire(), at(2))).toEqual([]);
    const eager = afterRequest({ rules: { duplicateRequest: () => "process-again" } });
    eager.endpoint.respond(eager.id, CONTENT, at(1));
    expect(brief(eager.endpoint.receive(PEER, wire(), at(2)))).toEqual(["request 0.01"]);
  });
});
