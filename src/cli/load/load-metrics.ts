/** What a running load shows to Prometheus beside its fleet: once a second, with bounded labels (operations, codes, statuses). */
import { Gauge, type Registry } from "prom-client";
import type { LoadProgress } from "../../harness/load/run-load.ts";

export interface LoadMetrics {
  update(progress: LoadProgress): void;
}

const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;

export function createLoadMetrics(registry: Registry): LoadMetrics {
  const registers = [registry];
  const asked = new Gauge({ name: "fleetproof_load_tasks_asked", help: "Tasks that were asked for.", registers });
  const underWay = new Gauge({
    name: "fleetproof_load_tasks_under_way",
    help: "Tasks that have not come to an end.",
    registers,
  });
  const ends = new Gauge({
    name: "fleetproof_load_outcomes",
    help: "What became of tasks: by device (succeeded, failed, cancelled) or by request (refused, unanswered).",
    labelNames: ["outcome", "operation", "code"],
    registers,
  });
  const completion = new Gauge({
    name: "fleetproof_load_task_completion_seconds",
    help: "From the intended time of a task to its end, so far.",
    labelNames: ["quantile"],
    registers,
  });
  const lag = new Gauge({
    name: "fleetproof_load_generator_lag_seconds",
    help: "99th percentile of how late this process was, so far.",
    registers,
  });
  return {
    update({ asked: tasks, underWay: open, series }) {
      asked.set(tasks);
      underWay.set(open);
      for (const { name, labels, count } of series.saved().counts) {
        const { operation = "", code = labels.status ?? "" } = labels;
        if (OUTCOMES.includes(name)) ends.set({ outcome: name, operation, code }, count);
      }
      const spans = series.spans("task.completion", {});
      for (const quantile of QUANTILES) completion.set({ quantile }, spans.percentile(quantile * 100) / 1e6);
      lag.set(series.spans("generator.lag", {}).percentile(99) / 1e6);
    },
  };
}

const OUTCOMES: readonly string[] = ["succeeded", "failed", "cancelled", "refused", "unanswered"];
