/**
 * A history as a sequence diagram: lanes for the REST client, the server and the devices, and one row for each event.
 * What is drawn, not how; the drawing is in sequence-svg.ts. Pure.
 *
 * Rows follow the order of the history; their height is not time, so a row tells its time, and a long pause is said.
 */
import type { DownlinkEvent, History, HistoryEvent } from "../../harness/history/history.ts";
import { type EventPlace, eventPlaces } from "../event-places.ts";
import { eventLine, planStart, printablePayload } from "../history-text.ts";
import { count, secondsText } from "../text.ts";
import { diagramEvents } from "./diagram-events.ts";
import { answerWords, datagramWords, noteWords, purposeWords } from "./event-words.ts";

export interface Diagram {
  /** From left to right: REST client, server, then the devices that have to do with it. */
  readonly lanes: readonly string[];
  readonly rows: readonly DiagramRow[];
  /** Spans of rows in which a lane is away: offline, asleep, rebooting, or the server's process down. */
  readonly away: readonly { readonly lane: number; readonly from: number; readonly to: number }[];
}

/** `arrives`: heard. `lost`: by the network. `unheard`: arrived where nobody listened. `failed`: no answer to REST. */
export type Fate = "arrives" | "lost" | "unheard" | "failed";

interface RowBase {
  /** Microseconds from the start of the plan. */
  readonly at: number;
  /** It shows the violation. */
  readonly marked: boolean;
  /** The whole event, on a line. */
  readonly detail: string;
  readonly label: string;
}

export type DiagramRow =
  | (RowBase & {
      readonly kind: "message";
      readonly from: number;
      readonly to: number;
      readonly fate: Fate;
      readonly rest: boolean;
    })
  | (RowBase & { readonly kind: "note"; readonly lane: number })
  | (RowBase & { readonly kind: "divider" })
  /** Events that are left out here, set-up, or a long pause. */
  | { readonly kind: "gap"; readonly label: string };

const CLIENT = 0;
const SERVER = 1;
const FIRST_DEVICE = 2;
/** Microseconds without anything from which on the pause is said. */
const LONG_PAUSE = 10_000_000;
/** Devices that have a lane; events of others are left out. */
const MOST_DEVICES = 8;

/** @param marked indices of the events that show the violation */
export function sequenceOf(history: History, marked: readonly number[]): Diagram {
  const { events } = history;
  const begun = events.findIndex((event) => event.kind === "mark" && event.mark === "start");
  const isSetUp = (index: number): boolean => index < begun && !marked.includes(index);
  const whole: View = {
    history,
    marked,
    devices: devicesOf(events, Number.POSITIVE_INFINITY),
    start: planStart(events),
    places: eventPlaces(events),
    heard: heardDatagrams(events),
  };
  const drawn = events.flatMap((event, index) =>
    !isSetUp(index) && rowsOf(event, index, whole).length > 0 ? [index] : [],
  );
  const shown = diagramEvents(events, drawn, marked);
  const seen = shown.flatMap((each) => (each.kind === "event" ? [events[each.index]] : []));
  const view: View = { ...whole, devices: devicesOf(seen, MOST_DEVICES) };
  const rows: DiagramRow[] = [];
  const away = new AwaySpans();
  const setUp = events.filter((_, index) => isSetUp(index)).length;
  if (setUp > 0) rows.push({ kind: "gap", label: `set-up: ${count(setUp, "event")}` });
  let told = 0;
  /** What is left out between two shown events still tells who is away. */
  const noteUntil = (index: number): void => {
    for (; told < index; told++) note(events[told]);
  };
  const note = (event: HistoryEvent | undefined): void => {
    if (event !== undefined) away.note(laneOf(event, view.devices), event, rows.length);
  };
  for (const each of shown) {
    if (each.kind === "left-out") {
      rows.push({ kind: "gap", label: `${count(each.events, "event")} left out` });
      continue;
    }
    noteUntil(each.index);
    const event = events[each.index];
    if (event === undefined) continue;
    const own = rowsOf(event, each.index, view);
    const [first] = own;
    if (first !== undefined && first.kind !== "gap") rows.push(...pauseBefore(first.at, rows.at(-1)));
    noteUntil(each.index + 1);
    rows.push(...own);
  }
  return {
    lanes: ["REST client", "server", ...view.devices.map((device) => `device ${device}`)],
    rows,
    away: away.closed(rows.length),
  };
}

/** Between two events that are drawn one below the other. */
function pauseBefore(at: number, last: DiagramRow | undefined): readonly DiagramRow[] {
  if (last === undefined || last.kind === "gap" || at - last.at < LONG_PAUSE) return [];
  return [{ kind: "gap", label: `${secondsText(at - last.at)} pass` }];
}

interface View {
  readonly history: History;
  readonly marked: readonly number[];
  readonly devices: readonly number[];
  readonly start: number;
  readonly places: readonly EventPlace[];
  readonly heard: ReadonlySet<string>;
}

function devicesOf(events: readonly (HistoryEvent | undefined)[], most: number): readonly number[] {
  const devices = events.flatMap((event) => (event !== undefined && "device" in event ? [event.device ?? -1] : []));
  return [...new Set(devices)]
    .filter((device) => device >= 0)
    .sort((a, b) => a - b)
    .slice(0, most);
}

