/**
 * Reads the JSON of answers field by field: one field that makes no sense hides none of the others.
 *
 * A member that is `null` counts as absent, and a number may come as text, as the cloud's SDKs take it.
 */
import {
  DEVICE_TASK_STATUSES,
  type DeviceTaskStatus,
  TASK_STATUSES,
  type TaskStatus,
} from "../../../protocol/task-api/states.ts";

/** An object of an answer. */
export type Fields = Readonly<Record<string, unknown>>;

/** One line of `statuses`, or of a history. */
export interface ShownLine {
  readonly did: string | undefined;
  readonly status: string | undefined;
  /** Not a number: it is there, and no count. */
  readonly attempts: number | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly acceptance: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly ts: number | undefined;
}

/** What an object says of itself; `undefined`: it is no object. */
export const fieldsIn = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;

/** A text; `undefined` for anything else. */
export const textIn = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** @returns NaN for what is there and no count */
export function countIn(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : Number.NaN;
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
}

/** The list under this name; absent: an empty one. `undefined`: it is no list. */
export function listIn(fields: Fields, name: string): readonly unknown[] | undefined {
  const list = fields[name] ?? [];
  return Array.isArray(list) ? list : undefined;
}

/** One line of the statuses or the history of a task. */
export function lineIn(value: unknown): ShownLine {
  const fields = fieldsIn(value) ?? {};
  const { errorCode, ts } = fields;
  return {
    did: textIn(fields.did),
    status: textIn(fields.status),
    attempts: countIn(fields.numAttempts),
    errorCode: typeof errorCode === "number" ? String(errorCode) : textIn(errorCode),
    errorMessage: textIn(fields.errorMessage),
    acceptance: textIn(fields.acceptanceStatus),
    ts: typeof ts === "number" && Number.isFinite(ts) ? ts : undefined,
  };
}

/** Whether the task API has such a status of a device task. */
export const isDeviceTaskStatus = (text: string | undefined): text is DeviceTaskStatus =>
  text !== undefined && (DEVICE_TASK_STATUSES as readonly string[]).includes(text);

/** Whether the task API has such a status of a task. */
export const isTaskStatus = (text: string | undefined): text is TaskStatus =>
  text !== undefined && (TASK_STATUSES as readonly string[]).includes(text);

/** As a finding shows it. */
export const quoted = (value: unknown): string => {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
};

const MOST_TEXT = 80;
