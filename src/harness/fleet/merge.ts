/** Joins the results of the shards of a fleet. It depends neither on order nor on steps. */
import type { FleetResult } from "../record/fleet-result.ts";
import { inOrderOfShards, type Named, refuseMissing, type SameRow } from "../record/shards.ts";
import { fleetOutcome } from "./fleet-outcome.ts";
import { joinFleetSummaries, joinVirtual } from "./join-summaries.ts";

/** What makes results those of one fleet. */
const SAME: readonly SameRow<FleetResult>[] = [
  ["version of Fleetproof", ({ fleetproof }) => fleetproof],
  ["seed", ({ seed }) => seed],
  ["server", ({ target }) => target],
  ["number of devices", ({ devices }) => devices],
  ["fleet (its digest)", ({ fleetDigest }) => fleetDigest],
];

/**
 * The whole of a fleet, from the results of all its shards.
 *
 * @param names what results are called in messages, in their order; absent: `result 1` and so on
 * @throws UsageError `bad-file`: a shard is missing or there twice, or they are of different fleets; names file and shard
 */
export function mergeFleets(results: readonly FleetResult[], names?: readonly string[]): FleetResult {
  const joined = joinFleets(results, names);
  refuseMissing(joined);
  return joined;
}

/** As `mergeFleets`, of some of the shards. */
export function joinFleets(results: readonly FleetResult[], names: readonly string[] = []): FleetResult {
  const named = results.map((result, at): Named<FleetResult> => ({ name: names[at] ?? `result ${at + 1}`, result }));
  const [{ result: first }, ...others] = inOrderOfShards(named, SAME);
  if (others.length === 0) return first;
  const all = [first, ...others.map(({ result }) => result)];
  const parts = all.flatMap((each) => each.parts).sort((a, b) => a.index - b.index);
  const fleet = joinFleetSummaries(all.map((each) => each.fleet));
  const virtual = joinVirtual(all.map((each) => each.virtual));
  return { ...first, parts, fleet, ...(virtual === undefined ? {} : { virtual }), outcome: fleetOutcome(parts, fleet) };
}
