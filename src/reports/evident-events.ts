/**
 * The events that show a violation, in words, to stand in the plan at their moments. Pure.
 *
 * Datagrams are told whole; what the task API said is told by what it was asked for and what that shows of device tasks.
 */
import type { History, HistoryEvent } from "../harness/history/history.ts";
import { TaskStatusesEnvelope } from "../protocol/task-api/responses.ts";
import { type EventPlace, eventPlaces } from "./event-places.ts";
import { eventText, planStart } from "./history-text.ts";
import { answerWords, purposeWords } from "./html/event-words.ts";
import type { Evident } from "./plan-text.ts";
import { secondsText, shorten } from "./text.ts";

/** The longest text of one event, characters. */
const LONGEST = 200;

/** @param marked indices of the events; marks of the run say nothing that the plan does not say */
export function evidentEvents(history: History, marked: readonly number[]): readonly Evident[] {
  const { events } = history;
  const start = planStart(events);
  const places = eventPlaces(events);
  return marked.flatMap((index) => {
    const event = events[index];
    const place = places[index];
    if (event === undefined || place === undefined || event.kind === "mark") return [];
    const text = `${secondsText(place.at - start)} ${textOf(event, place, history)}`;
    return [{ at: (place.at - start) / 1_000, text: shorten(text, LONGEST) }];
  });
}

function textOf(event: HistoryEvent, place: EventPlace, { header, events }: History): string {
  switch (event.kind) {
    case "rest-request":
      return `⇒ ${askedFor(event)}`;
    case "rest-answer": {
      const request = events.find((each) => each.kind === "rest-request" && each.ticket === event.ticket);
      const asked = request?.kind === "rest-request" ? `${askedFor(request)}: ` : "";
      const { response } = event;
      return `⇐ ${asked}${[answerWords(response, header.devices), ...countsOf(response.body)].join(", ")}`;
    }
    default:
      return eventText(event, place).replaceAll(/ +/g, " ");
  }
}

const askedFor = ({ purpose, request }: Extract<HistoryEvent, { kind: "rest-request" }>): string =>
  purposeWords(purpose, `${request.method} /${request.path.join("/")}`);

/** `totalDevices 0` */
function countsOf(body: unknown): readonly string[] {
  const parsed = TaskStatusesEnvelope.safeParse(body);
  const counts = parsed.success ? parsed.data.data.statusCounts : undefined;
  return Object.entries(counts ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
}
