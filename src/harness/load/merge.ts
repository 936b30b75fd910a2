/**
 * Joins the results of the shards of a load: what was measured is added up, and the thresholds are judged on the sum.
 *
 * Percentiles are those of all samples together, since histograms are added, never percentiles. Joining depends neither
 * on order nor on steps; what is said about a partial sum leaves the thresholds out.
 */
import { joinFleetSummaries } from "../fleet/join-summaries.ts";
import type { CheckedRequirement, LoadCheck, LoadResult, RegisteredDevices } from "../record/load-result.ts";
import { joinFailing } from "../record/measured.ts";
import { inOrderOfShards, type Named, refuseMissing, type SameRow } from "../record/shards.ts";
import { joinTimelines } from "../record/timeline.ts";
import { judgeLoad } from "./judge-load.ts";
import { joinSeries } from "./series.ts";
import { parseThreshold, type Threshold } from "./thresholds.ts";

/** What makes results those of one load. */
const SAME: readonly SameRow<LoadResult>[] = [
  ["version of Fleetproof", ({ fleetproof }) => fleetproof],
  ["seed", ({ seed }) => seed],
  ["target", ({ target }) => target],
  ["number of devices", ({ devices }) => devices],
  ["workload (its digest)", ({ workloadDigest }) => workloadDigest],
  ["fleet (its digest)", ({ fleetDigest }) => fleetDigest],
];

/**
 * The whole of a load, from the results of all its shards.
 *
 * @param names what results are called in messages, in their order; absent: `result 1` and so on
 * @throws UsageError `bad-file`: a shard is missing or there twice, or they are of different loads; names file and shard
 */
export function mergeLoads(results: readonly LoadResult[], names?: readonly string[]): LoadResult {
  const joined = joinLoads(results, names);
  refuseMissing(joined);
  return joined;
}

/** As `mergeLoads`, of some of the shards. */
export function joinLoads(results: readonly LoadResult[], names: readonly string[] = []): LoadResult {
  const named = results.map((result, at): Named<LoadResult> => ({ name: names[at] ?? `result ${at + 1}`, result }));
  const [{ result: first }, ...others] = inOrderOfShards(named, SAME);
  if (others.length === 0) return first;
  const all = [first, ...others.map(({ result }) => result)];
  const { fleetproof, seed, target, devices, workloadDigest, fleetDigest, maxLag } = first;
  const { workloadSettings, fleetSettings } = first;
  const registered = joinRegistered(all);
  const timeline = joinTimelines(all.map((each) => each.timeline));
  return judgeLoad({
    fleetproof,
    seed,
    target,
    devices,
    workloadDigest,
    fleetDigest,
    ...(workloadSettings === undefined ? {} : { workloadSettings }),
    ...(fleetSettings === undefined ? {} : { fleetSettings }),
    shard: first.shard,
    parts: all.flatMap(({ parts }) => parts).sort((a, b) => a.index - b.index),
    maxLag,
    thresholds: first.thresholds.map(({ text }) => written(text)),
    check: joinChecks(all.map(({ check }) => check)),
    ...(registered === undefined ? {} : { registered }),
    tasks: all.reduce((sum, { tasks }) => sum + tasks, 0),
    failing: joinFailing(all.map(({ failing }) => failing)),
    series: joinSeries(all.map(({ series }) => series)),
    ...(timeline === undefined ? {} : { timeline }),
    fleet: joinFleetSummaries(all.map(({ fleet }) => fleet)),
  });
}

/** It was parsed when the load began. */
function written(text: string): Threshold {
  const parsed = parseThreshold(text);
  if (parsed.ok) return parsed.value;
  throw new Error(parsed.error);
}

/** Nobody knows of the whole where a part is not known. */
function joinRegistered(parts: readonly LoadResult[]): RegisteredDevices | undefined {
  const known = parts.flatMap(({ registered }) => registered ?? []);
  if (known.length < parts.length) return undefined;
  return {
    devices: known.reduce((sum, { devices }) => sum + devices, 0),
    of: known.reduce((sum, { of }) => sum + of, 0),
  };
}

function joinChecks(parts: readonly LoadCheck[]): LoadCheck {
  const devices = parts.reduce((sum, part) => sum + part.devices, 0);
  const reason = devices === 0 ? parts.find((part) => part.reason !== undefined)?.reason : undefined;
  const ids = [...new Set(parts.flatMap(({ requirements }) => requirements.map(({ id }) => id)))].sort();
  return {
    devices,
    of: parts.reduce((sum, part) => sum + part.of, 0),
    ...(reason === undefined ? {} : { reason }),
    requirements: ids.map((id) =>
      joinRequirement(
        id,
        parts.flatMap(({ requirements }) => requirements.filter((each) => each.id === id)),
      ),
    ),
  };
}

/** The worse comes first. */
const OUTCOMES = ["fail", "warn", "pass", "undecided"] as const;

const joinRequirement = (id: string, parts: readonly CheckedRequirement[]): CheckedRequirement => ({
  id,
  outcome: OUTCOMES.find((outcome) => parts.some((part) => part.outcome === outcome)) ?? "undecided",
  examined: parts.reduce((sum, { examined }) => sum + examined, 0),
  undecided: parts.reduce((sum, { undecided }) => sum + undecided, 0),
  findings: parts.flatMap(({ findings }) => findings).sort((a, b) => a.shard - b.shard),
});
