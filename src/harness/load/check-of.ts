/** What the oracle says about the watched devices of a load, as it stands in the result. */
import { REQUIREMENTS } from "../../scenarios/requirements.ts";
import type { Finding, Tally } from "../record/finding.ts";
import type { CheckedRequirement, LoadCheck, LoadFinding } from "../record/load-result.ts";
import type { Sample, SampleVerdict } from "./sample.ts";

/**
 * @param verdict absent: nobody was watched
 * @param of how many devices this process runs
 * @param shard number of the shard
 */
export function checkOf(
  { size, reason }: Pick<Sample, "size" | "reason">,
  verdict: SampleVerdict | undefined,
  of: number,
  shard: number,
): LoadCheck {
  const requirements = verdict?.tallies.flatMap((tally) => requirementOf(tally, verdict, shard)) ?? [];
  return {
    devices: size,
    of,
    ...(reason === undefined ? {} : { reason }),
    requirements: requirements.sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

function requirementOf(tally: Tally, verdict: SampleVerdict, shard: number): readonly CheckedRequirement[] {
  const row = REQUIREMENTS.find(({ id }) => id === tally.requirement);
  // Our own devices are the instrument: what they do wrong is nothing that a server could be blamed for.
  if (row === undefined || row.subject !== "server") return [];
  const { requirement: id, examined, undecided, findings } = tally;
  const broken = findings.length > 0;
  const outcome = broken ? (row.level === "SHOULD" ? "warn" : "fail") : examined > 0 ? "pass" : "undecided";
  const located = findings.map((finding): LoadFinding => ({ ...finding, shard, devices: devicesOf(finding, verdict) }));
  return [{ id, outcome, examined, undecided, findings: located }];
}

/** Numbers in the fleet of the devices that the events of a finding are about. */
function devicesOf({ events }: Finding, { deviceOf }: SampleVerdict): readonly number[] {
  const numbers = events.flatMap((event) => deviceOf(event) ?? []);
  return [...new Set(numbers)].sort((a, b) => a - b);
}
