/**
 * Makes the corpus: `npm run corpus`. Entries that are there and replay as recorded stay as they are, for they are to
 * last; what is missing is made. An entry that does not replay is reported, and made anew only with `--update`.
 *
 * The same sources make the same corpus. Exit code 1: a mutant is not caught, or an entry is not as it was.
 */
import path from "node:path";
import { z } from "zod";
import { judged } from "../src/harness/failures/failures.ts";
import { historyText } from "../src/harness/history/history-file.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { savedPlan } from "../src/harness/saved/record-files.ts";
import { shrink } from "../src/harness/shrink/shrink.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { MUTANTS } from "../src/mutants/all-mutants.ts";
import { buildServer, type Mutant } from "../src/mutants/mutant.ts";
import { readJson, remove, writeJson, writeText } from "../src/platform/files.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import type { Plan } from "../src/scenarios/plan.ts";
import { CORPUS, entriesOf, hasEntry, mismatch, planFileOf, readEntry, runOnMutant } from "./corpus.ts";

const SEED = "corpus";
/** Plans that are tried before a mutant counts as not caught. */
const MOST_PLANS = 2_000;
/** Runs for making one plan small: a number, not a time, so that every machine makes the same corpus. */
const MOST_EXECUTIONS = 1_500;
/** Characters of a history that may stand in the repository; a plan with a longer one is passed over. */
const LONGEST_HISTORY = 30_000;
/** Plans of one mutant that are made small before the shortest history is taken, however long. */
const MOST_ATTEMPTS = 4;

interface Entry {
  readonly plan: Plan;
  readonly history: string;
}

const update = process.argv.includes("--update");
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const { version } = z
  .object({ version: z.string() })
  .parse(await readJson(path.join(import.meta.dirname, "../package.json")));

/** Plans in which the defect made a difference: it tells a blind checker from a plan that is missing. */
const activations = new Map<Mutant, number>();
let made = 0;
const troubles: string[] = [];
const trouble = (line: string): void => {
  troubles.push(line);
  say(line);
};

async function outdated(): Promise<readonly Mutant[]> {
  const wanted: Mutant[] = [];
  for (const mutant of MUTANTS) {
    if (!(await hasEntry(mutant.id))) {
      wanted.push(mutant);
      continue;
    }
    const reason = await mismatch(mutant, await readEntry(mutant.id)).catch((error: Error) => error.message);
    if (reason === undefined) continue;
    if (update) wanted.push(mutant);
    else trouble(`${mutant.id}: ${reason}; --update makes it anew`);
  }
  return wanted;
}

async function removeStrangers(): Promise<void> {
  for (const id of await entriesOf()) {
    if (MUTANTS.some((mutant) => mutant.id === id)) continue;
    if (update) await remove(path.join(CORPUS, id));
    else trouble(`${id}: there is no such mutant; --update removes it`);
  }
}

/** Looks for failing plans of all at once: a plan is generated once for all that have one profile. */
async function make(mutants: readonly Mutant[]): Promise<void> {
  const open = new Map(mutants.map((mutant) => [mutant, [] as Entry[]]));
  for (let index = 0; index < MOST_PLANS && open.size > 0; index++) {
    const plans = new Map<unknown, Plan>();
    for (const [mutant, found] of open) {
      const profile = mutant.profile ?? ARTIK;
      const plan = plans.get(profile) ?? generatePlan({ seed: SEED, index, profile, mode: "sim" });
      plans.set(profile, plan);
      if (!isCaught(mutant, plan)) continue;
      const entry = await small(mutant, plan);
      found.push(entry);
      if (entry.history.length > LONGEST_HISTORY && found.length < MOST_ATTEMPTS) continue;
      await write(mutant, found, index);
      open.delete(mutant);
    }
  }
  for (const [mutant, found] of open) {
    if (found.length > 0) await write(mutant, found, MOST_PLANS);
    else {
      const active = `the defect made a difference in ${activations.get(mutant) ?? 0}`;
      trouble(`${mutant.id}: not caught by ${mutant.requirement} in ${MOST_PLANS} plans; ${active}`);
    }
  }
}

/** The defect made a difference, its requirement fails, and nothing fails without the defect. */
function isCaught(mutant: Mutant, plan: Plan): boolean {
  let active = false;
  const history = runOnMutant(plan, mutant, () => {
    active = true;
  });
  if (active) activations.set(mutant, (activations.get(mutant) ?? 0) + 1);
  const { finding } = judged(plan, history, mutant.requirement);
  if (finding === undefined || !active) return false;
  const accused = judge(plan, simulate(plan, buildServer())).tallies.find(({ findings }) => findings.length > 0);
  if (accused !== undefined)
    trouble(`${plan.id} of seed ${SEED}: the server without defects fails ${accused.requirement}`);
  return accused === undefined;
}

async function small(mutant: Mutant, failing: Plan): Promise<Entry> {
  let executions = 0;
  const { plan } = await shrink(failing, {
    fails: async (candidate) => {
      executions++;
      return judged(candidate, runOnMutant(candidate, mutant), mutant.requirement).finding !== undefined;
    },
    mayContinue: () => executions < MOST_EXECUTIONS,
  });
  return { plan, history: historyText(runOnMutant(plan, mutant)) };
}

async function write(mutant: Mutant, found: readonly Entry[], index: number): Promise<void> {
  const [shortest] = found.toSorted((a, b) => a.history.length - b.history.length);
  if (shortest === undefined) return;
  const { plan } = shortest;
  const history = runOnMutant(plan, mutant);
  const { finding } = judged(plan, history, mutant.requirement);
  if (finding === undefined) throw new Error(`${mutant.id}: ${plan.id} does not fail again`);
  const origin = { fleetproof: version, target: "sim", mutant: mutant.id, exact: true };
  const file = planFileOf(mutant.id);
  await writeJson(file, savedPlan(plan, finding, history, origin));
  await writeText(path.join(path.dirname(file), "history.ndjson"), shortest.history);
  made++;
  const size = `${plan.operations.length} operations, ${plan.faults.length} faults, ${shortest.history.length} characters`;
  say(`${mutant.id}: plan ${index + 1}, ${size}`);
  if (shortest.history.length > LONGEST_HISTORY) trouble(`${mutant.id}: its history is long`);
}

const wanted = await outdated();
await removeStrangers();
await make(wanted);
say(`${MUTANTS.length} mutants, ${made} entries made, ${troubles.length} troubles`);
if (troubles.length > 0) process.exitCode = 1;
