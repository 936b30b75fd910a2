/**
 * One event of a history in a few words, for a place in a picture where its lane and its arrow say the rest. Pure.
 *
 * The whole event as a line is in ../history-text.ts.
 */
import type { HistoryEvent, RestPurpose } from "../../harness/history/history.ts";
import { COAP_CODES } from "../../protocol/coap/codes.ts";
import { decodeMessage } from "../../protocol/coap/message.ts";
import { stringOptions, URI_PATH } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { RestResponse } from "../../protocol/server-port.ts";
import { DeviceTaskEnvelope, TaskStatusesEnvelope } from "../../protocol/task-api/responses.ts";

/** `CON POST /rd 1a2b · 9f01`: type, code, path, message id, token. */
export function datagramWords(bytes: Uint8Array): string {
  const decoded = decodeMessage(bytes);
  return decoded.ok ? messageWords(decoded.value) : `${bytes.length} bytes, no CoAP`;
}

function messageWords(message: CoapMessage): string {
  const path = stringOptions(message, URI_PATH).join("/");
  const code = message.code === "0.00" ? "" : codeWords(message.code);
  const token = message.token === "" ? "" : ` · ${message.token}`;
  const parts = [message.type, code, path === "" ? "" : `/${path}`, hex16(message.messageId)];
  return `${parts.filter((part) => part !== "").join(" ")}${token}`;
}

function codeWords(code: string): string {
  const row = COAP_CODES.find((candidate) => candidate.code === code);
  return row?.kind === "request" ? row.name : code;
}

const hex16 = (number: number): string => number.toString(16).padStart(4, "0");

/** What a request is for: `create task 0`. */
export function purposeWords(purpose: RestPurpose | undefined, fallback: string): string {
  const words = purpose === undefined ? fallback : purposeText(purpose);
  return purpose !== undefined && "as" in purpose && purpose.as !== undefined ? `${words} (${purpose.as})` : words;
}

function purposeText(purpose: RestPurpose): string {
  switch (purpose.kind) {
    case "create-task":
      return `create task ${purpose.task}`;
    case "poll-task":
      return `read task ${purpose.task}`;
    case "poll-statuses":
      return `read statuses of task ${purpose.task}`;
    case "poll-history":
      return `read history of task ${purpose.task}`;
    case "cancel-task":
      return `cancel task ${purpose.task}`;
    case "cancel-device-task":
      return `cancel task ${purpose.task} for device ${purpose.device}`;
    case "answer-update":
      return `answer ${purpose.answer} to task ${purpose.task}`;
    case "poll-mirror":
      return `read mirror of device ${purpose.device}`;
    case "configure-type":
      return `configure device type ${purpose.type}`;
    case "upload-image":
      return `upload image ${purpose.image}`;
    case "set-up":
      return "set-up";
  }
}

/** What an answer shows of a task: `200 d0 QUEUED 1×, d1 FAILED 4004`; else its status code alone. */
export function answerWords({ status, body }: RestResponse, devices: readonly string[]): string {
  const list = TaskStatusesEnvelope.safeParse(body);
  if (list.success) {
    const each = (list.data.data.statuses ?? []).map((row) => deviceTaskWords(row, devices));
    return [`${status}`, each.length === 0 ? (list.data.data.status ?? "no devices") : each.join(", ")].join(" ");
  }
  const single = DeviceTaskEnvelope.safeParse(body);
  return single.success ? `${status} ${deviceTaskWords(single.data.data, devices)}` : String(status);
}

interface ShownDeviceTask {
  readonly did: string;
  readonly status: string;
  readonly numAttempts?: number | undefined;
  readonly errorCode?: string | undefined;
}

function deviceTaskWords({ did, status, numAttempts, errorCode }: ShownDeviceTask, devices: readonly string[]): string {
  const index = devices.indexOf(did);
  const attempts = numAttempts === undefined || numAttempts === 0 ? "" : ` ${numAttempts}×`;
  return `${index < 0 ? did : `d${index}`} ${status}${errorCode === undefined ? "" : ` ${errorCode}`}${attempts}`;
}

const DEVICE_WORDS: Readonly<Record<Extract<HistoryEvent, { kind: "device" }>["event"], string>> = {
  offline: "offline",
  online: "online",
  asleep: "asleep",
  awake: "awake",
  reboot: "reboots",
  boot: "booted",
  address: "new address",
};

/** What happened at one place, without a datagram: `written /3/0/15`. `undefined` for all that goes between two places. */
export function noteWords(event: HistoryEvent): string | undefined {
  switch (event.kind) {
    case "effect":
      return `${event.effect} /${event.path}`;
    case "device":
      return DEVICE_WORDS[event.event];
    case "firmware":
      return `State ${event.state}, Result ${event.result}`;
    case "download":
      return event.result === 0 ? "image downloaded" : `download: Result ${event.result}`;
    case "server":
      return event.event === "down" ? "server killed" : "server started";
    case "unreachable":
      return `device ${event.device} unreachable`;
    default:
      return undefined;
  }
}
