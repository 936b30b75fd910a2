/**
 * The earliest of many deadlines that move often: a binary heap whose entries are corrected only when they surface.
 *
 * Ten thousand devices put their lifetime off every hour; that costs nothing here, because an entry that comes to the
 * top too early is put back where it belongs then. Ties are served in the order in which they were watched.
 */
import { type Instant, NEVER } from "../protocol/time.ts";

export interface Deadlines<T> {
  /** The earliest deadline; `NEVER` when there is none. */
  readonly next: Instant;
  /** Call when an item is new, or when its deadline may have come closer. Farther away needs no call. */
  watch(item: T): void;
  /** An item whose deadline is not after `now`, earliest first; it is no longer watched then. */
  take(now: Instant): T | undefined;
}

interface Entry<T> {
  readonly at: Instant;
  readonly sequence: number;
  readonly item: T;
}

/** @param deadlineOf when the item is due, as things stand; `NEVER`: forget it */
export function createDeadlines<T>(deadlineOf: (item: T) => Instant): Deadlines<T> {
  const heap: Entry<T>[] = [];
  const watched = new Map<T, Entry<T>>();
  let sequence = 0;

  const watch = (item: T): void => {
    const at = deadlineOf(item);
    if (at === NEVER) return;
    const known = watched.get(item);
    if (known !== undefined && known.at <= at) return;
    const entry = { at, sequence: sequence++, item };
    watched.set(item, entry);
    push(heap, entry);
  };

  /** Removes or puts back what stands on top by mistake. */
  const settled = (): Entry<T> | undefined => {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      const isLatest = watched.get(top.item) === top;
      if (isLatest && deadlineOf(top.item) === top.at) return top;
      pop(heap);
      if (!isLatest) continue;
      watched.delete(top.item);
      watch(top.item);
    }
    return undefined;
  };

  return {
    get next() {
      return settled()?.at ?? NEVER;
    },
    watch,
    take(now) {
      const top = settled();
      if (top === undefined || top.at > now) return undefined;
      pop(heap);
      watched.delete(top.item);
      return top.item;
    },
  };
}

const isBefore = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence);

function push<T>(heap: Entry<T>[], entry: Entry<T>): void {
  let index = heap.length;
  heap.push(entry);
  while (index > 0) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = entry;
}

function pop<T>(heap: Entry<T>[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let childIndex = 2 * index + 1;
    let child = heap[childIndex];
    const right = heap[childIndex + 1];
    if (child !== undefined && right !== undefined && isBefore(right, child)) {
      child = right;
      childIndex += 1;
    }
    if (child === undefined || !isBefore(child, last)) break;
    heap[index] = child;
    index = childIndex;
  }
  heap[index] = last;
}
