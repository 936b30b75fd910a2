/**
 * A first-in, first-out queue whose operations take constant time on average.
 */

/** Below this many taken entries compaction is not worth its copy. */
const WORTH_COMPACTING = 64;

/** Holds what was put in until it is taken out, in that order. */
export class Fifo<T> {
  private entries: (T | undefined)[] = [];
  private taken = 0;

  get size(): number {
    return this.entries.length - this.taken;
  }

  push(entry: T): void {
    this.entries.push(entry);
  }

  /** The oldest entry, which stays; `undefined` when there is none. */
  peek(): T | undefined {
    return this.entries[this.taken];
  }

  /** Takes the oldest entry; `undefined` when there is none. */
  shift(): T | undefined {
    const entry = this.entries[this.taken];
    // What was taken must not stay in memory until the next compaction.
    if (this.taken < this.entries.length) this.entries[this.taken++] = undefined;
    if (this.taken === this.entries.length) {
      if (this.taken > 0) this.entries = [];
      this.taken = 0;
    } else if (this.taken >= WORTH_COMPACTING && this.taken * 2 >= this.entries.length) {
      this.entries = this.entries.slice(this.taken);
      this.taken = 0;
    }
    return entry;
  }
}
