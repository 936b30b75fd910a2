import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NEVER } from "../time.ts";
import { unknownCriticalOptions } from "./options.ts";
import { at, brief, content, newEndpoint, only, PEER, read, runUntil, STRANGER, sent, wire } from "./test-kit.ts";

const fromHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const CONTENT = content("2.05");

/** An endpoint with one request on its way to PEER. */
function requesting() {
  const endpoint = newEndpoint();
  const [request] = sent(endpoint.request(PEER, content("0.01"), at(0)).effects);
  if (request === undefined) throw new Error("nothing was sent");
  return { endpoint, request };
}

describe("createCoapEndpoint", () => {
  it("makes an endpoint that waits for nothing and does nothing by itself", () => {
    const endpoint = newEndpoint();
    expect(endpoint.deadline).toBe(NEVER);
    expect(endpoint.tick(at(1_000))).toEqual([]);
    expect(endpoint.unreachable(PEER, at(1_000))).toEqual([]);
  });

  it("never throws at what a peer sends, whatever it waits for", () => {
    const { endpoint, request } = requesting();
    let now = 0;
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .record({
          type: fc.constantFrom("CON" as const, "NON" as const, "ACK" as const),
          code: fc.constantFrom("0.01" as const, "1.00" as const, "2.05" as const, "3.00" as const, "7.01" as const),
          messageId: fc.constantFrom(7, request.messageId),
          token: fc.constantFrom("", request.token),
        })
        .map(wire),
    );
    fc.assert(
      fc.property(bytes, (datagram) => {
        now += 0.01;
        expect(Array.isArray(endpoint.receive(PEER, datagram, at(now)))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it("rejects a malformed Confirmable message with RST and its message id, anything else silently (RFC 7252 §4.2)", () => {
    const endpoint = newEndpoint();
    const replies = (hex: string): string[] => brief(endpoint.receive(PEER, fromHex(hex), at(0)));
    expect(replies("49011234")).toEqual(["RST 0.00 4660"]);
    expect(replies("40011234 ff")).toEqual(["RST 0.00 4660"]);
    expect(replies("41001234 aa")).toEqual(["RST 0.00 4660"]);
    for (const hex of ["", "400112", "80011234", "00011234", "59011234", "69451234", "70451234"]) {
      expect(replies(hex)).toEqual([]);
    }
  });

  it("rejects a Confirmable message with a reserved code class, 1, 6 or 7, and ignores it otherwise", () => {
    const endpoint = newEndpoint();
    for (const code of ["1.00", "6.31", "7.01"] as const) {
      expect(brief(endpoint.receive(PEER, wire({ code }), at(0)))).toEqual(["RST 0.00 7"]);
      expect(endpoint.receive(PEER, wire({ code, type: "NON" }), at(0))).toEqual([]);
      expect(endpoint.receive(PEER, wire({ code, type: "ACK" }), at(0))).toEqual([]);
    }
  });

  it("ignores an Empty Non-confirmable message", () => {
    expect(newEndpoint().receive(PEER, wire({ type: "NON", code: "0.00" }), at(0))).toEqual([]);
  });

  it("does not answer a ping when that rule is replaced", () => {
    const mute = newEndpoint({ rules: { ping: () => "silence" } });
    expect(mute.receive(PEER, wire({ code: "0.00" }), at(0))).toEqual([]);
    expect(brief(mute.receive(PEER, wire({ code: "7.01" }), at(0)))).toEqual(["RST 0.00 7"]);
  });

  it("plays both roles with one peer at once, with the same message id in both directions", () => {
    const { endpoint, request } = requesting();
    const { messageId } = request;
    const incoming = only(endpoint.receive(PEER, wire({ messageId }), at(1)), "request");
    expect(brief(endpoint.respond(incoming.id, CONTENT, at(1)))).toEqual([`ACK 2.05 ${messageId} aa`]);
    const answer = wire({ type: "ACK", code: "2.05", messageId, token: request.token });
    expect(brief(endpoint.receive(PEER, answer, at(1)))).toEqual(["response 2.05"]);
  });
});

describe("what other implementations get wrong", () => {
  it("1: a copy of a request after the response gets the same bytes, and the application sees one request", () => {
    const endpoint = newEndpoint();
    const { id } = only(endpoint.receive(PEER, wire(), at(0)), "request");
    const first = only(endpoint.respond(id, CONTENT, at(0)), "send");
    expect(endpoint.receive(PEER, wire(), at(1))).toEqual([first]);
  });

  it("2: three copies within 30 ms, while the handler is busy, are one request", () => {
    const endpoint = newEndpoint();
    const seen = [0, 0.015, 0.03].flatMap((now) => brief(endpoint.receive(PEER, wire(), at(now))));
    expect(seen).toEqual(["request 0.01"]);
  });

  it("3: a copy after the empty ACK and before the separate response gets the ACK; one response goes out", () => {
    const endpoint = newEndpoint();
    const { id } = only(endpoint.receive(PEER, wire(), at(0)), "request");
    endpoint.acknowledge(id, at(0));
    expect(brief(endpoint.receive(PEER, wire(), at(1)))).toEqual(["ACK 0.00 7"]);
    expect(sent(endpoint.respond(id, CONTENT, at(2)))).toHaveLength(1);
  });

  it("4: a ping gets exactly one RST and is no request", () => {
    expect(brief(newEndpoint().receive(PEER, wire({ code: "0.00" }), at(0)))).toEqual(["RST 0.00 7"]);
  });

  it("5: a stray RST is ignored", () => {
    expect(newEndpoint().receive(PEER, wire({ type: "RST", code: "0.00" }), at(0))).toEqual([]);
  });

  it("6: a response from another endpoint, with the right message id and token, is ignored", () => {
    const { endpoint, request } = requesting();
    const answer = wire({ type: "ACK", code: "2.05", messageId: request.messageId, token: request.token });
    expect(endpoint.receive(STRANGER, answer, at(1))).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
  });

  it.each(["ACK", "RST"] as const)("7, 8: an empty %s from another endpoint leaves the request alone", (type) => {
    const { endpoint, request } = requesting();
    expect(endpoint.receive(STRANGER, wire({ type, code: "0.00", messageId: request.messageId }), at(1))).toEqual([]);
    expect(runUntil(endpoint, at(100)).map((step) => step.at)).toEqual([2, 6, 14, 30, 62]);
  });

  it("9: a ping from another endpoint with the message id of our request gets RST; the request goes on", () => {
    const { endpoint, request } = requesting();
    const { messageId } = request;
    expect(brief(endpoint.receive(STRANGER, wire({ code: "0.00", messageId }), at(1)))).toEqual([
      `RST 0.00 ${messageId}`,
    ]);
    expect(brief(endpoint.receive(PEER, wire({ code: "0.00", messageId }), at(1)))).toEqual([`RST 0.00 ${messageId}`]);
    expect(endpoint.deadline).toBe(at(2));
  });

  it("10: a copy of a Confirmable separate response gets the same ACK, not RST", () => {
    const { endpoint, request } = requesting();
    const response = wire({ code: "2.05", token: request.token });
    expect(brief(endpoint.receive(PEER, response, at(1)))).toEqual(["ACK 0.00 7", "response 2.05"]);
    expect(brief(endpoint.receive(PEER, response, at(1)))).toEqual(["ACK 0.00 7"]);
  });

  it("11: an empty ACK and then silence ends as no-response after 120 s and leaves nothing behind", () => {
    const { endpoint, request } = requesting();
    endpoint.receive(PEER, wire({ type: "ACK", code: "0.00", messageId: request.messageId }), at(1));
    expect(runUntil(endpoint, at(86_400))).toEqual([{ at: 121, effects: ["failed no-response"] }]);
  });

  it("12: no answer at all ends once, at 62 s", () => {
    const { endpoint } = requesting();
    const failures = runUntil(endpoint, at(86_400)).filter((step) => step.effects[0]?.startsWith("failed"));
    expect(failures).toEqual([{ at: 62, effects: ["failed no-acknowledgement"] }]);
  });

  it("16: blocks of one transfer under a new token each are requests of their own, told apart by message id", () => {
    const endpoint = newEndpoint();
    const blocks = [1, 2, 3].map((block) => wire({ code: "0.03", messageId: block, token: `0${block}` }));
    for (const [index, block] of blocks.entries()) {
      const { id } = only(endpoint.receive(PEER, block, at(index)), "request");
      const answer = endpoint.respond(id, content("2.31"), at(index));
      expect(brief(answer)).toEqual([`ACK 2.31 ${index + 1} 0${index + 1}`]);
    }
  });

  it("18, 19: malformed messages, with token length 9 or a truncated option, get RST and are no requests", () => {
    const endpoint = newEndpoint();
    for (const hex of ["49010007 010203040506070809", "40010007 b36162"]) {
      expect(brief(endpoint.receive(PEER, fromHex(hex), at(0)))).toEqual(["RST 0.00 7"]);
    }
  });

  it("20: unknown critical option 9999 reaches the application, which can tell and answer 4.02", () => {
    const endpoint = newEndpoint();
    const options = [{ number: 9999, value: new Uint8Array(0) }];
    const request = only(endpoint.receive(PEER, wire({ options }), at(0)), "request");
    expect(unknownCriticalOptions(request.message)).toEqual([9999]);
    expect(brief(endpoint.respond(request.id, content("4.02"), at(0)))).toEqual(["ACK 4.02 7 aa"]);
  });

  it("many peers: 70,000 requests to as many peers use one message id per peer, so none waits", () => {
    const endpoint = newEndpoint();
    for (let index = 0; index < 70_000; index++) {
      const to = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}:5683` as typeof PEER;
      if (endpoint.request(to, content("0.01"), at(0)).effects.length !== 1) throw new Error(`request ${index} waits`);
    }
    expect(read(only(endpoint.request(PEER, content("0.01"), at(0)).effects, "send").bytes).code).toBe("0.01");
  });
});
