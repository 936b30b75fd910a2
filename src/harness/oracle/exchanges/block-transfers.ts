/**
 * Exchanges that take several requests, because a body does not fit into one message: to the oracle they are one.
 *
 * The exchange is that of the first block. Each later request takes the place of the one before it: its message id,
 * token and bytes are those of the exchange from then on, so what is repeated is compared with the block that is on its
 * way. The response is the one with the last block, and its payload all of them together. Token and size of blocks are
 * the server's choice. What a broken transfer is to the server (a failed attempt, or the begin of another try) is open.
 *
 * Spec: RFC 7959 §2.3 to §2.9; docs/semantics.md, "Failed attempt, or answer?".
 */
import { type Block, blockOffset, joinBlocks, readBlock } from "../../../protocol/coap/block.ts";
import { codeClass } from "../../../protocol/coap/codes.ts";
import { hexFromBytes } from "../../../protocol/coap/hex.ts";
import { decodeMessage } from "../../../protocol/coap/message.ts";
import { BLOCK1, BLOCK2, ETAG, stringOptions, URI_PATH } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { OracleContext } from "../context.ts";
import type { Certainty } from "../facts.ts";
import { blur } from "../tasks/settling.ts";
import type { BlockBefore, BlockHappening, BlockTransfer, SentBlock } from "../views/block-transfer-view.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { Window } from "../window.ts";
import { beginsOperation, operationOfRequest } from "./operation-key.ts";
import { outlivesRegistration } from "./patience.ts";

const DOUBT = "a transfer in blocks broke off: the server may begin anew, or not";
const AMBIGUOUS = "the first block is that of more than one pending task";

/** What a request asks for; of a Write whose body has only begun, what it may become. */
export function operationBegun(device: DeviceView, message: CoapMessage): string | undefined {
  const block = blockOf(message, BLOCK1);
  if (block?.more !== true) return operationOfRequest(message);
  const matching = [...device.pending].filter(({ operation }) => isBegun(message, operation));
  const [first, ...more] = new Set(matching.map(({ operation }) => operation));
  if (more.length > 0) for (const deviceTask of matching) blur(deviceTask, AMBIGUOUS);
  return (
    first ?? [...device.lastSettled.keys()].findLast((one) => isBegun(message, one)) ?? operationOfRequest(message)
  );
}

const isBegun = (message: CoapMessage, operation: string | undefined): boolean =>
  operation !== undefined && beginsOperation(message, operation);

/** The exchange of which a request asks for, or brings, a later block; `undefined`: it begins one of its own. */
export function continued(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
): Exchange | undefined {
  const exchange = device.open ?? lastThatGoesOn(context, device);
  if (exchange === undefined || exchange.address !== address) return undefined;
  const [sent, asked] = [blockOf(message, BLOCK1), blockOf(message, BLOCK2)];
  const restart = isRestart(exchange, message);
  // If it is another task's, this one was given up.
  if (restart === "maybe") exchange.maybeDropped = true;
  const isLater = (sent?.num ?? 0) > 0 || (asked?.num ?? 0) > 0 || restart === "yes";
  const before = decodeMessage(exchange.bytes);
  return isLater && before.ok && targetOf(before.value) === targetOf(message) ? exchange : undefined;
}

/** A transfer that broke off, begun anew by whoever does not wait for another attempt. */
function isRestart({ device, end, transfer, operation, task, updates }: Exchange, message: CoapMessage): Certainty {
  if (end !== undefined || transfer?.mayRestart !== true) return "no";
  // All that is asked is there to be compared, unless more is to come.
  const whole = blockOf(message, BLOCK1)?.more === true ? undefined : operationOfRequest(message);
  const fits = (one: string | undefined): boolean => (whole === undefined ? isBegun(message, one) : one === whole);
  if (!fits(operation)) return "no";
  // What an update asks for may be asked by the next one, or be another step of it.
  if (updates.length > 0) return "maybe";
  return [...device.pending].some((one) => one !== task && fits(one.operation)) ? "maybe" : "yes";
}

/**
 * An exchange that is over by our reckoning goes on where its answer counts after the active period, or after its
 * registration; and live, where its last block was answered about when it would have been given up.
 */
function lastThatGoesOn(context: OracleContext, { exchanges }: DeviceView): Exchange | undefined {
  const last = [...exchanges.values()].at(-1);
  const how = last?.end?.how;
  if (how === undefined) return undefined;
  const inDoubt = context.live && how !== "answered" && last?.transfer?.answer?.kind === "part";
  return inDoubt || how === "expired" || outlivesRegistration(context, how) ? last : undefined;
}

const targetOf = (message: CoapMessage): string => [message.code, ...stringOptions(message, URI_PATH)].join("/");

