/**
 * What a plan makes a virtual device do with one block of a body: forget all of it, ask for smaller blocks, reboot.
 *
 * Requests as a whole are no matter of this file (`answering.ts`).
 *
 * Spec: RFC 7959 §2.5 (late negotiation), §2.8 (ETag), §2.9 (4.08, 4.13).
 */
import { type Block, blockOption, szxOf } from "../../protocol/coap/block.ts";
import type { AtBlock } from "../../protocol/coap/blockwise-answers.ts";
import { NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { BLOCK1 } from "../../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code, IncomingId } from "../../protocol/coap/types.ts";
import { parseOperation } from "../../protocol/lwm2m/operations.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Behaviour } from "../model/device.ts";
import { plannedFor } from "./behaviour.ts";
import { errorContent } from "./outcome.ts";
import { type Device, take } from "./state.ts";
import { keep, resourceValue, supportedRows, type ValueOwner } from "./values.ts";

const PASS: AtBlock = { kind: "pass" };
const LEFT: AtBlock = { kind: "handled", forgets: false };
const FORGOTTEN: AtBlock = { kind: "handled", forgets: true };

/** A block has come, or is asked for. */
export function onBlock(
  device: Device,
  id: IncomingId,
  message: CoapMessage,
  block: Block,
  of: "request" | "response",
  now: Instant,
): AtBlock {
  const behaviour = plannedFor(device, message, now, block.num);
  if (behaviour === undefined) return PASS;
  switch (behaviour.kind) {
    case "smaller-blocks":
      return of === "request" ? { kind: "smaller", szx: szxOf(behaviour.size) } : PASS;
    case "changes":
      if (of === "request") return PASS;
      changeWhatIsRead(device, message);
      return { kind: "anew" };
    case "slow":
    case "answer-before-ack":
      if (behaviour.kind === "slow") take(device, device.endpoint.acknowledge(id, now));
      return PASS;
    default:
      return refuse(device, id, block, behaviour, now);
  }
}

type Refusal = Exclude<Behaviour, { kind: "smaller-blocks" | "changes" | "slow" | "answer-before-ack" }>;

/** The device does without the block, and most often without the body. */
function refuse(device: Device, id: IncomingId, block: Block, behaviour: Refusal, now: Instant): AtBlock {
  const { endpoint } = device;
  switch (behaviour.kind) {
    case "silent":
    case "reboots":
      endpoint.ignore(id);
      if (behaviour.kind === "reboots") device.work.push({ kind: "afterwards", what: "reboot" });
      return LEFT;
    case "acknowledge-only":
      take(device, endpoint.acknowledge(id, now));
      endpoint.ignore(id);
      return LEFT;
    case "reset":
    case "acknowledge-then-reset":
      if (behaviour.kind === "acknowledge-then-reset") take(device, endpoint.acknowledge(id, now));
      take(device, endpoint.reset(id, now));
      return LEFT;
    default:
      take(device, endpoint.respond(id, refusalOf(behaviour, block), now));
      return FORGOTTEN;
  }
}

function refusalOf(
  behaviour: Extract<Refusal, { kind: "error" | "success" | "too-large" }>,
  block: Block,
): CoapContent {
  if (behaviour.kind !== "too-large")
    return errorContent(behaviour.code as Code, behaviour.kind === "error" ? behaviour.diagnostic : undefined);
  const szx = behaviour.size === undefined ? block.szx : szxOf(behaviour.size);
  return { code: "4.13", options: [blockOption(BLOCK1, { ...block, szx })], payload: NO_PAYLOAD };
}

/** Its text, or the longest one of an instance, becomes another one of the same length. */
function changeWhatIsRead(owner: ValueOwner, message: CoapMessage): void {
  const parsed = parseOperation(message);
  if (!parsed.ok) return;
  const [object, , resource] = parsed.value.path;
  const rows = (supportedRows(owner, object) ?? []).filter(
    ({ id, operations }) => operations.includes("R") && (resource === undefined || id === resource),
  );
  let longest: { readonly id: number; readonly text: string } | undefined;
  for (const { id } of rows) {
    const text = resourceValue(owner, object, id);
    if (typeof text === "string" && text.length > (longest?.text.length ?? 0)) longest = { id, text };
  }
  if (longest !== undefined) keep(owner, object, longest.id, otherText(longest.text));
}

/** The last letter is the next one of the alphabet. */
const otherText = (text: string): string =>
  `${text.slice(0, -1)}${String.fromCharCode(97 + ((text.charCodeAt(text.length - 1) + 1) % 26))}`;
