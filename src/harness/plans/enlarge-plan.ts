/**
 * Stress plans: a plan amid so many others that nobody would read it. What it shows should still show, which is for
 * the caller to try, and must then be found again.
 */
import { createRandomSource } from "../../platform/random.ts";
import type { Operation, Plan } from "../../scenarios/plan.ts";
import type { Fault } from "../../simulator/model/fault.ts";
import { appendPlan, joinPlans, normalisePlan } from "./normalise-plan.ts";

export interface EnlargeOptions {
  /** Each plan on devices of its own, or all on the devices of the first. */
  readonly arrangement: "side-by-side" | "one-after-another";
  /** The plans to stand beside the first one, by number from 0; each should differ. */
  readonly companion: (index: number) => Plan;
  /** The result has at least as many. */
  readonly operations: number;
  /** The result has at least as many. */
  readonly faults: number;
  /** Where and when faults are added that no companion has: any text. */
  readonly seed: string;
}

/** Joins companions to a plan until there are enough operations, and adds weak faults until there are enough. */
export function enlargePlan(core: Plan, options: EnlargeOptions): Plan {
  const large = ARRANGEMENTS[options.arrangement](core, options);
  const missing = Math.max(0, options.faults - large.faults.length);
  const draw = createRandomSource(options.seed)("enlarge");
  // The devices of the first plan are spared where there are others.
  const spared = large.fleet.length > core.fleet.length ? core.fleet.length : 0;
  const added = Array.from({ length: missing }, () => weakFault(draw, large, spared));
  return { ...large, faults: [...large.faults, ...added] };
}

const ARRANGEMENTS: Readonly<Record<EnlargeOptions["arrangement"], (core: Plan, options: EnlargeOptions) => Plan>> = {
  "side-by-side": sideBySide,
  "one-after-another": oneAfterAnother,
};

/** The devices of the first plan come first and keep their numbers, so that their datagrams keep their fate. */
function sideBySide(core: Plan, { companion, operations }: EnlargeOptions): Plan {
  let large = normalisePlan(core);
  for (let index = 0; large.operations.length < operations; index++)
    large = joinPlans(large, withoutHeartbeat(companion(index)));
  return large;
}

/** The first plan has about as many operations before it as after it. Its devices are switched on when it begins. */
function oneAfterAnother(core: Plan, { companion, operations }: EnlargeOptions): Plan {
  const switchedOn = core.fleet.flatMap((device, index): Operation[] =>
    device.registersAt === undefined ? [] : [{ at: device.registersAt, kind: "register", device: index }],
  );
  const whole = { ...core, operations: [...switchedOn, ...core.operations] };
  const fleet = withoutHeartbeat(core).fleet.map(({ registersAt: _left, ...device }) => device);
  let large: Plan = { ...normalisePlan({ ...core, fleet }), operations: [], faults: [], quietFrom: 0, until: 0 };
  let placed = false;
  for (let index = 0; large.operations.length < operations || !placed; ) {
    const isTurn: boolean = !placed && large.operations.length >= operations / 2;
    large = appendPlan(large, isTurn ? whole : companion(index++));
    placed ||= isTurn;
  }
  return large;
}

/** The large plan may last weeks longer than a small one: a device that speaks by itself would fill it. */
const withoutHeartbeat = (plan: Plan): Plan => ({
  ...plan,
  fleet: plan.fleet.map(({ updateEvery: _left, ...device }) => device),
});

const LONGEST_DELAY = 2_000;

/** One that hardly ever does anything. Over before the quiet phase, as each fault of a plan. */
function weakFault(draw: () => number, plan: Plan, firstDevice: number): Fault {
  const device = firstDevice + (draw() % (plan.fleet.length - firstDevice));
  const from = draw() % Math.max(1, plan.quietFrom);
  const until = from + (draw() % Math.max(1, plan.quietFrom - from));
  const window = { device, from, until, direction: "both", permille: 1 } as const;
  return draw() % 2 === 0
    ? { kind: "loss", ...window }
    : { kind: "duplication", ...window, delay: draw() % LONGEST_DELAY };
}
