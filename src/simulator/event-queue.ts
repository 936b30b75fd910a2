/**
 * A queue of events in the order (time, priority, sequence): a binary heap over flat arrays.
 *
 * Two events of equal time and priority leave in the order in which they came, so a run never depends on the
 * shape of the heap. Knows no clock; `world.ts` has one.
 */
import { type Instant, NEVER } from "../protocol/time.ts";

/** Events that are to come, the first one first. */
export interface EventQueue<E> {
  readonly size: number;
  /** The time of the first event; `NEVER` when there is none. */
  readonly nextAt: Instant;
  /** @param priority 0..15, the smaller the earlier */
  push(at: Instant, event: E, priority: number): void;
  /** Takes the first event out; `undefined` when there is none. */
  pop(): E | undefined;
}

/** Priority and sequence in one number: 2^48 events before the priorities would overlap. */
const PRIORITY_STEP = 2 ** 48;

interface Heap<E> {
  size: number;
  sequence: number;
  times: Float64Array;
  orders: Float64Array;
  /** Where the event of this place stands in `events`: moving a number is cheaper than moving a reference. */
  slots: Uint32Array;
  readonly events: (E | undefined)[];
}

const INITIAL_CAPACITY = 64;

/** An empty queue; it grows as it is filled. */
export function createEventQueue<E>(): EventQueue<E> {
  const heap: Heap<E> = {
    size: 0,
    sequence: 0,
    times: new Float64Array(INITIAL_CAPACITY),
    orders: new Float64Array(INITIAL_CAPACITY),
    slots: Uint32Array.from({ length: INITIAL_CAPACITY }, (_, slot) => slot),
    events: [],
  };
  return {
    get size() {
      return heap.size;
    },
    get nextAt() {
      return heap.size === 0 ? NEVER : (heap.times[0] as number as Instant);
    },
    push: (at, event, priority) => push(heap, at, event, priority),
    pop: () => pop(heap),
  };
}

function push<E>(heap: Heap<E>, at: number, event: E, priority: number): void {
  if (heap.size === heap.times.length) grow(heap);
  const order = priority * PRIORITY_STEP + heap.sequence++;
  const { times, orders, slots } = heap;
  let place = heap.size++;
  const slot = slots[place] as number;
  heap.events[slot] = event;
  while (place > 0) {
    const parent = (place - 1) >>> 1;
    const time = times[parent] as number;
    if (time < at || (time === at && (orders[parent] as number) < order)) break;
    times[place] = time;
    orders[place] = orders[parent] as number;
    slots[place] = slots[parent] as number;
    place = parent;
  }
  times[place] = at;
  orders[place] = order;
  slots[place] = slot;
}

function pop<E>(heap: Heap<E>): E | undefined {
  if (heap.size === 0) return undefined;
  const slot = heap.slots[0] as number;
  const event = heap.events[slot];
  heap.events[slot] = undefined;
  const last = --heap.size;
  if (last > 0) sink(heap, last);
  heap.slots[last] = slot;
  return event;
}

/** Puts what stood at `last` where the first event was, and lets it sink to its place. */
function sink<E>(heap: Heap<E>, last: number): void {
  const { times, orders, slots } = heap;
  const at = times[last] as number;
  const order = orders[last] as number;
  const slot = slots[last] as number;
  let place = 0;
  for (let child = 1; child < last; child = place * 2 + 1) {
    const right = child + 1;
    if (right < last && comesFirst(times, orders, right, child)) child = right;
    const time = times[child] as number;
    if (at < time || (at === time && order < (orders[child] as number))) break;
    times[place] = time;
    orders[place] = orders[child] as number;
    slots[place] = slots[child] as number;
    place = child;
  }
  times[place] = at;
  orders[place] = order;
  slots[place] = slot;
}

function comesFirst(times: Float64Array, orders: Float64Array, a: number, b: number): boolean {
  const timeA = times[a] as number;
  const timeB = times[b] as number;
  return timeA < timeB || (timeA === timeB && (orders[a] as number) < (orders[b] as number));
}

function grow<E>(heap: Heap<E>): void {
  const capacity = heap.times.length * 2;
  const times = new Float64Array(capacity);
  const orders = new Float64Array(capacity);
  const slots = Uint32Array.from({ length: capacity }, (_, slot) => slot);
  times.set(heap.times);
  orders.set(heap.orders);
  slots.set(heap.slots);
  heap.times = times;
  heap.orders = orders;
  heap.slots = slots;
}
