/**
 * Requests of ours whose bodies, or the bodies of whose responses, do not fit into one message: to the application
 * each is one request with one response.
 *
 * The blocks are requests of the message layer, one after another. A transfer ends with the response to it all, or as a
 * failed exchange; it is never taken up again in the middle.
 *
 * Spec: RFC 7959 §2.3 to §2.7.
 */
import type { Address } from "../address.ts";
import type { Instant } from "../time.ts";
import { blockOption } from "./block.ts";
import type { BlockRules } from "./block-rules.ts";
import { afterBlock, type Fetching, type FetchingStep, requestOfNext, startFetching } from "./body-fetcher.ts";
import { afterAnswer, requestOfBlock, type Sending, startSending } from "./body-sender.ts";
import type { CoapEndpoint } from "./endpoint.ts";
import { BLOCK1, BLOCK2, sortOptions } from "./options.ts";
import type { CoapContent, CoapEffect, OutgoingId } from "./types.ts";

type ResponseEffect = Extract<CoapEffect, { readonly kind: "response" }>;
type FailedEffect = Extract<CoapEffect, { readonly kind: "failed" }>;

interface Transfer {
  /** Of its first request: what the application knows it by. */
  readonly id: OutgoingId;
  readonly to: Address;
  readonly sending: Sending;
  /** Absent until a first block of the response has come. */
  readonly fetching: Fetching | undefined;
  /** The response was of two bodies, and all of it was asked for once more. */
  readonly askedAnew: boolean;
}

/** The client's part of a blockwise endpoint: around the message layer, between it and the application. */
export class BlockwiseRequests {
  /** By the request that is open now. */
  private readonly open = new Map<OutgoingId, Transfer>();
  /** The open request of each transfer that is beyond its first. */
  private current: Map<OutgoingId, OutgoingId> | undefined;
  private readonly inner: CoapEndpoint;
  private readonly rules: BlockRules;

  constructor(inner: CoapEndpoint, rules: BlockRules) {
    this.inner = inner;
    this.rules = rules;
  }

  request(to: Address, content: CoapContent, now: Instant, token?: string) {
    // Who asks for a block by itself gets that block.
    if (content.options.some(({ number }) => number === BLOCK1 || number === BLOCK2)) {
      return this.inner.request(to, content, now, token);
    }
    const sending = startSending(content, this.rules.largestBlock(), this.rules);
    const begun = this.inner.request(to, this.firstOf(sending), now, token);
    this.open.set(begun.id, { id: begun.id, to, sending, fetching: undefined, askedAnew: false });
    return begun;
  }

  responded(effect: ResponseEffect, now: Instant, effects: CoapEffect[]): void {
    const transfer = this.end(effect.id);
    if (transfer === undefined) {
      effects.push(effect);
      return;
    }
    const { sending, fetching } = transfer;
    if (fetching !== undefined) {
      this.fetched(transfer, afterBlock(fetching, effect.message, this.rules), effect, now, effects);
      return;
    }
    const step = afterAnswer(sending, effect.message, this.rules);
    if (step.kind === "next") {
      const next = requestOfBlock(step.sending, this.rules);
      this.goOn({ ...transfer, sending: step.sending }, next, effect, now, effects);
    } else if (step.kind === "final") {
      const begun = startFetching(
        sending.content,
        effect.message,
        this.rules.largestBlock(),
        this.rules,
        transfer.askedAnew,
      );
      this.fetched(transfer, begun, effect, now, effects);
    } else effects.push({ kind: "failed", id: transfer.id, to: transfer.to, reason: step.kind });
  }

  failed(effect: FailedEffect, effects: CoapEffect[]): void {
    const transfer = this.end(effect.id);
    effects.push(transfer === undefined || transfer.id === effect.id ? effect : { ...effect, id: transfer.id });
  }

  cancel(id: OutgoingId, now: Instant): readonly CoapEffect[] {
    const current = this.current?.get(id) ?? id;
    this.end(current);
    return this.inner.cancel(current, now);
  }

  private fetched(
    transfer: Transfer,
    step: FetchingStep,
    effect: ResponseEffect,
    now: Instant,
    effects: CoapEffect[],
  ): void {
    const { id, to } = transfer;
    if (step.kind === "whole") effects.push({ kind: "response", id, from: effect.from, message: step.response });
    else if (step.kind === "next") {
      this.goOn({ ...transfer, fetching: step.fetching }, requestOfNext(step.fetching), effect, now, effects);
    } else if (step.kind === "anew") {
      const anew = { ...transfer, fetching: undefined, askedAnew: true };
      this.goOn(anew, this.firstOf(transfer.sending), effect, now, effects);
    } else effects.push({ kind: "failed", id, to, reason: step.kind });
  }

  /** The first request of a transfer; it may say how large the blocks of the response should be. §2.4 */
  private firstOf(sending: Sending): CoapContent {
    const content = requestOfBlock(sending, this.rules);
    if (!this.rules.negotiatesEarly(sending.content)) return content;
    const wanted = blockOption(BLOCK2, { num: 0, more: false, szx: this.rules.largestBlock() });
    return { ...content, options: sortOptions([...content.options, wanted]) };
  }

  private goOn(
    transfer: Transfer,
    content: CoapContent,
    { message }: ResponseEffect,
    now: Instant,
    effects: CoapEffect[],
  ): void {
    const token = this.rules.tokenOfBlock() === "kept" ? message.token : undefined;
    const next = this.inner.request(transfer.to, content, now, token);
    this.open.set(next.id, transfer);
    this.current ??= new Map();
    this.current.set(transfer.id, next.id);
    effects.push(...next.effects);
  }

  private end(id: OutgoingId): Transfer | undefined {
    const transfer = this.open.get(id);
    if (transfer === undefined) return undefined;
    this.open.delete(id);
    this.current?.delete(transfer.id);
    return transfer;
  }
}
