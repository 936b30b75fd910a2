/** What a fleet is like at one moment, and at its end: plain data, for screens, files and metrics. */
import type { LatencyCounts } from "../load/latencies.ts";
import type { FleetCounts } from "./meter.ts";

export interface FleetSnapshot {
  /** Microseconds from the start. */
  readonly at: number;
  readonly phase: "running" | "leaving";
  /** Of this process. */
  readonly devices: number;
  /** Those that have tried to register. */
  readonly started: number;
  readonly registered: number;
  readonly asleep: number;
  /** Due to register, and waiting for a place. */
  readonly waiting: number;
  /** First Registers and De-registers under way. */
  readonly inFlight: number;
  readonly counts: Readonly<FleetCounts>;
  /** Responses by operation and code: `register 2.01`. */
  readonly responses: Readonly<Record<string, number>>;
  /** How late this process was at worst, microseconds. */
  readonly worstLateness: number;
  /** How often the system said that nobody listens at the server's port. */
  readonly refusals: number;
}

export interface FleetSummary extends FleetSnapshot {
  /** Why it ended. */
  readonly ended: "duration" | "interrupted";
  /** Registered devices when the leaving began. */
  readonly registeredAtEnd: number;
  readonly deregistered: number;
  /** Still registered with the server when the time to leave was over. */
  readonly leftBehind: number;
  /** Dropped by the kernel for want of receive buffer; absent where nobody knows. */
  readonly kernelDrops?: { readonly devices: number; readonly server: number };
  /** From when a device was due to when it had a place: a part of what its first Register took. */
  readonly placeWaits: LatencyCounts;
  /** Response times in microseconds by operation and code. */
  readonly latencies: Readonly<Record<string, LatencyCounts>>;
}
