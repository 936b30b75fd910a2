/**
 * Who waits until when: a binary heap whose entries know their place, so that each can be removed at once.
 *
 * No timer of the operating system is behind it. Entries that are due together come out in the order of being added.
 */
import { type Instant, NEVER } from "../time.ts";

/** An entry; only `Timers` changes these fields. */
export interface Timed {
  due: Instant;
  /** Breaks ties: count of additions before this one. */
  order: number;
  /** Index in the heap, `NOT_WAITING` outside. */
  slot: number;
}

/** The place of an entry that is not in the heap. */
export const NOT_WAITING = -1;

/** The entries that wait, the earliest first. */
export class Timers<T extends Timed> {
  private readonly heap: T[] = [];
  private additions = 0;

  /** The earliest time that anybody waits for. */
  get deadline(): Instant {
    return this.heap[0]?.due ?? NEVER;
  }

  /** Waits until `due`, instead of what the entry waited for before. */
  set(entry: T, due: Instant): void {
    this.remove(entry);
    entry.due = due;
    entry.order = this.additions++;
    this.heap.push(entry);
    this.rise(entry, this.heap.length - 1);
  }

  /** Waits no more; nothing happens when it did not wait. */
  remove(entry: T): void {
    const { slot } = entry;
    if (slot === NOT_WAITING) return;
    entry.slot = NOT_WAITING;
    const last = this.heap.pop();
    if (last === undefined || last === entry) return;
    this.sink(last, slot);
    if (last.slot === slot) this.rise(last, slot);
  }

  /** Takes the first entry that is due at `now`; `undefined` when none is. */
  takeDue(now: Instant): T | undefined {
    const first = this.heap[0];
    if (first === undefined || first.due > now) return undefined;
    this.remove(first);
    return first;
  }

  private rise(entry: T, from: number): void {
    let slot = from;
    while (slot > 0) {
      const parentSlot = (slot - 1) >> 1;
      const parent = this.heap[parentSlot] as T;
      if (!precedes(entry, parent)) break;
      this.place(parent, slot);
      slot = parentSlot;
    }
    this.place(entry, slot);
  }

  private sink(entry: T, from: number): void {
    const { length } = this.heap;
    let slot = from;
    for (;;) {
      let childSlot = 2 * slot + 1;
      if (childSlot >= length) break;
      let child = this.heap[childSlot] as T;
      const right = this.heap[childSlot + 1];
      if (right !== undefined && precedes(right, child)) {
        child = right;
        childSlot++;
      }
      if (!precedes(child, entry)) break;
      this.place(child, slot);
      slot = childSlot;
    }
    this.place(entry, slot);
  }

  private place(entry: T, slot: number): void {
    this.heap[slot] = entry;
    entry.slot = slot;
  }
}

const precedes = (a: Timed, b: Timed): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);
