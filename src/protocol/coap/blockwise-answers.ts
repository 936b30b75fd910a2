/**
 * Requests of others whose bodies, or the bodies of whose responses, do not fit into one message: the application sees
 * one request with the whole body and no sign of blocks, and gives one response with the whole body.
 *
 * Blocks in between are answered here, so what an application does with a request it does once per body.
 *
 * Spec: RFC 7959 §2.2 to §2.7.
 */
import { type Address, splitAddress } from "../address.ts";
import type { Instant, Micros } from "../time.ts";
import { type Block, blockOption, blockSize, readBlock, withoutBlocks } from "./block.ts";
import { assemblyLimits, BodyAssembler } from "./body-assembler.ts";
import { bodyKey } from "./body-key.ts";
import type { CoapEndpoint } from "./endpoint.ts";
import { NO_OPTIONS, NO_PAYLOAD } from "./message.ts";
import { BLOCK1, BLOCK2, sortOptions, unknownCriticalOptions } from "./options.ts";
import { Representations } from "./representations.ts";
import type { CoapContent, CoapEffect, CoapMessage, Code, IncomingId } from "./types.ts";

type RequestEffect = Extract<CoapEffect, { readonly kind: "request" }>;

/**
 * What an application may do with one block of a body, before anything is done with it.
 *
 * - `pass`: nothing
 * - `handled`: it answers the request by itself, or not at all; `forgets`: and what came of the body is gone
 * - `smaller`: it takes the block, and wants those to come of this size exponent
 * - `anew`: its response is another one by now; what is kept of the former one does not count
 */
export type AtBlock =
  | { readonly kind: "pass" }
  | { readonly kind: "handled"; readonly forgets: boolean }
  | { readonly kind: "smaller"; readonly szx: number }
  | { readonly kind: "anew" };

/** @param of whose block it is: any of a request body, or one of a response but for the first */
export type LooksAtBlock = (
  id: IncomingId,
  message: CoapMessage,
  block: Block,
  of: "request" | "response",
  now: Instant,
) => AtBlock;

/** @returns the code that refuses the block; `undefined`: it is taken */
export type TakesBlock = (message: CoapMessage, block: Block, now: Instant) => Code | undefined;

/** A request that the application has not answered. */
interface Asked {
  readonly from: Address;
  readonly message: CoapMessage;
  /** The last block of its body, when it came in blocks. */
  readonly taken: Block | undefined;
  /** The block of the response that it asks for. */
  readonly wanted: Block | undefined;
}

const passes: LooksAtBlock = () => PASS;

/** The server's part of a blockwise endpoint: around the message layer, between it and the application. */
export class BlockwiseAnswers {
  private readonly asked = new Map<IncomingId, Asked>();
  /** Absent until it is needed, for most endpoints never meet a large body. */
  private assembler: BodyAssembler | undefined;
  private representations: Representations | undefined;
  private readonly inner: CoapEndpoint;
  private readonly lifetime: Micros;
  private readonly szx: number;
  private readonly takesBlock: TakesBlock | undefined;
  private readonly looksAtBlock: LooksAtBlock;
  private readonly largestBody: number | undefined;

  constructor(
    inner: CoapEndpoint,
    lifetime: Micros,
    szx: number,
    takesBlock?: TakesBlock,
    looksAtBlock: LooksAtBlock = passes,
    largestBody?: number,
  ) {
    this.largestBody = largestBody;
    this.takesBlock = takesBlock;
    this.looksAtBlock = looksAtBlock;
    this.inner = inner;
    this.lifetime = lifetime;
    this.szx = szx;
  }

  sweep(now: Instant): void {
    this.assembler?.sweep(now);
    this.representations?.sweep(now);
  }

  /** A request came in: it goes on to the application, or is answered. */
  requested(effect: RequestEffect, now: Instant, effects: CoapEffect[]): void {
    const { id, from, message } = effect;
    const [block1, block2] = [readBlock(message, BLOCK1), readBlock(message, BLOCK2)];
    const plain = block1.kind === "absent" && block2.kind === "absent";
    if (plain || unknownCriticalOptions(message).length > 0) {
      this.asked.set(id, { from, message, taken: undefined, wanted: undefined });
      effects.push(effect);
      return;
    }
    const wanted = block2.kind === "block" ? block2.block : undefined;
    if (block1.kind === "reserved" || block2.kind === "reserved") this.answer(id, refusal("4.00"), now, effects);
    else if (block1.kind === "block") this.assemble(effect, block1.block, wanted, now, effects);
    else if (wanted === undefined || wanted.num === 0) this.show(effect, message.payload, undefined, wanted, effects);
    else this.showOrRepeat(effect, wanted, now, effects);
  }

