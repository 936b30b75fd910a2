/**
 * What the harness and the I/O adapters know about a task server: inputs, effects and a deadline.
 *
 * A server is sans-I/O. The caller passes `now`, performs the returned effects in order, and calls back with
 * `{ kind: "time" }` when `deadline` is reached. A deadline due at `now` is served before an input at `now`.
 * REST requests are inputs like datagrams, so a simulated run needs no HTTP. Storage is an effect too: the
 * answer (2xx) to a request that changed something, and the first datagram of a new task, wait for `persisted`.
 */
import type { Address } from "./address.ts";
import type { Instant } from "./time.ts";

/** One task server, real or defective, as whoever drives it sees it. */
export interface ServerPort {
  /** When the server wants `{ kind: "time" }`; `NEVER` when it waits for nothing. May change with every `handle`. */
  readonly deadline: Instant;
  handle(input: ServerInput, now: Instant): readonly ServerEffect[];
  /** Its process, where that can be killed; `{ kind: "start" }` starts another one from what is stored. */
  readonly process?: ProcessControl;
}

/** The process of a server that can be killed. */
export interface ProcessControl {
  /** While it is down it neither hears nor does anything, and wants to be called at no time. */
  readonly isDown: boolean;
  /** Kills it, or lets it die so. What is not stored is gone. */
  die(death: Death): void;
}

/** When a process dies: at once; or in its next step that stores something, before that is stored, or right after. */
export type Death = "at-once" | "before-storing" | "after-storing";

/** What is given to a server. */
export type ServerInput =
  | { readonly kind: "start" }
  | { readonly kind: "time" }
  | {
      readonly kind: "datagram";
      readonly from: Address;
      readonly bytes: Uint8Array;
      /** What the transport has proved of its sender: the endpoint client name. Absent: nothing, as with plain UDP. */
      readonly identity?: string | undefined;
    }
  | { readonly kind: "unreachable"; readonly address: Address }
  | { readonly kind: "rest"; readonly ticket: number; readonly request: RestRequest }
  | { readonly kind: "persisted"; readonly ticket: number }
  | { readonly kind: "rows"; readonly ticket: number; readonly rows: readonly StoredRecord[] };

/** What a server wants to be done, in this order. */
export type ServerEffect =
  | { readonly kind: "send"; readonly to: Address; readonly bytes: Uint8Array }
  | { readonly kind: "answer"; readonly ticket: number; readonly response: RestResponse }
  | StorageEffect;

/** What a store performs: `persist` is answered by `persisted`, `query` by `rows`, both with the same ticket. */
export type StorageEffect =
  | { readonly kind: "persist"; readonly ticket: number; readonly records: readonly StoredChange[] }
  | { readonly kind: "query"; readonly ticket: number; readonly table: string | "*" };

/** A record is plain JSON under (table, key). */
export interface StoredRecord {
  readonly table: string;
  readonly key: string;
  readonly value: unknown;
}
/** `value: undefined` removes the record. */
export type StoredChange = StoredRecord;

/** One request of the REST API. */
export interface RestRequest {
  readonly method: string;
  /** Path below the base URL, decoded per segment, without query: `["devicemgmt", "tasks", "<tid>"]`. */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly token?: string | undefined;
  /** Has no token on purpose: no client adds one. */
  readonly anonymous?: true | undefined;
  /** Parsed JSON body; `undefined` when there was none. */
  readonly body?: unknown;
}

/** Its answer: HTTP status, and the body as JSON has it. */
export interface RestResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: unknown;
}
