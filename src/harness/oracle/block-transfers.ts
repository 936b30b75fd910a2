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
import { type Block, blockOffset, joinBlocks, readBlock } from "../../protocol/coap/block.ts";
import { codeClass } from "../../protocol/coap/codes.ts";
import { hexFromBytes } from "../../protocol/coap/hex.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import { BLOCK1, BLOCK2, ETAG, stringOptions, URI_PATH } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { DeviceView } from "./device-view.ts";
import type { Exchange } from "./exchange-view.ts";
import { beginsOperation, operationOfRequest } from "./operation-key.ts";
import { blur } from "./settling.ts";
import type { Window } from "./window.ts";

export interface BlockTransfer {
  /** When the present block was sent, or asked for, for the first time. */
  readonly since: Window;
  /** What was sent of the request, in order. */
  readonly sent: readonly Uint8Array[];
  /** What has come of the response. */
  readonly parts: readonly Uint8Array[];
  readonly length: number;
  /** As hex; `undefined` when the first block has none. */
  readonly etag: string | undefined;
  /** It may begin anew within the same attempt. */
  readonly mayRestart: boolean;
}

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
export function continued(device: DeviceView, message: CoapMessage, address: string): Exchange | undefined {
  const exchange = device.open ?? lastExpired(device);
  if (exchange === undefined || exchange.address !== address) return undefined;
  const [sent, asked] = [blockOf(message, BLOCK1), blockOf(message, BLOCK2)];
  const isLater = (sent?.num ?? 0) > 0 || (asked?.num ?? 0) > 0 || isRestart(exchange, message);
  const before = decodeMessage(exchange.bytes);
  return isLater && before.ok && targetOf(before.value) === targetOf(message) ? exchange : undefined;
}

/** A transfer that broke off, begun anew by whoever does not wait for another attempt. */
function isRestart({ end, transfer, operation }: Exchange, message: CoapMessage): boolean {
  if (end !== undefined || transfer?.mayRestart !== true) return false;
  return operation === operationOfRequest(message) || isBegun(message, operation);
}

/** Where its answer counts after the active period, an exchange goes on. */
function lastExpired({ exchanges }: DeviceView): Exchange | undefined {
  const last = [...exchanges.values()].at(-1);
  return last?.end?.how === "expired" ? last : undefined;
}

const targetOf = (message: CoapMessage): string => [message.code, ...stringOptions(message, URI_PATH)].join("/");

/** The request takes the place of the one before it. */
export function goOn(exchange: Exchange, message: CoapMessage, bytes: Uint8Array, window: Window): void {
  const { device } = exchange;
  const sent = sentUntil(exchange, message);
  device.exchanges.delete(exchange.token);
  exchange.messageId = message.messageId;
  exchange.token = message.token;
  exchange.bytes = bytes;
  exchange.datagrams = 1;
  exchange.lastSent = window;
  exchange.firstGap = undefined;
  exchange.acknowledged = undefined;
  exchange.transfer = { ...transferOf(exchange), since: window, sent };
  device.exchanges.set(exchange.token, exchange);
  if (blockOf(message, BLOCK1)?.more === false) compareWithTask(exchange, message, joinBlocks(sent));
}

/** The body of the request up to and with this block. */
function sentUntil(exchange: Exchange, message: CoapMessage): readonly Uint8Array[] {
  const block = blockOf(message, BLOCK1);
  const before = decodeMessage(exchange.bytes);
  const sent = exchange.transfer?.sent ?? (before.ok ? [before.value.payload] : []);
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
  exchange.transfer ?? { since: exchange.started, sent: [], parts: [], length: 0, etag: undefined, mayRestart: false };

/**
 * What an answer is to the exchange: `part`, after which the server goes on; `broken`, after which it begins anew or
 * gives up; or the response, with the whole payload.
 */
export function readPart(exchange: Exchange, answer: CoapMessage): CoapMessage | "part" | "broken" {
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
  const isAll = block === undefined || (block.num === 0 && !block.more);
  return isAll ? answer : readBlockOfResponse(exchange, answer, block);
}

function readBlockOfResponse(exchange: Exchange, answer: CoapMessage, block: Block): CoapMessage | "part" | "broken" {
  const transfer = transferOf(exchange);
  const offset = blockOffset(block);
  const etag = etagOf(answer);
  if (offset < transfer.length) return "part";
  if (offset > transfer.length || (offset > 0 && etag !== transfer.etag)) return "broken";
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