  respond(
    id: IncomingId,
    content: CoapContent,
    now: Instant,
    separately: "CON" | "NON" | undefined,
  ): readonly CoapEffect[] {
    const asked = this.asked.get(id);
    this.asked.delete(id);
    const answer = asked === undefined ? content : this.partOf(asked, content, now);
    return this.inner.respond(id, answer, now, separately);
  }

  /** The application does without an answer. */
  forget(id: IncomingId): void {
    this.asked.delete(id);
  }

  private assemble(
    effect: RequestEffect,
    block: Block,
    wanted: Block | undefined,
    now: Instant,
    effects: CoapEffect[],
  ): void {
    const { id, from, message } = effect;
    const looked = this.looksAtBlock(id, message, block, "request", now);
    if (looked.kind === "handled") {
      if (looked.forgets) this.assembler?.forget(bodyKey(from, message));
      return;
    }
    const refused = this.takesBlock?.(message, block, now);
    if (refused !== undefined) {
      this.answer(id, refusal(refused), now, effects);
      return;
    }
    this.assembler ??= new BodyAssembler(this.lifetime, this.szx, assemblyLimits(this.largestBody));
    const nextSzx = looked.kind === "smaller" ? Math.min(looked.szx, this.szx) : this.szx;
    const { host } = splitAddress(from);
    const assembly = this.assembler.take(bodyKey(from, message), message, block, now, nextSzx, host);
    if (assembly.kind === "whole") this.show(effect, assembly.body, block, wanted, effects);
    else this.answer(id, assembly.content, now, effects);
  }

  /** A later block of a response: from what was kept, or, where asking twice does no harm, from the application. */
  private showOrRepeat(effect: RequestEffect, wanted: Block, now: Instant, effects: CoapEffect[]): void {
    const { id, from, message } = effect;
    const looked = this.looksAtBlock(id, message, wanted, "response", now);
    if (looked.kind === "handled") return;
    const isAnew = looked.kind === "anew";
    const known = isAnew ? undefined : this.representations?.again(bodyKey(from, message), wanted, now);
    if (known !== undefined) this.answer(id, known, now, effects);
    else if (SAFE.includes(message.code)) this.show(effect, message.payload, undefined, wanted, effects);
    else this.answer(id, refusal("4.08"), now, effects);
  }

  private show(
    effect: RequestEffect,
    payload: Uint8Array,
    taken: Block | undefined,
    wanted: Block | undefined,
    effects: CoapEffect[],
  ): void {
    const message = { ...effect.message, options: withoutBlocks(effect.message), payload };
    this.asked.set(effect.id, { from: effect.from, message, taken, wanted });
    effects.push({ ...effect, message });
  }

  private partOf({ from, message, taken, wanted }: Asked, content: CoapContent, now: Instant): CoapContent {
    const { length } = content.payload;
    const size = blockSize(Math.min(this.szx, wanted?.szx ?? this.szx));
    // A diagnostic is for people, and not worth further requests.
    const cut = content.code.startsWith("2.") && (length > size || (wanted !== undefined && length > 0));
    const part = cut ? this.cut(bodyKey(from, message), content, wanted, now) : content;
    if (taken === undefined) return part;
    return { ...part, options: sortOptions([...part.options, blockOption(BLOCK1, { ...taken, more: false })]) };
  }

  private cut(key: string, content: CoapContent, wanted: Block | undefined, now: Instant): CoapContent {
    this.representations ??= new Representations(this.lifetime, this.szx);
    return this.representations.part(key, content, wanted, now);
  }

  private answer(id: IncomingId, content: CoapContent, now: Instant, effects: CoapEffect[]): void {
    effects.push(...this.inner.respond(id, content, now));
  }
}

const PASS: AtBlock = { kind: "pass" };

/** GET and FETCH. RFC 7252 §5.1, RFC 8132 §2 */
const SAFE: readonly Code[] = ["0.01", "0.05"];

const refusal = (code: Code): CoapContent => ({ code, options: NO_OPTIONS, payload: NO_PAYLOAD });
