/**
 * The second server's own way with large values: cuts what it writes into blocks, and collects what it reads.
 *
 * A transfer is one request to whoever asks for it. It is a loop over a list of blocks that are still to be sent, or to
 * come; the codec of the Block options is the project's, all else is not.
 *
 * Spec: RFC 7959 §2.3 to §2.5, §2.8, §2.9.
 */
import type { Address } from "../../src/protocol/address.ts";
import { type Block, blockOption, readBlock } from "../../src/protocol/coap/block.ts";
import { BLOCK1, BLOCK2, ETAG, SIZE1, sortOptions, uintOption } from "../../src/protocol/coap/options.ts";
import type { CoapContent, CoapMessage, CoapOption } from "../../src/protocol/coap/types.ts";
import type { BlockHabits } from "./habits.ts";
import type { Flight, FlightEnd, Messages } from "./messages.ts";

/** A transfer that came to nothing: to whoever asked, a failed communication like any other. */
const BROKEN: FlightEnd = { kind: "failed", reason: "no-response" };
const GET = "0.01";
/** Copies of former answers that may come for one block. */
const PATIENCE = 5;

const bytesOf = (szx: number): number => 16 << szx;
const isSuccess = ({ code }: CoapMessage): boolean => code.startsWith("2.");

function blockIn(message: CoapMessage, number: typeof BLOCK1 | typeof BLOCK2): Block | undefined {
  const read = readBlock(message, number);
  return read.kind === "block" ? read.block : undefined;
}

const etagIn = ({ options }: CoapMessage): string =>
  options
    .filter(({ number }) => number === ETAG)
    .map(({ value }) => value.join("."))
    .join(" ");

export class Transfer {
  readonly to: Address;
  private readonly messages: Messages;
  private readonly habits: BlockHabits;
  private readonly content: CoapContent;
  private readonly settled: (end: FlightEnd) => void;
  private flight: Flight | undefined;
  /** Bytes that the device has, and the size of the block on its way. */
  private taken = 0;
  private szx: number;
  private read: Uint8Array = new Uint8Array(0);
  private first: CoapMessage | undefined;
  private begunAnew = false;
  private patience = PATIENCE;

  constructor(
    messages: Messages,
    habits: BlockHabits,
    to: Address,
    content: CoapContent,
    settled: (end: FlightEnd) => void,
  ) {
    this.messages = messages;
    this.habits = habits;
    this.to = to;
    this.content = content;
    this.settled = settled;
    this.szx = habits.szx;
    this.begin();
  }

  /** Nothing more is sent, and nothing is heard. */
  drop(): void {
    if (this.flight !== undefined) this.messages.drop(this.flight);
  }

  private begin(): void {
    this.taken = 0;
    this.read = new Uint8Array(0);
    this.first = undefined;
    if (this.content.payload.length > bytesOf(this.szx)) this.sendBlock();
    else if (this.content.code === GET && this.habits.saysSizeAtOnce)
      this.ask([blockOption(BLOCK2, { num: 0, more: false, szx: this.szx })], (message) => this.gave(message));
    else this.ask([], (message) => this.wrote(message, true));
  }

  private ask(more: readonly CoapOption[], answered: (message: CoapMessage) => void, payload = this.content.payload) {
    const content = { ...this.content, options: sortOptions([...this.content.options, ...more]), payload };
    this.flight = this.messages.request(this.to, content, (end) => {
      if (end.kind === "response") answered(end.message);
      else this.settled(end);
    });
  }

  private beginAnew(): void {
    if (this.begunAnew) this.settled(BROKEN);
    else {
      this.begunAnew = true;
      this.begin();
    }
  }

  // ── writing

  private sendBlock(): void {
    const { payload } = this.content;
    const size = bytesOf(this.szx);
    const more = this.taken + size < payload.length;
    const whole = this.habits.tellsSize ? [uintOption(SIZE1, payload.length)] : [];
    const block = blockOption(BLOCK1, { num: this.taken / size, more, szx: this.szx });
    this.ask([block, ...whole], (message) => this.wrote(message, !more), payload.slice(this.taken, this.taken + size));
  }

  private wrote(message: CoapMessage, isLast: boolean): void {
    const echo = blockIn(message, BLOCK1);
    const inBlocks = this.content.payload.length > bytesOf(this.szx);
    if (
      message.code === "4.13" &&
      echo !== undefined &&
      bytesOf(echo.szx) < Math.min(bytesOf(this.szx), this.content.payload.length)
    ) {
      this.szx = echo.szx;
      this.beginAnew();
    } else if (message.code === "4.08" && inBlocks) this.forgotten();
    else if (!isSuccess(message)) this.settled({ kind: "response", message });
    else if (message.code === "2.31" ? isLast : !isLast && echo === undefined) this.settled(BROKEN);
    else if (isLast) this.gave(message);
    else this.wroteOne(echo?.szx ?? this.szx);
  }

  private forgotten(): void {
    if (this.habits.afterForgotten === "again") this.beginAnew();
    else this.settled(BROKEN);
  }

  private wroteOne(wanted: number): void {
    const before = bytesOf(this.szx);
    const isSmaller = wanted < this.szx;
    this.szx = Math.min(this.szx, wanted);
    if (isSmaller && this.habits.afterSmaller === "from-the-start") this.begin();
    else {
      this.taken += before;
      this.sendBlock();
    }
  }

  // ── reading

  private gave(message: CoapMessage): void {
    const block = blockIn(message, BLOCK2);
    if (
      !isSuccess(message) ||
      (this.first === undefined && (block === undefined || (block.num === 0 && !block.more)))
    ) {
      this.settled(message.code === "4.08" && this.first !== undefined ? BROKEN : { kind: "response", message });
      return;
    }
    if (block === undefined || message.code !== (this.first ?? message).code) {
      this.settled(BROKEN);
      return;
    }
    this.first ??= message;
    if (etagIn(message) !== etagIn(this.first)) this.changed();
    else this.collect(this.first, message, block);
  }

  private changed(): void {
    if (this.habits.afterChange === "again") this.beginAnew();
    else this.settled(BROKEN);
  }

  private collect(first: CoapMessage, message: CoapMessage, block: Block): void {
    const at = block.num * bytesOf(block.szx);
    if (at < this.read.length && this.patience > 0) this.patience -= 1;
    else if (at !== this.read.length) {
      this.settled(BROKEN);
      return;
    } else this.read = Uint8Array.from([...this.read, ...message.payload]);
    if (!block.more && at + message.payload.length === this.read.length) {
      this.settled({ kind: "response", message: { ...first, payload: this.read } });
      return;
    }
    const szx = Math.min(this.szx, block.szx);
    this.szx = szx;
    const wanted = blockOption(BLOCK2, { num: this.read.length / bytesOf(szx), more: false, szx });
    this.ask([wanted], (next) => this.gave(next), new Uint8Array(0));
  }
}
