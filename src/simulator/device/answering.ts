/**
 * How a virtual device answers a request: at once, later, wrongly or not at all.
 *
 * What a request does is in `operations.ts`. Here is when the answer leaves. An operation is carried out at the moment
 * the request comes in, also when its answer takes a while.
 */
import { writeHex } from "../../protocol/coap/hex.ts";
import { NO_OPTIONS, readMessageId, readType } from "../../protocol/coap/message.ts";
import { CONTENT_FORMAT, uintOption } from "../../protocol/coap/options.ts";
import { maxTransmitWait } from "../../protocol/coap/params.ts";
import type { CoapContent, CoapEffect, CoapMessage, Code, IncomingId } from "../../protocol/coap/types.ts";
import { after, type Instant, millis, NEVER } from "../../protocol/time.ts";
import type { Behaviour } from "../model/device.ts";
import { plannedFor } from "./behaviour.ts";
import { carryOut } from "./operations.ts";
import { errorContent, type Outcome } from "./outcome.ts";
import { type Device, type PendingAnswer, take } from "./state.ts";

/** A request came in. */
export function onRequest(device: Device, id: IncomingId, message: CoapMessage, now: Instant): void {
  const { endpoint, options } = device;
  const { thinkTime } = options.model;
  const behaviour = plannedFor(device, message, now) ?? options.misbehaves?.(message, now);
  device.lastRequest = message.messageId;
  switch (behaviour?.kind) {
    case "silent":
    case "reboots":
      endpoint.ignore(id);
      if (behaviour.kind === "reboots") device.work.push({ kind: "afterwards", what: "reboot" });
      break;
    case "reset":
      take(device, endpoint.reset(id, now));
      break;
    case "acknowledge-then-reset":
      take(device, endpoint.acknowledge(id, now));
      device.pendingResets = [...device.pendingResets, { at: after(now, millis(behaviour.delay)), id }];
      sendPendingResets(device, now);
      break;
    case "acknowledge-only":
      take(device, endpoint.acknowledge(id, now));
      endpoint.ignore(id);
      break;
    case "error": {
      const answer = errorContent(behaviour.code as Code, behaviour.diagnostic);
      answerAfter(device, thinkTime, id, message, { answer, happened: [] }, now);
      break;
    }
    case "success": {
      const answer = successContent(behaviour);
      answerAfter(device, thinkTime, id, message, { ...performed(device, message), answer }, now);
      break;
    }
    case "slow":
      answerSeparately(device, behaviour.delay, id, message, performed(device, message), now);
      break;
    case "answer-before-ack": {
      const { answer, afterwards } = performed(device, message);
      const at = after(now, millis(behaviour.delay));
      const pending = { at, id, token: message.token, answer, afterwards, unacknowledged: behaviour.type };
      if (behaviour.delay > 0) device.pending = [...device.pending, pending];
      else send(device, pending, now);
      break;
    }
    // These are about single blocks.
    case "smaller-blocks":
    case "too-large":
    case "changes":
    case undefined:
      answerAfter(device, thinkTime, id, message, performed(device, message), now);
  }
}

/** When the next answer, or Reset, is to be sent. */
export const answerDeadline = ({ pending, pendingResets }: Device): Instant =>
  [...pending, ...pendingResets].reduce((first, { at }) => (at < first ? at : first), NEVER);

/** Sends the answers that are due, in the order in which they fell due. */
export function sendPendingAnswers(device: Device, now: Instant): void {
  if (answerDeadline(device) > now) return;
  sendPendingResets(device, now);
  const due = device.pending.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
  device.pending = device.pending.filter(({ at }) => at > now);
  for (const answer of due) send(device, answer, now);
}

function sendPendingResets(device: Device, now: Instant): void {
  for (const { id } of device.pendingResets.filter(({ at }) => at <= now)) take(device, device.endpoint.reset(id, now));
  device.pendingResets = device.pendingResets.filter(({ at }) => at > now);
}

/** An ACK or RST came in: the separate response with that message id needs no more waiting. */
export function onAcknowledgement({ unacknowledged }: Device, bytes: Uint8Array): void {
  if (unacknowledged === undefined || unacknowledged.size === 0) return;
  const type = readType(bytes);
  if (type === "ACK" || type === "RST") unacknowledged.delete(readMessageId(bytes));
}

function performed(device: Device, message: CoapMessage): Outcome {
  const outcome = carryOut(device, message, device.rootPath);
  for (const effect of outcome.happened) device.effects.push(effect);
  for (const effect of outcome.firmware ?? []) device.effects.push(effect);
  return { ...outcome, answer: device.rules.answer(message, outcome.answer) };
}

function successContent({ code, format, payload = "" }: Extract<Behaviour, { readonly kind: "success" }>): CoapContent {
  const bytes = new Uint8Array(payload.length / 2);
  writeHex(payload, bytes, 0);
  return {
    code: code as Code,
    options: format === undefined ? NO_OPTIONS : [uintOption(CONTENT_FORMAT, format)],
    payload: bytes,
  };
}

/** @param delay milliseconds; 0: piggybacked on the ACK */
function answerAfter(
  device: Device,
  delay: number,
  id: IncomingId,
  message: CoapMessage,
  outcome: Outcome,
  now: Instant,
): void {
  const { answer, afterwards } = outcome;
  if (delay > 0) answerSeparately(device, delay, id, message, outcome, now);
  else send(device, { at: now, id, token: message.token, answer, afterwards }, now);
}

/** @param delay milliseconds from the empty ACK to the response; 0: both leave at once */
function answerSeparately(
  device: Device,
  delay: number,
  id: IncomingId,
  { token }: CoapMessage,
  { answer, afterwards }: Outcome,
  now: Instant,
): void {
  take(device, device.endpoint.acknowledge(id, now));
  const pending = { at: after(now, millis(delay)), id, token, answer, afterwards };
  if (delay > 0) device.pending = [...device.pending, pending];
  else send(device, pending, now);
}

function send(device: Device, pending: PendingAnswer, now: Instant): void {
  const { id, token, answer, afterwards, unacknowledged } = pending;
  const effects = device.endpoint.respond(id, answer, now, unacknowledged);
  awaitAcknowledgement(device, effects, now);
  take(device, effects);
  device.lastAnswer = { token, code: answer.code };
  if (afterwards !== undefined) device.work.push({ kind: "afterwards", what: afterwards });
}

function awaitAcknowledgement(device: Device, effects: readonly CoapEffect[], now: Instant): void {
  for (const effect of effects) {
    if (effect.kind !== "send" || readType(effect.bytes) !== "CON") continue;
    device.unacknowledged ??= new Map();
    device.unacknowledged.set(readMessageId(effect.bytes), after(now, maxTransmitWait(device.options.coap)));
  }
}
