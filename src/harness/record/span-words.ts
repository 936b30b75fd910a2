/** Microseconds as people read them: `850 µs`, `12.3 ms`, `4.21 s`. */
export function spanWords(span: number): string {
  if (span < 1_000) return `${Math.round(span)} µs`;
  if (span < 1_000_000) return `${(span / 1_000).toPrecision(3)} ms`;
  return `${(span / 1_000_000).toFixed(2)} s`;
}
