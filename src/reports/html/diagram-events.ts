/**
 * Which events of a history its picture shows: those that show the violation and what is nearest to them, few enough to be
 * seen at once. What was only asked of the task API gives way first. Pure.
 */
import type { HistoryEvent } from "../../harness/history/history.ts";
import type { ShownEvent } from "../shown-events.ts";

/** Rows that stand on a screen together. */
const MOST_ROWS = 22;
/** Rows of a history of which no event shows a violation. */
const MOST_WITHOUT_MARK = 80;
/** How much farther away an event counts: after the violation there is little to learn, and of a poll even less. */
const AFTER = 3;
const POLL = 6;
/** In rows: what is farther away has little to do with the violation. */
const FARTHEST = 30;

/**
 * @param drawn indices of the events that have a row, in order
 * @param marked indices of the events that show the violation; they are always shown
 */
export function diagramEvents(
  events: readonly HistoryEvent[],
  drawn: readonly number[],
  marked: readonly number[],
): readonly ShownEvent[] {
  const chosen = marked.length === 0 ? drawn.slice(0, MOST_WITHOUT_MARK) : nearest(events, drawn, marked);
  return withGaps(drawn, new Set(chosen));
}

function nearest(
  events: readonly HistoryEvent[],
  drawn: readonly number[],
  marked: readonly number[],
): readonly number[] {
  if (drawn.length <= MOST_ROWS) return drawn;
  const marks = drawn.flatMap((index, row) => (marked.includes(index) ? [row] : []));
  const distances = askedTogether(events, drawn, (row) =>
    Math.min(...marks.map((mark) => (row <= mark ? mark - row : (row - mark) * AFTER))),
  );
  return drawn
    .map((index, row) => ({ index, distance: distances[row] ?? FARTHEST }))
    .filter(({ distance }) => distance < FARTHEST)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, Math.max(MOST_ROWS, marks.length))
    .map(({ index }) => index);
}

/** The distance of each row; a request to the task API and its answer have that of the nearer one. */
function askedTogether(
  events: readonly HistoryEvent[],
  drawn: readonly number[],
  distance: (row: number) => number,
): readonly number[] {
  const tickets = drawn.map((index) => {
    const event = events[index];
    return event?.kind === "rest-request" || event?.kind === "rest-answer" ? event.ticket : undefined;
  });
  const polls = pollTickets(events);
  const least = new Map<number, number>();
  for (const [row, ticket] of tickets.entries())
    if (ticket !== undefined) least.set(ticket, Math.min(distance(row), least.get(ticket) ?? Number.POSITIVE_INFINITY));
  return tickets.map((ticket, row) =>
    ticket === undefined ? distance(row) : (least.get(ticket) ?? 0) * (polls.has(ticket) ? POLL : 1),
  );
}

/** A gap of one row is shown: it needs no more room than to say that it is left out. */
function withGaps(drawn: readonly number[], chosen: ReadonlySet<number>): readonly ShownEvent[] {
  const shown: ShownEvent[] = [];
  let left: number[] = [];
  const close = () => {
    const [only] = left;
    if (left.length === 1 && only !== undefined) shown.push({ kind: "event", index: only });
    else if (left.length > 0) shown.push({ kind: "left-out", events: left.length });
    left = [];
  };
  for (const index of drawn) {
    if (!chosen.has(index)) {
      left.push(index);
      continue;
    }
    close();
    shown.push({ kind: "event", index });
  }
  close();
  return shown;
}

/** Tickets of requests that only read. */
const pollTickets = (events: readonly HistoryEvent[]): ReadonlySet<number> =>
  new Set(
    events.flatMap((event) => (event.kind === "rest-request" && event.request.method === "GET" ? [event.ticket] : [])),
  );
