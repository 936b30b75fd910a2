/**
 * What many live runs against one target share: one alarm, one HTTP agent, one measure of our own lateness, and the
 * addresses of their devices.
 */
import { uniqueName } from "../../platform/hash.ts";
import type { Address } from "../../protocol/address.ts";
import { type Agenda, createAgenda } from "./agenda.ts";
import { createHttpClient, type HttpClient } from "./http-client.ts";
import { createMeasuring, type Measuring } from "./measuring.ts";
import { createSocketOpener, type OpenSocket } from "./sockets.ts";

export interface LiveTarget {
  /** Base URL of the task API: `http://127.0.0.1:8080/v1.1`. */
  readonly http: string;
  /** Numeric: `127.0.0.1:5683`. */
  readonly coap: Address;
  readonly token?: string;
}

export interface LiveSession {
  /** Part of every name on the server, so that sessions share a server without meeting. */
  readonly scope: string;
  readonly agenda: Agenda;
  readonly http: HttpClient;
  readonly measuring: Measuring;
  readonly openSocket: OpenSocket;
  /** The number of the run within the session: runs of one plan do not meet either. */
  nextRun(): number;
  close(): void;
}

export function openLiveSession(target: LiveTarget): LiveSession {
  const scope = uniqueName().slice(0, 8);
  const agenda = createAgenda();
  const measuring = createMeasuring();
  const http = createHttpClient({ base: target.http, agenda, token: target.token });
  let runs = 0;
  return {
    scope,
    agenda,
    http,
    measuring,
    openSocket: createSocketOpener(scope),
    nextRun: () => ++runs,
    close() {
      http.close();
      measuring.close();
      agenda.close();
    },
  };
}
