/**
 * For tests of the reference server: virtual time, a network that delivers at once, and scripted devices. Used by tests
 * only; the simulator's devices are not known here.
 */
import { type Address, address } from "../protocol/address.ts";
import { type CoapEndpoint, createCoapEndpoint } from "../protocol/coap/endpoint.ts";
import { decodeMessage } from "../protocol/coap/message.ts";
import { CONTENT_FORMAT, stringOptions, URI_PATH, uintOption } from "../protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../protocol/coap/params.ts";
import type { CoapContent, CoapEffect, CoapMessage, Code } from "../protocol/coap/types.ts";
import { registrationLocation } from "../protocol/lwm2m/registration.ts";
import { deregisterContent, registerContent, updateContent } from "../protocol/lwm2m/registration-requests.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import { completeProfile, type Profile } from "../protocol/profile.ts";
import type { RandomSource } from "../protocol/random.ts";
import type { RestResponse, ServerEffect, ServerInput, ServerPort } from "../protocol/server-port.ts";
import { after, type Instant, SIMULATION_START, seconds, toSeconds } from "../protocol/time.ts";
import { createMemoryStore, type Store, withStore } from "./memory-store.ts";
import { createReferenceServer, type ReferenceServerOptions } from "./server.ts";

/** How a scripted device answers: a response, or one of the ways not to. */
export type Script = CoapContent | "silent" | "acknowledge" | "reset";

export interface SentDatagram {
  /** Seconds from the start. */
  readonly at: number;
  readonly to: Address;
  readonly message: CoapMessage;
}

export interface TestDevice {
  readonly did: string;
  address: Address;
  /** Datagrams to a device that is offline are lost. */
  online: boolean;
  script: (request: CoapMessage) => Script;
  /** Requests that it got, copies not counted. */
  readonly requests: CoapMessage[];
  location: readonly string[];
  /** The code of the last answer to Register, Update or De-register. */
  answered: Code | undefined;
  register(fields?: Partial<Parameters<typeof registerContent>[0]>): Code | undefined;
  update(fields?: Parameters<typeof updateContent>[1]): Code | undefined;
  deregister(): Code | undefined;
  /** Sends any request. */
  request(content: CoapContent): Code | undefined;
}

export interface World {
  readonly store: Store;
  /** Everything that the server sent. */
  readonly sent: SentDatagram[];
  /** Seconds from the start. */
  readonly elapsed: number;
  rest(method: string, path: string, body?: unknown, query?: Record<string, string>, token?: string): RestResponse;
  device(did: string): TestDevice;
  /** Runs until this many seconds later, deadlines included. */
  advance(forSeconds: number): void;
  /** The server's process stands still for this many seconds, and looks at its clock only then. */
  suspend(forSeconds: number): void;
  /** Replaces the server by a new one with the same store. */
  restart(): void;
  input(input: ServerInput): readonly ServerEffect[];
}

export type WorldOptions = Partial<Omit<ReferenceServerOptions, "profile">> & { readonly profile?: Partial<Profile> };

/** No jitter: the datagrams of an attempt leave at 0, 2, 6, 14 and 30 s, and it fails at 62 s. */
const COAP = { ...COAP_DEFAULTS, ackRandomFactor: 1 };

export const keyedRandom =
  (seed: string): RandomSource =>
  (key) => {
    let state = 1;
    for (const letter of `${seed}/${key}`) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x0100_0193);
    return () => {
      state = (state + 0x6d2b_79f5) | 0;
      const mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      return (mixed ^ (mixed >>> 13)) >>> 0;
    };
  };

/** Object 3, instance 0. */
const OBJECTS = [
  { path: "/1/0", attributes: new Map() },
  { path: "/3/0", attributes: new Map() },
];