/** The request takes the place of the one before it. */
export function goOn(exchange: Exchange, message: CoapMessage, bytes: Uint8Array, window: Window): void {
  const { device } = exchange;
  const before = transferOf(exchange);
  const [block, asked] = [blockOf(message, BLOCK1), blockOf(message, BLOCK2)];
  const isAnew = (block?.num ?? 0) === 0 && (asked?.num ?? 0) === 0;
  const sent = sentUntil(exchange, message);
  device.exchanges.delete(exchange.token);
  exchange.messageId = message.messageId;
  exchange.token = message.token;
  exchange.bytes = bytes;
  exchange.datagrams = 1;
  exchange.lastSent = window;
  exchange.firstGap = undefined;
  exchange.acknowledged = undefined;
  // Copies, and what the device does with them, are those of a message.
  exchange.deliveries = 0;
  exchange.effects = 0;
  exchange.transfer = {
    ...before,
    since: window,
    sent,
    answer: undefined,
    mayRestart: false,
    // It may be another attempt, and what the device asked for in the last one is forgotten.
    wanted: isAnew ? undefined : before.wanted,
    mixedSince: isAnew ? undefined : before.mixedSince,
    seen: isAnew ? [...before.seen, "begun-anew"] : before.seen,
  };
  // The last of them is the latest, whoever had its token before.
  device.exchanges.delete(exchange.token);
  device.exchanges.set(exchange.token, exchange);
  if (block?.more === false) compareWithTask(exchange, message, joinBlocks(sent));
}

/** The body of the request up to and with this block. */
function sentUntil(exchange: Exchange, message: CoapMessage): readonly Uint8Array[] {
  const block = blockOf(message, BLOCK1);
  const { sent } = transferOf(exchange);
  if (block === undefined) return sent;
  return block.num === 0 ? [message.payload] : [...sent, message.payload];
}

/** It began as the operation of a task. If the whole is another one, it is none of that task. */
function compareWithTask(exchange: Exchange, message: CoapMessage, payload: Uint8Array): void {
  const whole = operationOfRequest({ ...message, payload });
  // Of some formats only the path is known.
  if (whole === undefined || whole === exchange.operation || !whole.includes(" ", "write ".length)) return;
  exchange.operation = whole;
  exchange.task = undefined;
}

const transferOf = (exchange: Exchange): BlockTransfer =>
  exchange.transfer ?? {
    since: exchange.started,
    sent: payloadOf(exchange.bytes),
    parts: [],
    length: 0,
    etag: undefined,
    mayRestart: false,
    answer: undefined,
    wanted: undefined,
    mixedSince: undefined,
    seen: [],
  };

function payloadOf(bytes: Uint8Array): readonly Uint8Array[] {
  const message = decodeMessage(bytes);
  return message.ok ? [message.value.payload] : [];
}

/** The block of a body that a request carries; `undefined`: it carries all of it, or none. */
export function sentBlock(message: CoapMessage, { transfer }: Pick<Exchange, "transfer">): SentBlock | undefined {
  const block = blockOf(message, BLOCK1);
  if (block === undefined) return undefined;
  return { block, bytes: message.payload.length, body: transfer?.sent ?? [message.payload] };
}

/** The block that the exchange is at; `undefined`: its request carries none. */
export function presentBlock(exchange: Exchange): BlockBefore | undefined {
  const request = decodeMessage(exchange.bytes);
  const block = request.ok ? blockOf(request.value, BLOCK1) : undefined;
  if (block === undefined) return undefined;
  return { block, answer: exchange.transfer?.answer, wanted: exchange.transfer?.wanted, event: exchange.event };
}

/** Whether a request asks for a later block of a value, or brings one: it goes on with what has begun. */
export function isLaterBlock({ bytes }: Exchange): boolean {
  const request = decodeMessage(bytes);
  return request.ok && ([BLOCK1, BLOCK2] as const).some((option) => (blockOf(request.value, option)?.num ?? 0) > 0);
}

/** The last exchange of the device that was about the same as a request: same method, same path. */
export function lastAbout(device: DeviceView, message: CoapMessage, but: Exchange): Exchange | undefined {
  const target = targetOf(message);
  return [...device.exchanges.values()].findLast((exchange) => {
    const request = exchange === but ? undefined : decodeMessage(exchange.bytes);
    return request?.ok === true && targetOf(request.value) === target;
  });
}

