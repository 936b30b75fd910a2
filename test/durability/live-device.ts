/** A device on a real UDP socket: registers, updates, and answers what it is asked as the test says. */
import { now } from "../../src/platform/clock.ts";
import { createRandomSource } from "../../src/platform/random.ts";
import { createAlarm } from "../../src/platform/timers.ts";
import { openUdp } from "../../src/platform/udp.ts";
import { type Address, address } from "../../src/protocol/address.ts";
import { createCoapEndpoint } from "../../src/protocol/coap/endpoint.ts";
import { COAP_DEFAULTS } from "../../src/protocol/coap/params.ts";
import type { CoapContent, CoapEffect, CoapMessage, Code, OutgoingId } from "../../src/protocol/coap/types.ts";
import { registrationLocation } from "../../src/protocol/lwm2m/registration.ts";
import { registerContent, updateContent } from "../../src/protocol/lwm2m/registration-requests.ts";
import { millis } from "../../src/protocol/time.ts";

/** What it does with a request: answers, or as if the request had not come. */
export type Answering = (request: CoapMessage) => CoapContent | "silent";

export interface LiveDevice {
  readonly did: string;
  /** Requests that it got, copies not counted. */
  readonly requests: readonly CoapMessage[];
  /** The code of the answer; `undefined`: there was none. */
  register(): Promise<Code | undefined>;
  update(): Promise<Code | undefined>;
  close(): Promise<void>;
}

/** Gives up after 0.9 s to 1.35 s: a server that was killed answers nobody. */
const PARAMS = { ...COAP_DEFAULTS, ackTimeout: millis(300), maxRetransmit: 1 };
const NOTHING = new Uint8Array(0);

export const changed: CoapContent = { code: "2.04", options: [], payload: NOTHING };

/** @param server where it is; a server that comes back is there again */
export async function openDevice(
  did: string,
  server: string,
  answering: Answering = () => changed,
): Promise<LiveDevice> {
  const peer: Address = address(server.replace("coap://", ""));
  const socket = await openUdp({ peer });
  const endpoint = createCoapEndpoint({ params: PARAMS, random: createRandomSource(did) });
  const requests: CoapMessage[] = [];
  const open = new Map<OutgoingId, (answer: CoapMessage | undefined) => void>();
  let location: readonly string[] = [];

  const perform = (effects: readonly CoapEffect[]): void => {
    for (const effect of effects) {
      if (effect.kind === "send") socket.send(peer, effect.bytes);
      else if (effect.kind === "request") serve(effect);
      else open.get(effect.id)?.(effect.kind === "response" ? effect.message : undefined);
    }
    alarm.set(endpoint.deadline);
  };
  const serve = ({ id, message }: Extract<CoapEffect, { kind: "request" }>): void => {
    requests.push(message);
    const answer = answering(message);
    if (answer === "silent") endpoint.ignore(id);
    else perform(endpoint.respond(id, answer, now()));
  };
  const alarm = createAlarm(() => perform(endpoint.tick(now())));
  socket.onMessage((_, bytes) => perform(endpoint.receive(peer, bytes, now())));

  // A killed server's port says so at once.
  socket.onError(() => perform(endpoint.unreachable(peer, now())));

  const ask = (content: CoapContent): Promise<CoapMessage | undefined> =>
    new Promise((resolve) => {
      const { id, effects } = endpoint.request(peer, content, now());
      open.set(id, (answer) => {
        open.delete(id);
        resolve(answer);
      });
      perform(effects);
    });

  return {
    did,
    requests,
    async register() {
      const objects = [{ path: "/3/0", attributes: new Map() }];
      const answer = await ask(
        registerContent({ endpoint: did, lifetime: 3_600, version: "1.0", binding: "U", objects }),
      );
      if (answer?.code === "2.01") location = registrationLocation(answer) ?? [];
      return answer?.code;
    },
    update: async () => (await ask(updateContent(location)))?.code,
    async close() {
      alarm.close();
      await socket.close();
    },
  };
}
