/**
 * Delta debugging over parts of any kind: leaves out large chunks first, and smaller ones where those are needed.
 *
 * Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002. Unlike there, one round of single parts
 * ends it: whoever wants that no part can be left out any more asks again until nothing changes.
 */

export interface LeaveOutOptions {
  /** Parts of the first chunk; absent: half of all. */
  readonly chunk?: number;
  /** Parts that stay in any case; absent: 0. */
  readonly least?: number;
}

/**
 * @param attempt tries to leave these parts out, of what has not been left out before
 * @returns the parts that stay
 */
export async function leaveOut<Part>(
  parts: readonly Part[],
  attempt: (gone: readonly Part[]) => Promise<boolean>,
  { chunk: first = Math.ceil(parts.length / 2), least = 0 }: LeaveOutOptions = {},
): Promise<readonly Part[]> {
  let kept = parts;
  for (let chunk = first; chunk >= 1; chunk = nextChunk(chunk, kept.length)) {
    for (let start = 0; start < kept.length; ) {
      const gone = kept.slice(start, start + chunk);
      const rest = kept.length - gone.length;
      const isSmallest = chunk === 1 || rest > 0;
      if (rest >= least && isSmallest && (await attempt(gone))) kept = kept.toSpliced(start, chunk);
      else start += chunk;
    }
  }
  return kept;
}

const nextChunk = (chunk: number, kept: number): number =>
  chunk === 1 ? 0 : Math.max(1, Math.min(Math.ceil(chunk / 2), Math.ceil(kept / 2)));
