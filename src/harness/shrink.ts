/**
 * Makes a failing plan small: delta debugging over operations and faults together, then over the fleet, then over
 * what operations and devices carry. A candidate counts only if the *same requirement* fails.
 *
 * It may be stopped at any time and then has the smallest plan so far. Left to finish, the result is 1-minimal: no
 * single operation, fault or device can be left out.
 */
import type { Operation, Plan } from "../scenarios/plan.ts";
import type { Fault } from "../simulator/model/fault.ts";
import { normalisePlan, withoutDevice } from "./normalise-plan.ts";
import { withShorterWaits } from "./shrink-times.ts";

export interface ShrinkOptions {
  /** Whether the plan still breaks the requirement. */
  readonly fails: (plan: Plan) => Promise<boolean>;
  /** Asked before each execution. */
  readonly mayContinue: () => boolean;
}

export interface Shrunk {
  readonly plan: Plan;
  readonly executions: number;
  /** Nothing more can be left out; false: the budget ran out first. */
  readonly minimal: boolean;
}

type Element =
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "fault"; readonly fault: Fault };

class OutOfBudget extends Error {}

export async function shrink(failing: Plan, options: ShrinkOptions): Promise<Shrunk> {
  let best = normalisePlan(failing);
  let executions = 0;
  let changed = true;
  const attempt = async (candidate: Plan): Promise<boolean> => {
    if (!options.mayContinue()) throw new OutOfBudget();
    executions++;
    if (!(await options.fails(candidate))) return false;
    best = candidate;
    changed = true;
    return true;
  };
  try {
    // Each accepted candidate has fewer operations, faults, devices, targets or peculiarities, or less time: it ends.
    while (changed) {
      changed = false;
      await shrinkElements(() => best, attempt);
      await shrinkFleet(() => best, attempt);
      await simplify(() => best, attempt);
      await shortenWaits(() => best, attempt);
    }
    return { plan: best, executions, minimal: true };
  } catch (error) {
    if (error instanceof OutOfBudget) return { plan: best, executions, minimal: false };
    throw error;
  }
}

type Attempt = (candidate: Plan) => Promise<boolean>;

const elementsOf = (plan: Plan): readonly Element[] => [
  ...plan.operations.map((operation) => ({ kind: "operation", operation }) as const),
  ...plan.faults.map((fault) => ({ kind: "fault", fault }) as const),
];

const withElements = (plan: Plan, elements: readonly Element[]): Plan => ({
  ...plan,
  operations: elements.flatMap((element) => (element.kind === "operation" ? [element.operation] : [])),
  faults: elements.flatMap((element) => (element.kind === "fault" ? [element.fault] : [])),
});

/** Delta debugging: drop chunks, halve the chunks when nothing can be dropped, until single elements are needed. */
async function shrinkElements(current: () => Plan, attempt: Attempt): Promise<void> {
  let elements = elementsOf(current());
  for (let chunk = Math.ceil(elements.length / 2); chunk >= 1 && elements.length > 0; ) {
    let dropped = false;
    for (let start = 0; start < elements.length; ) {
      const rest = [...elements.slice(0, start), ...elements.slice(start + chunk)];
      if (await attempt(withElements(current(), rest))) {
        elements = rest;
        dropped = true;
      } else start += chunk;
    }
    if (chunk === 1 && !dropped) return;
    chunk = chunk === 1 ? 1 : Math.ceil(chunk / 2);
  }
}

async function shrinkFleet(current: () => Plan, attempt: Attempt): Promise<void> {
  for (let index = current().fleet.length - 1; index >= 0; index--) {
    if (current().fleet.length > 1 && index < current().fleet.length) await attempt(withoutDevice(current(), index));
  }
  if (current().deviceTypes.length > 1 && current().fleet.every((device) => device.type === 0)) {
    await attempt(normalisePlan({ ...current(), deviceTypes: current().deviceTypes.slice(0, 1) }));
  }
}

/** Plainer devices, fewer targets, an earlier end: tried one at a time. */
async function simplify(current: () => Plan, attempt: Attempt): Promise<void> {
  for (let index = 0; index < current().fleet.length; index++) await simplifyDevice(current, attempt, index);
  for (let index = 0; index < current().operations.length; index++) {
    await withoutExpiry(current, attempt, index);
    const operation = current().operations[index];
    if (operation?.kind !== "create-task" || operation.devices === "all" || operation.devices.length < 2) continue;
    for (const target of operation.devices) {
      const now = current().operations[index];
      if (now?.kind !== "create-task" || now.devices === "all" || now.devices.length < 2) break;
      const fewer = { ...now, devices: now.devices.filter((other) => other !== target) };
      await attempt({ ...current(), operations: current().operations.with(index, fewer) });
    }
  }
  const last = current().operations.reduce((latest, { at }) => Math.max(latest, at), 0);
  if (last + 1_000 < current().until)
    await attempt({ ...current(), quietFrom: Math.min(current().quietFrom, last + 1_000), until: last + 1_000 });
}

async function withoutExpiry(current: () => Plan, attempt: Attempt, index: number): Promise<void> {
  const operation = current().operations[index];
  if (operation?.kind !== "create-task" || operation.expiresAfter === undefined) return;
  const { expiresAfter: _left, ...plain } = operation;
  await attempt({ ...current(), operations: current().operations.with(index, plain) });
}

/** Long waits are shortened one by one; one that the failure needs stays. */
async function shortenWaits(current: () => Plan, attempt: Attempt): Promise<void> {
  for (let needed = 0; ; ) {
    const candidate = withShorterWaits(current())[needed];
    if (candidate === undefined) return;
    if (!(await attempt(candidate))) needed++;
  }
}

/** Parameters of a device that can be left at their defaults. */
const PLAIN = [
  ["updateEvery", undefined],
  ["queueMode", false],
  ["deduplicates", true],
  ["lwm2m", "1.0"],
  ["awakeFor", 93_000],
  ["bootTime", 3_000],
  ["thinkTime", 0],
  ["lifetime", undefined],
] as const;

async function simplifyDevice(current: () => Plan, attempt: Attempt, index: number): Promise<void> {
  for (const [key, value] of PLAIN) {
    const device = current().fleet[index];
    if (device === undefined || device[key] === value) continue;
    const { [key]: _left, ...rest } = device;
    const plain = (value === undefined ? rest : { ...rest, [key]: value }) as typeof device;
    await attempt({ ...current(), fleet: current().fleet.with(index, plain) });
  }
}
