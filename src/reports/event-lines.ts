/** The part of a history that a report shows, as lines of text. Pure. */
import type { History } from "../harness/history/history.ts";
import { eventPlaces } from "./event-places.ts";
import { eventLine, planStart } from "./history-text.ts";
import { shownEvents } from "./shown-events.ts";
import { count, secondsText } from "./text.ts";

/** The events around those that show the violation, a line each. */
export function eventLines({ events }: History, marked: readonly number[]): readonly string[] {
  const start = planStart(events);
  const places = eventPlaces(events);
  return shownEvents(events.length, marked).map((shown) => {
    if (shown.kind === "left-out") return leftOut(shown.events);
    const event = events[shown.index];
    return event === undefined
      ? ""
      : `${marked.includes(shown.index) ? ">" : " "}${eventLine(event, start, places[shown.index])}`;
  });
}

const leftOut = (events: number): string =>
  `${" ".repeat(secondsText(0).length + 8)} … ${count(events, "event")} left out`;
