/** Prints the history hashes of the first plans of a campaign, one a line: `determinism-child.ts SEED COUNT`. */
import { historyHash } from "../src/harness/history/history-file.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";

const [seed = "", count = "0"] = process.argv.slice(2);
for (let index = 0; index < Number(count); index++) {
  const plan = generatePlan({ seed, index, profile: ARTIK, mode: "sim" });
  process.stdout.write(`${historyHash(simulate(plan, buildServer()))}\n`);
}
