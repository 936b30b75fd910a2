/**
 * For benchmarks of the reference server without sockets: the engine in virtual time, a store in memory, and devices that
 * answer every request at once with 2.04, or are silent. Nothing is decoded that a benchmark does not need.
 */
import { createRandomSource } from "../src/platform/random.ts";
import { type Address, address } from "../src/protocol/address.ts";
import { decodeMessage, encodeMessage } from "../src/protocol/coap/message.ts";
import type { CoapMessage } from "../src/protocol/coap/types.ts";
import { registerContent } from "../src/protocol/lwm2m/registration-requests.ts";
import { coapParams, completeProfile, EMPTY_PROFILE } from "../src/protocol/profile.ts";
import type { RestResponse, ServerEffect, ServerInput } from "../src/protocol/server-port.ts";
import { after, type Instant, type Micros, SIMULATION_START } from "../src/protocol/time.ts";
import { createMemoryStore, type Store, withStore } from "../src/reference-server/memory-store.ts";
import { createReferenceServer, type ReferenceServerOptions } from "../src/reference-server/server.ts";

export const TYPE = "sensor";
export const OBJECTS = [
  { path: "/1/0", attributes: new Map<string, string>() },
  { path: "/3/0", attributes: new Map<string, string>() },
];

export interface Engine {
  /** Whether devices answer; at first they do. */
  devicesAnswer: boolean;
  /** @throws Error when the status is no 2xx */
  rest(method: string, path: string, body?: unknown, query?: Readonly<Record<string, string>>): RestResponse;
  /** Provisions and registers `d0`, `d1`, …, each at an address of its own. */
  addDevices(count: number): void;
  /** Lets time pass, with all deadlines in it. */
  advance(span: Micros): void;
}

export const serverOptions = (name: string): ReferenceServerOptions => {
  const profile = completeProfile(EMPTY_PROFILE);
  return { profile, coap: coapParams(profile), random: createRandomSource(name) };
};

/** A server that has started, with one device type. @param start its time at first */
export function startEngine(store: Store = createMemoryStore(), start: Instant = SIMULATION_START): Engine {
  const server = withStore(createReferenceServer(serverOptions("engine")), store);
  let now = start;
  let answered: RestResponse | undefined;
  let ticket = 0;
  const waiting: { readonly from: Address; readonly bytes: Uint8Array }[] = [];

  const take = (effects: readonly ServerEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "answer") answered = effect.response;
      if (effect.kind !== "send" || !engine.devicesAnswer) continue;
      const bytes = answerTo(effect.bytes);
      if (bytes !== undefined) waiting.push({ from: effect.to, bytes });
    }
  };
  const handle = (input: ServerInput): void => {
    take(server.handle(input, now));
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      take(server.handle({ kind: "datagram", ...next }, now));
    }
  };

  const engine: Engine = {
    devicesAnswer: true,
    rest(method, path, body, query = {}) {
      handle({ kind: "rest", ticket: ++ticket, request: { method, path: path.split("/"), query, body } });
      if (answered === undefined || answered.status >= 300) throw new Error(`${method} ${path}: ${answered?.status}`);
      return answered;
    },
    addDevices(count) {
      for (let index = 0; index < count; index++) {
        engine.rest("POST", "devices", { did: `d${index}`, dtid: TYPE });
        handle({ kind: "datagram", from: addressOf(index), bytes: registerBytes(index) });
      }
    },
    advance(span) {
      const end = after(now, span);
      while (server.deadline <= end) {
        now = server.deadline;
        handle({ kind: "time" });
      }
      now = end;
    },
  };
  handle({ kind: "start" });
  engine.rest("POST", "devicetypes", { dtid: TYPE, name: "Sensor" });
  return engine;
}

/** `10.0.0.0:5683` and what follows it. */
const addressOf = (index: number): Address => address(`10.${index >> 16}.${(index >> 8) & 0xff}.${index & 0xff}:5683`);

const registerBytes = (index: number): Uint8Array => {
  const content = registerContent({ endpoint: `d${index}`, lifetime: 86_400, objects: OBJECTS });
  return encodeMessage({ type: "CON", messageId: index & 0xffff, token: "01", ...content });
};

/** What a device answers: 2.04 to a Confirmable request, else nothing. */
export function answerTo(bytes: Uint8Array): Uint8Array | undefined {
  const message = decodeMessage(bytes);
  if (!message.ok || message.value.type !== "CON" || !/^0\.0[1-4]$/.test(message.value.code)) return undefined;
  const { messageId, token } = message.value;
  const answer: CoapMessage = { type: "ACK", code: "2.04", messageId, token, options: [], payload: NO_PAYLOAD };
  return encodeMessage(answer);
}

const NO_PAYLOAD = new Uint8Array(0);
