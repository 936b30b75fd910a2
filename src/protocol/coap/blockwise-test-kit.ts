/**
 * For tests of transfers in blocks: two endpoints on a link that may lose, in virtual time. Used by tests only.
 */
import { address } from "../address.ts";
import { type Instant, NEVER } from "../time.ts";
import { readBlock } from "./block.ts";
import { type BlockwiseEndpointOptions, createBlockwiseEndpoint } from "./blockwise-endpoint.ts";
import type { CoapEndpoint } from "./endpoint.ts";
import { BLOCK1, BLOCK2, CONTENT_FORMAT, stringOption, URI_PATH, uintOption } from "./options.ts";
import { at, brief, keyedRandom, NO_JITTER, PEER, read } from "./test-kit.ts";
import type { CoapContent, CoapEffect, CoapMessage, Code, OutgoingId } from "./types.ts";

export const CLIENT = address("192.0.2.9:5683");
export const create = (options: Partial<BlockwiseEndpointOptions> = {}): CoapEndpoint =>
  createBlockwiseEndpoint({ params: NO_JITTER, random: keyedRandom(1), ...options });

export const body = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 7) & 255);
export const request = (code: Code, length = 0): CoapContent => ({
  code,
  options: [stringOption(URI_PATH, "3"), ...(length === 0 ? [] : [uintOption(CONTENT_FORMAT, 0)])],
  payload: body(length),
});
export const response = (code: Code, length = 0): CoapContent => ({ code, options: [], payload: body(length) });

/** `CON 0.03 1:0/1/1024 1024`: type, code, Block1, Block2, bytes. */
function inShort(bytes: Uint8Array): string {
  const message = read(bytes);
  const blocks = ([BLOCK1, BLOCK2] as const).flatMap((number) => {
    const found = readBlock(message, number);
    if (found.kind !== "block") return [];
    const { num, more, szx } = found.block;
    return [`${number === BLOCK1 ? 1 : 2}:${num}/${more ? 1 : 0}/${2 ** (szx + 4)}`];
  });
  const { length } = message.payload;
  return [message.type, message.code, ...blocks, ...(length === 0 ? [] : [length])].join(" ");
}

/** What the serving application does with the requests that it is shown. */
type Serve = (message: CoapMessage, count: number) => CoapContent | "slow" | "ignore";

/** A client and a server, and everything that they send. */
export class Link {
  readonly client: CoapEndpoint;
  readonly served: CoapMessage[] = [];
  readonly ends: CoapEffect[] = [];
  readonly log: string[] = [];
  readonly messages: CoapMessage[] = [];
  server: CoapEndpoint;
  now: Instant = at(0);
  private readonly serve: Serve;
  private readonly lost: (count: number) => boolean;

  constructor(serve: Serve, options: Partial<BlockwiseEndpointOptions> = {}, lost = (_: number) => false) {
    this.client = create({ rules: options.rules });
    this.server = create({ random: keyedRandom(2), ...options });
    this.serve = serve;
    this.lost = lost;
  }

  ask(content: CoapContent): OutgoingId {
    const { id, effects } = this.client.request(PEER, content, this.now);
    this.perform("client", effects);
    return id;
  }

  /** Until nobody waits for anything. */
  finish(): this {
    for (;;) {
      const next = Math.min(this.client.deadline, this.server.deadline) as Instant;
      if (next === NEVER) return this;
      this.now = next;
      this.perform("client", this.client.tick(next));
      this.perform("server", this.server.tick(next));
    }
  }

  perform(side: "client" | "server", effects: readonly CoapEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === "send") this.carry(side, effect.bytes);
      else if (effect.kind === "request") this.onRequest(effect);
      else this.ends.push(effect);
    }
  }

  private carry(side: "client" | "server", bytes: Uint8Array): void {
    const count = this.messages.push(read(bytes));
    this.log.push(inShort(bytes));
    if (this.lost(count)) return;
    if (side === "client") this.perform("server", this.server.receive(CLIENT, bytes, this.now));
    else this.perform("client", this.client.receive(PEER, bytes, this.now));
  }

  private onRequest({ id, message }: Extract<CoapEffect, { kind: "request" }>): void {
    this.served.push(message);
    const answer = this.serve(message, this.served.length);
    if (answer === "ignore") this.server.ignore(id);
    else if (answer === "slow") {
      this.perform("server", this.server.acknowledge(id, this.now));
      this.perform("server", this.server.respond(id, response("2.04"), this.now));
    } else this.perform("server", this.server.respond(id, answer, this.now));
  }
}

export const done = (link: Link): string[] =>
  link.ends.map((end) =>
    end.kind === "response" ? `${end.message.code} ${end.message.payload.length}` : (brief([end])[0] ?? ""),
  );
