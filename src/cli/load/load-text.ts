/** How a load is shown to people: what is appended to the status line, and the summary at the end. */
import { createLatencies } from "../../harness/load/latencies.ts";
import type { LoadOptions, LoadProgress } from "../../harness/load/run-load.ts";
import type { LoadResult, ThresholdOutcome } from "../../harness/record/load-result.ts";
import { isWhole, shardText } from "../../harness/record/shards.ts";
import { spanWords } from "../../harness/record/span-words.ts";
import { roughSpanText } from "../../reports/text.ts";
import { summaryLines } from "../fleet/fleet-text.ts";

export function progressText({ phase, asked, underWay, series }: LoadProgress): string {
  if (phase === "registering") return "";
  const failed = series.total("failed", {}) + series.total("refused", {}) + series.total("unanswered", {});
  const p99 = series.spans("task.completion", {}).percentile(99);
  return `  ${phase}: tasks ${asked}, under way ${underWay}, failed ${failed}, p99 ${spanWords(p99)}`;
}

/** What there is to wait for before the first task. */
export function beginText({ fleet, workload }: Pick<LoadOptions, "fleet" | "workload">): string {
  const starts = fleet.file.groups.map(({ start }) => start.after + (fleet.ramp ?? start.over));
  const within = Math.max(0, ...starts);
  const { registered, atMost } = workload.begin;
  return `first the devices register, within ${roughSpanText(within)} (--ramp); tasks begin when ${registered} % of them have, after ${roughSpanText(atMost)} in any case`;
}

export const labelText = (labels: Readonly<Record<string, string>>): string =>
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

function verdictLines(result: LoadResult): readonly string[] {
  const { outcome, generator, check, thresholds, tasks, registered } = result;
  const part =
    registered === undefined || registered.of === 0
      ? ""
      : `; ${((registered.devices / registered.of) * 100).toFixed(2)} % of the devices registered at the end`;
  return [
    `tasks asked for: ${tasks}${updatesText(result)}${part}`,
    ...partLines(result),
    generator.sentence,
    ...checkLines(check),
    ...thresholds.map((each) => thresholdLine(each, result)),
    `outcome: ${outcome}`,
  ];
}

/** What a workload asks of devices themselves is no task of the server: the counts above do not have it. */
function updatesText({ tasks, series }: LoadResult): string {
  const requested = series.counts.filter(({ name }) => name === "requested").reduce((sum, { count }) => sum + count, 0);
  const updates = tasks - requested;
  return updates > 0 ? `, ${updates} of them Updates that devices were told to send` : "";
}

function partLines({ shard, parts }: LoadResult): readonly string[] {
  if (shard.of === 1) return [];
  const interrupted = parts.filter((part) => part.interrupted).map(({ index }) => index);
  const begun = parts.flatMap(({ asking }) => asking?.from ?? []);
  const apart = (Math.max(...begun) - Math.min(...begun)) * 1_000;
  return [
    ...(parts.length === 1 ? [`${shardText({ shard, parts })}: devices ${parts[0]?.devices ?? 0}`] : []),
    ...(parts.length > 1 && begun.length > 0
      ? [`${parts.length} shards, which began to ask for tasks within ${spanWords(apart)}`]
      : []),
    ...(interrupted.length === 0 ? [] : [`interrupted: shard ${interrupted.join(", ")}`]),
  ];
}

function thresholdLine(each: ThresholdOutcome, result: LoadResult): string {
  const text = `${each.text}${measuredText(each)}`;
  return isWhole(result) ? `threshold ${each.outcome.padEnd(7)} ${text}` : `threshold, to be judged by merge: ${text}`;
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
