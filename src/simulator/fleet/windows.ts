/**
 * When a device of a fleet is offline, as endless streams of windows: one for its cycle of connectivity, one for each
 * event that takes it off the network.
 */
import type { FleetConnectivity, FleetEvent } from "../model/fleet-connectivity.ts";
import { below, type Decide, PART, strikes } from "./decisions.ts";
import { drawMillis } from "./spans.ts";

/** Milliseconds: offline from `from` inclusive to `until` exclusive. */
export interface OfflineSpan {
  readonly from: number;
  readonly until: number;
}

/** The next window, in order and without overlap; `undefined` when there is none any more. */
export type WindowStream = () => OfflineSpan | undefined;

/** `undefined`: never offline by itself. */
export function connectivityWindows(
  connectivity: FleetConnectivity,
  device: number,
  decide: Decide,
): WindowStream | undefined {
  const hash = (index: number): number => decide(device, PART.connectivity, 0, index);
  switch (connectivity.kind) {
    case "always":
      return undefined;
    case "cycle":
      return cycle(connectivity, hash);
    case "day-night":
      return dayNight(connectivity, hash(0));
    case "timetable":
      return timetable(connectivity);
  }
}

function cycle(
  { online, offline, inStep }: Extract<FleetConnectivity, { readonly kind: "cycle" }>,
  hash: (index: number) => number,
): WindowStream {
  // Even draws are for online times, odd ones for offline times. Each lasts a millisecond at least, or time would stand.
  const span = (of: typeof online, index: number): number => Math.max(1, drawMillis(of, hash(index)));
  let index = 1;
  const first = span(online, 0);
  let from = inStep ? first : below(hash(-1), first) + 1;
  return () => {
    const window = { from, until: from + span(offline, index) };
    from = window.until + span(online, index + 1);
    index += 2;
    return window;
  };
}

/** The nights: from the end of one day to the beginning of the next. The first may have begun before the run. */
function dayNight(
  { startsAt, onlineFrom, onlineUntil, jitter, day }: Extract<FleetConnectivity, { readonly kind: "day-night" }>,
  hash: number,
): WindowStream {
  const late = below(hash, jitter + 1);
  let night = -2;
  return () => {
    const midnight = night++ * day - startsAt + late;
    return { from: midnight + onlineUntil, until: midnight + day + onlineFrom };
  };
}

function timetable({ offline, repeatEvery }: Extract<FleetConnectivity, { readonly kind: "timetable" }>): WindowStream {
  let index = 0;
  return () => {
    const row = offline[index % offline.length];
    const round = Math.floor(index++ / offline.length);
    if (row === undefined || (round > 0 && repeatEvery === undefined)) return undefined;
    const base = round * (repeatEvery ?? 0);
    return { from: base + row.from, until: base + row.until };
  };
}

/** Whether an event of the file is about the device. */
export function affects(event: FleetEvent, at: number, group: string, device: number, decide: Decide): boolean {
  if (event.groups !== undefined && !event.groups.includes(group)) return false;
  return strikes(decide(device, PART.events + at, 0, 0), event.percent);
}

/**
 * When an event keeps the device offline, or without power.
 *
 * @param at place of the event in the file
 */
export function eventWindow(event: FleetEvent, at: number, device: number, decide: Decide): OfflineSpan {
  const part = PART.events + at;
  if (event.kind === "swizzle") {
    const back = event.at + event.stop + event.hold;
    return {
      from: event.at + below(decide(device, part, 1, 0), event.stop),
      until: back + 1 + below(decide(device, part, 2, 0), event.resume),
    };
  }
  const late = drawMillis(event.spread, decide(device, part, 1, 0));
  return { from: event.at, until: event.at + event.lasts + late };
}
