/** What a report of a load or of a fleet is made of, whatever its format. Data. */
import type { FleetSummary, VirtualFleet } from "../harness/record/fleet-result.ts";
import type { LoadResult } from "../harness/record/load-result.ts";
import type { Requirement } from "../scenarios/requirements.ts";

export interface LoadView {
  readonly what: "load" | "fleet";
  readonly outcome: { readonly word: string; readonly tone: "pass" | "fail" | "inconclusive" };
  /** Why it is the outcome, in a sentence. */
  readonly reason: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly target: string;
  /** Those that are crossed first, then those of which nothing is known. */
  readonly thresholds: readonly ThresholdRow[];
  /** What has to be known before a figure is believed: what is missing in it. Sentences. */
  readonly caveats: readonly string[];
  /** Of a fleet alone there is none. */
  readonly load?: LoadResult | undefined;
  readonly fleet: FleetSummary;
  /** Of a fleet in virtual time. */
  readonly virtual?: VirtualFleet | undefined;
  /** Processes that took part, by the numbers of their shards. */
  readonly parts: readonly PartRow[];
  readonly latencies: readonly LatencyRow[];
  readonly catalogue: readonly Pick<Requirement, "id" | "sentence" | "source">[];
}

export interface PartRow {
  readonly index: number;
  readonly devices: number;
  /** What there is to say of it; empty: nothing. */
  readonly remark: string;
}

export interface ThresholdRow {
  readonly text: string;
  readonly outcome: "held" | "crossed" | "unknown";
  /** `1.23 s`, `0.1 %`, `nothing was measured`. */
  readonly measured: string;
}

/** A measured span: `task.completion{operation=read}`. */
export interface LatencyRow {
  readonly name: string;
  readonly count: number;
  /** Microseconds, in the order of `PERCENTS`. */
  readonly percentiles: readonly number[];
  /** The same as people read them. */
  readonly words: readonly string[];
}
