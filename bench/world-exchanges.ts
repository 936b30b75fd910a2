/**
 * CoAP exchanges in virtual time: one server endpoint and 1,000 device endpoints, each with a Confirmable POST every
 * 30 s, over links with 20–80 ms latency and 10 % loss. Once with our codec, once with `coap-packet` in its place.
 */
import { register } from "node:module";
import { createRandomSource } from "../src/platform/random.ts";
import { type Address, address } from "../src/protocol/address.ts";
import type { CoapEndpoint } from "../src/protocol/coap/endpoint.ts";
import { CONTENT_FORMAT, stringOption, URI_PATH, uintOption } from "../src/protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../src/protocol/coap/params.ts";
import type { CoapContent, CoapEffect } from "../src/protocol/coap/types.ts";
import { after, type Instant, millis, SIMULATION_START, seconds } from "../src/protocol/time.ts";
import { holds, keyedHash } from "../src/simulator/keyed-hash.ts";
import { createWakeups, createWorld } from "../src/simulator/world.ts";
import {
  figures,
  type Measurement,
  measureInTurns,
  median,
  number,
  printTable,
  spread,
  wallSeconds,
} from "./measure.ts";

const DEVICES = 1_000;
const INTERVAL = seconds(30);
const SPAN = seconds(3_000);
const ROUNDS = 5;
const SERVER = 0;
const SERVER_ADDRESS = address("192.0.2.1:5683");

export async function benchWorldExchanges(): Promise<void> {
  const parts = ["own", "coap-packet"].map((codec) => ["world", codec]);
  const [own = [], packet = []] = await measureInTurns(parts, ROUNDS);
  const baseline = median(figures(packet, "rate"));
  const row = (name: string, found: readonly Measurement[]): readonly string[] => [
    name,
    spread(figures(found, "rate")),
    number(1_000_000 / median(figures(found, "rate")), 1),
    number(median(figures(found, "rate")) / baseline, 2),
  ];
  printTable(
    "world-exchanges: CoAP exchanges per second of wall time in the virtual world",
    ["codec", "exchanges/s (min–max)", "µs per exchange", "ratio"],
    [row("our endpoint, our codec", own), row("our endpoint, `coap-packet`", packet)],
  );
  console.log(
    `\n${DEVICES} devices, ${number(median(figures(own, "exchanges")))} exchanges of ` +
      `${number(median(figures(own, "datagrams")) / median(figures(own, "exchanges")), 2)} datagrams, medians of ${ROUNDS}.`,
  );
}

/** @param codec `own` or `coap-packet` */
export async function runWorld(codec: string): Promise<Measurement> {
  if (codec === "coap-packet") register("./codec-hook.js", import.meta.url);
  const { createCoapEndpoint } = await import("../src/protocol/coap/endpoint.ts");
  const random = createRandomSource("world-exchanges");
  const endpoint = (name: string): CoapEndpoint =>
    createCoapEndpoint({ params: COAP_DEFAULTS, random: (key) => random(`${name}/${key}`) });
  const workload = new Workload(endpoint);
  const elapsed = wallSeconds(() => workload.run());
  const { exchanges, datagrams } = workload;
  return { rate: exchanges / elapsed, exchanges, datagrams };
}

type Event =
  | { readonly kind: "wake" | "post"; readonly actor: number }
  | { readonly kind: "arrive"; readonly actor: number; readonly from: Address; readonly bytes: Uint8Array };

const REQUEST: CoapContent = {
  code: "0.02",
  options: [stringOption(URI_PATH, "sensors"), stringOption(URI_PATH, "temperature"), uintOption(CONTENT_FORMAT, 0)],
  payload: new TextEncoder().encode("21.5 degrees"),
};
const ANSWER: CoapContent = { code: "2.04", options: [], payload: new Uint8Array(0) };

class Workload {
  exchanges = 0;
  datagrams = 0;
  private readonly world = createWorld<Event>({ start: SIMULATION_START, maxEvents: 1e9, maxTime: END });
  private readonly wakeups = createWakeups<Event>(this.world, 1 + DEVICES, (actor) => ({ kind: "wake", actor }));
  private readonly endpoints: readonly CoapEndpoint[];
  private readonly addresses: readonly Address[];
  private readonly actors = new Map<Address, number>();

  constructor(endpoint: (name: string) => CoapEndpoint) {
    const indices = Array.from({ length: 1 + DEVICES }, (_, actor) => actor);
    this.endpoints = indices.map((actor) => endpoint(String(actor)));
    this.addresses = indices.map((actor) =>
      actor === SERVER ? SERVER_ADDRESS : address(`10.0.${actor >> 8}.${actor & 255}:5683`),
    );
    for (const [actor, own] of this.addresses.entries()) {
      this.actors.set(own, actor);
      if (actor !== SERVER) this.post(actor, after(SIMULATION_START, millis((INTERVAL / 1_000 / DEVICES) * actor)));
    }
  }

  run(): void {
    this.world.run(END, (event, now) => this.perform(event, now));
  }

  private post(actor: number, at: Instant): void {
    if (at <= LAST_POST) this.world.schedule(at, { kind: "post", actor });
  }

  private perform(event: Event, now: Instant): void {
    const { actor } = event;
    const endpoint = this.endpoints[actor] as CoapEndpoint;
    if (event.kind === "arrive") this.obey(actor, endpoint, endpoint.receive(event.from, event.bytes, now), now);
    else if (event.kind === "post") {
      this.post(actor, after(now, INTERVAL));
      this.obey(actor, endpoint, endpoint.request(SERVER_ADDRESS, REQUEST, now).effects, now);
    } else if (this.wakeups.fire(actor)) this.obey(actor, endpoint, endpoint.tick(now), now);
    this.wakeups.want(actor, endpoint.deadline);
  }

  private obey(actor: number, endpoint: CoapEndpoint, effects: readonly CoapEffect[], now: Instant): void {
    for (const effect of effects) {
      if (effect.kind === "send") this.send(actor, effect.to, effect.bytes, now);
      else if (effect.kind === "request") this.obey(actor, endpoint, endpoint.respond(effect.id, ANSWER, now), now);
      else this.exchanges++;
    }
  }

  private send(actor: number, to: Address, bytes: Uint8Array, now: Instant): void {
    const fate = keyedHash(1, actor, 0, 0, this.datagrams++);
    if (holds(fate, 100)) return;
    const delay = millis(20 + (keyedHash(2, actor, 0, 0, this.datagrams) % 61));
    const receiver = this.actors.get(to);
    const from = this.addresses[actor];
    if (receiver === undefined || from === undefined) return;
    this.world.schedule(after(now, delay), { kind: "arrive", actor: receiver, from, bytes });
  }
}

const LAST_POST = after(SIMULATION_START, SPAN);
/** Time enough for the last exchange to end in one way or the other. */
const END = after(LAST_POST, seconds(100));
