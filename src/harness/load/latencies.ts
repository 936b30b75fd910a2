/**
 * A histogram of spans: counts per bucket, so that an hour at any rate costs the same memory and results can be merged.
 *
 * An HDR histogram with three significant digits: what it says is at most 0.1 % above what was recorded. The largest
 * span and the sum are kept exactly beside it. On disk it has the compressed form that tools for HDR histograms read.
 * The one place that names the library.
 */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";
import type { LatencyCounts } from "../record/measured.ts";

export interface Latencies {
  readonly count: number;
  /** Microseconds; 0 when nothing was recorded. */
  readonly max: number;
  readonly mean: number;
  /** @param span microseconds, 0 or more */
  record(span: number): void;
  /** The smallest recorded span, as far as buckets tell, that `percent` of all do not exceed; 0 when nothing was recorded. */
  percentile(percent: number): number;
  add(counts: LatencyCounts): void;
  counts(): LatencyCounts;
}

const FORM = { bitBucketSize: 32, numberOfSignificantValueDigits: 3 } as const;

export function createLatencies(): Latencies {
  const histogram = build({ ...FORM, autoResize: true });
  let max = 0;
  let sum = 0;
  return {
    get count() {
      return histogram.totalCount;
    },
    get max() {
      return max;
    },
    get mean() {
      return histogram.totalCount === 0 ? 0 : sum / histogram.totalCount;
    },
    record(span) {
      const whole = Math.max(0, Math.round(span));
      histogram.recordValue(whole);
      sum += whole;
      max = Math.max(max, whole);
    },
    percentile: (percent) => Math.min(max, histogram.getValueAtPercentile(percent)),
    add(other) {
      histogram.add(decode(other.hdr));
      sum += other.sum;
      max = Math.max(max, other.max);
    },
    counts() {
      // What the library writes here depends on how the histogram came about, and equal samples have to be equal text.
      const plain = build({ ...FORM, highestTrackableValue: Math.max(2, max) });
      plain.add(histogram);
      return { count: histogram.totalCount, max, sum, hdr: encodeIntoCompressedBase64(plain) };
    },
  };
}

const decode = (hdr: string): Histogram => decodeFromCompressedBase64(hdr, 32, false);
