/**
 * What the benchmarks share: parts that run in a process of their own, medians, and Markdown tables.
 *
 * Each measurement is a fresh process, so that none inherits another's heap or compiled code. Whatever is compared runs
 * in turns within one run, so that a busy machine slows all of it alike: believe the ratios, not the rates.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { now } from "../src/platform/clock.ts";
import { startChild } from "../src/platform/process.ts";
import { seconds } from "../src/protocol/time.ts";

/** What one part has found out, by name. */
export type Measurement = Readonly<Record<string, number>>;

const CHILD = fileURLToPath(new URL("./child.js", import.meta.url));

/** Runs one part in a fresh process. `names` are those in `child.ts`. */
export const measurePart = (...names: readonly string[]): Promise<Measurement> => measurePartWithin(600, ...names);

/** The same with a time of its own, in seconds. */
export async function measurePartWithin(allowed: number, ...names: readonly string[]): Promise<Measurement> {
  const { ready, stop } = await startChild({
    command: process.execPath,
    args: ["--expose-gc", "--no-warnings", CHILD, ...names],
    readyWithin: seconds(allowed),
  });
  await stop();
  return ready as Measurement;
}

/** A part that goes on until it is told to stop: a server. */
export async function startPart(...names: readonly string[]) {
  const { pid, ready, stop } = await startChild({
    command: process.execPath,
    args: ["--no-warnings", CHILD, ...names],
    readyWithin: seconds(60),
  });
  return { pid, ready: ready as Measurement, stop };
}

/** A number of the environment, above 0. @throws Error when it is none */
export function setting(name: string, preset: number): number {
  const value = Number(process.env[name] ?? preset);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name}: "${process.env[name]}" is no number above 0`);
}

/** Whole numbers of the environment, with spaces between them. @throws Error when one of them is none, or is below 1 */
export function settings(name: string, preset: readonly number[]): readonly number[] {
  const values = process.env[name]?.trim().split(/\s+/).map(Number) ?? preset;
  if (values.every((value) => Number.isSafeInteger(value) && value > 0)) return values;
  throw new Error(`${name}: "${process.env[name]}" are no whole numbers above 0 with spaces between them`);
}

/** Runs all parts `rounds` times in turns. */
export async function measureInTurns(
  parts: readonly (readonly string[])[],
  rounds: number,
): Promise<readonly (readonly Measurement[])[]> {
  const found: Measurement[][] = parts.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, part] of parts.entries()) found[index]?.push(await measurePart(...part));
  }
  return found;
}

/** Seconds of wall time that the work takes. */
export function wallSeconds(work: () => void): number {
  const start = now();
  work();
  return (now() - start) / 1_000_000;
}

/** Processor time of this process since its start, all threads: what a busy machine falsifies least. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}

/** Microseconds of processor time of another process; Linux counts it in ticks of 10 ms. */
export function cpuOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return Number.NaN;
  }
}

/** MiB that another process has in memory; Linux. */
export function residentOf(pid: number): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kibibytes) / 1_024;
  } catch {
    return Number.NaN;
  }
}

/** The most memory that this process had at any time, in MiB. */
export const peakMemory = (): number => process.resourceUsage().maxRSS / 1_024;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** One figure of several measurements of the same part. */
export const figures = (measurements: readonly Measurement[], name: string): readonly number[] =>
  measurements.map((measurement) => measurement[name] ?? Number.NaN);

/** `12,345 (11,900–12,600)`: the median, and what it lies between. */
export const spread = (values: readonly number[], digits = 0): string =>
  `${number(median(values), digits)} (${number(Math.min(...values), digits)}–${number(Math.max(...values), digits)})`;

export const number = (value: number, digits = 0): string =>
  value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = line(head.map((_, column) => (column === 0 ? "---" : "---:")));
  console.log(`\n### ${title}\n\n${[line(head), rule, ...rows.map(line)].join("\n")}`);
}
