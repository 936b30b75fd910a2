/**
 * The REST requests of a run: with whose token each is made, what it is for, and how its answer is read.
 *
 * Pure. What is asked is in set-up.ts and operation-requests.ts; when, in plan-interpreter.ts.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { RestPurpose } from "../history/history.ts";

export interface RestEffect {
  readonly kind: "rest";
  readonly ticket: number;
  readonly request: RestRequest;
  readonly purpose: RestPurpose;
}

/** Bearer tokens by who asks. Absent: that request carries none of its own, and nobody but the owner asks anything. */
export interface Tokens {
  readonly owner?: string;
  readonly stranger?: string;
}

/** Makes a request for a purpose. */
export type Rest = (
  purpose: RestPurpose,
  method: string,
  path: readonly string[],
  extra?: Partial<RestRequest>,
) => RestEffect;

/** Makes REST effects with tickets of their own, and notes what each is for. */
export function restRequests(purposes: Map<number, RestPurpose>, tokens: Tokens): Rest {
  let nextTicket = 1;
  return (purpose, method, path, extra = {}) => {
    const ticket = nextTicket++;
    const by = "as" in purpose ? purpose.as : undefined;
    const token = by === undefined ? tokens.owner : tokens.stranger;
    purposes.set(ticket, purpose);
    const authorised = by === "nobody" ? { anonymous: true as const } : token === undefined ? {} : { token };
    return { kind: "rest", ticket, purpose, request: { method, path, query: {}, ...authorised, ...extra } };
  };
}

export const isSuccess = (response: RestResponse): boolean => response.status >= 200 && response.status < 300;

/** The id in the envelope of a created task; `undefined` when the answer has none. */
export const createdTaskId = (response: RestResponse): string | undefined => idIn(response, "id");

/** The same for an uploaded firmware image. */
export const uploadedImageId = (response: RestResponse): string | undefined => idIn(response, "updateId");

function idIn(response: RestResponse, field: "id" | "updateId"): string | undefined {
  const body = response.body as { readonly data?: Readonly<Record<string, unknown>> | null } | null | undefined;
  const id = body?.data?.[field];
  return typeof id === "string" && id !== "" ? id : undefined;
}
