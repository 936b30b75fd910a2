/**
 * What the oracle believes about the Device Mirror of one device.
 */
import type { RunTime } from "../../history/history.ts";
import type { Window } from "../window.ts";

/** What the mirror would show if a response after the end of its device task counted. */
export interface LateValue {
  readonly since: Window;
  readonly value: unknown;
  readonly event: number;
}

/** One answer to a GET of a device's properties. */
export interface SeenMirror {
  readonly properties: ReadonlyMap<string, unknown>;
  /** When each value came, milliseconds since the Unix epoch, as far as the answer says so. */
  readonly timestamps: ReadonlyMap<string, number>;
  readonly window: Window;
  readonly event: number;
}

/** A value that the mirror may show of a property. */
export interface MirrorExpectation {
  readonly since: Window;
  /**
   * When the request that brought it was sent, at the earliest; that of the first one when several brought the same
   * value. `undefined`: not known, or no request brought it.
   */
  readonly asked: RunTime | undefined;
  /** As the API shows it. */
  readonly value: unknown;
  /** D-01: read; D-02: written; D-04: bulk write of a server property; D-06: either, by a response after the end. */
  readonly requirement: "D-01" | "D-02" | "D-04" | "D-06";
  readonly event: number;
}
