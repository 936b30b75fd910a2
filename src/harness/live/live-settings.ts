/** What a live run is given: settings of its own, and what all runs of one process share. */
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { Instant, Micros } from "../../protocol/time.ts";
import type { VirtualDevice, VirtualDeviceOptions } from "../../simulator/device/types.ts";
import type { HistoryEvent } from "../history/history.ts";
import type { Agenda } from "./agenda.ts";
import type { Measuring } from "./measuring.ts";
import type { RestClient } from "./rest-client.ts";
import type { RestartableServer } from "./restartable-server.ts";
import type { OpenSocket } from "./sockets.ts";
import type { TurnableClock } from "./turnable-clock.ts";

export interface LiveOptions {
  /** Ends the run early, with a `cut-off` mark. */
  readonly signal?: AbortSignal;
  /** Sees each event as it happens. */
  readonly onEvent?: (event: HistoryEvent) => void;
  /** Of the devices. Default: the same as the profile tells of the server. */
  readonly coap?: CoapParams;
  /** How long a datagram may take to the server at most, when this process is not late itself. Default 20 ms: the same machine. */
  readonly uplinkSpan?: Micros;
  /** A process that is later than this measures nothing any more: the run is cut off. Default 5 s. */
  readonly maxLateness?: Micros;
  /** Makes the devices; for variants. */
  readonly device?: (options: VirtualDeviceOptions) => VirtualDevice;
  /** The target's server, for this run to kill and start again as the plan says. Absent: such operations are skipped. */
  readonly server?: RestartableServer;
  /** That of the target's server, for this run to turn where the plan waits for long. Absent: it waits. */
  readonly clock?: TurnableClock;
}

export type LiveSettings = LiveOptions & Required<Omit<LiveOptions, "signal" | "onEvent" | "server" | "clock">>;

/** What runs of one process share. */
export interface SharedByRuns {
  /** Part of every name on the server, so that sessions share a server without meeting. */
  readonly scope: string;
  readonly agenda: Agenda;
  readonly http: RestClient;
  /** The HTTP client has a token for requests without one of their own. */
  readonly authorised: boolean;
  readonly measuring: Measuring;
  readonly openSocket: OpenSocket;
  /** When the target had read what was sent at `sent`, at the latest; `undefined`: it cannot be told. */
  handledBy(sent: Instant): Instant | "not yet" | undefined;
  /** For how long the target has been behind with what it was sent, microseconds. */
  behind(): number;
  /** The number of the run within the session: runs of one plan do not meet either. */
  nextRun(): number;
}
