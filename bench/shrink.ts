/**
 * How many executions it takes to make a large failing plan small: for each mutant, a plan that catches it amid others,
 * at least 1,000 operations and 100 faults, until at most 10 operations and 3 faults are left; and until nothing more
 * can be left out. Beside it plain delta debugging, on the same plans.
 *
 * Only counts, which are the same on every machine: no times.
 */

import { judge } from "../src/harness/oracle/oracle.ts";
import { type EnlargeOptions, enlargePlan } from "../src/harness/plans/enlarge-plan.ts";
import { shrink } from "../src/harness/shrink/shrink.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { MUTANTS } from "../src/mutants/all-mutants.ts";
import { buildServer, type Mutant } from "../src/mutants/mutant.ts";
import { ARTIK, type Profile } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";
import { median, number, printTable } from "./measure.ts";
import { plainDdmin } from "./plain-ddmin.ts";

const SEED = "shrink";
const OPERATIONS = 1_000;
const FAULTS = 100;
/** What counts as small. */
const SMALL = { operations: 10, faults: 3 };
/** Executions within which it should be. */
const BOUND = 150;
/** Plans that are searched for one that catches a mutant. */
const PLANS = 1_000;
/** Catching plans that are tried, since not every one catches it in company. */
const CORES = 8;
/** Companions that are asked whether they catch it by themselves; those that do come last. */
const ASKED = 120;
const LONGEST_COMPANION = 3 * 3_600_000;
/** Executions after which plain delta debugging is given up. */
const MOST_PLAIN = 2_000;

const ARRANGEMENTS = ["side-by-side", "one-after-another"] as const;

export async function benchShrink(): Promise<void> {
  const plansOf = plansByProfile();
  const found: Found[] = [];
  for (const mutant of MUTANTS) found.push(...(await shrinkMutant(mutant, plansOf(mutant.profile ?? ARTIK))));
  for (const arrangement of ARRANGEMENTS) {
    const here = found.filter((each) => each.arrangement === arrangement);
    const rows = here.flatMap(({ row }) => (row === undefined ? [] : [row]));
    const without = here.flatMap(({ mutant, row }) => (row === undefined ? [mutant.id] : []));
    printRows(arrangement, rows, without);
  }
}

interface Found {
  readonly mutant: Mutant;
  readonly arrangement: EnlargeOptions["arrangement"];
  /** Absent: no large plan catches the mutant. */
  readonly row: Row | undefined;
}

/** Plans are made once for all mutants of one profile. */
function plansByProfile(): (profile: Profile) => readonly Plan[] {
  const made = new Map<Profile, readonly Plan[]>();
  return (profile) => {
    const plan = (_: unknown, index: number): Plan => generatePlan({ seed: SEED, index, profile, mode: "sim" });
    const plans = made.get(profile) ?? Array.from({ length: PLANS }, plan);
    made.set(profile, plans);
    return plans;
  };
}

interface Row {
  readonly mutant: Mutant;
  readonly before: Plan;
  readonly after: Plan;
  /** Executions until the plan was small; absent: it never was. */
  readonly small: number | undefined;
  readonly executions: number;
  readonly plainSmall: number | undefined;
}

async function shrinkMutant(mutant: Mutant, plans: readonly Plan[]): Promise<readonly Found[]> {
  const breaks = breaksBy(mutant);
  const company = { cores: coresFor(plans, breaks), companions: companionsFor(plans, breaks) };
  const found: Found[] = [];
  for (const arrangement of ARRANGEMENTS) {
    const before = largePlan(company, breaks, arrangement);
    const row = before === undefined ? undefined : await shrinkLarge(mutant, before, breaks);
    found.push({ mutant, arrangement, row });
  }
  return found;
}

async function shrinkLarge(mutant: Mutant, before: Plan, breaks: Breaks): Promise<Row> {
  const ours = counted(breaks);
  const { plan: after, executions } = await shrink(before, { fails: ours.fails, mayContinue: () => true });
  const plain = counted(breaks);
  await plainDdmin(before, {
    fails: plain.fails,
    mayContinue: () => plain.small() === undefined && plain.executions() < MOST_PLAIN,
  });
  return { mutant, before, after, small: ours.small(), executions, plainSmall: plain.small() };
}

