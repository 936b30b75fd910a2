/**
 * A histogram of spans: counts per bucket, so that an hour at any rate costs the same memory and results can be merged.
 *
 * An HDR histogram with three significant digits: what it says is at most 0.1 % above what was recorded. The largest
 * span and the sum are kept exactly beside it. On disk it has the compressed form that tools for HDR histograms read.
 * The one place that names the library.
 */
import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, type Histogram } from "hdr-histogram-js";

/** As it is on disk. */
export interface LatencyCounts {
  readonly count: number;
  /** Microseconds. */
  readonly max: number;
  readonly sum: number;
  /** HDR histogram V2, compressed, in Base64. */
  readonly hdr: string;
}

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

const SIGNIFICANT_DIGITS = 3;

export function createLatencies(): Latencies {
  const histogram = build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: SIGNIFICANT_DIGITS });
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
    counts: () => ({ count: histogram.totalCount, max, sum, hdr: encodeIntoCompressedBase64(histogram) }),
  };
}

const decode = (hdr: string): Histogram => decodeFromCompressedBase64(hdr, 32, false);
