/**
 * When a device of a fleet registers for the first time: by the start profile of its group.
 */
import type { FleetFile, FleetGroup, FleetStart } from "../model/fleet.ts";
import { below, type Decide, PART } from "./decisions.ts";
import { affects, eventWindow } from "./windows.ts";

/** Where the device stands in the fleet, and in its group. */
export interface Place {
  readonly index: number;
  readonly within: number;
  readonly count: number;
}

/** Milliseconds. A device that would start while its power is cut starts when it is back. */
export function registrationTime(file: FleetFile, { name, start }: FleetGroup, place: Place, decide: Decide): number {
  const { index } = place;
  const planned = start.after + offsetOf(start, place, decide);
  const cuts = file.events.flatMap((event, order) =>
    event.kind === "power-cut" && affects(event, order, name, index, decide)
      ? [eventWindow(event, order, index, decide)]
      : [],
  );
  // In the order of time, whatever that of the file: the power that is back may be cut again at once.
  return cuts
    .sort((one, other) => one.from - other.from)
    .reduce((at, { from, until }) => (from <= at && at < until ? until : at), planned);
}

function offsetOf(start: FleetStart, { index, within, count }: Place, decide: Decide): number {
  switch (start.kind) {
    case "linear":
      return Math.floor((within * start.over) / count);
    case "step":
      return Math.floor((Math.floor((within * start.steps) / count) * start.over) / start.steps);
    case "storm":
      return below(decide(index, PART.start, 0, 0), start.over);
  }
}
