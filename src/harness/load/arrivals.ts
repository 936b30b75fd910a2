/**
 * Which tasks a load asks for, when, and of which devices. Pure: everything about task k depends on (seed, k) alone, so
 * the same file and seed ask for the same tasks, however fast the server is.
 *
 * With open arrival each task has its intended time beforehand. What is measured counts from there, so that a server
 * (or a generator) that falls behind is not flattered by the requests that it delays ("coordinated omission").
 */
import { drawMicros } from "../../simulator/fleet/spans.ts";
import { hashSeed, keyedHash } from "../../simulator/keyed-hash.ts";
import type { Arrival, Targets, Workload, WorkloadRow } from "./workload.ts";

export interface LoadedDevices {
  /** Numbers of the devices that this process runs. */
  readonly devices: readonly number[];
  /** The same by name of their group. */
  readonly groups: ReadonlyMap<string, readonly number[]>;
}

export interface LoadTask {
  readonly number: number;
  readonly row: WorkloadRow;
  /** Numbers of devices, without repetition. */
  readonly devices: readonly number[];
  /** What is written; absent unless it is a Write. */
  readonly value?: string;
}

/** Kinds of decisions; numbers for life. */
const KIND = { row: 1, device: 2, spacing: 3 } as const;

export function createTaskSource(
  { tasks }: Workload,
  seed: string,
  { devices, groups }: LoadedDevices,
): (number: number) => LoadTask {
  const hash = hashSeed(`load/${seed}`);
  const whole = tasks.reduce((sum, { weight }) => sum + weight, 0);
  return (number) => {
    const row = weighted(tasks, below(keyedHash(hash, number, 0, KIND.row, 0), whole));
    const draw = (index: number, end: number): number => below(keyedHash(hash, number, 0, KIND.device, index), end);
    const chosen = choose(row.targets, devices, groups, draw);
    const value = row.operation === "write" ? { value: row.value.replaceAll("{number}", String(number)) } : {};
    return { number, row, devices: chosen, ...value };
  };
}

function weighted(rows: readonly WorkloadRow[], draw: number): WorkloadRow {
  let left = draw;
  for (const row of rows) {
    if (left < row.weight) return row;
    left -= row.weight;
  }
  return rows[0] as WorkloadRow;
}

function choose(
  targets: Targets,
  devices: readonly number[],
  groups: LoadedDevices["groups"],
  draw: (index: number, end: number) => number,
): readonly number[] {
  switch (targets.kind) {
    case "all":
      return devices;
    case "group":
      return groups.get(targets.group) ?? [];
    case "one":
      return several(devices, 1, draw);
    case "count":
      return several(devices, targets.count, draw);
    case "share":
      return several(devices, Math.max(1, Math.round((devices.length * targets.percent) / 100)), draw);
  }
}

/** The first places of a shuffle, of which only those places are made (Fisher–Yates on a map). */
function several(
  devices: readonly number[],
  count: number,
  draw: (index: number, end: number) => number,
): readonly number[] {
  const moved = new Map<number, number>();
  const many = Math.min(count, devices.length);
  return Array.from({ length: many }, (_, place) => {
    const from = place + draw(place, devices.length - place);
    const chosen = moved.get(from) ?? from;
    moved.set(from, moved.get(place) ?? place);
    return devices[chosen] as number;
  });
}

const below = (hash: number, end: number): number => Math.floor((hash / 4_294_967_296) * end);

/** At the beginning of a ramp the rate is this part of what it becomes: from nothing it would never begin. */
const FIRST_PART = 0.05;

/**
 * Intended times of an open arrival, microseconds from the first task, in order; ends with the duration.
 *
 * @param duration microseconds
 */
export function* intendedTimes(
  arrival: Extract<Arrival, { readonly kind: "open" }>,
  duration: number,
  seed: string,
): Generator<number> {
  const hash = hashSeed(`load/${seed}`);
  const ramp = arrival.ramp * 1_000;
  let at = 0;
  for (let number = 0; at < duration; number++) {
    yield Math.round(at);
    const part = at >= ramp ? 1 : FIRST_PART + (1 - FIRST_PART) * (at / ramp);
    const mean = 1_000_000 / (arrival.perSecond * part);
    at += arrival.spacing === "even" ? mean : randomGap(mean, keyedHash(hash, number, 0, KIND.spacing, 0));
  }
}

/** Callers that know nothing of each other. */
const randomGap = (mean: number, hash: number): number =>
  drawMicros({ kind: "exponential", mean: mean / 1_000, atLeast: 0 }, hash);
