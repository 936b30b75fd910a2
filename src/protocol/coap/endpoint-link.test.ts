/** Two endpoints that ask each other over a link that loses, doubles, delays and reorders, in virtual time. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Address, address } from "../address.ts";
import { after, type Instant, NEVER, seconds } from "../time.ts";
import type { CoapEndpoint } from "./endpoint.ts";
import { hexFromBytes } from "./hex.ts";
import { NO_OPTIONS } from "./message.ts";
import { COAP_DEFAULTS } from "./params.ts";
import { at, keyedRandom, newEndpoint, read, secondsOf } from "./test-kit.ts";
import type { CoapEffect, IncomingId } from "./types.ts";

/** What the application does with a request; `wait` in seconds. */
type Manner =
  | { readonly kind: "answer" | "acknowledge-answer"; readonly wait: number }
  | { readonly kind: "acknowledge" | "ignore" | "reset" };

interface Ask {
  readonly by: 0 | 1;
  /** Seconds from the start. */
  readonly at: number;
  readonly manner: Manner;
}

/** Per copy of a datagram, in the order of sending: its delays in seconds, none when it is lost. */
type Fates = readonly (readonly number[])[];

interface Outcome {
  readonly ends: string[];
  /** How often the other application saw the request. */
  shown: number;
  /** Every datagram that carried it, as hex. */
  readonly datagrams: string[];
}

const ADDRESSES: readonly Address[] = [address("192.0.2.1:5683"), address("192.0.2.2:5683")];

class World {
  readonly outcomes: Outcome[];
  readonly log: string[] = [];
  readonly endpoints: readonly CoapEndpoint[];
  private readonly events: { readonly at: Instant; readonly run: () => void }[] = [];
  private now = at(0);
  private datagrams = 0;
  private readonly asks: readonly Ask[];
  private readonly fates: Fates;

  constructor(asks: readonly Ask[], fates: Fates, seed: number) {
    this.asks = asks;
    this.fates = fates;
    this.outcomes = asks.map(() => ({ ends: [], shown: 0, datagrams: [] }));
    this.endpoints = [seed, seed + 1].map((one) => newEndpoint({ params: COAP_DEFAULTS, random: keyedRandom(one) }));
    for (const [number, ask] of asks.entries()) this.later(ask.at, () => this.ask(ask.by, number));
    this.run();
  }

  private run(): void {
    for (let steps = 0; steps < 100_000; steps++) {
      this.events.sort((a, b) => a.at - b.at);
      const [left, right] = this.endpoints.map((endpoint) => endpoint.deadline) as [Instant, Instant];
      const event = this.events[0]?.at ?? NEVER;
      const next = Math.min(left, right, event) as Instant;
      if (next === NEVER) return;
      this.now = next;
      if (left === next) this.perform(0, this.endpoint(0).tick(next));
      else if (right === next) this.perform(1, this.endpoint(1).tick(next));
      else this.events.shift()?.run();
    }
    throw new Error("the run does not end");
  }

  endpoint = (side: number): CoapEndpoint => this.endpoints[side] as CoapEndpoint;

  private later(wait: number, run: () => void): void {
    this.events.push({ at: after(this.now, seconds(wait)), run });
  }

  private ask(side: 0 | 1, number: number): void {
    const content = { code: "0.02", options: NO_OPTIONS, payload: Uint8Array.from([number]) } as const;
    const { id, effects } = this.endpoint(side).request(ADDRESSES[1 - side] as Address, content, this.now);
    this.numbers.set(`${side} ${id}`, number);
    this.perform(side, effects);
  }
  private readonly numbers = new Map<string, number>();

  private perform(side: number, effects: readonly CoapEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "send") this.send(side, effect.bytes);
      else if (effect.kind === "request") this.serve(side, effect.id, effect.message.payload[0] as number);
      else {
        const number = this.numbers.get(`${side} ${effect.id}`) as number;
        const end = effect.kind === "failed" ? effect.reason : `answer ${effect.message.payload[0]}`;
        this.outcomes[number]?.ends.push(end);
      }
    }
  }

  private send(side: number, bytes: Uint8Array): void {
    const hex = hexFromBytes(bytes, 0, bytes.length);
    this.log.push(`${secondsOf(this.now)} ${side} ${hex}`);
    const message = read(bytes);
    if (message.code === "0.02") this.outcomes[message.payload[0] as number]?.datagrams.push(hex);
    const fate = this.fates[this.datagrams++ % this.fates.length] ?? [0];
    for (const delay of fate) {
      this.later(delay, () =>
        this.perform(1 - side, this.endpoint(1 - side).receive(ADDRESSES[side] as Address, bytes, this.now)),
      );
    }
  }

  private serve(side: number, id: IncomingId, number: number): void {
    const endpoint = this.endpoint(side);
    const manner = (this.asks[number] as Ask).manner;
    (this.outcomes[number] as Outcome).shown++;
    const answer = { code: "2.04", options: NO_OPTIONS, payload: Uint8Array.from([number]) } as const;
    if (manner.kind === "ignore") endpoint.ignore(id);
    else if (manner.kind === "reset") this.perform(side, endpoint.reset(id, this.now));
    else if (manner.kind !== "answer") this.perform(side, endpoint.acknowledge(id, this.now));
    if (manner.kind === "answer" || manner.kind === "acknowledge-answer") {
      this.later(manner.wait, () => this.perform(side, endpoint.respond(id, answer, this.now)));
    }
  }
}