/** Notes what an answer was that is not all of it, and what the device asks for with it. */
export function noteAnswer(
  exchange: Exchange,
  answer: CoapMessage,
  read: Exclude<PartRead, CoapMessage>,
  event: number,
): void {
  const transfer = transferOf(exchange);
  const sent = presentBlock(exchange)?.block;
  const echo = blockOf(answer, BLOCK1);
  const isSmaller = read === "part" && sent !== undefined && echo !== undefined && echo.szx < sent.szx;
  const kind = read !== "broken" ? read : answer.code === "4.08" ? "incomplete" : "unclear";
  exchange.transfer = {
    ...transfer,
    answer: { kind, event },
    // Whoever begins anew with such blocks wastes datagrams, and no more.
    mayRestart: transfer.mayRestart || isSmaller,
    wanted: isSmaller ? echo.szx : transfer.wanted,
    mixedSince: kind === "mixed" ? (transfer.mixedSince ?? event) : transfer.mixedSince,
    seen: [...transfer.seen, ...happeningsOf(kind, answer.code, isSmaller)],
  };
}

function happeningsOf(kind: string, code: string, isSmaller: boolean): readonly BlockHappening[] {
  if (isSmaller) return ["asked-for-smaller"];
  if (kind === "mixed" || kind === "incomplete") return [kind];
  return code === "4.13" ? ["too-large"] : [];
}

/** A copy of a block was sent: what had been lost of it, or of its answer, is repeated. */
export function noteRepeated(exchange: Exchange): void {
  if (exchange.transfer === undefined && presentBlock(exchange) === undefined) return;
  const transfer = transferOf(exchange);
  exchange.transfer = { ...transfer, seen: [...transfer.seen, "block-repeated"] };
}

/** An answer as it is to its exchange; the response when it is all of it. */
export type PartRead = CoapMessage | "part" | "broken" | "mixed";

/**
 * What an answer is to the exchange: `part`, after which the server goes on; `broken`, after which it begins anew or
 * gives up; `mixed`, the same because the block is one of another representation; or the response, with the whole
 * payload.
 */
export function readPart(exchange: Exchange, answer: CoapMessage): PartRead {
  const request = decodeMessage(exchange.bytes);
  const sent = request.ok ? blockOf(request.value, BLOCK1) : undefined;
  const asked = request.ok ? blockOf(request.value, BLOCK2) : undefined;
  const echo = blockOf(answer, BLOCK1);
  if (answer.code === "4.08") return sent === undefined && asked === undefined ? answer : "broken";
  if (answer.code === "4.13") return echo === undefined || echo.szx === sent?.szx ? answer : "broken";
  // Not everybody fetches the rest of a diagnostic.
  if (codeClass(answer.code) !== 2) return blockOf(answer, BLOCK2)?.more === true ? "broken" : answer;
  if (answer.code === "2.31") return sent?.more === true ? "part" : "broken";
  if (sent?.more === true) return echo === undefined ? "broken" : "part";
  const block = blockOf(answer, BLOCK2);
  // Asked for a later block, the device gives something else: whether that is an answer is open.
  if (asked !== undefined && asked.num > 0 && block === undefined) return "broken";
  const isAll = block === undefined || (block.num === 0 && !block.more);
  return isAll ? answer : readBlockOfResponse(exchange, answer, block);
}

function readBlockOfResponse(exchange: Exchange, answer: CoapMessage, block: Block): PartRead {
  const transfer = transferOf(exchange);
  const offset = blockOffset(block);
  const etag = etagOf(answer);
  if (offset < transfer.length) return "part";
  if (offset > transfer.length) return "broken";
  if (offset > 0 && etag !== transfer.etag) return "mixed";
  const parts = [...transfer.parts, answer.payload];
  const length = offset + answer.payload.length;
  exchange.transfer = { ...transfer, parts, length, etag };
  return block.more ? "part" : { ...answer, payload: joinBlocks(parts) };
}

/** The transfer broke off, or may have: what becomes of the attempt is the server's choice. */
export function breakOff(exchange: Exchange): void {
  exchange.transfer = { ...transferOf(exchange), parts: [], length: 0, mayRestart: true };
  exchange.maybeDropped = true;
  if (exchange.task !== undefined) blur(exchange.task, DOUBT);
}

/** An answer that is surely not all. */
export const isPart = (answer: CoapMessage): boolean =>
  answer.code === "2.31" || (codeClass(answer.code) === 2 && blockOf(answer, BLOCK2)?.more === true);

function blockOf(message: CoapMessage, number: typeof BLOCK1 | typeof BLOCK2): Block | undefined {
  const read = readBlock(message, number);
  return read.kind === "block" ? read.block : undefined;
}

function etagOf({ options }: CoapMessage): string | undefined {
  const value = options.find(({ number }) => number === ETAG)?.value;
  return value === undefined ? undefined : hexFromBytes(value, 0, value.length);
}
