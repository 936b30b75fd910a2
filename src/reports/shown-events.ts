/**
 * Which events of a history a report shows: those that show the violation and what is around them; a short history whole.
 *
 * Pure. How an event looks is the business of whoever shows it.
 */

/** Histories up to this length are shown whole. */
const SHOWN_WHOLE = 80;
/** Events shown before and after each one that shows the violation. */
const BEFORE = 12;
const AFTER = 4;
/** The most events shown of a long history. */
const MOST_SHOWN = SHOWN_WHOLE * 3;

/** An event that is shown, by its index, or how many are left out at that place. */
export type ShownEvent =
  | { readonly kind: "event"; readonly index: number }
  | { readonly kind: "left-out"; readonly events: number };

/**
 * @param length of the history, events
 * @param marked indices of the events that show the violation; none: all events are of equal interest
 */
export function shownEvents(length: number, marked: readonly number[]): readonly ShownEvent[] {
  const whole = length <= SHOWN_WHOLE || marked.length === 0;
  const isNear = (index: number) => marked.some((event) => index >= event - BEFORE && index <= event + AFTER);
  const shown: ShownEvent[] = [];
  let left = 0;
  for (let index = 0; index < length; index++) {
    if (shown.length >= MOST_SHOWN || !(whole || isNear(index))) {
      left += 1;
      continue;
    }
    if (left > 0) shown.push({ kind: "left-out", events: left });
    left = 0;
    shown.push({ kind: "event", index });
  }
  return left > 0 ? [...shown, { kind: "left-out", events: left }] : shown;
}
