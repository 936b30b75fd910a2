/**
 * An adapter as the harness sees it, whether it is a module, a process or an HTTP server.
 */
import type { Micros } from "../../protocol/time.ts";
import type { Capabilities } from "./capabilities.ts";
import type { Verb } from "./verbs.ts";

export interface Adapter {
  /** As messages call it: `./my-server.js`. */
  readonly name: string;
  /** Where devices reach the server: `coap://127.0.0.1:5683`. */
  readonly coap: string;
  readonly capabilities: Capabilities;
  /** For one answer, where the user has said it. */
  readonly patience?: Micros | undefined;
  /** Those that it has. */
  readonly verbs: ReadonlySet<Verb>;
  /** Never rejects. @param parameters by name, in the order of the verb's row; those that are absent are left out */
  call(verb: Verb, parameters: Readonly<Record<string, unknown>>): Promise<VerbOutcome>;
  /** May be called twice. */
  close(): Promise<void>;
}

export type VerbOutcome =
  /** Not checked yet. */
  | { readonly kind: "result"; readonly value: unknown }
  /** What the server says no to: an answer like any other. */
  | ({ readonly kind: "refused" } & Refusal)
  /** The adapter failed. `gone`: and will not come back. */
  | { readonly kind: "failed"; readonly reason: string; readonly gone?: true };

export interface Refusal {
  /** HTTP status of the task API, 400 to 599. */
  readonly status: number;
  readonly message: string;
}