function laneOf(event: HistoryEvent, devices: readonly number[]): number | undefined {
  if (event.kind === "server") return SERVER;
  if (!("device" in event) || event.device === undefined) return undefined;
  const position = devices.indexOf(event.device);
  return position < 0 ? undefined : FIRST_DEVICE + position;
}

/** Datagrams that reached a listening device, by device, time and bytes. */
function heardDatagrams(events: readonly HistoryEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((e) => (e.kind === "delivery" ? [heardKey(e.device, e.at, e.bytes)] : [])));
}

const heardKey = (device: number, at: number, bytes: Uint8Array): string => `${device} ${at} ${bytes.join()}`;

function rowsOf(event: HistoryEvent, index: number, view: View): readonly DiagramRow[] {
  const { history, start } = view;
  const marked = view.marked.includes(index);
  const place = view.places[index] ?? { at: event.at };
  const base = { at: place.at - start, marked, detail: eventLine(event, start, place).trim() };
  const lane = laneOf(event, view.devices);
  switch (event.kind) {
    case "rest-request": {
      const label = purposeWords(event.purpose, `${event.request.method} /${event.request.path.join("/")}`);
      return [{ ...base, kind: "message", from: CLIENT, to: SERVER, rest: true, fate: "arrives", label }];
    }
    case "rest-answer": {
      const label = answerWords(event.response, history.header.devices);
      return [{ ...base, kind: "message", from: SERVER, to: CLIENT, rest: true, fate: "arrives", label }];
    }
    case "rest-failure":
      return [{ ...base, kind: "message", from: SERVER, to: CLIENT, rest: true, fate: "failed", label: event.reason }];
    case "uplink": {
      if (lane === undefined) return [];
      const label = `${datagramWords(event.bytes)}${event.copy ? " (copy)" : ""}`;
      const fate = event.lost ? "lost" : "arrives";
      return [
        { ...base, kind: "message", from: lane, to: SERVER, rest: false, fate, label },
        ...addressNote(base, lane, place.fromNewAddress, "from its new address"),
        ...payloadNote(base, lane, event.bytes),
      ];
    }
    case "downlink": {
      const label = `${datagramWords(event.bytes)}${event.arrivals.length > 1 ? ` (${event.arrivals.length} copies)` : ""}`;
      if (lane === undefined) return [{ ...base, kind: "note", lane: SERVER, label: `to ${event.address}: ${label}` }];
      return [
        { ...base, kind: "message", from: SERVER, to: lane, rest: false, fate: downFate(event, view), label },
        ...addressNote(base, lane, place.toOldAddress, "at its old address"),
      ];
    }
    case "delivery":
      // Its arrow is the downlink's; one that shows the violation is told all the same.
      return marked && lane !== undefined ? [{ ...base, kind: "note", lane, label: "arrives" }] : [];
    case "mark":
      return [{ ...base, kind: "divider", label: MARKS[event.mark] }];
    default: {
      const label = noteWords(event);
      return label === undefined ? [] : [{ ...base, kind: "note", lane: lane ?? SERVER, label }];
    }
  }
}

/** An address is too long for the arrow. */
function addressNote(
  base: Omit<RowBase, "label">,
  lane: number,
  address: string | undefined,
  words: string,
): readonly DiagramRow[] {
  return address === undefined ? [] : [{ ...base, marked: false, kind: "note", lane, label: `${words} ${address}` }];
}

/** What a device says that shows the violation, where it is text. */
function payloadNote(base: Omit<RowBase, "label">, lane: number, bytes: Uint8Array): readonly DiagramRow[] {
  const text = base.marked ? printablePayload(bytes) : undefined;
  return text === undefined
    ? []
    : [{ ...base, marked: false, kind: "note", lane, label: `says ${JSON.stringify(text)}` }];
}

const MARKS = {
  start: "the plan begins",
  quiet: "no more faults from here on",
  end: "the plan is over",
  "cut-off": "cut off",
} as const;

/** Live, when a device hears something is not known to the microsecond, so there all that is not lost arrives. */
function downFate({ device, bytes, arrivals }: DownlinkEvent, { heard, history }: View): Fate {
  if (arrivals.length === 0) return "lost";
  if (history.header.mode === "live" || device === undefined) return "arrives";
  return arrivals.some((at) => heard.has(heardKey(device, at, bytes))) ? "arrives" : "unheard";
}

/** Begins and ends of being away, by the events that tell of them. */
class AwaySpans {
  private readonly open = new Map<number, number>();
  private readonly spans: { lane: number; from: number; to: number }[] = [];

  note(lane: number | undefined, event: HistoryEvent, row: number): void {
    if (lane === undefined || (event.kind !== "device" && event.kind !== "server")) return;
    if (GOES.has(event.event)) this.open.set(lane, this.open.get(lane) ?? row);
    else if (COMES.has(event.event)) this.close(lane, row);
  }

  /** Those still open end with the last row. */
  closed(rows: number): Diagram["away"] {
    for (const lane of [...this.open.keys()]) this.close(lane, rows - 1);
    return this.spans;
  }

  private close(lane: number, to: number): void {
    const from = this.open.get(lane);
    this.open.delete(lane);
    if (from !== undefined) this.spans.push({ lane, from, to });
  }
}

const GOES: ReadonlySet<string> = new Set(["offline", "asleep", "reboot", "down"]);
const COMES: ReadonlySet<string> = new Set(["online", "awake", "boot", "up"]);
