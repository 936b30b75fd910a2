/**
 * Shorter waits: the times of a failing plan are moved together as long as the failure stays.
 *
 * A generated plan may wait a week because some other plan of its family needs it. A reader should not have to wonder,
 * neither about that nor about odd milliseconds.
 */
import { isCreation, type Operation, type Plan } from "../../scenarios/plan.ts";
import { mapTimes } from "../plans/normalise-plan.ts";
import type { Search } from "./search.ts";

/** Milliseconds: a wait that is worth shortening, and what is left of it. */
const LONG_WAIT = 2_000;
const SHORT_WAIT = 1_000;
/** What a wait is rounded down to, the coarsest first. */
const ROUND = [60_000, 10_000, 1_000, 100] as const;

/** From one moment at which something happens to the next. */
interface Wait {
  readonly start: number;
  readonly length: number;
}

/** Long waits are shortened one by one; one that the failure needs stays. */
export async function shortenWaits(search: Search): Promise<void> {
  const { leastWait } = search;
  await search.attempt(withWaits(search.best, (wait) => shorterLengths(wait.length, leastWait)[0] ?? wait.length));
  for (let needed = 0; ; ) {
    const candidate = withShorterWaits(search.best, leastWait)[needed];
    if (candidate === undefined) return;
    if (!(await search.attempt(candidate))) needed++;
  }
}

/** The run is over a second after its last operation; in real time, when whatever that leads to must have happened. */
export async function endSooner(search: Search): Promise<void> {
  const { best, leastWait = SHORT_WAIT } = search;
  const end = leastWait + best.operations.reduce((latest, { at }) => Math.max(latest, at), 0);
  if (end < best.until) await search.attempt({ ...best, quietFrom: Math.min(best.quietFrom, end), until: end });
}

/** What would happen later does not happen, and the run is over then. */
export async function endAt(search: Search, end: number): Promise<void> {
  const { best } = search;
  if (end >= best.until) return;
  const operations = best.operations.filter(({ at }) => at <= end);
  const faults = best.faults.filter(({ from }) => from <= end);
  await search.attempt({ ...best, operations, faults, quietFrom: Math.min(best.quietFrom, end), until: end });
}

/** Candidates with one wait shortened each, to a second, to its half, or to a rounder length: the longest first. */
export function withShorterWaits(plan: Plan, leastWait?: number): readonly Plan[] {
  return waitsOf(plan)
    .toSorted((a, b) => b.length - a.length)
    .flatMap((wait) =>
      shorterLengths(wait.length, leastWait).map((length) =>
        withWaits(plan, (other) => (other.start === wait.start ? length : other.length)),
      ),
    );
}

function shorterLengths(length: number, leastWait: number | undefined): readonly number[] {
  // In real time half of a wait, and half of that, ends where the failure is a matter of milliseconds.
  if (leastWait !== undefined) return length > leastWait ? [leastWait] : [];
  const long = length > LONG_WAIT ? [SHORT_WAIT, Math.floor(length / 2)] : [];
  return [...new Set([...long, ...rounder(length)])];
}

const rounder = (length: number): readonly number[] =>
  ROUND.flatMap((unit) => (length > unit && length % unit !== 0 ? [length - (length % unit)] : []));

function waitsOf(plan: Plan): readonly Wait[] {
  const times = timesOf(plan);
  return times.flatMap((end, index) => {
    const start = times[index - 1] ?? 0;
    return end > start ? [{ start, length: end - start }] : [];
  });
}

function timesOf(plan: Plan): readonly number[] {
  const times = [
    ...plan.operations.flatMap((operation) => [operation.at, ...beginningOf(operation)]),
    ...plan.faults.flatMap(({ from, until }) => [from, until]),
    ...plan.fleet.flatMap(({ registersAt }) => (registersAt === undefined ? [] : [registersAt])),
    plan.quietFrom,
    plan.until,
  ];
  return [...new Set(times)].sort((a, b) => a - b);
}

/** When a task is to begin, if its creation says so. */
const beginningOf = (operation: Operation): readonly number[] =>
  isCreation(operation) && operation.scheduledOn !== undefined ? [operation.scheduledOn] : [];

/** The plan with other waits: what happens after one moves with it. */
function withWaits(plan: Plan, lengthOf: (wait: Wait) => number): Plan {
  const moved = new Map([[0, 0]]);
  for (const wait of waitsOf(plan)) moved.set(wait.start + wait.length, (moved.get(wait.start) ?? 0) + lengthOf(wait));
  const move = (at: number): number => moved.get(at) ?? at;
  return {
    ...plan,
    operations: plan.operations.map((operation) => mapTimes(operation, move)),
    faults: plan.faults.map((fault) => ({ ...fault, from: move(fault.from), until: move(fault.until) })),
    fleet: plan.fleet.map((device) =>
      device.registersAt === undefined ? device : { ...device, registersAt: move(device.registersAt) },
    ),
    quietFrom: move(plan.quietFrom),
    until: move(plan.until),
  };
}
