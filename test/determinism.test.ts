/**
 * Same plan, same bytes: twice in one process, in another process, and whatever ran before.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { historyHash, historyLines } from "../src/harness/history/history-file.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";

const PLANS = 24;
const SEED = "determinism";

const hashes = (order: readonly number[]): ReadonlyMap<number, string> => {
  const build = buildServer();
  return new Map(
    order.map((index) => [
      index,
      historyHash(simulate(generatePlan({ seed: SEED, index, profile: ARTIK, mode: "sim" }), build)),
    ]),
  );
};

const upwards = Array.from({ length: PLANS }, (_, index) => index);

describe("a simulated run", () => {
  it("gives byte-identical histories in a second run of one process, in another order", () => {
    const first = hashes(upwards);
    const second = hashes([...upwards].reverse());
    expect(new Set(first.values()).size).toBe(PLANS);
    for (const index of upwards) expect(second.get(index)).toBe(first.get(index));
  });

  it("gives the same bytes in another process", () => {
    const script = path.join(import.meta.dirname, "determinism-child.ts");
    const output = execFileSync(process.execPath, ["--import", "tsx", script, SEED, String(PLANS)], {
      encoding: "utf8",
    });
    expect(output.trim().split("\n")).toEqual([...hashes(upwards).values()]);
  });

  it("gives other bytes for another seed", () => {
    const plan = generatePlan({ seed: SEED, index: 0, profile: ARTIK, mode: "sim" });
    const other = { ...plan, simSeed: `${plan.simSeed}x` };
    expect(historyHash(simulate(other, buildServer()))).not.toBe(historyHash(simulate(plan, buildServer())));
  });

  it("replays from JSON: a plan that went through a file runs alike", () => {
    const plan = generatePlan({ seed: SEED, index: 1, profile: ARTIK, mode: "sim" });
    const saved = JSON.parse(JSON.stringify(plan)) as typeof plan;
    expect([...historyLines(simulate(saved, buildServer()))]).toEqual([...historyLines(simulate(plan, buildServer()))]);
  });
});
