/**
 * Judges what a load has measured: of one process, or of several together. Pure, and the same for both, so that the
 * whole of a load is judged as if one process had run it.
 */
import { type GeneratorVerdict, LOAD_FORMAT_VERSION, type LoadPart, type LoadResult } from "../record/load-result.ts";
import { isWhole } from "../record/shards.ts";
import { judgeGenerator } from "./generator-lag.ts";
import { loadOutcome } from "./load-outcome.ts";
import type { Series } from "./series.ts";
import { judgeThreshold, type Threshold } from "./thresholds.ts";

/** A load before anything is said about it. */
export interface MeasuredLoad
  extends Omit<LoadResult, "formatVersion" | "outcome" | "generator" | "thresholds" | "series"> {
  readonly thresholds: readonly Threshold[];
  readonly series: Series;
}

export function judgeLoad({ thresholds, series, ...measured }: MeasuredLoad): LoadResult {
  const { parts, registered, check } = measured;
  const generator = generatorOf(measured, series);
  const part = registered === undefined || registered.of === 0 ? undefined : registered.devices / registered.of;
  const judged = thresholds.map((each) => judgeThreshold(each, series, part));
  const interrupted = parts.some((each) => each.interrupted);
  const whole = isWhole(measured);
  const outcome = loadOutcome({ interrupted, generator, thresholds: judged, check, whole });
  return {
    formatVersion: LOAD_FORMAT_VERSION,
    ...measured,
    outcome,
    generator,
    thresholds: judged,
    series: series.saved(),
  };
}

/** Several generators measured only when each of them did, and all of them at once. */
function generatorOf({ parts, maxLag }: Pick<LoadResult, "parts" | "maxLag">, series: Series): GeneratorVerdict {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only.generator;
  const invalid = parts.filter(({ generator }) => !generator.valid);
  if (invalid.length > 0) {
    const sentence = invalid.map(({ index, generator }) => `shard ${index}: ${generator.sentence}`).join("; ");
    return { valid: false, sentence };
  }
  const apart = neverAtOnce(parts);
  if (apart === undefined) return judgeGenerator(series.spans("generator.lag", {}), maxLag);
  const [early, late] = apart;
  return {
    valid: false,
    sentence: `INVALID: shard ${late} began to ask for tasks when shard ${early} had ended: the shards of a load have to run at the same time`,
  };
}

function neverAtOnce(parts: readonly LoadPart[]): readonly [early: number, late: number] | undefined {
  const asking = parts.flatMap(({ index, asking: span }) => (span === undefined ? [] : [{ index, ...span }]));
  const [first, ...others] = asking;
  if (first === undefined) return undefined;
  const early = others.reduce((least, each) => (each.until < least.until ? each : least), first);
  const late = others.reduce((most, each) => (each.from > most.from ? each : most), first);
  return late.from > early.until ? [early.index, late.index] : undefined;
}
