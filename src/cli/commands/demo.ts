/** `demo`: what `npm start` runs. The reference server is verified in simulation, then live over UDP and HTTP. */
import path from "node:path";
import { z } from "zod";
import { runAndReport } from "../campaign-run.ts";
import { defineCommand, PositiveDuration, Seed, Text } from "../command.ts";
import { worse } from "../exit-codes.ts";
import { readProfile } from "../profiles.ts";
import type { TargetChoice } from "../targets.ts";

const SIMULATED_RUNS = 600;
/** Milliseconds of wall time for the simulated campaign. */
const SIMULATED_TIME = 25_000;
/** Milliseconds for making failures small: the whole demonstration is to fit into a minute. */
const SHRINK_BUDGET = 5_000;

export const DEMO = defineCommand({
  name: "demo",
  about: "What npm start runs: verifies the reference server in simulation, then live over UDP and HTTP.",
  options: [
    { name: "seed", value: "TEXT", about: "seed of both campaigns", presetText: "random" },
    { name: "live-time", value: "DURATION", about: "wall time of the live campaign", preset: "20s" },
    { name: "out", value: "DIR", about: "directory of the two records", preset: "./fleetproof-out" },
  ],
  examples: ["demo", "demo --seed 1 --live-time 10s --out demo"],
  schema: z.strictObject({ seed: Seed.optional(), "live-time": PositiveDuration, out: Text }),
  async run(options, services, io) {
    const seed = options.seed ?? services.randomSeed();
    const campaign = async (target: TargetChoice, directory: string, limits: { runs?: number; time: number }) =>
      runAndReport(
        {
          target,
          profile: await readProfile(undefined, target.kind, {}),
          seed,
          ...limits,
          only: [],
          require: [],
          strict: false,
          shrinkBudget: SHRINK_BUDGET,
          keep: "failures",
          directory: path.join(options.out, directory),
          json: false,
          commandLine: ["demo"],
        },
        services,
        io,
      );
    io.out("1 of 2: the reference server in simulation\n");
    const simulated = await campaign({ kind: "sim", mutant: undefined }, "sim", {
      runs: SIMULATED_RUNS,
      time: SIMULATED_TIME,
    });
    if (io.signal.aborted) return simulated;
    io.out("\n2 of 2: the reference server live, over UDP and HTTP on this machine\n");
    const live = await campaign({ kind: "reference-live" }, "live", { time: options["live-time"] });
    return worse(simulated, live);
  },
});
