/**
 * Thresholds of a workload: what has to hold, as a sentence that people can write and CI can judge.
 *
 *     p99(task.completion{operation=write}) < 2s      a percentile, mean or max of spans
 *     rate(failed{code=5000}) == 0                    a part of what it counts among: a number or percent
 *     count(refused) < 10
 *     registered >= 99.9%                             of the devices, when the last task was asked for
 *
 * Pure. Of something that was never measured nothing is known, and that is neither held nor crossed.
 */
import { parseDuration } from "../../protocol/duration.ts";
import { err, ok, type Result } from "../../protocol/result.ts";
import type { ThresholdOutcome } from "../record/load-result.ts";
import { COUNTS, type CountName, type Labels, SPANS, type SpanName } from "../record/measured.ts";
import type { Series } from "./series.ts";

export interface Threshold {
  /** As it was written. */
  readonly text: string;
  readonly quantity: Quantity;
  readonly comparison: Comparison;
  /** Microseconds of spans; a part of 1 of rates; else a number. */
  readonly limit: number;
}

export type Quantity =
  | { readonly kind: "span"; readonly of: "mean" | "max" | number; readonly name: SpanName; readonly labels: Labels }
  | { readonly kind: "rate" | "count"; readonly name: CountName; readonly labels: Labels }
  | { readonly kind: "registered" };

const COMPARISONS = ["<=", ">=", "==", "<", ">"] as const;
type Comparison = (typeof COMPARISONS)[number];

const FORM =
  /^\s*(?:([a-z][a-z0-9.]*)\s*\(\s*([a-z][a-z.]*)\s*(?:\{([^}]*)\})?\s*\)|(registered))\s*(<=|>=|==|<|>)\s*(\S+)\s*$/;
const EXAMPLE = "write it like p99(task.completion) < 2s, rate(failed{code=5000}) == 0 or registered >= 99.9%";

/** @returns the threshold, or what is wrong with it and how to write it */
export function parseThreshold(text: string): Result<Threshold, string> {
  const match = FORM.exec(text);
  if (match === null) return err(`"${text}" is no threshold: ${EXAMPLE}`);
  const [, measure = "", name = "", labelText = "", bare, comparison = "", limitText = ""] = match;
  const quantity: Result<Quantity, string> =
    bare === undefined ? quantityOf(measure, name, labelText) : ok({ kind: "registered" });
  if (!quantity.ok) return quantity;
  const limit = limitOf(quantity.value, limitText);
  if (!limit.ok) return limit;
  return ok({ text: text.trim(), quantity: quantity.value, comparison: comparison as Comparison, limit: limit.value });
}

function quantityOf(measure: string, name: string, labelText: string): Result<Quantity, string> {
  const labels = labelsOf(labelText);
  if (!labels.ok) return labels;
  if (measure === "rate" || measure === "count") {
    const row = COUNTS.find((each) => each.name === name);
    if (row === undefined)
      return err(`there is no count "${name}": there are ${COUNTS.map((each) => each.name).join(", ")}`);
    return checked({ kind: measure, name: row.name, labels: labels.value }, row.labels);
  }
  const of = spanMeasure(measure);
  if (of === undefined)
    return err(`"${measure}" measures nothing: there are p50, p99.9 and the like, mean, max, rate, count`);
  const row = SPANS.find((each) => each.name === name);
  if (row === undefined)
    return err(`there is no span "${name}": there are ${SPANS.map((each) => each.name).join(", ")}`);
  return checked({ kind: "span", of, name: row.name, labels: labels.value }, row.labels);
}

function checked(
  quantity: Exclude<Quantity, { kind: "registered" }>,
  known: readonly string[],
): Result<Quantity, string> {
  const unknown = Object.keys(quantity.labels).find((label) => !known.includes(label));
  if (unknown === undefined) return ok(quantity);
  const there = known.length === 0 ? "it has none" : `it has ${known.join(", ")}`;
  return err(`${quantity.name} has no label "${unknown}": ${there}`);
}

function spanMeasure(measure: string): "mean" | "max" | number | undefined {
  if (measure === "mean" || measure === "max") return measure;
  const percent = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(measure)?.[1];
  return percent === undefined ? undefined : Number(percent);
}

function labelsOf(text: string): Result<Labels, string> {
  const labels: Record<string, string> = {};
  for (const pair of text.split(",").filter((part) => part.trim() !== "")) {
    const [, name, value] = /^\s*([a-z]+)\s*=\s*"?([^"\s]+)"?\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) return err(`"${pair.trim()}" is no label: write name=value`);
    labels[name] = value;
  }
  return ok(labels);
}

function limitOf(quantity: Quantity, text: string): Result<number, string> {
  if (quantity.kind === "span") {
    const duration = parseDuration(text);
    return duration.ok ? ok(duration.value * 1_000) : duration;
  }
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  if (number === undefined) return err(`"${text}" is no number${quantity.kind === "count" ? "" : " or percentage"}`);
  if (percent === "%" && quantity.kind === "count")
    return err(`"${text}": a count is compared with a number, a rate with a percentage`);
  // Dividing by 100 would make 99.9% a little more than 0.999.
  return ok(Number(percent === "%" ? `${number}e-2` : number));
}

/** @param registered part of the devices, 0 to 1; absent: nobody counted */
export function judgeThreshold(threshold: Threshold, series: Series, registered: number | undefined): ThresholdOutcome {
  const { text, quantity, comparison, limit } = threshold;
  const value = measured(quantity, series, registered);
  if (value === undefined) return { text, quantity: quantity.kind, outcome: "unknown" };
  return { text, quantity: quantity.kind, outcome: compare(value, comparison, limit) ? "held" : "crossed", value };
}

function measured(quantity: Quantity, series: Series, registered: number | undefined): number | undefined {
  switch (quantity.kind) {
    case "registered":
      return registered;
    case "count":
      return series.total(quantity.name, quantity.labels);
    case "rate": {
      const whole = wholeOf(quantity, series);
      return whole === 0 ? undefined : series.total(quantity.name, quantity.labels) / whole;
    }
    case "span": {
      const spans = series.spans(quantity.name, quantity.labels);
      if (spans.count === 0) return undefined;
      if (quantity.of === "mean") return spans.mean;
      return quantity.of === "max" ? spans.max : spans.percentile(quantity.of);
    }
  }
}

/** What the counted is a part of has the same operation, but no code or status. */
function wholeOf({ name, labels }: { readonly name: CountName; readonly labels: Labels }, series: Series): number {
  const of = COUNTS.find((row) => row.name === name)?.of ?? name;
  const { operation } = labels;
  return series.total(of, operation === undefined ? {} : { operation });
}

function compare(value: number, comparison: Comparison, limit: number): boolean {
  if (comparison === "<") return value < limit;
  if (comparison === "<=") return value <= limit;
  if (comparison === ">") return value > limit;
  return comparison === ">=" ? value >= limit : value === limit;
}
