/**
 * Bodies, or parts of them, that are kept for a while: those in the making, and those that are fetched block by block.
 *
 * What was not used for EXCHANGE_LIFETIME is forgotten. Nothing here waits: the sweep is done as part of other calls,
 * and since all live equally long the oldest use is always first.
 *
 * Spec: RFC 7959 §2.5 (how long a partial body is kept), RFC 7252 §4.8.2 (EXCHANGE_LIFETIME).
 */
import { after, type Instant, type Micros } from "../time.ts";

interface Kept<T> {
  readonly value: T;
  readonly bytes: number;
  readonly expires: Instant;
  readonly source: string;
}

/** What is kept, by key, with the time of its last use. */
export class KeptBodies<T> {
  private readonly byKey = new Map<string, Kept<T>>();
  private readonly lifetime: Micros;
  private total = 0;

  constructor(lifetime: Micros) {
    this.lifetime = lifetime;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** Bytes of all together. */
  get bytes(): number {
    return this.total;
  }

  find(key: string): T | undefined {
    return this.byKey.get(key)?.value;
  }

  /**
   * In the place of what was there; its life begins now.
   *
   * @param source whose it is, where that matters: see `forgetOfLargestSource`
   */
  keep(key: string, value: T, bytes: number, now: Instant, source = key): void {
    this.forget(key);
    this.byKey.set(key, { value, bytes, expires: after(now, this.lifetime), source });
    this.total += bytes;
  }

  forget(key: string): void {
    const kept = this.byKey.get(key);
    if (kept === undefined) return;
    this.byKey.delete(key);
    this.total -= kept.bytes;
  }

  forgetOldest(): void {
    for (const key of this.byKey.keys()) {
      this.forget(key);
      return;
    }
  }

  /**
   * Makes room for something of `source`: of whoever has most, the one used longest ago is forgotten. So a source that
   * wants everything takes it from itself.
   *
   * @param weigh what is short: 1 for each, or its bytes
   * @param weight of what is to come
   */
  forgetOfLargestSource(weigh: (bytes: number) => number, source: string, weight: number): void {
    const bySource = new Map<string, number>();
    for (const { source: whose, bytes } of this.byKey.values()) {
      bySource.set(whose, (bySource.get(whose) ?? (whose === source ? weight : 0)) + weigh(bytes));
    }
    let largest: string | undefined;
    for (const [whose, sum] of bySource) {
      if (largest === undefined || sum > (bySource.get(largest) ?? 0)) largest = whose;
    }
    for (const [key, kept] of this.byKey) {
      if (kept.source !== largest) continue;
      this.forget(key);
      return;
    }
  }

  /** Forgets what has expired. */
  sweep(now: Instant): void {
    for (const [key, { expires }] of this.byKey) {
      if (expires > now) return;
      this.forget(key);
    }
  }
}
