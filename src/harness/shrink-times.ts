/**
 * Shorter waits: the times of a failing plan are moved together as long as the failure stays.
 *
 * A generated plan may wait a week because some other plan of its family needs it. A reader should not have to wonder.
 */
import type { Plan } from "../scenarios/plan.ts";

/** Milliseconds: a gap that is worth shortening, and what is left of it. */
const LONG_GAP = 2_000;
const SHORT_GAP = 1_000;

/** Candidates with one long wait shortened each, to a second or to its half: the longest first. */
export function withShorterWaits(plan: Plan): readonly Plan[] {
  const times = timesOf(plan);
  const gaps = times.flatMap((end, index) => {
    const start = times[index - 1] ?? 0;
    return end - start > LONG_GAP ? [{ start, length: end - start }] : [];
  });
  return gaps
    .sort((a, b) => b.length - a.length)
    .flatMap(({ start, length }) =>
      [length - SHORT_GAP, Math.floor(length / 2)].map((span) => shiftedAfter(plan, start, span)),
    );
}

function timesOf(plan: Plan): readonly number[] {
  const times = [
    ...plan.operations.map(({ at }) => at),
    ...plan.faults.flatMap(({ from, until }) => [from, until]),
    ...plan.fleet.flatMap(({ registersAt }) => (registersAt === undefined ? [] : [registersAt])),
    plan.quietFrom,
    plan.until,
  ];
  return [...new Set(times)].sort((a, b) => a - b);
}

/** Everything that happens after `start` happens earlier by `span`. */
function shiftedAfter(plan: Plan, start: number, span: number): Plan {
  const shift = (at: number): number => (at > start ? at - span : at);
  return {
    ...plan,
    operations: plan.operations.map((operation) => ({ ...operation, at: shift(operation.at) })),
    faults: plan.faults.map((fault) => ({ ...fault, from: shift(fault.from), until: shift(fault.until) })),
    fleet: plan.fleet.map((device) =>
      device.registersAt === undefined ? device : { ...device, registersAt: shift(device.registersAt) },
    ),
    quietFrom: shift(plan.quietFrom),
    until: shift(plan.until),
  };
}
