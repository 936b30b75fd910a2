/**
 * From the CoAP error that a device answers to the error of the device task.
 *
 * The task page prints a table that is no function: 4.03 and 4.15 stand in it twice, 4.00 and 4.06 not at all.
 * `corrected` follows the numbers of the codes, `literal` the printed page where it says something.
 *
 * Source: task page, "Device task errors"; docs/semantics.md rows 1, 2, 3, 25.
 */
import type { Code } from "../protocol/coap/types.ts";
import type { CompleteProfile } from "../protocol/profile.ts";
import type { TaskError } from "./entities.ts";

interface ErrorRow {
  readonly coap: Code;
  readonly corrected: number;
  readonly literal: number;
}

export const ERROR_ROWS: readonly ErrorRow[] = [
  { coap: "4.00", corrected: 4000, literal: 4000 },
  { coap: "4.01", corrected: 4010, literal: 4010 },
  { coap: "4.03", corrected: 4030, literal: 4030 },
  { coap: "4.04", corrected: 4040, literal: 4000 },
  { coap: "4.05", corrected: 4050, literal: 4050 },
  { coap: "4.06", corrected: 4060, literal: 4060 },
  { coap: "4.15", corrected: 4150, literal: 4150 },
];

/** The messages of the task page. */
export const ERROR_MESSAGES = {
  4000: "Invalid value",
  4001: "Device is not registered",
  4004: "Device task expired",
  4010: "Unauthorized - access right permission denied",
  4030: "Forbidden - duplicate endpoint client name",
  4040: "Resource is not found",
  4050: "Method is not allowed",
  4060: "Not acceptable - specified format is not supported",
  4150: "Unsupported content format",
  5000: "Internal server error",
} as const satisfies Readonly<Record<number, string>>;

const messageOf = (code: number): string =>
  Object.entries(ERROR_MESSAGES).find(([known]) => Number(known) === code)?.[1] ?? ERROR_MESSAGES[5000];

/** The device task expired. Task page, "Task expiration". */
export const EXPIRED: TaskError = { code: "4004", message: ERROR_MESSAGES[4004] };

/**
 * The error of a device task whose device answered with a CoAP error.
 *
 * @param diagnostic the answer's payload as text, empty when there was none. RFC 7252 §5.5.2
 */
export function errorOfAnswer(code: Code, diagnostic: string, profile: CompleteProfile): TaskError {
  const row = ERROR_ROWS.find(({ coap }) => coap === code);
  if (row !== undefined) {
    const mapped = row[profile.errorMapping];
    return { code: String(mapped), message: diagnostic === "" ? messageOf(mapped) : diagnostic };
  }
  const { clientError, serverError } = profile.fallbackCodes;
  const fallback = code.startsWith("4.") ? clientError : serverError;
  return { code: String(fallback), message: diagnostic === "" ? `CoAP ${code}` : `CoAP ${code}: ${diagnostic}` };
}

/** The error for an answer that does not fit its request, or cannot be decoded. Row 25. */
export const misfit = (reason: string): TaskError => ({ code: "5000", message: `${ERROR_MESSAGES[5000]}: ${reason}` });
