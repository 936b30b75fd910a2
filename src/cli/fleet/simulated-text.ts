/** What a simulated fleet came to, in a few lines. */
import type { SimulatedFleetSummary } from "../../harness/fleet/simulated-tally.ts";
import { formatDuration } from "../../protocol/duration.ts";

const count = (value: number): string => value.toLocaleString("en-US");

/** Nothing in it depends on the machine or its speed: equal runs have equal text. */
export function simulatedLines(summary: SimulatedFleetSummary): readonly string[] {
  const { datagrams, lost, registered } = summary;
  const lostDatagrams = Object.entries(lost)
    .filter(([, number]) => number > 0)
    .map(([why, number]) => `${count(number)} ${why}`);
  const happenings = Object.entries(summary.happenings).map(([kind, number]) => `${kind} ${count(number)}`);
  return [
    `${count(summary.simulated)} of ${count(summary.devices)} devices, ${formatDuration(summary.duration)} of virtual time, ${count(summary.events)} events`,
    `registered     ${registered.map(({ devices }) => count(devices)).join(" ")}`,
    `answers        ${count(summary.registrations)} registrations, ${count(summary.updates)} updates, ${count(summary.deregistrations)} de-registrations, ${count(summary.refusals)} refusals`,
    `requests       ${count(summary.serverRequests)} of the server, ${count(summary.deviceAnswers)} answers of devices`,
    `datagrams      ${count(datagrams.up)} up, ${count(datagrams.down)} down, ${count(summary.retransmissions)} retransmissions, ${count(summary.duplicated)} duplicated, ${count(summary.corrupted)} corrupted`,
    `lost           ${lostDatagrams.length === 0 ? "none" : lostDatagrams.join(", ")}; ${count(summary.missed)} met no listener`,
    `devices        ${count(summary.offline)} times offline, ${count(summary.reboots)} reboots, ${count(summary.sleeps)} sleeps, ${count(summary.newAddresses)} addresses given up`,
    `happenings     ${happenings.length === 0 ? "none" : happenings.join(", ")}`,
    `digest         ${summary.digest}`,
  ];
}
