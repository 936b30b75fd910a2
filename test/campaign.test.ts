/** What a simulated campaign checks of itself, and what it keeps: on the reference server, whole. */
import { describe, expect, it } from "vitest";
import { runCampaign } from "../src/harness/campaign/campaign.ts";
import type { CampaignOptions } from "../src/harness/campaign/campaign-options.ts";
import { inThisThread, type KeptPlan, type PlansJob, runPlans } from "../src/harness/execution/plan-runner.ts";
import { historyHash } from "../src/harness/history/history-file.ts";
import type { BuildServer } from "../src/harness/simulation/build-server.ts";
import { divergenceOf } from "../src/harness/simulation/repeatability.ts";
import { simulate } from "../src/harness/simulation/simulate.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { buildServer } from "../src/mutants/mutant.ts";
import { HarnessError } from "../src/platform/errors.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { generatePlan } from "../src/scenarios/generate.ts";

/** A server that remembers, outside of itself, how often it was built. */
function forgetful(): BuildServer {
  let built = 0;
  return (context) => {
    const run = built++;
    return buildServer()({ ...context, random: (key) => context.random(`${key}/${run}`) });
  };
}

const campaign = async (build: BuildServer, changes: Partial<CampaignOptions> = {}) => {
  const kept: KeptPlan[] = [];
  const result = await runCampaign({
    target: { kind: "sim", name: "sim", build },
    profile: ARTIK,
    seed: "campaign",
    runs: 25,
    only: [],
    strict: false,
    require: [],
    shrinkBudget: 0,
    version: "test",
    onKept: async (plan) => void kept.push(plan),
    ...changes,
  });
  return { ...result, kept };
};

const job = (changes: Partial<PlansJob> = {}): PlansJob => ({
  seed: "campaign",
  profile: ARTIK,
  from: 0,
  count: 4,
  keep: "failures",
  ...changes,
});

describe("a simulated campaign", () => {
  it("runs plans of the families asked for only: plan i depends on the seed, i and the families", async () => {
    const families = ["cancel", "queue"] as const;
    const { verdict, kept } = await campaign(buildServer(), { families, keep: "all", runs: 12 });
    expect(verdict.outcome).not.toBe("fail");
    expect(kept.map(({ plan }) => plan)).toEqual(
      Array.from({ length: 12 }, (_, index) =>
        generatePlan({ seed: "campaign", index, profile: ARTIK, mode: "sim", families }),
      ),
    );
    expect(new Set(kept.map(({ plan }) => plan.family))).toEqual(new Set(families));
  });

  it("tells a server that does not repeat its runs so, names the plan and the first event that differs", async () => {
    const { verdict } = await campaign(forgetful());
    expect(verdict.outcome).not.toBe("pass");
    expect(verdict.harnessErrors.map(({ plan }) => plan.split("-")[1])).toEqual(["0", "10", "20"]);
    expect(verdict.harnessErrors[0]?.reason).toMatch(
      /^the same plan ran twice and gave two histories: event \d+ was \{.*, and in the second run \{.*only from what it is given/,
    );
    expect((await campaign(buildServer())).verdict.harnessErrors).toEqual([]);
  });

  it("runs every failing plan twice, not only the sample", async () => {
    const mutant = mutantById("fails-on-reset");
    const build: BuildServer = (() => {
      let built = 0;
      return (context) => buildServer(mutant)({ ...context, random: (key) => context.random(`${key}/${built++}`) });
    })();
    const { verdict } = await campaign(build, { runs: 60 });
    const broken = verdict.requirements.find(({ id }) => id === "R-03")?.violations ?? 0;
    expect(broken).toBeGreaterThan(0);
    expect(verdict.harnessErrors.length).toBeGreaterThan(6);
  });

  it("keeps one passing plan in ten, all, or none, as they can be read and run again", async () => {
    const { kept } = await campaign(buildServer(), { keep: "sample" });
    expect(kept.map(({ plan }) => plan.id.split("-")[1])).toEqual(["0", "10", "20"]);
    for (const { plan, history, historyHash: hash } of kept) {
      expect(historyHash(simulate(plan, buildServer()))).toBe(hash);
      expect(JSON.parse(history.split("\n")[0] ?? "")).toMatchObject({ plan: plan.id, mode: "sim" });
    }
    expect((await campaign(buildServer(), { keep: "all" })).kept).toHaveLength(25);
    expect((await campaign(buildServer(), { keep: "failures" })).kept).toEqual([]);
  });

  it("counts in how many plans a condition was met, in the order of the ids", async () => {
    const { coverage } = await campaign(buildServer(), { runs: 5 });
    expect(coverage.formatVersion).toBe(1);
    expect(Object.keys(coverage.conditions)).toEqual(Object.keys(coverage.conditions).toSorted());
    expect(Object.values(coverage.conditions).every((count) => count >= 1 && count <= 5)).toBe(true);
  });

  it("ends when the target cannot be used, with what it says", async () => {
    const deaf: BuildServer = () => ({ handle: () => [], deadline: Number.POSITIVE_INFINITY as never });
    await expect(campaign(deaf)).rejects.toThrow(HarnessError);
  });
});

describe("runPlans", () => {
  const failing: BuildServer = () => {
    throw new RangeError("a server that cannot be built");
  };

  it("gives the same for a chunk as for its parts", () => {
    const whole = runPlans(job(), buildServer(), () => true);
    const parts = [job({ count: 1 }), job({ from: 1, count: 3 })].map((part) =>
      runPlans(part, buildServer(), () => true),
    );
    expect(parts.flatMap(({ results }) => results)).toEqual(whole.results);
    expect(whole.results.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  it("stops between two plans when it must, and has no gap then", () => {
    let asked = 0;
    const { results, trouble } = runPlans(job(), buildServer(), () => ++asked <= 2);
    expect(results.map(({ index }) => index)).toEqual([0, 1]);
    expect(trouble).toBeUndefined();
  });

  it("says which plan it was when something is our fault, and keeps what came before", async () => {
    const { id } = generatePlan({ seed: "campaign", index: 0, profile: ARTIK, mode: "sim" });
    const answer = await inThisThread(failing).plans(job());
    expect(answer.results).toEqual([]);
    expect(answer.trouble?.kind).toBe("bug");
    expect(answer.trouble?.message).toMatch(new RegExp(`^plan ${id} of seed campaign: RangeError: a server that`));
  });
});

describe("divergenceOf", () => {
  const plan = generatePlan({ seed: "campaign", index: 0, profile: ARTIK, mode: "sim" });
  const history = simulate(plan, buildServer());

  it("is undefined for a run that comes again, and names the first event of one that ends earlier", () => {
    expect(divergenceOf(plan, buildServer(), history, historyHash(history))).toBeUndefined();
    const longer = { ...history, events: [...history.events, { kind: "mark", at: 1, mark: "end" } as const] };
    expect(divergenceOf(plan, buildServer(), longer, historyHash(longer))).toBe(
      `event ${history.events.length} was {"kind":"mark","at":1,"mark":"end"}, and in the second run nothing`,
    );
    const shorter = { ...history, events: history.events.slice(0, -1) };
    expect(divergenceOf(plan, buildServer(), shorter, historyHash(shorter))).toMatch(/^event \d+ was nothing, and in/);
  });
});
