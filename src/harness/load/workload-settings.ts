/** The main settings of a workload in words, so that people see in what two loads differ. */
import { formatDuration } from "../../protocol/duration.ts";
import type { Labels } from "../record/measured.ts";
import type { Arrival, Workload, WorkloadRow } from "./workload.ts";

export const workloadSettings = ({ arrival, duration, tasks, check }: Workload): Labels => ({
  arrival: arrivalText(arrival),
  "duration of asking": formatDuration(duration),
  tasks: tasks.map(rowText).join(", "),
  "watched devices": String(check.devices),
});

function arrivalText(arrival: Arrival): string {
  const rate =
    arrival.kind === "open" ? `${arrival.perSecond} per second, ${arrival.spacing}` : `${arrival.atOnce} at once`;
  return `${rate}${arrival.ramp === 0 ? "" : `, ramp ${formatDuration(arrival.ramp)}`}`;
}

const rowText = ({ operation, weight, targets }: WorkloadRow): string => `${operation} (${targets.kind}) × ${weight}`;
