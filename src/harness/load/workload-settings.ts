/** The main settings of a workload in words, so that people see in what two loads differ. */
import { formatDuration } from "../../protocol/duration.ts";
import type { Labels } from "../record/measured.ts";
import type { Arrival, Targets, Workload, WorkloadRow } from "./workload.ts";

export const workloadSettings = ({ arrival, duration, tasks, check }: Workload): Labels => ({
  arrival: arrivalText(arrival),
  "duration of asking": formatDuration(duration),
  tasks: tasks.map(rowText).join(", "),
  "watched devices": String(check.devices),
});

function arrivalText(arrival: Arrival): string {
  const ramp = arrival.ramp === 0 ? "" : `, ramp ${formatDuration(arrival.ramp)}`;
  if (arrival.kind === "closed") return `${arrival.atOnce} at once${ramp}`;
  const turns = arrival.devices === "in-turn" ? ", devices in turn" : "";
  return `${arrival.perSecond} per second, ${arrival.spacing}${turns}${ramp}`;
}

const rowText = ({ operation, weight, targets }: WorkloadRow): string =>
  `${operation} (${targetText(targets)}) × ${weight}`;

function targetText(targets: Targets): string {
  switch (targets.kind) {
    case "count":
      return `${targets.count} devices`;
    case "share":
      return `${targets.percent} %`;
    case "group":
      return `group ${targets.group}`;
    case "one":
    case "all":
    case "filter":
      return targets.kind;
  }
}
