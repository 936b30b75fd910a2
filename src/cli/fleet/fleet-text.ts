/** How a fleet is shown to people: a line for each moment, and the summary at the end. */

import { createLatencies } from "../../harness/load/latencies.ts";
import type { FleetSnapshot, FleetSummary, VirtualFleet } from "../../harness/record/fleet-result.ts";
import { spanWords } from "../../harness/record/span-words.ts";

const count = (value: number): string => Math.round(value).toLocaleString("en-US");

/** One line of what is going on. `before`: the snapshot before this one, for rates; absent: rates since the start. */
export function statusLine(snapshot: FleetSnapshot, before: FleetSnapshot | undefined): string {
  const seconds = Math.max(1e-3, (snapshot.at - (before?.at ?? 0)) / 1e6);
  const rate = (key: "sent" | "received"): string =>
    count((snapshot.counts[key] - (before?.counts[key] ?? 0)) / seconds);
  const parts = [
    `${(snapshot.at / 1e6).toFixed(0)} s`,
    snapshot.phase === "leaving" ? leavingText(snapshot) : undefined,
    `registered ${count(snapshot.registered)}/${count(snapshot.devices)}`,
    `asleep ${count(snapshot.asleep)}`,
    `in flight ${count(snapshot.inFlight)}`,
    snapshot.waiting > 0 ? `waiting ${count(snapshot.waiting)}` : undefined,
    `sent ${rate("sent")}/s`,
    `received ${rate("received")}/s`,
    `retransmitted ${count(snapshot.counts.retransmissions)}`,
    `errors ${count(errorsOf(snapshot))}`,
  ];
  return parts.filter((part) => part !== undefined).join("  ");
}

/** For whom a fleet that ends still waits, `--leave-within` at most: an answer that was lost comes with a retransmission. */
function leavingText({ registered, inFlight }: FleetSnapshot): string {
  const silent = Math.max(0, registered - inFlight);
  const parts = [
    ...(inFlight > 0 ? [`${count(inFlight)} wait for the answer to their De-register`] : []),
    ...(silent > 0 ? [`${count(silent)} offline or not yet asked to`] : []),
  ];
  return parts.length === 0 ? "leaving" : `leaving (${parts.join(", ")})`;
}

/** Error responses, requests without response, and refusals of the server's port. */
export function errorsOf({ responses, counts, refusals }: FleetSnapshot): number {
  const refused = Object.entries(responses).filter(([key]) => / [45]\./.test(key));
  return refused.reduce((sum, [, times]) => sum + times, 0) + counts.unanswered + refusals;
}

/**
 * Lines without line feeds.
 *
 * @param virtual of a fleet in virtual time, which no machine made late and no kernel dropped anything of
 */
export function summaryLines(summary: FleetSummary, virtual?: VirtualFleet): readonly string[] {
  const { counts, kernelDrops } = summary;
  const lines = [
    `fleet: ${count(summary.started)} of ${count(summary.devices)} devices started, ${count(summary.registeredAtEnd)} registered at the end, ${count(summary.deregistered)} de-registered, ${count(summary.leftBehind)} left to their lifetime`,
    `datagrams: ${count(counts.sent)} sent, ${count(counts.received)} received; lost on purpose: ${count(counts.lostUp)} up, ${count(counts.lostDown)} down`,
    `retransmissions: ${count(counts.retransmissions)} by devices, ${count(counts.serverRetransmissions)} by the server; requests without response: ${count(counts.unanswered)}`,
    ...(virtual === undefined ? [dropsLine(kernelDrops)] : []),
    `asked by the server: ${count(counts.serverRequests)} requests; ${count(counts.reads)} reads, ${count(counts.writes)} writes, ${count(counts.executions)} executions done; ${count(counts.reboots)} reboots, ${count(counts.moves)} new addresses`,
    virtual === undefined
      ? `this process was at most ${spanWords(summary.worstLateness)} late`
      : `in virtual time: ${count(virtual.events)} events, ${count(virtual.missed)} datagrams met no listener`,
  ];
  return [...lines, ...latencyLines({ "wait for a place": summary.placeWaits, ...summary.latencies })];
}

const dropsLine = (drops: FleetSummary["kernelDrops"]): string =>
  drops === undefined
    ? "dropped by the kernel: not known on this system"
    : `dropped by the kernel (receive buffer full): ${count(drops.devices)} at devices, ${count(drops.server)} at the server`;

export function latencyLines(latencies: FleetSummary["latencies"]): readonly string[] {
  const keys = Object.keys(latencies).sort();
  if (keys.length === 0) return [];
  const width = Math.max(...keys.map((key) => key.length), 8);
  const head = `${"response".padEnd(width)}  ${["count", "p50", "p90", "p99", "max"].map((title) => title.padStart(9)).join(" ")}`;
  const rows = keys.map((key) => {
    const spans = createLatencies();
    const counts = latencies[key];
    if (counts !== undefined) spans.add(counts);
    const cells = [count(spans.count), ...[50, 90, 99, 100].map((percent) => spanWords(spans.percentile(percent)))];
    return `${key.padEnd(width)}  ${cells.map((cell) => cell.padStart(9)).join(" ")}`;
  });
  return [head, ...rows];
}
