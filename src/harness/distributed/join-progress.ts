/** What several shards are like at one moment, as if they were one: for the screen of the coordinator. */
import { joinSeries, type Series } from "../load/series.ts";
import type { FleetCounts, FleetSnapshot } from "../record/fleet-result.ts";
import type { LoadSecond } from "./shard-messages.ts";

/** @param parts one at least; of different devices */
export function joinSnapshots(parts: readonly FleetSnapshot[]): FleetSnapshot {
  const sum = (of: (part: FleetSnapshot) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const most = (of: (part: FleetSnapshot) => number): number => Math.max(...parts.map(of));
  return {
    at: most(({ at }) => at),
    phase: parts.some(({ phase }) => phase === "running") ? "running" : "leaving",
    devices: sum(({ devices }) => devices),
    started: sum(({ started }) => started),
    registered: sum(({ registered }) => registered),
    asleep: sum(({ asleep }) => asleep),
    waiting: sum(({ waiting }) => waiting),
    inFlight: sum(({ inFlight }) => inFlight),
    counts: sumsOf(parts.map(({ counts }) => counts)) as FleetCounts,
    responses: sumsOf(parts.map(({ responses }) => responses)),
    worstLateness: most(({ worstLateness }) => worstLateness),
    refusals: sum(({ refusals }) => refusals),
  };
}

function sumsOf(parts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const part of parts) for (const [name, count] of Object.entries(part)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

const PHASES = ["registering", "asking", "settling"] as const;

export interface JoinedSecond extends Omit<LoadSecond, "series"> {
  readonly series: Series;
}

/** The phase is that of whoever is furthest behind. @param parts one at least */
export function joinSeconds(parts: readonly LoadSecond[]): JoinedSecond {
  return {
    phase: PHASES.find((phase) => parts.some((part) => part.phase === phase)) ?? "registering",
    asked: parts.reduce((sum, { asked }) => sum + asked, 0),
    underWay: parts.reduce((sum, { underWay }) => sum + underWay, 0),
    series: joinSeries(parts.map(({ series }) => series)),
  };
}
