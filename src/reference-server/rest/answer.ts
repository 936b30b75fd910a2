/**
 * Answers of the REST API: the data envelope, and the error envelope with the cloud's codes.
 *
 * Source: the cloud's error model (HTTP status, code, message); docs/semantics.md row 29.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Caller } from "./caller.ts";

/** What a handler wants: the answer, and what happens right after it. */
export interface Answer {
  readonly response: RestResponse;
  /** Done in the same step, but after the answer. Q-01. */
  readonly afterwards?: () => void;
}

export interface Call {
  readonly request: RestRequest;
  /** What stood in the place of `:name` in the path pattern. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly now: Instant;
}

export type Handler = (call: Call) => Answer;

export const answer = (status: number, body: unknown, headers?: Readonly<Record<string, string>>): Answer => ({
  response: headers === undefined ? { status, body } : { status, headers, body },
});

export const data = (value: unknown): Answer => answer(200, { data: value });

const problem = (status: number, code: number, message: string, extra: object = {}): Answer =>
  answer(status, { error: { code, message, ...extra } });

/** 400, code 4001: the request is wrong; names the field. */
export const invalid = (field: string, message: string): Answer =>
  problem(400, 4001, `${field}: ${message}`, { field });

export const unauthorized = (): Answer => problem(401, 401, "Please provide a valid authorization header");
export const forbidden = (): Answer =>
  problem(403, 403, "You don't have the right permissions: only the owner of the device type may do this");
export const notFound = (): Answer => problem(404, 404, "Not Found");
export const noDeviceType = (): Answer => problem(404, 1101, "Device type does not exist.");
export const conflict = (field: string, message: string): Answer =>
  problem(409, 409, `${field}: ${message}`, { field });
export const tooLarge = (message: string): Answer => problem(413, 413, message);
export const notImplemented = (message: string): Answer => problem(501, 501, message);
export const notReady = (): Answer => problem(503, 503, "The server is starting");

export const methodNotAllowed = (allowed: readonly string[]): Answer => {
  const { response } = problem(405, 405, `Method Not Allowed; allowed: ${allowed.join(", ")}`);
  return { response: { ...response, headers: { Allow: allowed.join(", ") } } };
};
