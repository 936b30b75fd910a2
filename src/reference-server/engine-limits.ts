/**
 * How much the engine keeps at most, and what it says when that is reached.
 *
 * What is beyond a limit is refused, never forgotten: what was acknowledged stays. The limits of sockets and datagrams are
 * the adapters'.
 *
 * Source: docs/security.md; RFC 7252 §5.9.3.4 (5.03 with Max-Age), RFC 9110 §10.2.3 (Retry-After).
 */
import { MAX_AGE, uintOption } from "../protocol/coap/options.ts";
import type { CoapContent } from "../protocol/coap/types.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import { type Answer, answer } from "./rest/answer.ts";

export interface EngineLimits {
  /** Devices, and device types. */
  readonly devices: number;
  /** Tasks, until they are removed. Row 11. */
  readonly tasks: number;
  /** Devices of all tasks together; the last task accepted may go beyond. */
  readonly deviceTasks: number;
  /** Bearer tokens that were made. */
  readonly tokens: number;
  /** Requests of devices that are remembered against copies; known devices have as many again. */
  readonly messages: number;
}

export const NO_LIMITS: EngineLimits = {
  devices: Number.POSITIVE_INFINITY,
  tasks: Number.POSITIVE_INFINITY,
  deviceTasks: Number.POSITIVE_INFINITY,
  tokens: Number.POSITIVE_INFINITY,
  messages: Number.POSITIVE_INFINITY,
};

/** Seconds after which asking again may help. */
const RETRY_AFTER = 60;

/** 503, with the limit that is reached. */
export const limitReached = (what: string, limit: number): Answer =>
  answer(
    503,
    { error: { code: 503, message: `The server keeps as many ${what} as it may: ${limit}` } },
    { "Retry-After": String(RETRY_AFTER) },
  );

/** The same for a device. */
export const busy = (diagnostic: string): CoapContent => ({
  code: "5.03",
  options: [uintOption(MAX_AGE, RETRY_AFTER)],
  payload: encodeUtf8(diagnostic),
});
