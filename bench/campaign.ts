/**
 * Plans per second of a simulated `verify` campaign: generate, simulate, hash the history, judge. Nothing is saved.
 */
import { historyHash } from "../src/harness/history/history-file.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";
import {
  figures,
  type Measurement,
  measureInTurns,
  median,
  number,
  printTable,
  spread,
  wallSeconds,
} from "./measure.ts";

const PLANS = 1_000;
const ROUNDS = 3;
const STEPS = ["generate", "simulate", "hash", "judge"] as const;

export async function benchCampaign(): Promise<void> {
  const [found = []] = await measureInTurns([["campaign"]], ROUNDS);
  const whole = median(figures(found, "seconds"));
  printTable(
    `campaign: ${number(PLANS)} simulated plans of seed "bench"`,
    ["step", "plans/s (min–max)", "ms per plan", "share"],
    [...STEPS, "seconds"].map((step) => {
      const time = figures(found, step);
      const rates = time.map((seconds) => PLANS / seconds);
      const name = step === "seconds" ? "all" : step;
      return [
        name,
        spread(rates),
        number((median(time) / PLANS) * 1_000, 2),
        `${number((median(time) / whole) * 100)} %`,
      ];
    }),
  );
  const events = median(figures(found, "events"));
  console.log(`\n${number(events / PLANS)} events of history per plan. A cold start counts. Medians of ${ROUNDS}.`);
}

export function runPlans(): Measurement {
  const build = buildServer();
  const spent = { generate: 0, simulate: 0, hash: 0, judge: 0 };
  let events = 0;
  const step = <T>(name: keyof typeof spent, work: () => T): T => {
    let result: T | undefined;
    spent[name] += wallSeconds(() => {
      result = work();
    });
    return result as T;
  };
  const all = wallSeconds(() => {
    for (let index = 0; index < PLANS; index++) {
      const plan = step("generate", () => generatePlan({ seed: "bench", index, profile: ARTIK, mode: "sim" }));
      const history = step("simulate", () => simulate(plan, build));
      step("hash", () => historyHash(history));
      step("judge", () => judge(plan, history));
      events += history.events.length;
    }
  });
  return { seconds: all, ...spent, events };
}