const wait = fc.constantFrom(0, 0.01, 1, 5, 30, 100);
const manner: fc.Arbitrary<Manner> = fc.oneof(
  fc.record({ kind: fc.constantFrom("answer" as const, "acknowledge-answer" as const), wait }),
  fc.record({ kind: fc.constantFrom("acknowledge" as const, "ignore" as const, "reset" as const) }),
);
const side = fc.constantFrom(0 as const, 1 as const);
const ask: fc.Arbitrary<Ask> = fc.record({ by: side, at: fc.constantFrom(0, 0.5, 20, 300), manner });
const promptAsk: fc.Arbitrary<Ask> = fc.record({
  by: side,
  at: fc.constantFrom(0, 0.5, 20, 300),
  manner: fc.record({ kind: fc.constantFrom("answer" as const, "acknowledge-answer" as const), wait: fc.constant(1) }),
});
/** Below MAX_LATENCY, 100 s, for what lives longer no protocol can tell a copy. */
const delay = fc.oneof(fc.constantFrom(0, 0.05, 2, 99), fc.double({ min: 0, max: 20, noNaN: true }));
const fates: fc.Arbitrary<Fates> = fc.array(fc.array(delay, { maxLength: 3 }), { minLength: 1, maxLength: 40 });
const asks = fc.array(ask, { minLength: 1, maxLength: 12 });

const worlds = fc.tuple(asks, fates, fc.nat(1_000)).map(([list, fate, seed]) => new World(list, fate, seed));

describe("two endpoints on a link that loses, doubles, delays and reorders", () => {
  it("end every request exactly once, with its own answer or a reason, and then wait for nothing", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const [number, outcome] of world.outcomes.entries()) {
          expect(outcome.ends).toHaveLength(1);
          expect([`answer ${number}`, "no-acknowledgement", "no-response", "reset"]).toContain(outcome.ends[0]);
        }
        expect(world.endpoints.map((endpoint) => endpoint.deadline)).toEqual([NEVER, NEVER]);
      }),
      { numRuns: 300 },
    );
  });

  it("show every request to the application at most once, and once when it was answered (RFC 7252 §4.5)", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        for (const outcome of world.outcomes) {
          expect(outcome.shown).toBeLessThanOrEqual(1);
          if (outcome.ends[0]?.startsWith("answer") || outcome.ends[0] === "reset") expect(outcome.shown).toBe(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("send every request 1 to 5 times with the same bytes, no two requests alike (RFC 7252 §4.2)", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const seen = new Set<string>();
        for (const { datagrams } of world.outcomes) {
          expect(datagrams.length >= 1 && datagrams.length <= 5).toBe(true);
          expect(new Set(datagrams).size).toBe(1);
          const [identity] = datagrams.map((hex) => hex.slice(4, 16));
          expect(seen.has(identity as string)).toBe(false);
          seen.add(identity as string);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("answer everything with at most 2 copies on the way when nothing is lost and delays stay below 0.4 s", () => {
    const quick = fc.array(fc.array(fc.double({ min: 0, max: 0.4, noNaN: true }), { minLength: 1, maxLength: 2 }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(fc.array(promptAsk, { minLength: 1, maxLength: 12 }), quick, fc.nat(1_000), (list, fate, seed) => {
        const world = new World(list, fate, seed);
        expect(world.outcomes.map((outcome) => outcome.ends)).toEqual(list.map((_, number) => [`answer ${number}`]));
        for (const outcome of world.outcomes) expect(outcome.datagrams).toHaveLength(1);
      }),
    );
  });

  it("do exactly the same in a second run", () => {
    fc.assert(
      fc.property(asks, fates, fc.nat(1_000), (list, fate, seed) => {
        expect(new World(list, fate, seed).log).toEqual(new World(list, fate, seed).log);
      }),
      { numRuns: 50 },
    );
  });

  it("fail after 5 datagrams when everything is lost", () => {
    const world = new World([{ by: 0, at: 0, manner: { kind: "answer", wait: 0 } }], [[]], 1);
    expect(world.outcomes).toMatchObject([{ ends: ["no-acknowledgement"], shown: 0 }]);
    expect(world.log).toHaveLength(5);
  });
});
