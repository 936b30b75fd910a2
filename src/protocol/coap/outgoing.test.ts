import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address } from "../address.ts";
import { NEVER, seconds, toSeconds } from "../time.ts";
import { OutgoingExchanges } from "./outgoing.ts";
import { COAP_DEFAULTS, maxTransmitSpan, maxTransmitWait } from "./params.ts";
import { Peers } from "./peers.ts";
import { COAP_RULES } from "./rules.ts";
import {
  afterRequest,
  answer,
  at,
  brief,
  content,
  emptyOf,
  GET,
  keyedRandom,
  newEndpoint,
  only,
  PEER,
  read,
  runUntil,
  STRANGER,
  sent,
  separate,
  wire,
} from "./test-kit.ts";
import type { CoapEffect } from "./types.ts";

describe("a request without any answer", () => {
  it("is sent at 0, 2, 6, 14 and 30 s without jitter and fails at 62 s (RFC 7252 §4.2)", () => {
    const { endpoint, request } = afterRequest();
    const again = [`CON 0.01 ${request.messageId} ${request.token}`];
    expect(runUntil(endpoint, at(1_000))).toEqual([
      { at: 2, effects: again },
      { at: 6, effects: again },
      { at: 14, effects: again },
      { at: 30, effects: again },
      { at: 62, effects: ["failed no-acknowledgement"] },
    ]);
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("is sent 5 times with the same bytes, with gaps that double from a first of 2 to 3 s, and fails after 62 to 93 s", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { endpoint } = afterRequest({ params: COAP_DEFAULTS, random: keyedRandom(seed) });
        const times = runUntil(endpoint, at(1_000)).map((step) => step.at);
        const first = times[0] ?? 0;
        expect(first >= 2 && first <= 3).toBe(true);
        for (const [index, time] of times.entries()) expect(time).toBeCloseTo(first * (2 ** (index + 1) - 1), 5);
        expect(times).toHaveLength(5);
        expect(times[3]).toBeLessThanOrEqual(toSeconds(maxTransmitSpan(COAP_DEFAULTS)));
        expect(times[4]).toBeGreaterThanOrEqual(62);
        expect(times[4]).toBeLessThanOrEqual(toSeconds(maxTransmitWait(COAP_DEFAULTS)));
      }),
    );
  });

  it("is sent once and fails after 2 s when MAX_RETRANSMIT is 0", () => {
    const { endpoint } = afterRequest({ params: { ...COAP_DEFAULTS, ackRandomFactor: 1, maxRetransmit: 0 } });
    expect(runUntil(endpoint, at(1_000))).toEqual([{ at: 2, effects: ["failed no-acknowledgement"] }]);
  });

  it("counts each gap from the retransmission itself when a tick comes late", () => {
    const { endpoint } = afterRequest();
    expect(endpoint.tick(at(1.999_999))).toEqual([]);
    expect(sent(endpoint.tick(at(100)))).toHaveLength(1);
    expect(endpoint.deadline).toBe(at(104));
  });
});

describe("two requests", () => {
  it("have message ids that follow each other and different tokens of 4 bytes", () => {
    const { endpoint, request } = afterRequest();
    endpoint.receive(PEER, answer(request), at(1));
    const second = only(endpoint.request(PEER, GET, at(2)).effects, "send");
    expect(read(second.bytes).messageId).toBe((request.messageId + 1) % 65_536);
    expect(read(second.bytes).token).not.toBe(request.token);
    expect(request.token).toHaveLength(8);
  });

  it("to one peer follow each other, those to two peers do not wait (NSTART 1, RFC 7252 §4.7)", () => {
    const { endpoint, request } = afterRequest();
    expect(endpoint.request(PEER, content("0.02"), at(0)).effects).toEqual([]);
    expect(endpoint.request(PEER, content("0.03"), at(0)).effects).toEqual([]);
    expect(sent(endpoint.request(STRANGER, GET, at(0)).effects)).toHaveLength(1);
    const afterAnswer = endpoint.receive(PEER, answer(request), at(1));
    expect(brief(afterAnswer).map((line) => line.slice(0, 13))).toEqual([
      "response 2.05",
      expect.stringMatching("CON 0.02"),
    ]);
  });

  it("follow each other also after a failure: the second is sent at 62 s", () => {
    const { endpoint } = afterRequest();
    endpoint.request(PEER, content("0.02"), at(0));
    const step = runUntil(endpoint, at(62)).at(-1);
    expect(step?.at).toBe(62);
    expect(step?.effects).toEqual(["failed no-acknowledgement", expect.stringMatching("CON 0.02")]);
  });

  it("do not follow each other at an empty ACK: the exchange is still open", () => {
    const { endpoint, request } = afterRequest();
    endpoint.request(PEER, content("0.02"), at(0));
    expect(endpoint.receive(PEER, emptyOf("ACK", request), at(1))).toEqual([]);
    expect(brief(endpoint.receive(PEER, separate(request), at(2)))).toEqual([
      "ACK 0.00 30583",
      "response 2.05",
      expect.stringMatching("CON 0.02"),
    ]);
  });
});

