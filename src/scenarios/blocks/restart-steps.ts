/** The step that all blocks about restarts share: the server is killed, and stays down for a while. */
import * as fc from "fast-check";
import type { Operation } from "../plan.ts";
import type { Sketch } from "../sketch.ts";

/** Milliseconds: shorter than a retransmission, about one, longer than any exchange. */
export const DOWN_FOR = fc.constantFrom(0, 1, 300, 2_500, 20_000, 100_000, 600_000);

type Dying = NonNullable<Extract<Operation, { kind: "restart-server" }>["dies"]>;

/** At once, mostly. */
export const DYING: fc.Arbitrary<"at-once" | Dying> = fc.constantFrom(
  "at-once",
  "at-once",
  "at-once",
  "before-storing",
  "after-storing",
);

/** Milliseconds. Starting a server again takes its own time, for which a live plan waits. */
const LONGEST_LIVE_DOWNTIME = 1_500;

/** A server that is to die when it stores something does so within this time. */
const DIES_WITHIN = 1_000;

/** Kills the server; gives the moment at which it is surely up again. */
export function restartServer(
  sketch: Sketch,
  at: number,
  downFor: number,
  dying: "at-once" | Dying = "at-once",
): number {
  const dies = dying === "at-once" ? {} : { dies: dying };
  const span = sketch.pace.mode === "live" ? Math.min(downFor, LONGEST_LIVE_DOWNTIME) : downFor;
  sketch.operations.push({ at, kind: "restart-server", downFor: span, ...dies });
  return at + span + (dying === "at-once" ? 0 : DIES_WITHIN);
}
