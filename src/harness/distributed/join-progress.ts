/** What several shards are like at one moment, as if they were one: for the screen of the coordinator. */
import { joinMoments } from "../fleet/join-summaries.ts";
import { joinSeries, type Series } from "../load/series.ts";
import type { FleetSnapshot } from "../record/fleet-result.ts";
import type { LoadSecond } from "./shard-messages.ts";

/** It is running as long as one of them is. @param parts one at least; of different devices */
export const joinSnapshots = (parts: readonly FleetSnapshot[]): FleetSnapshot =>
  joinMoments(parts, parts.some(({ phase }) => phase === "running") ? "running" : "leaving");

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
