/** How many device tasks of one run were in which state over time, by the oracle's model: the data of the chart. */
import type { OracleContext } from "../oracle/context.ts";
import type { Expectation } from "../oracle/views/task-view.ts";
import type { StateSeries } from "../record/verdict.ts";

const LABELS: Readonly<Record<Expectation["kind"], string>> = {
  pending: "waiting",
  "in-flight": "in flight",
  "cancel-requested": "in flight",
  succeeded: "succeeded",
  "server-side": "succeeded",
  failed: "failed",
  expired: "expired (4004)",
  cancelled: "cancelled",
  "cancelled-or-expired": "cancelled",
};
const ORDER = ["waiting", "in flight", "succeeded", "failed", "expired (4004)", "cancelled"] as const;

/** Device tasks of a run, as a measure of how much there is to see. */
export const deviceTaskCount = (context: OracleContext): number =>
  context.devices.reduce((sum, { tasks }) => sum + tasks.length, 0);

export function stateSeries(context: OracleContext): StateSeries {
  const histories = context.devices.flatMap(({ tasks }) => tasks.map(({ expectations }) => expectations));
  const end = context.plan.until * 1_000;
  const changes = histories.flatMap((expectations, index) => changesOf(expectations, index, end));
  changes.sort((a, b) => a.at - b.at);
  const times = [...new Set([0, ...changes.map(({ at }) => at), end])];
  const current = histories.map((): string | undefined => undefined);
  const now = new Map<string, number>();
  const counts = new Map<string, number[]>(ORDER.map((status) => [status, []]));
  let position = 0;
  for (const at of times) {
    for (let change = changes[position]; change !== undefined && change.at <= at; change = changes[++position]) {
      const before = current[change.index];
      if (before !== undefined) now.set(before, (now.get(before) ?? 0) - 1);
      now.set(change.status, (now.get(change.status) ?? 0) + 1);
      current[change.index] = change.status;
    }
    for (const [status, row] of counts) row.push(now.get(status) ?? 0);
  }
  const series = [...counts].map(([status, row]) => ({ status, counts: row }));
  return {
    plan: context.plan.id,
    times: times.map((at) => at / 1_000_000),
    series: series.filter(({ counts: row }) => row.some((count) => count > 0)),
  };
}

interface Change {
  readonly at: number;
  readonly status: string;
  readonly index: number;
}

/** In order of time; a later expectation that began earlier, within the measuring uncertainty, hides those before it. */
function changesOf(expectations: readonly Expectation[], index: number, end: number): readonly Change[] {
  const changes: Change[] = [];
  for (const { kind, since } of expectations) {
    while ((changes.at(-1)?.at ?? -1) >= since.latest) changes.pop();
    if (since.latest <= end) changes.push({ at: since.latest, status: LABELS[kind], index });
  }
  return changes;
}
