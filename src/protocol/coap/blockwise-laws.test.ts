/** Laws of transfers in blocks, for every body, size of blocks and loss. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NEVER } from "../time.ts";
import { createBlockwiseEndpoint } from "./blockwise-endpoint.ts";
import { body, create, done, Link, request, response } from "./blockwise-test-kit.ts";
import { createCoapEndpoint } from "./endpoint.ts";
import { BLOCK1, BLOCK2 } from "./options.ts";
import { at, keyedRandom, NO_JITTER, only, PEER, read, sent, wire } from "./test-kit.ts";
import type { CoapEffect, CoapMessage } from "./types.ts";

describe("what is small", () => {
  it("passes as if there were no blocks: the same effects as of the message layer, datagram for datagram", () => {
    const options = { params: NO_JITTER, random: keyedRandom(1) };
    const step = fc.oneof(
      fc.record({ kind: fc.constant("ask" as const), length: fc.nat(1_024) }),
      fc.record({
        kind: fc.constant("get" as const),
        type: fc.constantFrom("CON" as const, "NON" as const, "ACK" as const, "RST" as const),
        code: fc.constantFrom("0.01" as const, "0.03" as const, "2.05" as const, "4.08" as const, "4.13" as const),
        messageId: fc.nat(5),
        length: fc.nat(1_500),
      }),
      fc.record({ kind: fc.constant("answer" as const), length: fc.nat(1_024) }),
      fc.record({ kind: fc.constant("wait" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const [plain, blockwise] = [createCoapEndpoint(options), createBlockwiseEndpoint(options)].map((endpoint) => {
          const log: unknown[] = [];
          let last: CoapMessage | undefined;
          let now = 0;
          const note = (effects: readonly CoapEffect[]): void => {
            for (const effect of effects) {
              log.push(effect);
              if (effect.kind === "send") last = read(effect.bytes);
            }
          };
          const open: Extract<CoapEffect, { kind: "request" }>[] = [];
          for (const one of steps) {
            now += 1;
            if (one.kind === "ask") note(endpoint.request(PEER, request("0.03", one.length), at(now)).effects);
            else if (one.kind === "wait")
              note(endpoint.tick(endpoint.deadline === NEVER ? at(now) : endpoint.deadline));
            else if (one.kind === "answer") {
              const asked = open.shift();
              if (asked !== undefined) note(endpoint.respond(asked.id, response("2.05", one.length), at(now)));
            } else {
              const own = one.type === "ACK" || one.type === "RST";
              const empty = one.type === "RST" || (own && one.code.startsWith("0"));
              const messageId = own && last !== undefined ? last.messageId : one.messageId;
              const bytes = wire({
                type: one.type,
                code: empty ? "0.00" : one.code,
                messageId,
                token: empty ? "" : (last?.token ?? "aa"),
                payload: empty ? new Uint8Array(0) : body(one.length),
              });
              const effects = endpoint.receive(PEER, bytes, at(now));
              for (const effect of effects) if (effect.kind === "request") open.push(effect);
              note(effects);
            }
            log.push(endpoint.deadline);
          }
          return log;
        });
        expect(blockwise).toEqual(plain);
      }),
    );
  });
});

/** Compared as text, which is much faster. */
const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
const sizes = fc.constantFrom(16, 32, 64, 128, 256, 512, 1_024);

describe("for every body and size of blocks", () => {
  it("what is sent is what is served, once, and what is answered is what arrives", () => {
    fc.assert(
      fc.property(fc.nat(2_500), fc.nat(2_500), sizes, (up, down, blockSize) => {
        const link = new Link(() => response("2.05", down), { blockSize });
        link.ask(request("0.02", up));
        expect(link.served).toHaveLength(1);
        expect(hex(link.served[0]?.payload)).toBe(hex(body(up)));
        const end = only(link.ends, "response");
        expect(hex(end.message.payload)).toBe(hex(body(down)));
        expect(link.client.deadline).toBe(NEVER);
      }),
    );
  });

  it("a link that loses every datagram after any number of them shows the server all of the body, or nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_025, max: 3_000 }), sizes, fc.nat(40), (up, blockSize, carried) => {
        const link = new Link(
          () => response("2.04"),
          { blockSize },
          (count) => count > carried,
        );
        link.ask(request("0.03", up));
        link.finish();
        expect(link.served.length).toBeLessThanOrEqual(1);
        for (const { payload } of link.served) expect(hex(payload)).toBe(hex(body(up)));
        expect(link.ends).toHaveLength(1);
      }),
    );
  });

  it("a link that loses single datagrams delays a transfer and no more", () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), sizes, fc.integer({ min: 3, max: 9 }), (up, down, blockSize, every) => {
        const link = new Link(
          () => response("2.05", down),
          { blockSize },
          (count) => count % every === 0,
        );
        link.ask(request("0.02", up));
        link.finish();
        expect(done(link)).toEqual([`2.05 ${down}`]);
        expect(link.served.map(({ payload }) => hex(payload))).toEqual([hex(body(up))]);
      }),
    );
  });
});

describe("never", () => {
  it("throws at what a peer sends as blocks, in either role", () => {
    const value = fc.uint8Array({ maxLength: 4 });
    const options = fc
      .record({ one: fc.option(value), two: fc.option(value) })
      .map(({ one, two }) => [
        ...(two === null ? [] : [{ number: BLOCK2, value: two }]),
        ...(one === null ? [] : [{ number: BLOCK1, value: one }]),
      ]);
    const client = create();
    const [open] = sent(client.request(PEER, request("0.03", 5_000), at(0)).effects);
    let last = open;
    let now = 0;
    fc.assert(
      fc.property(
        options,
        fc.constantFrom(
          "0.01" as const,
          "0.03" as const,
          "2.31" as const,
          "2.05" as const,
          "4.08" as const,
          "4.13" as const,
        ),
        fc.nat(1_100),
        (list, code, length) => {
          now += 0.01;
          const own = !code.startsWith("0");
          const fields = own
            ? { type: "ACK" as const, messageId: last?.messageId ?? 0, token: last?.token ?? "" }
            : { messageId: Math.round(now * 100) };
          const effects = client.receive(
            PEER,
            wire({ code, options: list, payload: body(length), ...fields }),
            at(now),
          );
          for (const effect of effects) if (effect.kind === "request") client.ignore(effect.id);
          last = sent(effects).findLast(({ type }) => type === "CON") ?? last;
          if (effects.some(({ kind }) => kind === "response" || kind === "failed")) {
            last = sent(client.request(PEER, request("0.03", 5_000), at(now)).effects)[0];
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
