/** Draws a sequence diagram as SVG. Colours and fonts come from the page's style sheet, by class. Pure. */
import { secondsText, shorten } from "../text.ts";
import { type Content, element, type Markup } from "./markup.ts";
import type { Diagram, DiagramRow, Fate } from "./sequence.ts";

/** Units of the picture; at its natural size, pixels. */
const TIME_WIDTH = 104;
const LANE_WIDTH = 270;
const FIRST_LANE = TIME_WIDTH + 60;
const LEAST_RIGHT_MARGIN = 150;
const HEAD = 44;
const ROW = 27;
/** Of the monospaced font at 11 units. */
const CHARACTER = 6.65;
const AWAY_WIDTH = 10;

export interface SequencePicture {
  readonly title: string;
  readonly description: string;
  /** Unique in the page, for the names of its parts. */
  readonly id: string;
}

export function drawSequence(diagram: Diagram, { title, description, id }: SequencePicture): Markup {
  const width = laneX(diagram.lanes.length - 1) + rightMargin(diagram);
  const height = HEAD + diagram.rows.length * ROW + 14;
  return element(
    "svg",
    {
      class: "sequence",
      role: "img",
      "aria-labelledby": `${id}-title ${id}-description`,
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    element("title", { id: `${id}-title` }, title),
    element("desc", { id: `${id}-description` }, description),
    diagram.lanes.map((name, lane) => drawLane(name, lane, height)),
    diagram.away.map(({ lane, from, to }) => drawAway(lane, from, to)),
    diagram.rows.map((row, index) => drawRow(row, index, width)),
  );
}

/** Notes of the last lane stand at its right. */
function rightMargin({ lanes, rows }: Diagram): number {
  const notes = rows.flatMap((row) => (row.kind === "note" && row.lane === lanes.length - 1 ? [noteText(row)] : []));
  const longest = Math.max(0, ...notes.map(({ length }) => length));
  return Math.max(LEAST_RIGHT_MARGIN, longest * CHARACTER + 36);
}

const MOST_IN_NOTE = 46;
const noteText = ({ label }: { readonly label: string }): string => shorten(label, MOST_IN_NOTE);

const laneX = (lane: number): number => FIRST_LANE + lane * LANE_WIDTH;
const rowY = (row: number): number => HEAD + row * ROW + ROW - 8;

const drawLane = (name: string, lane: number, height: number): Content => [
  element("text", { class: "lane", x: laneX(lane), y: 20, "text-anchor": "middle" }, name),
  element("line", { class: "life", x1: laneX(lane), y1: 30, x2: laneX(lane), y2: height - 6 }),
];

const drawAway = (lane: number, from: number, to: number): Content =>
  element("rect", {
    class: "away",
    x: laneX(lane) - AWAY_WIDTH / 2,
    y: rowY(from),
    width: AWAY_WIDTH,
    height: Math.max(6, rowY(to) - rowY(from)),
  });

function drawRow(row: DiagramRow, index: number, width: number): Content {
  const y = rowY(index);
  if (row.kind === "gap")
    return element("text", { class: "gap", x: width / 2, y: y - 2, "text-anchor": "middle" }, `⋮ ${row.label} ⋮`);
  const parts: Content[] = [
    element("title", {}, row.detail),
    row.marked
      ? element("rect", { class: "mark", x: 2, y: y - ROW + 9, width: width - 4, height: ROW - 2, rx: 4 })
      : "",
    element("text", { class: "time", x: TIME_WIDTH, y: y + 1, "text-anchor": "end" }, secondsText(row.at)),
    row.marked ? element("text", { class: "pointer", x: 8, y: y + 1 }, "▶") : "",
  ];
  return element("g", { class: row.marked ? "row marked" : "row" }, parts, drawWhat(row, y, width));
}

function drawWhat(row: Exclude<DiagramRow, { kind: "gap" }>, y: number, width: number): Content {
  switch (row.kind) {
    case "divider":
      return [
        element("line", { class: "divider", x1: TIME_WIDTH + 12, y1: y - 3, x2: width - 12, y2: y - 3 }),
        element("text", { class: "divider-text", x: width - 14, y: y - 7, "text-anchor": "end" }, row.label),
      ];
    case "note": {
      const label = noteText(row);
      const box = { x: laneX(row.lane) + 9, y: y - 14, width: label.length * CHARACTER + 12, height: 18, rx: 3 };
      return [
        element("circle", { class: "dot", cx: laneX(row.lane), cy: y - 5, r: 4 }),
        element("rect", { class: "note", ...box }),
        element("text", { class: "label", x: laneX(row.lane) + 15, y: y - 1 }, label),
      ];
    }
    case "message":
      return drawMessage(row, y);
  }
}

/** How far of its way an arrow is drawn, and what stands at its end. */
const FATES: Readonly<Record<Fate, { readonly share: number; readonly end: "head" | "cross" }>> = {
  arrives: { share: 1, end: "head" },
  lost: { share: 0.6, end: "cross" },
  unheard: { share: 0.97, end: "cross" },
  failed: { share: 0.6, end: "cross" },
};

function drawMessage({ from, to, fate, rest, label }: Extract<DiagramRow, { kind: "message" }>, y: number): Content {
  const start = laneX(from);
  const goal = laneX(to);
  const { share, end } = FATES[fate];
  const direction = goal > start ? 1 : -1;
  const tip = start + (goal - start) * share - (end === "head" ? direction * 2 : 0);
  // Next to the server's lane, where a short way between two lanes has its room.
  const near = Math.min(start, goal);
  const room = Math.floor((LANE_WIDTH - 16) / CHARACTER);
  const kind = rest ? "rest" : "datagram";
  return [
    element("line", { class: `${kind} ${fate}`, x1: start, y1: y, x2: tip, y2: y }),
    end === "head" ? arrowHead(tip, y, direction, kind) : cross(tip, y),
    element("text", { class: "label", x: near + 9, y: y - 4 }, shorten(label, room)),
  ];
}

const arrowHead = (x: number, y: number, direction: number, kind: string): Markup =>
  element("path", { class: `head ${kind}`, d: `M${x} ${y}l${-8 * direction} -4v8z` });

const cross = (x: number, y: number): Markup =>
  element("path", { class: "cross", d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8` });