type Breaks = (plan: Plan) => boolean;

function breaksBy(mutant: Mutant): Breaks {
  const build = buildServer(mutant);
  return (plan) =>
    judge(plan, simulate(plan, build)).tallies.some(
      ({ requirement, findings }) => requirement === mutant.requirement && findings.length > 0,
    );
}

interface Company {
  /** Plans that catch the mutant. */
  readonly cores: readonly Plan[];
  /** The plans around one of them. */
  readonly companions: readonly Plan[];
}

/** The first core that still catches the mutant amid the companions. */
function largePlan(
  { cores, companions }: Company,
  breaks: Breaks,
  arrangement: EnlargeOptions["arrangement"],
): Plan | undefined {
  for (const core of cores) {
    const companion = (index: number): Plan => companions[index % companions.length] ?? core;
    const large = enlargePlan(core, { arrangement, companion, operations: OPERATIONS, faults: FAULTS, seed: SEED });
    if (breaks(large)) return large;
  }
  return undefined;
}

function coresFor(plans: readonly Plan[], breaks: Breaks): readonly Plan[] {
  const cores: Plan[] = [];
  for (const plan of plans) if (cores.length < CORES && breaks(plan)) cores.push(plan);
  return cores;
}

/**
 * Plans that do not catch the mutant by themselves come first, as far as there are such. From the end of the list, so that
 * they are not the plans that are searched first.
 */
function companionsFor(plans: readonly Plan[], breaks: Breaks): readonly Plan[] {
  const short = plans.filter(({ until }) => until <= LONGEST_COMPANION).slice(-ASKED);
  const alone = new Map(short.map((plan) => [plan, breaks(plan)]));
  return short.toSorted((a, b) => Number(alone.get(a)) - Number(alone.get(b)));
}

const isSmall = (plan: Plan): boolean =>
  plan.operations.length <= SMALL.operations && plan.faults.length <= SMALL.faults;

/** Counts executions, and notes when the plan first was small. */
function counted(breaks: Breaks) {
  let executions = 0;
  let small: number | undefined;
  return {
    fails: async (plan: Plan): Promise<boolean> => {
      executions++;
      const broken = breaks(plan);
      if (broken && isSmall(plan)) small ??= executions;
      return broken;
    },
    executions: () => executions,
    small: () => small,
  };
}

// ── printing

const sizeOf = ({ operations, faults, fleet }: Plan): string =>
  `${number(operations.length)} + ${faults.length}, ${fleet.length}`;

function printRows(arrangement: string, rows: readonly Row[], without: readonly string[]): void {
  const small = `≤ ${SMALL.operations} + ${SMALL.faults}`;
  printTable(
    `shrink: plans ${arrangement}, at least ${number(OPERATIONS)} operations and ${FAULTS} faults`,
    ["mutant", "operations + faults, devices", `executions to ${small}`, "plain ddmin", "executions in all", "left"],
    rows.map(({ mutant, before, after, small, executions, plainSmall }) => [
      `${mutant.id} (${mutant.requirement})`,
      sizeOf(before),
      String(small ?? "never"),
      String(plainSmall ?? "never"),
      String(executions),
      sizeOf(after),
    ]),
  );
  const ours = rows.map((row) => row.small ?? Number.POSITIVE_INFINITY);
  const plain = rows.map((row) => row.plainSmall ?? Number.POSITIVE_INFINITY);
  console.log(`\n${small} within ${BOUND} executions: ${share(ours)} of ${rows.length}; plain ddmin ${share(plain)}.`);
  console.log(`Executions to ${small}: ${summary(ours)}; plain ddmin ${summary(plain)}.`);
  console.log(`Executions until nothing can be left out: ${summary(rows.map(({ executions }) => executions))}.`);
  if (without.length > 0) console.log(`No such plan catches: ${without.join(", ")}.`);
}

const share = (counts: readonly number[]): string =>
  `${number((counts.filter((count) => count <= BOUND).length / counts.length) * 100, 1)} %`;

const summary = (counts: readonly number[]): string => `median ${median(counts)}, most ${Math.max(...counts)}`;
