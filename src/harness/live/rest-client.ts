/**
 * Who asks the target of a live run: requests of the task API, and what came of each.
 *
 * Two kinds of targets answer them: one that speaks the task API, by HTTP (http-client.ts), and any other one through an
 * adapter (../adapter/adapter-client.ts).
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";

export type RestFailureReason =
  /** Nobody listens there, or the name does not resolve: the request surely did not happen. */
  | "refused"
  /** No complete answer in time: it may have happened. */
  | "timeout"
  /** The connection broke before the answer was complete: it may have happened. */
  | "broken"
  /** Answered, but not in JSON. */
  | "not-json"
  /** The adapter is wrong: it threw, or gave what its verb does not give. It may have happened. */
  | "adapter"
  /** The client was closed. */
  | "cancelled";

export type RestOutcome =
  | { readonly kind: "answer"; readonly response: RestResponse }
  | { readonly kind: "failure"; readonly reason: RestFailureReason; readonly detail: string };

export interface RestClient {
  /** Whether the target can be asked that at all; a step of a plan that it cannot be asked is left out. Absent: anything. */
  offers?(request: RestRequest): boolean;
  /** Calls `settle` once, later. */
  send(request: RestRequest, settle: (outcome: RestOutcome) => void): void;
  /** Ends what is under way as `cancelled`, and closes all connections. */
  close(): void;
}
