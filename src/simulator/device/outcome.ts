/**
 * What comes of a request to a device, and how answers and happenings are written.
 */
import { NO_OPTIONS, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { CONTENT_FORMAT, uintOption } from "../../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../../protocol/coap/types.ts";
import { type LwM2mPath, pathText } from "../../protocol/lwm2m/value.ts";
import type { FirmwareEffect, HappenedEffect } from "./types.ts";

/** The answer to a request, what was done for it, and what is to follow. */
export interface Outcome {
  readonly answer: CoapContent;
  readonly happened: readonly HappenedEffect[];
  /** What became of its firmware; absent where nothing did. */
  readonly firmware?: readonly FirmwareEffect[];
  /** What the device does once the answer has left; `download` and `install` are about its firmware. */
  readonly afterwards?: "reboot" | "update" | "download" | "install";
}

/** An operation that was carried out, for the driver to record. */
export function happened(
  effect: HappenedEffect["effect"],
  path: LwM2mPath,
  message: CoapMessage,
  value: unknown,
): HappenedEffect {
  const { messageId, token } = message;
  return { kind: "effect", effect, path: pathText(path), messageId, token, ...(value === undefined ? {} : { value }) };
}

/** An error answer; the diagnostic is its payload, without Content-Format. Spec: RFC 7252 §5.5.2. */
export const errorContent = (code: Code, diagnostic = ""): CoapContent =>
  content(code, undefined, diagnostic === "" ? NO_PAYLOAD : new TextEncoder().encode(diagnostic));

/** Nothing is done, and the answer is an error. */
export const refuse = (code: Code, diagnostic?: string): Outcome => ({
  answer: errorContent(code, diagnostic),
  happened: [],
});

/** An answer; without a format it has no Content-Format option. */
export const content = (code: Code, format?: number, payload = NO_PAYLOAD): CoapContent => ({
  code,
  options: format === undefined ? NO_OPTIONS : [uintOption(CONTENT_FORMAT, format)],
  payload,
});

/** The arguments of an Execute as text; `undefined` when there were none. */
export const argumentsOf = ({ payload }: CoapMessage): string | undefined =>
  payload.length === 0 ? undefined : new TextDecoder().decode(payload);
