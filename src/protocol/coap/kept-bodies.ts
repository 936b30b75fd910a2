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
}

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

  /** In the place of what was there; its life begins now. */
  keep(key: string, value: T, bytes: number, now: Instant): void {
    this.forget(key);
    this.byKey.set(key, { value, bytes, expires: after(now, this.lifetime) });
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

  /** Forgets what has expired. */
  sweep(now: Instant): void {
    for (const [key, { expires }] of this.byKey) {
      if (expires > now) return;
      this.forget(key);
    }
  }
}
