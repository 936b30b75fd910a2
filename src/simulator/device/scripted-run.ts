/**
 * One virtual device against a scripted server in virtual time, for tests: what is done when, and a log to compare.
 *
 * The server side is a bare CoAP endpoint that answers as the script says; it is no LwM2M server.
 */

import { createRandomSource } from "../../platform/random.ts";
import { address } from "../../protocol/address.ts";
import { createBlockwiseEndpoint } from "../../protocol/coap/blockwise-endpoint.ts";
import { decodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { LOCATION_PATH, stringOption, stringOptions, URI_PATH, URI_QUERY } from "../../protocol/coap/options.ts";
import { COAP_DEFAULTS, type CoapParams } from "../../protocol/coap/params.ts";
import type { CoapContent, CoapEffect, CoapMessage, Code } from "../../protocol/coap/types.ts";
import { isRegister } from "../../protocol/lwm2m/registration.ts";
import type { RandomSource } from "../../protocol/random.ts";
import { after, type Instant, millis, SIMULATION_START } from "../../protocol/time.ts";
import { DeviceModel } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import { createNetwork } from "../network.ts";
import { createWakeups, createWorld } from "../world.ts";
import { createVirtualDevice } from "./device.ts";
import type { DeviceRules } from "./rules.ts";
import type { DeviceCommand, DeviceEffect, DeviceInput, FetchOutcome, VirtualDevice } from "./types.ts";

export interface Script {
  readonly model?: Partial<DeviceModel>;
  /** Of device 0, on its behaviour and on its link. */
  readonly faults?: readonly Fault[];
  readonly registersAt?: number;
  readonly seed?: string;
  readonly coap?: Partial<CoapParams>;
  readonly rules?: Partial<DeviceRules> | undefined;
  /** Milliseconds. */
  readonly until: number;
  /** The server's answer to the device's request number `count`, from 0; `undefined`: none at all. */
  readonly answer?: (message: CoapMessage, count: number) => CoapContent | undefined;
  /** What is done to the device, by milliseconds. */
  readonly commands?: readonly (readonly [at: number, command: DeviceCommand])[];
  /** How its downloads by HTTP end, by milliseconds and their numbers; absent: nothing is downloaded by HTTP. */
  readonly fetched?: readonly (readonly [at: number, number: number, outcome: FetchOutcome])[];
  /** What the server asks of the device. */
  readonly requests?: readonly (readonly [at: number, content: CoapContent])[];
}

export interface ScriptedRun {
  /**
   * A line per event: `<ms> <who> …`. `device` and `server` send; `answer` and `failed` are what came of the
   * server's requests; the rest are effects of the device.
   */
  readonly log: readonly string[];
  /** Every datagram that either side sent, in hex, in order. */
  readonly datagrams: readonly string[];
  /** The answers to the server's requests. */
  readonly answers: readonly CoapMessage[];
  readonly effects: readonly DeviceEffect[];
  readonly device: VirtualDevice;
}

type Event =
  | { readonly kind: "wake"; readonly actor: number }
  | { readonly kind: "input"; readonly input: DeviceInput }
  | { readonly kind: "request"; readonly content: CoapContent }
  | { readonly kind: "up" | "down"; readonly port: number; readonly bytes: Uint8Array };

const SERVER = address("192.0.2.1:5683");
const LATENCY = 10;
const DEVICE_ACTOR = 0;
const SERVER_ACTOR = 1;

export const response = (code: Code, location: readonly string[] = []): CoapContent => ({
  code,
  options: location.length === 0 ? NO_OPTIONS : location.map((segment) => stringOption(LOCATION_PATH, segment)),
  payload: NO_PAYLOAD,
});

/** Locations count the requests; all else is accepted. */
const acceptAll = (message: CoapMessage, count: number): CoapContent => {
  if (isRegister(message)) return response("2.01", ["rd", String(count)]);
  return response(message.code === "0.04" ? "2.02" : "2.04");
};

export function scriptedRun(script: Script): ScriptedRun {
  const { faults = [], seed = "seed", answer = acceptAll } = script;
  const coap = { ...COAP_DEFAULTS, ...script.coap };
  const random = createRandomSource(seed);
  const start = SIMULATION_START;
  const at = (milliseconds: number): Instant => after(start, millis(milliseconds));
  const world = createWorld<Event>({ start, maxEvents: 100_000, maxTime: at(script.until) });
  const wakeups = createWakeups<Event>(world, 2, (actor) => ({ kind: "wake", actor }));
  const network = createNetwork({ seed, latency: LATENCY, faults, start });
  const server = createBlockwiseEndpoint({ params: coap, random: (key) => random(`server/${key}`) });
  const device = scriptedDevice(script, random, coap);
  const log: string[] = [];
  const datagrams: string[] = [];
  const answers: CoapMessage[] = [];
  const effects: DeviceEffect[] = [];
  let port = 40_000;
  let requests = 0;
  const note = (line: string): number => log.push(`${Math.round((world.now - start) / 1_000)} ${line}`);
  const deviceAddress = () => address(`198.51.100.7:${port}`);

  function send(direction: "up" | "down", toPort: number, bytes: Uint8Array): void {
    note(`${direction === "up" ? "device" : "server"} ${describeBytes(bytes)}`);
    datagrams.push(Buffer.from(bytes).toString("hex"));
    for (const delay of network.fate(0, direction, world.now)) {
      world.schedule(after(world.now, delay), { kind: direction, port: toPort, bytes });
    }
  }

  function onDevice(happened: readonly DeviceEffect[]): void {
    for (const effect of happened) {
      effects.push(effect);
      if (effect.kind === "send") send("up", port, effect.bytes);
      else note(describeEffect(effect));
      if (effect.kind === "move") port += 1;
    }
    wakeups.want(DEVICE_ACTOR, device.deadline);
  }

  function onServer(happened: readonly CoapEffect[]): void {
    for (const effect of happened) {
      if (effect.kind === "send") send("down", Number(effect.to.split(":")[1]), effect.bytes);
      else if (effect.kind === "request") {
        const content = answer(effect.message, requests++);
        if (content === undefined) server.ignore(effect.id);
        else onServer(server.respond(effect.id, content, world.now));
      } else if (effect.kind === "response") {
        answers.push(effect.message);
        note(`answer ${effect.message.code}`);
      } else note(`failed ${effect.reason}`);
    }
    wakeups.want(SERVER_ACTOR, server.deadline);
  }

  function perform(event: Event, now: Instant): void {
    switch (event.kind) {
      case "wake":
        if (!wakeups.fire(event.actor)) return;
        if (event.actor === DEVICE_ACTOR) onDevice(device.handle({ kind: "time" }, now));
        else onServer(server.tick(now));
        break;
      case "input":
        onDevice(device.handle(event.input, now));
        break;
      case "request":
        onServer(server.request(deviceAddress(), event.content, now).effects);
        break;
      case "up":
        onServer(server.receive(address(`198.51.100.7:${event.port}`), event.bytes, now));
        break;
      case "down":
        if (event.port === port) onDevice(device.handle({ kind: "datagram", from: SERVER, bytes: event.bytes }, now));
    }
  }

  const give = (when: number, input: DeviceInput): void => world.schedule(at(when), { kind: "input", input });
  for (const [when, command] of script.commands ?? []) give(when, { kind: "command", command });
  for (const [when, number, outcome] of script.fetched ?? []) give(when, { kind: "fetched", number, outcome });
  for (const [when, content] of script.requests ?? []) world.schedule(at(when), { kind: "request", content });
  wakeups.want(DEVICE_ACTOR, device.deadline);
  const end = world.run(at(script.until), perform);
  if (end !== "done") throw new Error(`the run was ${end}`);
  return { log, datagrams, answers, effects, device };
}

function scriptedDevice(script: Script, random: RandomSource, coap: CoapParams): VirtualDevice {
  const { faults = [], registersAt, rules } = script;
  const model = DeviceModel.parse(script.model ?? {});
  const start = SIMULATION_START;
  return createVirtualDevice({
    name: "meter-7",
    index: 0,
    model,
    faults,
    server: SERVER,
    coap,
    random,
    start,
    registersAt,
    rules,
    fetches: script.fetched !== undefined,
  });
}

/** `CON 0.02 /rd?ep=…`, `ACK 2.05`, `RST 0.00`. */
function describeBytes(bytes: Uint8Array): string {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) return "malformed";
  const message = decoded.value;
  const path = stringOptions(message, URI_PATH).map((segment) => `/${segment}`);
  const query = stringOptions(message, URI_QUERY);
  const target = `${path.join("")}${query.length === 0 ? "" : `?${query.join("&")}`}`;
  return `${message.type} ${message.code}${target === "" ? "" : ` ${target}`}`;
}

function describeEffect(effect: Exclude<DeviceEffect, { readonly kind: "send" }>): string {
  if (effect.kind === "state") return effect.event;
  if (effect.kind === "skipped") return `skipped ${effect.command}`;
  if (effect.kind === "move") return "move";
  if (effect.kind === "fetch") return `fetch ${effect.number} ${effect.url}`;
  if (effect.kind === "download") return `download ${effect.url} ${effect.result}`;
  if (effect.kind === "firmware") return `${effect.event} ${effect.state}/${effect.result} ${effect.version}`;
  const { value } = effect;
  return `${effect.effect} ${effect.path}${value === undefined ? "" : ` ${JSON.stringify(value)}`}`;
}
