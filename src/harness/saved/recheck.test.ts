import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { MUTANTS } from "../../mutants/all-mutants.ts";
import { buildServer } from "../../mutants/mutant.ts";
import { readText, writeJson, writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import { ARTIK } from "../../protocol/profile.ts";
import { generatePlan } from "../../scenarios/generate.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { historyHash, historyText, readHistory } from "../history/history-file.ts";
import { createOracle, judge } from "../oracle/oracle.ts";
import { findHistories } from "../record/kept-histories.ts";
import type { SavedPlan } from "../record/verdict.ts";
import type { BuildServer } from "../simulation/build-server.ts";
import { simulate } from "../simulation/simulate.ts";
import { recheck } from "./recheck.ts";

const mutant = MUTANTS.find(({ id }) => id === "retransmits-with-new-message-id");
const BROKEN = buildServer(mutant);
const REQUIREMENT = mutant?.requirement ?? "";

const planOf = (index: number): Plan => generatePlan({ seed: "recheck", index, profile: ARTIK, mode: "sim" });

const findingIn = (plan: Plan, build: BuildServer) =>
  judge(plan, simulate(plan, build)).tallies.find(({ requirement }) => requirement === REQUIREMENT)?.findings[0];

const FAILING = ((): Plan => {
  for (let index = 0; index < 500; index++) if (findingIn(planOf(index), BROKEN) !== undefined) return planOf(index);
  throw new Error("the mutant is not caught");
})();

interface Saved {
  readonly directory: string;
  readonly plan: Plan;
  readonly build: BuildServer;
  readonly requirement?: string;
}

/** Writes a plan with its history, as a record has them. */
async function save({ directory, plan, build, requirement }: Saved): Promise<string> {
  const history = simulate(plan, build);
  const saved: SavedPlan = {
    formatVersion: 1,
    fleetproof: "0.1.0",
    target: "sim",
    ...(requirement === undefined ? {} : { requirement, expected: "then", actual: "now" }),
    historyHash: historyHash(history),
    plan,
  };
  await writeJson(path.join(directory, "plan.json"), saved);
  await writeText(path.join(directory, "history.ndjson"), historyText(history));
  return path.join(directory, "history.ndjson");
}

const newDirectory = (): string => path.join(tmpdir(), `fleetproof-${uniqueName()}`);

const recheckAll = async (place: string, only: readonly string[] = []) =>
  recheck({ histories: await findHistories(place), only, strict: false });

const verdictOf = (broken: string) => ({
  formatVersion: 1,
  outcome: "fail",
  reason: "",
  target: "sim",
  seed: "1",
  profile: "artik",
  runs: 1,
  distinctSequences: 1,
  devices: 1,
  cutOff: 0,
  harnessErrors: [],
  interrupted: false,
  requirements: [
    {
      id: broken,
      level: "MUST",
      subject: "server",
      outcome: "fail",
      examined: 1,
      plans: 1,
      undecided: 0,
      violations: 1,
    },
  ],
  failures: [],
  observedChoices: [],
});

describe("recheck", () => {
  it("judges a history from its file as it was judged in memory, over 60 plans", async () => {
    const directory = newDirectory();
    for (let index = 0; index < 60; index++) {
      const plan = planOf(index);
      const build = index % 2 === 0 ? BROKEN : buildServer();
      const file = await save({ directory, plan, build });
      let oracle: ReturnType<typeof createOracle> | undefined;
      await readHistory(file, (header) => {
        const fold = createOracle(plan, header);
        oracle = fold;
        return (event) => fold.step(event);
      });
      expect(oracle?.end().tallies).toEqual(judge(plan, simulate(plan, build)).tallies);
    }
  });

  it("finds the recorded failure again, and nothing that differs", async () => {
    const directory = newDirectory();
    const failure = path.join(directory, "failures/x");
    await save({ directory: failure, plan: FAILING, build: BROKEN, requirement: REQUIREMENT });
    await writeJson(path.join(directory, "verdict.json"), verdictOf(REQUIREMENT));
    const summary = await recheckAll(directory, [REQUIREMENT]);
    expect(summary).toMatchObject({ outcome: "fail", histories: 1, found: 1, same: 1, differences: [] });
    expect(summary).toMatchObject({ unreadable: [], edited: [], interrupted: false, targets: ["sim"] });
  });

  it("says that a finding is new when the plan passed then", async () => {
    const file = await save({ directory: newDirectory(), plan: FAILING, build: BROKEN });
    const summary = await recheckAll(file, [REQUIREMENT]);
    expect(summary.outcome).toBe("fail");
    expect(summary.differences).toMatchObject([{ kind: "new", requirement: REQUIREMENT, history: file }]);
  });

  it("says that a finding is gone when the history does not show it, with what was recorded", async () => {
    const plan = FAILING;
    const file = await save({ directory: newDirectory(), plan, build: buildServer(), requirement: REQUIREMENT });
    const summary = await recheckAll(file);
    expect(summary.outcome).toBe("pass");
    expect(summary.differences).toEqual([
      { kind: "gone", requirement: REQUIREMENT, history: file, expected: "then", actual: "now" },
    ]);
    expect((await recheckAll(file, ["Q-01"])).differences).toEqual([]);
  });

  it("calls another requirement of a failing plan the same only if the verdict has it", async () => {
    const directory = newDirectory();
    const failure = path.join(directory, "failures/x");
    await save({ directory: failure, plan: FAILING, build: BROKEN, requirement: "Q-01" });
    expect(await recheckAll(directory, [REQUIREMENT])).toMatchObject({ same: 0, differences: [], uncompared: 1 });
    await writeJson(path.join(directory, "verdict.json"), verdictOf(REQUIREMENT));
    expect(await recheckAll(directory, [REQUIREMENT])).toMatchObject({ same: 1, differences: [] });
    await writeJson(path.join(directory, "verdict.json"), verdictOf("E-01"));
    expect(await recheckAll(directory, [REQUIREMENT])).toMatchObject({ same: 0, differences: [{ kind: "new" }] });
    const notJudged = verdictOf(REQUIREMENT);
    const requirements = notJudged.requirements.map((row) => ({
      ...row,
      outcome: "not-checked",
      reason: "left out by --only",
    }));
    await writeJson(path.join(directory, "verdict.json"), { ...notJudged, requirements });
    const summary = await recheckAll(directory, [REQUIREMENT]);
    expect(summary).toMatchObject({ outcome: "fail", same: 0, differences: [], leftOut: [REQUIREMENT] });
  });

  it("goes on after a file that cannot be read, and is inconclusive then, but for a failure", async () => {
    const directory = newDirectory();
    const file = await save({ directory: path.join(directory, "a"), plan: planOf(0), build: buildServer() });
    await writeText(file, (await readText(file)).replace('"kind":"uplink"', '"kind":"upwards"'));
    await save({ directory: path.join(directory, "b"), plan: planOf(1), build: buildServer() });
    const summary = await recheckAll(directory);
    expect(summary).toMatchObject({ outcome: "inconclusive", histories: 1, found: 2 });
    expect(summary.unreadable).toMatchObject([{ file, reason: expect.stringMatching(/:\d+: kind: expected one of /) }]);
    await save({ directory: path.join(directory, "c"), plan: FAILING, build: BROKEN });
    expect((await recheckAll(directory)).outcome).toBe("fail");
  });

  it("says of which record the campaign was cut short, and refuses one of a newer format", async () => {
    const directory = newDirectory();
    await save({ directory: path.join(directory, "histories/a"), plan: planOf(1), build: buildServer() });
    const run = { formatVersion: 1, fleetproof: "0.9.0", node: "v20", status: "incomplete", target: "sim" };
    const rest = { profile: "artik", seed: "1", arguments: [], startedAt: "2026-01-01T00:00:00Z" };
    await writeJson(path.join(directory, "run.json"), { ...run, ...rest });
    expect(await recheckAll(directory)).toMatchObject({ incomplete: [directory], histories: 1, outcome: "pass" });
    await writeJson(path.join(directory, "run.json"), { ...run, formatVersion: 2 });
    const newer = await recheckAll(directory);
    expect(newer).toMatchObject({ outcome: "inconclusive", histories: 0 });
    expect(newer.unreadable[0]?.reason).toContain("run record format 2 is newer than this version reads (1)");
  });

  it("refuses a history that is not of the plan beside it", async () => {
    const directory = newDirectory();
    await save({ directory, plan: planOf(1), build: buildServer() });
    await writeText(path.join(directory, "history.ndjson"), historyText(simulate(planOf(0), buildServer())));
    expect((await recheckAll(directory)).unreadable[0]?.reason).toContain(`the plan beside it is ${planOf(1).id}`);
  });

  it("judges an edited history as it is, and says that it was edited", async () => {
    const directory = newDirectory();
    const file = await save({ directory, plan: planOf(1), build: buildServer() });
    const lines = (await readText(file)).split("\n");
    await writeText(file, lines.toSpliced(-2, 1).join("\n"));
    expect(await recheckAll(directory)).toMatchObject({ edited: [file], histories: 1, outcome: "pass" });
  });

  it("settles what was judged until it is interrupted", async () => {
    const directory = newDirectory();
    for (const index of [0, 1, 2])
      await save({ directory: path.join(directory, String(index)), plan: planOf(index), build: buildServer() });
    const stop = new AbortController();
    const summary = await recheck({
      histories: await findHistories(directory),
      only: [],
      strict: false,
      signal: stop.signal,
      onProgress: ({ judged }) => judged === 2 && stop.abort(),
    });
    expect(summary).toMatchObject({ interrupted: true, histories: 2, found: 3, outcome: "inconclusive" });
  });
});
