/**
 * Whether this process was fast enough to measure anything: how late it was, against when it meant to be.
 *
 * A generator that falls behind sends less than it says, and sees answers later than they came. What it measures then
 * is itself, so the run is marked as invalid and no server is blamed for it.
 */

import type { GeneratorVerdict } from "../record/load-result.ts";
import { spanWords } from "../record/span-words.ts";
import type { Latencies } from "./latencies.ts";

/**
 * @param lag microseconds: of each task, from its intended time to when it was asked for, and of the event loop
 * @param maxLag microseconds that its 99th percentile may be
 */
export function judgeGenerator(lag: Latencies, maxLag: number): GeneratorVerdict {
  if (lag.count === 0) return { valid: false, sentence: "the generator measured nothing, not even itself" };
  const p99 = lag.percentile(99);
  const figures = `p99 ${spanWords(p99)}, at most ${spanWords(lag.max)}; allowed: p99 ${spanWords(maxLag)}`;
  return p99 <= maxLag
    ? { valid: true, sentence: `generator lag ${figures}` }
    : {
        valid: false,
        sentence: `INVALID: the generator lagged (${figures}). It measured itself: run fewer devices or tasks, or more processes with --shard`,
      };
}
