/**
 * Which tasks a load asks for, when, and of which devices. Pure: everything about task k depends on (seed, k) alone, so
 * the same file and seed ask for the same tasks, however fast the server is.
 *
 * With open arrival a task chooses among the devices of the whole fleet, or they take turns, and each process asks for it
 * on those that it runs. So a device gets the same tasks at the same times in any number of shards. With closed arrival it depends on
 * the server what is asked for next; a process has its share of the places, and chooses among its own devices.
 *
 * With open arrival each task has its intended time beforehand. What is measured counts from there, so that a server
 * (or a generator) that falls behind is not flattered by the requests that it delays ("coordinated omission").
 */
import { drawMicros } from "../../simulator/fleet/spans.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import { hashSeed, keyedHash } from "../../simulator/keyed-hash.ts";
import type { Shard } from "../record/shards.ts";
import { imageOf, imagesOf } from "./firmware-images.ts";
import type { Arrival, Targets, Workload, WorkloadRow } from "./workload.ts";

export interface LoadedDevices {
  readonly fleet: Pick<Fleet, "devices" | "groups">;
  /** Numbers of the devices that this process runs, in their order. */
  readonly own: readonly number[];
}

export interface LoadTask {
  readonly number: number;
  readonly row: WorkloadRow;
  /** Numbers of devices of this process, without repetition; none where the server finds them by a filter. */
  readonly devices: readonly number[];
  /** What is written; absent unless it is a Write. */
  readonly value?: string;
  /** Place of the firmware image among those of the workload; absent unless it is an update. */
  readonly image?: number;
}

/** Kinds of decisions; numbers for life. */
const KIND = { row: 1, device: 2, spacing: 3 } as const;

export function createTaskSource(
  { tasks, arrival }: Pick<Workload, "tasks" | "arrival">,
  seed: string,
  loaded: LoadedDevices,
): (number: number) => LoadTask {
  const choice = choiceOf(loaded, arrival.kind === "open");
  const hash = hashSeed(`load/${seed}`);
  const images = imagesOf({ tasks });
  const inTurn = arrival.kind === "open" && arrival.devices === "in-turn";
  const whole = tasks.reduce((sum, { weight }) => sum + weight, 0);
  return (number) => {
    const row = weighted(tasks, below(keyedHash(hash, number, 0, KIND.row, 0), whole));
    const draw = (index: number, end: number): number => below(keyedHash(hash, number, 0, KIND.device, index), end);
    const chosen = inTurn ? turnOf(choice, number) : choose(row.targets, choice, draw);
    const value = row.operation === "write" ? { value: row.value.replaceAll("{number}", String(number)) } : {};
    const image = imageOf(row, images);
    return { number, row, devices: chosen, ...value, ...(image === undefined ? {} : { image }) };
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

/** Among which devices a task chooses, and which of the chosen are ours. */
interface Choice {
  readonly own: readonly number[];
  readonly ownGroups: ReadonlyMap<string, readonly number[]>;
  readonly size: number;
  /** The device at a place, 0 to `size` - 1; `undefined`: another process runs it. */
  at(place: number): number | undefined;
}

function choiceOf({ fleet, own }: LoadedDevices, fromWholeFleet: boolean): Choice {
  const ownGroups = new Map(
    fleet.groups.map(({ name, first, count }) => [
      name,
      own.filter((device) => device >= first && device < first + count),
    ]),
  );
  if (!fromWholeFleet) return { own, ownGroups, size: own.length, at: (place) => own[place] };
  const mine = new Set(own);
  return { own, ownGroups, size: fleet.devices, at: (place) => (mine.has(place) ? place : undefined) };
}

function choose(targets: Targets, choice: Choice, draw: (index: number, end: number) => number): readonly number[] {
  switch (targets.kind) {
    case "all":
      return choice.own;
    case "filter":
      return [];
    case "group":
      return choice.ownGroups.get(targets.group) ?? [];
    case "one":
      return several(choice, 1, draw);
    case "count":
      return several(choice, targets.count, draw);
    case "share":
      return several(choice, Math.max(1, Math.round((choice.size * targets.percent) / 100)), draw);
  }
}

/** Task k is for device k, and after the last device the first one follows. */
function turnOf({ size, at }: Choice, number: number): readonly number[] {
  const device = at(number % size);
  return device === undefined ? [] : [device];
}

/** The first places of a shuffle, of which only those places are made (Fisher–Yates on a map). */
function several({ size, at }: Choice, count: number, draw: (index: number, end: number) => number): readonly number[] {
  const moved = new Map<number, number>();
  const chosen: number[] = [];
  for (let place = 0; place < Math.min(count, size); place++) {
    const from = place + draw(place, size - place);
    const device = at(moved.get(from) ?? from);
    moved.set(from, moved.get(place) ?? place);
    if (device !== undefined) chosen.push(device);
  }
  return chosen;
}

/** Whether this process has anything to do for the task. */
export const isOurs = ({ row, devices }: LoadTask): boolean => row.targets.kind === "filter" || devices.length > 0;

/**
 * How many of the places of a closed arrival a shard has, and its numbers of tasks: place p is in the shard that p
 * leaves when divided by the number of shards, so that no place is lost and none is there twice.
 */
export const placesOf = (atOnce: number, { index, of }: Shard): number => Math.max(0, Math.ceil((atOnce - index) / of));

const below = (hash: number, end: number): number => Math.floor((hash / 4_294_967_296) * end);

/** At the beginning of a ramp the rate is this part of what it becomes: from nothing it would never begin. */
const FIRST_PART = 0.05;

/**
 * Intended times of an open arrival, microseconds from the first task, in order; ends with the duration.
 *
 * @param duration microseconds
 */
export function* intendedTimes(
  arrival: Pick<Extract<Arrival, { readonly kind: "open" }>, "perSecond" | "ramp" | "spacing">,
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