export function createWorld(options: WorldOptions = {}): World {
  let now = SIMULATION_START as Instant;
  const store = createMemoryStore();
  const devices: (TestDevice & { readonly endpoint: CoapEndpoint; take(effects: readonly CoapEffect[]): void })[] = [];
  const sent: SentDatagram[] = [];
  let answers = new Map<number, RestResponse>();
  let ticket = 0;
  const queue: (() => void)[] = [];
  const elapsed = (): number => toSeconds((now - SIMULATION_START) as never);

  let server = newServer(options, store);

  const input = (event: ServerInput): readonly ServerEffect[] => {
    const effects = server.handle(event, now);
    for (const effect of effects) {
      if (effect.kind === "answer") answers.set(effect.ticket, effect.response);
      if (effect.kind === "send") deliver(effect.to, effect.bytes);
    }
    return effects;
  };

  const deliver = (to: Address, bytes: Uint8Array): void => {
    const message = decodeMessage(bytes);
    if (!message.ok) throw new Error("the server sent what is no CoAP message");
    sent.push({ at: elapsed(), to, message: message.value });
    const device = devices.find((candidate) => candidate.address === to && candidate.online);
    if (device !== undefined) queue.push(() => device.take(device.endpoint.receive(SERVER, bytes, now)));
  };

  const drain = (): void => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) next();
  };

  input({ kind: "start" });

  return {
    store,
    sent,
    get elapsed() {
      return elapsed();
    },
    rest(method, path, body, query = {}, token) {
      ticket += 1;
      const request = { method, path: path.split("/"), query, body, token };
      input({ kind: "rest", ticket, request });
      drain();
      const response = answers.get(ticket);
      if (response === undefined) throw new Error("no answer");
      return response;
    },
    device(did) {
      const device = newDevice(
        did,
        devices.length,
        () => now,
        (from, bytes) => {
          queue.push(() => void input({ kind: "datagram", from, bytes }));
        },
        drain,
      );
      devices.push(device);
      return device;
    },
    advance(forSeconds) {
      const end = after(now, seconds(forSeconds));
      for (;;) {
        const due = [server, ...devices.map(({ endpoint }) => endpoint)].map(({ deadline }) => deadline);
        const next = Math.min(...due) as Instant;
        if (next > end) break;
        now = next > now ? next : now;
        if (server.deadline <= now) input({ kind: "time" });
        for (const device of devices) if (device.endpoint.deadline <= now) device.take(device.endpoint.tick(now));
        drain();
      }
      now = end;
    },
    suspend(forSeconds) {
      now = after(now, seconds(forSeconds));
      this.input({ kind: "time" });
    },
    restart() {
      server = newServer(options, store);
      answers = new Map();
      this.input({ kind: "start" });
    },
    input(event) {
      const effects = input(event);
      drain();
      return effects;
    },
  };
}

const newServer = (options: WorldOptions, store: Store): ServerPort =>
  withStore(
    createReferenceServer({
      coap: COAP,
      random: keyedRandom("server"),
      ...options,
      profile: completeProfile({ name: "test", reaction: 5, ...options.profile }),
    }),
    store,
  );

const SERVER = address("198.51.100.1:5683");

function newDevice(
  did: string,
  index: number,
  now: () => Instant,
  send: (from: Address, bytes: Uint8Array) => void,
  drain: () => void,
) {
  const endpoint = createCoapEndpoint({ params: COAP, random: keyedRandom(`device/${did}`) });
  const device = {
    did,
    endpoint,
    address: address(`192.0.2.${index + 1}:5683`),
    online: true,
    script: (_request: CoapMessage): Script => changed(),
    requests: [] as CoapMessage[],
    location: [] as readonly string[],
    answered: undefined as Code | undefined,
    take(effects: readonly CoapEffect[]): void {
      for (const effect of effects) {
        if (effect.kind === "send") send(device.address, effect.bytes);
        else if (effect.kind === "request") device.serve(effect);
        else if (effect.kind === "response") device.accept(effect.message);
      }
    },
    serve({ id, message }: Extract<CoapEffect, { kind: "request" }>): void {
      device.requests.push(message);
      const script = device.script(message);
      if (script === "silent") endpoint.ignore(id);
      else if (script === "acknowledge") device.take(endpoint.acknowledge(id, now()));
      else if (script === "reset") device.take(endpoint.reset(id, now()));
      else device.take(endpoint.respond(id, script, now()));
    },
    accept(message: CoapMessage): void {
      device.answered = message.code;
      if (message.code === "2.01") device.location = registrationLocation(message) ?? [];
    },
    request(content: CoapContent): Code | undefined {
      device.answered = undefined;
      device.take(endpoint.request(SERVER, content, now()).effects);
      drain();
      return device.answered;
    },
    register: (fields: Partial<Parameters<typeof registerContent>[0]> = {}): Code | undefined =>
      device.request(registerContent({ endpoint: did, objects: OBJECTS, ...fields })),
    update: (fields: Parameters<typeof updateContent>[1] = {}): Code | undefined =>
      device.request(updateContent(device.location, fields)),
    deregister: (): Code | undefined => device.request(deregisterContent(device.location)),
  };
  return device;
}

const NONE = new Uint8Array(0);
export const changed = (): CoapContent => ({ code: "2.04", options: [], payload: NONE });
export const refused = (code: Code, diagnostic = ""): CoapContent => ({
  code,
  options: [],
  payload: encodeUtf8(diagnostic),
});
export const content = (payload: Uint8Array | string, format?: number): CoapContent => ({
  code: "2.05",
  options: format === undefined ? [] : [uintOption(CONTENT_FORMAT, format)],
  payload: typeof payload === "string" ? encodeUtf8(payload) : payload,
});

/** `3/0/15` */
export const pathOf = (message: CoapMessage): string => stringOptions(message, URI_PATH).join("/");
