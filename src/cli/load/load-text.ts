/** How a load is shown to people: what is appended to the status line, and the summary at the end. */
import { createLatencies } from "../../harness/load/latencies.ts";
import type { LoadResult } from "../../harness/load/load-result.ts";
import type { LoadProgress } from "../../harness/load/run-load.ts";
import { spanWords } from "../../harness/load/span-words.ts";
import type { ThresholdOutcome } from "../../harness/load/thresholds.ts";
import { summaryLines } from "../fleet/fleet-text.ts";

export function progressText({ phase, asked, underWay, series }: LoadProgress): string {
  if (phase === "registering") return "";
  const failed = series.total("failed", {}) + series.total("refused", {}) + series.total("unanswered", {});
  const p99 = series.spans("task.completion", {}).percentile(99);
  return `  ${phase}: tasks ${asked}, under way ${underWay}, failed ${failed}, p99 ${spanWords(p99)}`;
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

/** Lines without line feeds. */
export function loadLines(result: LoadResult): readonly string[] {
  return [...summaryLines(result.fleet), "", ...seriesLines(result), "", ...verdictLines(result)];
}

function seriesLines({ series }: LoadResult): readonly string[] {
  const spans = series.spans.filter(({ name }) => /^(task|device|poll|generator)/.test(name));
  const names = spans.map(({ name, labels }) => `${name}${labelText(labels) === "" ? "" : `{${labelText(labels)}}`}`);
  const width = Math.max(20, ...names.map((name) => name.length));
  const cells = (values: readonly string[]): string => values.map((value) => value.padStart(9)).join(" ");
  const rows = spans.map(({ counts }, at) => {
    const latencies = createLatencies();
    latencies.add(counts);
    const values = [50, 90, 99, 99.9, 100].map((percent) => spanWords(latencies.percentile(percent)));
    return `${(names[at] ?? "").padEnd(width)} ${cells([String(latencies.count), ...values])}`;
  });
  const counts = series.counts.map(({ name, labels, count }) => `${name}{${labelText(labels)}} ${count}`);
  return [
    `${"from the intended time".padEnd(width)} ${cells(["count", "p50", "p90", "p99", "p99.9", "max"])}`,
    ...rows.sort(),
    `counts: ${counts.sort().join(", ")}`,
  ];
}

function verdictLines({ outcome, generator, check, thresholds, tasks, registered }: LoadResult): readonly string[] {
  const part =
    registered === undefined ? "" : `; ${(registered * 100).toFixed(2)} % of the devices registered at the end`;
  return [
    `tasks asked for: ${tasks}${part}`,
    generator.sentence,
    ...checkLines(check),
    ...thresholds.map((each) => `threshold ${each.outcome.padEnd(7)} ${each.text}${measuredText(each)}`),
    `outcome: ${outcome}`,
  ];
}

function checkLines({ devices, of, reason, requirements }: LoadResult["check"]): readonly string[] {
  if (reason !== undefined) return [`correctness was not checked: ${reason}`];
  const judged = requirements.filter(({ outcome }) => outcome !== "undecided");
  const broken = requirements.filter(({ outcome }) => outcome === "fail" || outcome === "warn");
  const details = broken.map(({ id, outcome, findings }) => {
    const [first] = findings;
    return `  ${id} ${outcome}: ${findings.length} times; expected ${first?.expected ?? ""}; actual ${first?.actual ?? ""}`;
  });
  return [
    `correctness: ${devices} of ${of} devices watched, ${judged.length} requirements examined, ${broken.length} broken`,
    ...details,
  ];
}

export function measuredText({ value, quantity }: ThresholdOutcome): string {
  if (value === undefined) return ": nothing was measured";
  if (quantity === "span") return `: ${spanWords(value)}`;
  return quantity === "count" ? `: ${value}` : `: ${Number((value * 100).toFixed(3))} %`;
}
