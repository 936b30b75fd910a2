/** How many device tasks of one run were in which state over time, by the oracle's model: the data of the chart. */
import type { OracleContext } from "./oracle/context.ts";
import type { Expectation } from "./oracle/model.ts";
import type { StateSeries } from "./record/verdict.ts";

const LABELS: Readonly<Record<Expectation["kind"], string>> = {
  pending: "waiting",
  "in-flight": "in flight",
  "cancel-requested": "in flight",
  succeeded: "succeeded",
  "server-side": "succeeded",
  failed: "failed",
  expired: "expired (4004)",
  cancelled: "cancelled",
};
const ORDER = ["waiting", "in flight", "succeeded", "failed", "expired (4004)", "cancelled"] as const;

/** Device tasks of a run, as a measure of how much there is to see. */
export const deviceTaskCount = (context: OracleContext): number =>
  context.devices.reduce((sum, { tasks }) => sum + tasks.length, 0);

export function stateSeries(context: OracleContext): StateSeries {
  const histories = context.devices.flatMap(({ tasks }) => tasks.map(({ expectations }) => expectations));
  const moments = new Set<number>([0]);
  for (const expectations of histories) for (const { since } of expectations) moments.add(since.latest);
  const end = context.plan.until * 1_000;
  const times = [...moments, end].filter((at) => at <= end).sort((a, b) => a - b);
  const series = ORDER.map((status) => ({ status, counts: times.map((at) => countIn(histories, status, at)) }));
  return {
    plan: context.plan.id,
    times: times.map((at) => at / 1_000_000),
    series: series.filter(({ counts }) => counts.some((count) => count > 0)),
  };
}

function countIn(histories: readonly (readonly Expectation[])[], status: string, at: number): number {
  let count = 0;
  for (const expectations of histories) {
    const current = expectations.findLast(({ since }) => since.latest <= at);
    if (current !== undefined && LABELS[current.kind] === status) count++;
  }
  return count;
}
