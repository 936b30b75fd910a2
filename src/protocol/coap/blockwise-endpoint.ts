/**
 * A CoAP endpoint whose application need not know of blocks: the message layer of `endpoint.ts`, and around it the
 * transfer of large bodies in both roles and both directions.
 *
 * What fits into a block, and comes without a Block option, passes through unchanged, datagram for datagram.
 *
 * Spec: RFC 7959.
 */
import type { Address } from "../address.ts";
import type { Instant } from "../time.ts";
import { LARGEST_SZX, szxOf } from "./block.ts";
import type { BlockRules } from "./block-rules.ts";
import { BlockwiseAnswers, type LooksAtBlock, type TakesBlock } from "./blockwise-answers.ts";
import { BlockwiseRequests } from "./blockwise-requests.ts";
import { type CoapEndpoint, type CoapEndpointOptions, createCoapEndpoint } from "./endpoint.ts";
import { exchangeLifetime } from "./params.ts";
import { COAP_RULES } from "./rules.ts";
import type { CoapContent, CoapEffect, IncomingId, OutgoingId } from "./types.ts";

/** What is said of blocks, beside what is said of the message layer. */
export interface BlockwiseEndpointOptions extends CoapEndpointOptions {
  /** As a server: bytes of the largest blocks that it sends and wants to get; a power of two, 16..1024; default 1024. */
  readonly blockSize?: number | undefined;
  /** Bytes of the largest body that it takes, in either role; default 262,144. */
  readonly largestBody?: number | undefined;
  /**
   * As a server: asked for each block of a request body before it is taken, copies of a message aside. The code that it
   * returns answers the block instead.
   */
  readonly takesBlock?: TakesBlock | undefined;
  /** As a server: is shown each block of a request body, and each later one of a response, before anything else is done. */
  readonly looksAtBlock?: LooksAtBlock | undefined;
}

/** Makes an endpoint that knows no peer yet. */
export const createBlockwiseEndpoint = (options: BlockwiseEndpointOptions): CoapEndpoint =>
  new BlockwiseEndpoint(options);

/** Shared where nothing is replaced: a fleet has an endpoint for each of its devices. */
function blockRules({ largestBody, rules }: BlockwiseEndpointOptions): BlockRules {
  if (largestBody === undefined && rules === undefined) return COAP_RULES;
  const body = largestBody === undefined ? {} : { largestBody: () => largestBody };
  return { ...COAP_RULES, ...body, ...rules };
}

class BlockwiseEndpoint implements CoapEndpoint {
  private readonly inner: CoapEndpoint;
  private readonly requests: BlockwiseRequests;
  private readonly answers: BlockwiseAnswers;

  constructor(options: BlockwiseEndpointOptions) {
    this.inner = createCoapEndpoint(options);
    const { largestBody } = options;
    this.requests = new BlockwiseRequests(this.inner, blockRules(options));
    const szx = options.blockSize === undefined ? LARGEST_SZX : szxOf(options.blockSize);
    const { takesBlock, looksAtBlock } = options;
    const lifetime = exchangeLifetime(options.params);
    this.answers = new BlockwiseAnswers(this.inner, lifetime, szx, takesBlock, looksAtBlock, largestBody);
  }

  get deadline(): Instant {
    return this.inner.deadline;
  }

  receive(from: Address, bytes: Uint8Array, now: Instant): readonly CoapEffect[] {
    this.answers.sweep(now);
    return this.translate(this.inner.receive(from, bytes, now), now);
  }

  tick(now: Instant): readonly CoapEffect[] {
    return this.translate(this.inner.tick(now), now);
  }

  request(to: Address, content: CoapContent, now: Instant, token?: string) {
    return this.requests.request(to, content, now, token);
  }

  respond(id: IncomingId, content: CoapContent, now: Instant, separately?: "CON" | "NON"): readonly CoapEffect[] {
    return this.answers.respond(id, content, now, separately);
  }

  acknowledge(id: IncomingId, now: Instant): readonly CoapEffect[] {
    return this.inner.acknowledge(id, now);
  }

  reset(id: IncomingId, now: Instant): readonly CoapEffect[] {
    this.answers.forget(id);
    return this.inner.reset(id, now);
  }

  ignore(id: IncomingId): void {
    this.answers.forget(id);
    this.inner.ignore(id);
  }

  cancel(id: OutgoingId, now: Instant): readonly CoapEffect[] {
    return this.requests.cancel(id, now);
  }

  unreachable(to: Address, now: Instant): readonly CoapEffect[] {
    return this.translate(this.inner.unreachable(to, now), now);
  }

  /** Datagrams pass; what the message layer reports is a block of something, or all of it. */
  private translate(effects: readonly CoapEffect[], now: Instant): readonly CoapEffect[] {
    if (effects.every(({ kind }) => kind === "send")) return effects;
    const translated: CoapEffect[] = [];
    for (const effect of effects) {
      if (effect.kind === "send") translated.push(effect);
      else if (effect.kind === "request") this.answers.requested(effect, now, translated);
      else if (effect.kind === "response") this.requests.responded(effect, now, translated);
      else this.requests.failed(effect, translated);
    }
    return translated;
  }
}
