/** Adds up what several processes have measured of the parts of one fleet. */
import { createLatencies } from "../load/latencies.ts";
import type { FleetCounts, FleetSnapshot, FleetSummary, VirtualFleet } from "../record/fleet-result.ts";
import { joinFailing, type LatencyCounts } from "../record/measured.ts";
import { joinTimelines } from "../record/timeline.ts";

/** What fleets are like at one moment, as if they were one. @param parts one at least; they have no device in common */
export function joinMoments(parts: readonly FleetSnapshot[], phase: FleetSnapshot["phase"]): FleetSnapshot {
  const sum = (of: (part: FleetSnapshot) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const most = (of: (part: FleetSnapshot) => number): number => Math.max(...parts.map(of));
  return {
    at: most(({ at }) => at),
    phase,
    devices: sum(({ devices }) => devices),
    started: sum(({ started }) => started),
    registered: sum(({ registered }) => registered),
    asleep: sum(({ asleep }) => asleep),
    waiting: sum(({ waiting }) => waiting),
    inFlight: sum(({ inFlight }) => inFlight),
    counts: joinCounts(parts.map(({ counts }) => counts)) as FleetCounts,
    responses: joinCounts(parts.map(({ responses }) => responses)),
    worstLateness: most(({ worstLateness }) => worstLateness),
    refusals: sum(({ refusals }) => refusals),
  };
}

/** @param parts one at least; they have no device in common */
export function joinFleetSummaries(parts: readonly FleetSummary[]): FleetSummary {
  const sum = (of: (part: FleetSummary) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const timeline = joinTimelines(parts.map((part) => part.timeline));
  const drops = parts.flatMap(({ kernelDrops }) => kernelDrops ?? []);
  return {
    ...joinMoments(parts, parts.some(({ phase }) => phase === "leaving") ? "leaving" : "running"),
    ended: parts.some(({ ended }) => ended === "interrupted") ? "interrupted" : "duration",
    registeredAtEnd: sum(({ registeredAtEnd }) => registeredAtEnd),
    deregistered: sum(({ deregistered }) => deregistered),
    leftBehind: sum(({ leftBehind }) => leftBehind),
    ...(drops.length < parts.length ? {} : { kernelDrops: joinDrops(drops) }),
    placeWaits: joinLatencies(parts.map(({ placeWaits }) => placeWaits)),
    latencies: joinLatenciesByName(parts.map(({ latencies }) => latencies)),
    failing: joinFailing(parts.map(({ failing }) => failing)),
    ...(timeline === undefined ? {} : { timeline }),
  };
}

/** Of fleets in virtual time. `undefined` when one of them was live. */
export function joinVirtual(parts: readonly (VirtualFleet | undefined)[]): VirtualFleet | undefined {
  const known = parts.flatMap((part) => part ?? []);
  if (known.length < parts.length) return undefined;
  const sum = (of: (part: VirtualFleet) => number): number => known.reduce((total, part) => total + of(part), 0);
  return {
    events: sum(({ events }) => events),
    registrations: sum(({ registrations }) => registrations),
    updates: sum(({ updates }) => updates),
    deregistrations: sum(({ deregistrations }) => deregistrations),
    refused: sum(({ refused }) => refused),
    duplicated: sum(({ duplicated }) => duplicated),
    corrupted: sum(({ corrupted }) => corrupted),
    missed: sum(({ missed }) => missed),
    lost: joinCounts(known.map(({ lost }) => lost)),
    offline: sum(({ offline }) => offline),
    sleeps: sum(({ sleeps }) => sleeps),
    happenings: joinCounts(known.map(({ happenings }) => happenings)),
  };
}

function joinCounts(parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const part of parts) for (const [name, count] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** Each process sees the drops at the server's socket, all of them. */
const joinDrops = (parts: readonly NonNullable<FleetSummary["kernelDrops"]>[]) => ({
  devices: parts.reduce((sum, { devices }) => sum + devices, 0),
  server: Math.max(...parts.map(({ server }) => server)),
});

function joinLatencies(parts: readonly LatencyCounts[]): LatencyCounts {
  const joined = createLatencies();
  for (const part of parts) joined.add(part);
  return joined.counts();
}

function joinLatenciesByName(parts: readonly FleetSummary["latencies"][]): FleetSummary["latencies"] {
  const names = [...new Set(parts.flatMap((part) => Object.keys(part)))].sort();
  return Object.fromEntries(names.map((name) => [name, joinLatencies(parts.flatMap((part) => part[name] ?? []))]));
}