describe("a piggybacked response", () => {
  it("ends the request and its retransmissions; a copy of it does nothing", () => {
    const { endpoint, id, request } = afterRequest();
    const response = only(endpoint.receive(PEER, answer(request), at(1)), "response");
    expect(response).toMatchObject({ id, from: PEER, message: { code: "2.05", type: "ACK" } });
    expect(endpoint.deadline).toBe(NEVER);
    expect(endpoint.receive(PEER, answer(request), at(1))).toEqual([]);
  });

  it("is ignored with another token, another message id or from another peer (RFC 7252 §5.3.2)", () => {
    const { endpoint, request } = afterRequest();
    const otherId = (request.messageId + 1) % 65_536;
    expect(endpoint.receive(PEER, answer(request, { token: "00112233" }), at(1))).toEqual([]);
    expect(endpoint.receive(PEER, answer(request, { token: "" }), at(1))).toEqual([]);
    expect(endpoint.receive(PEER, answer(request, { messageId: otherId }), at(1))).toEqual([]);
    expect(endpoint.receive(STRANGER, answer(request), at(1))).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
    expect(brief(endpoint.receive(PEER, answer(request), at(1)))).toEqual(["response 2.05"]);
  });

  it("is ignored when its code is a method: an ACK cannot carry a request", () => {
    const { endpoint, request } = afterRequest();
    expect(endpoint.receive(PEER, answer(request, { code: "0.02" }), at(1))).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
  });

  it("counts after the empty ACK as well", () => {
    const { endpoint, request } = afterRequest();
    endpoint.receive(PEER, emptyOf("ACK", request), at(1));
    expect(brief(endpoint.receive(PEER, answer(request), at(1)))).toEqual(["response 2.05"]);
  });
});

describe("an empty ACK", () => {
  it("stops the retransmissions; without a response the request fails 120 s later", () => {
    const { endpoint, request } = afterRequest();
    expect(endpoint.receive(PEER, emptyOf("ACK", request), at(1))).toEqual([]);
    expect(runUntil(endpoint, at(1_000))).toEqual([{ at: 121, effects: ["failed no-response"] }]);
  });

  it("does not begin the 120 s anew when it comes twice", () => {
    const { endpoint, request } = afterRequest();
    endpoint.receive(PEER, emptyOf("ACK", request), at(1));
    endpoint.receive(PEER, emptyOf("ACK", request), at(50));
    expect(endpoint.deadline).toBe(at(121));
  });

  it("without a match is ignored", () => {
    const { endpoint } = afterRequest();
    expect(newEndpoint().receive(PEER, wire({ type: "ACK", code: "0.00" }), at(1))).toEqual([]);
    expect(endpoint.receive(STRANGER, wire({ type: "ACK", code: "0.00" }), at(1))).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
  });
});

