/**
 * Threads change nothing but the time: the same seed gives the same verdict, failures, kept histories and coverage for
 * any number of workers, in this thread and in threads of their own.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { recipeOf, serverOf } from "../src/cli/server-recipe.ts";
import { openPlanRunner, openWorkerPool } from "../src/cli/worker-pool.ts";
import { runCampaign } from "../src/harness/campaign/campaign.ts";
import type { CampaignOptions } from "../src/harness/campaign/campaign-options.ts";
import type { KeptPlan } from "../src/harness/execution/plan-runner.ts";
import { ARTIK } from "../src/protocol/profile.ts";

/** Enough for threads to be opened at all. */
const RUNS = 200;
/** Milliseconds, on a machine with one processor that has other work too. */
const PATIENCE = 240_000;

async function campaign(mutants: string | undefined, workers: number, changes: Partial<CampaignOptions> = {}) {
  const recipe = recipeOf(mutants);
  const kept: KeptPlan[] = [];
  const opened: number[] = [];
  const result = await runCampaign({
    target: { kind: "sim", name: "sim", build: serverOf(recipe), recipe },
    profile: ARTIK,
    seed: "workers",
    runs: RUNS,
    only: [],
    strict: true,
    require: [],
    // Never reached: what is cut short by the clock is not the same twice.
    shrinkBudget: 3_600_000,
    version: "test",
    threads: {
      most: workers,
      open: (count, server, signal) => {
        opened.push(workers);
        expect(count).toBeGreaterThan(1);
        return openPlanRunner(workers, server, signal);
      },
    },
    keep: "sample",
    onKept: async (plan) => void kept.push(plan),
    ...changes,
  });
  return { ...result, kept, opened };
}

describe("a campaign on worker threads", { timeout: PATIENCE }, () => {
  it("finds the same with 1, 2 and 3 workers: verdict, failures, states, coverage and kept histories", async () => {
    const changes = { only: ["R-03"] };
    const [alone, two, three] = [
      await campaign("fails-on-reset", 1, changes),
      await campaign("fails-on-reset", 2, changes),
      await campaign("fails-on-reset", 3, changes),
    ];
    expect([alone.opened, two.opened, three.opened]).toEqual([[], [2], [3]]);
    expect(alone.verdict.runs).toBe(RUNS);
    expect(alone.failures[0]?.finding.requirement).toBe("R-03");
    expect(alone.kept.length).toBeGreaterThan(3);
    for (const other of [two, three]) expect({ ...other, opened: [] }).toEqual({ ...alone, opened: [] });
  });

  it("stops when it is asked to, with the plans up to there and none left out", async () => {
    const stop = new AbortController();
    const seen: number[] = [];
    const { verdict } = await campaign(undefined, 2, {
      runs: 100_000,
      signal: stop.signal,
      onProgress: ({ runs }) => {
        seen.push(runs);
        if (runs > 0) stop.abort();
      },
    });
    expect(verdict).toMatchObject({ interrupted: true, outcome: "inconclusive" });
    expect(verdict.runs).toBeGreaterThan(0);
    expect(verdict.runs).toBeLessThan(1_000);
    const again = await campaign(undefined, 1, { runs: verdict.runs, shrinkBudget: 0 });
    expect(again.verdict.historyHash).toBe(verdict.historyHash);
  });

  it("begins no more plans when its time is over, and counts what was begun", async () => {
    const { verdict } = await campaign(undefined, 2, { runs: 100_000, timeLimit: 1 });
    expect(verdict).toMatchObject({ interrupted: false, requestedRuns: 100_000 });
    expect(verdict.runs).toBeLessThan(1_000);
  });

  it("is our bug when a worker fails, and says which plan it had", async () => {
    const target = {
      kind: "sim",
      name: "sim",
      build: serverOf({ mutants: [] }),
      recipe: { mutants: ["no-such"] },
    } as const;
    await expect(campaign(undefined, 2, { target })).rejects.toThrow(
      /^a worker failed while running \d+ plans from [a-z]+-0 on: RangeError: there is no mutant "no-such"/,
    );
  });
});

describe("openWorkerPool", () => {
  it("runs the sources by `import` alone, so that what is wrong with one of them is what is said", () => {
    const bootstrap = path.join(import.meta.dirname, "../src/cli/worker-from-sources.mjs");
    expect(() => createRequire(import.meta.url)(bootstrap)).toThrow(/ERR_REQUIRE_ASYNC_MODULE|top-level await/);
  });

  it("ends its threads on close, whatever they do", async () => {
    const pool = openWorkerPool(1);
    const endless = pool.run("plans", {
      server: { mutants: [] },
      job: { seed: "endless", profile: ARTIK, from: 0, count: 10_000_000, keep: "failures" },
      stop: pool.stop,
    });
    const ended = expect(endless).rejects.toThrow();
    await pool.close();
    await ended;
  });
});