describe("a separate response", () => {
  it("is acknowledged and ends the request, after the ACK, before it and without it (RFC 7252 §5.2.2)", () => {
    for (const early of [true, false]) {
      const { endpoint, request } = afterRequest();
      if (!early) endpoint.receive(PEER, emptyOf("ACK", request), at(1));
      expect(brief(endpoint.receive(PEER, separate(request), at(1)))).toEqual(["ACK 0.00 30583", "response 2.05"]);
      expect(endpoint.receive(PEER, emptyOf("ACK", request), at(1.5))).toEqual([]);
      expect(endpoint.deadline).toBe(NEVER);
    }
  });

  it("gets the same ACK for each copy within 247 s, and RST later, when nothing is known of it any more", () => {
    const { endpoint, request } = afterRequest();
    endpoint.receive(PEER, separate(request), at(1));
    expect(brief(endpoint.receive(PEER, separate(request), at(2)))).toEqual(["ACK 0.00 30583"]);
    const lifetime = toSeconds(maxTransmitSpan(COAP_DEFAULTS)) * (2 / 3) + 202;
    expect(brief(endpoint.receive(PEER, separate(request), at(lifetime + 0.999)))).toEqual(["ACK 0.00 30583"]);
    expect(brief(endpoint.receive(PEER, separate(request), at(lifetime + 1)))).toEqual(["RST 0.00 30583"]);
  });

  it("that is Non-confirmable ends the request without ACK, also before the ACK", () => {
    const { endpoint, request } = afterRequest();
    expect(brief(endpoint.receive(PEER, separate(request, { type: "NON" }), at(1)))).toEqual(["response 2.05"]);
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("with another token or from another peer gets RST when Confirmable, else nothing (RFC 7252 §5.3.2)", () => {
    const { endpoint, request } = afterRequest();
    expect(brief(endpoint.receive(PEER, separate(request, { token: "00" }), at(1)))).toEqual(["RST 0.00 30583"]);
    expect(brief(endpoint.receive(STRANGER, separate(request), at(1)))).toEqual(["RST 0.00 30583"]);
    expect(endpoint.receive(STRANGER, separate(request, { type: "NON" }), at(1))).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
  });
});

describe("an RST", () => {
  it("fails the request, before and after its ACK", () => {
    for (const acknowledged of [false, true]) {
      const { endpoint, request } = afterRequest();
      if (acknowledged) endpoint.receive(PEER, emptyOf("ACK", request), at(1));
      expect(brief(endpoint.receive(PEER, emptyOf("RST", request), at(1)))).toEqual(["failed reset"]);
      expect(endpoint.deadline).toBe(NEVER);
    }
  });

  it("from another peer or with another message id is ignored", () => {
    const { endpoint, request } = afterRequest();
    expect(endpoint.receive(STRANGER, emptyOf("RST", request), at(1))).toEqual([]);
    expect(
      endpoint.receive(PEER, wire({ type: "RST", code: "0.00", messageId: request.messageId ^ 1 }), at(1)),
    ).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
  });
});

describe("cancel", () => {
  it("ends the retransmissions and starts the next request; a late Confirmable response gets RST", () => {
    const { endpoint, id, request } = afterRequest();
    endpoint.request(PEER, content("0.02"), at(0));
    expect(brief(endpoint.cancel(id, at(1)))).toEqual([expect.stringMatching("CON 0.02")]);
    expect(endpoint.deadline).toBe(at(3));
    expect(brief(endpoint.receive(PEER, separate(request), at(2)))).toEqual(["RST 0.00 30583"]);
    expect(endpoint.receive(PEER, answer(request), at(2))).toEqual([]);
  });

  it("takes a request out of the queue before it was ever sent", () => {
    const { endpoint, request } = afterRequest();
    const queued = endpoint.request(PEER, content("0.02"), at(0));
    endpoint.request(PEER, content("0.03"), at(0));
    expect(endpoint.cancel(queued.id, at(0))).toEqual([]);
    expect(sent(endpoint.receive(PEER, answer(request), at(1))).map((message) => message.code)).toEqual(["0.03"]);
  });

  it("does nothing for a request that has ended, nor for the same one twice", () => {
    const { endpoint, id, request } = afterRequest();
    endpoint.receive(PEER, answer(request), at(1));
    expect(endpoint.cancel(id, at(1))).toEqual([]);
    expect(endpoint.cancel(id, at(1))).toEqual([]);
  });
});

describe("unreachable", () => {
  it("fails what is on its way to that address, acknowledged or not, and starts what is queued", () => {
    const { endpoint, request } = afterRequest();
    endpoint.request(PEER, content("0.02"), at(0));
    endpoint.receive(PEER, emptyOf("ACK", request), at(0));
    expect(brief(endpoint.unreachable(PEER, at(1)))).toEqual(["failed unreachable", expect.stringMatching("CON 0.02")]);
    expect(brief(endpoint.unreachable(PEER, at(1)))).toEqual(["failed unreachable"]);
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("of an unknown or another address does nothing", () => {
    const { endpoint } = afterRequest();
    expect(endpoint.unreachable(STRANGER, at(1))).toEqual([]);
    expect(endpoint.deadline).toBe(at(2));
  });
});

describe("many requests", () => {
  it("have the deadline of the earliest: 1,000 peers, one of them asked earlier", () => {
    const endpoint = newEndpoint();
    for (let port = 1; port <= 1_000; port++) {
      endpoint.request(address(`192.0.2.9:${port}`), GET, at(port === 500 ? 0.5 : 1));
    }
    expect(endpoint.deadline).toBe(at(2.5));
    expect(sent(endpoint.tick(at(2.5)))).toHaveLength(1);
    expect(endpoint.deadline).toBe(at(3));
    expect(sent(endpoint.tick(at(3)))).toHaveLength(999);
  });

  it("beyond 65,535 within 247 s wait until their message id is free, and then go on (RFC 7252 §4.4)", () => {
    const endpoint = newEndpoint();
    let request = read(only(endpoint.request(PEER, GET, at(0)).effects, "send").bytes);
    const first = request.messageId;
    for (let count = 1; count < 65_535; count++) {
      endpoint.receive(PEER, answer(request), at(0));
      request = read(only(endpoint.request(PEER, GET, at(0)).effects, "send").bytes);
    }
    endpoint.receive(PEER, answer(request), at(0));
    expect(endpoint.request(PEER, GET, at(1)).effects).toEqual([]);
    // EXCHANGE_LIFETIME without jitter: 30 + 2·100 + 2 s
    expect(endpoint.deadline).toBe(at(232));
    expect(endpoint.receive(PEER, separate(request, { token: "00000000" }), at(2))).toHaveLength(1);
    expect(endpoint.unreachable(PEER, at(2))).toEqual([]);
    expect(sent(endpoint.tick(at(232)))[0]?.messageId).toBe(first);
  });

  it("leave nothing behind that wakes the endpoint", () => {
    const { endpoint, request } = afterRequest();
    endpoint.receive(PEER, answer(request), at(1));
    expect(endpoint.tick(at(10_000))).toEqual([]);
    expect(endpoint.deadline).toBe(NEVER);
  });

  it("ask for the random numbers of a peer once, and again when the peer was forgotten meanwhile", () => {
    const keys: string[] = [];
    const random = (key: string) => {
      keys.push(key);
      return keyedRandom(1)(key);
    };
    const { endpoint, id } = afterRequest({ random });
    endpoint.cancel(id, at(0));
    endpoint.cancel(endpoint.request(PEER, GET, at(200)).id, at(200));
    expect(keys).toEqual([`coap/${PEER}`]);
    endpoint.tick(at(1_000));
    endpoint.request(PEER, GET, at(1_000));
    expect(keys).toEqual([`coap/${PEER}`, `coap/${PEER}`]);
  });

  it("after a long silence take neither message id nor token of an earlier one", () => {
    const { endpoint, request } = afterRequest();
    endpoint.receive(PEER, answer(request), at(1));
    endpoint.tick(at(100_000));
    const later = read(only(endpoint.request(PEER, GET, at(200_000)).effects, "send").bytes);
    expect(later.messageId).not.toBe(request.messageId);
    expect(later.token).not.toBe(request.token);
  });
});

describe("OutgoingExchanges", () => {
  it("forget a request that has ended, and keep its peer for 247 s after the last datagram", () => {
    const peers = new Peers(keyedRandom(1), seconds(247));
    const outgoing = new OutgoingExchanges({ ...COAP_DEFAULTS, ackRandomFactor: 1 }, COAP_RULES, peers);
    const effects: CoapEffect[] = [];
    const id = outgoing.request(PEER, GET, at(0), effects);
    for (const time of [2, 6, 14, 30]) outgoing.tick(at(time), effects);
    expect([outgoing.size, effects.length]).toEqual([1, 5]);
    outgoing.cancel(id, at(40), effects);
    expect(outgoing.size).toBe(0);
    peers.sweep(at(247));
    expect(peers.size).toBe(1);
    peers.sweep(at(494));
    expect(peers.size).toBe(0);
  });
});
