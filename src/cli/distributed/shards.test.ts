import { describe, expect, it } from "vitest";
import type { PlansJob, ShrinkJob } from "../../harness/execution/plan-runner.ts";
import { HarnessError } from "../../platform/errors.ts";
import { ARTIK } from "../../protocol/profile.ts";
import type { DistributedRun } from "./coordinator.ts";
import type { Job, JobEnd } from "./job-queue.ts";
import { distributedPlans } from "./plans.ts";
import { runShards } from "./shards.ts";

/** What workers do is written down for each job, by its id. */
function scripted(ends: Readonly<Record<string, JobEnd>>, prepared: readonly string[] = Object.keys(ends)) {
  const jobs: string[] = [];
  const started: string[] = [];
  const said: string[] = [];
  const lost = new AbortController();
  const run: DistributedRun = {
    workers: 2,
    lost: lost.signal,
    async startTogether() {
      started.push([...jobs].join(" "));
    },
    async run({ id, onProgress }: Job) {
      jobs.push(id);
      if (prepared.includes(id)) onProgress?.({ kind: "prepared", worker: "rack-2" });
      // Both are under way before one ends.
      await Promise.resolve();
      await Promise.resolve();
      return ends[id] ?? { kind: "stopped" };
    },
    close: async () => {},
  };
  const shards = (rerunLost: boolean) =>
    runShards(run, {
      job: "load",
      data: [{}, {}],
      rerunLost,
      read: (answer) => String(answer),
      onSecond: () => undefined,
      say: (line) => void said.push(line),
    });
  return { run, shards, jobs, started, said, lose: (error: HarnessError) => lost.abort(error) };
}

const done = (answer: unknown): JobEnd => ({ kind: "done", worker: "w", answer });
/** The queue names who took the job afterwards. */
const SILENT: JobEnd = { kind: "silent", worker: "rack-3" };

describe("runShards", () => {
  it("starts all together when the last is prepared, once, and gives the answers in the order of the shards", async () => {
    const { shards, started } = scripted({ "shard-0": done("a"), "shard-1": done("b") });
    expect(await shards(false)).toEqual({
      answers: [
        { shard: 0, answer: "a" },
        { shard: 1, answer: "b" },
      ],
      last: [],
    });
    expect(started).toEqual(["shard-0 shard-1"]);
  });

  it("does not start while one is not prepared", async () => {
    const { shards, started } = scripted({ "shard-0": done("a"), "shard-1": done("b") }, ["shard-0"]);
    await shards(false);
    expect(started).toEqual([]);
  });

  it("ends without the shard whose worker is gone, and names both", async () => {
    const { shards, jobs } = scripted({ "shard-0": done("a"), "shard-1": SILENT });
    const { answers, trouble } = await shards(false);
    expect(answers).toEqual([{ shard: 0, answer: "a" }]);
    expect(trouble).toMatchObject({
      code: "worker-lost",
      message: expect.stringMatching(/shard 1\/2.*rack-2.*--rerun-lost/),
    });
    expect(jobs).toEqual(["shard-0", "shard-1"]);
  });

  it("runs it again when that is wanted, and says so", async () => {
    const again = scripted({ "shard-0": done("a"), "shard-1": SILENT, "shard-1-again-2": done("b") });
    expect((await again.shards(true)).answers).toHaveLength(2);
    expect(again.said.join("\n")).toMatch(/shard 1\/2 is lost.*run again/);
  });

  it("does not run it again before the start: the others hold all workers and wait for it", async () => {
    const { shards } = scripted({ "shard-0": done("a"), "shard-1": SILENT }, ["shard-0"]);
    expect((await shards(true)).trouble).toMatchObject({ code: "worker-lost" });
  });

  it("tells what a worker could not do, with its shard and its name", async () => {
    const trouble = { kind: "unusable", code: "target-not-usable", message: "nobody listens" } as const;
    const { shards } = scripted({ "shard-0": { kind: "trouble", worker: "rack-2", trouble }, "shard-1": done("b") });
    expect((await shards(false)).trouble).toMatchObject({
      code: "target-not-usable",
      message: "worker rack-2, shard 0/2: nobody listens",
    });
  });

  it("gives what there is, and the reason, when the run is lost", async () => {
    const script = scripted({ "shard-0": done("a"), "shard-1": { kind: "stopped" } });
    script.lose(new HarnessError("queue-not-usable", "Redis is gone"));
    const { answers, trouble } = await script.shards(false);
    expect(answers).toEqual([{ shard: 0, answer: "a" }]);
    expect(trouble).toMatchObject({ message: "Redis is gone; shard 1/2 did not come to its end" });
  });
});

describe("distributedPlans", () => {
  const JOB: PlansJob = { seed: "s", profile: ARTIK, from: 48, count: 48, keep: "all" };
  const shrinking = { plan: { id: "queue-1" }, requirement: "Q-01", executions: 9, limit: 9 } as unknown as ShrinkJob;

  it("has as many lanes as there are workers, and asks for a chunk by its first plan", async () => {
    const { run, jobs } = scripted({ "plans-48": done({ results: [] }) });
    const runner = distributedPlans(run, { mutants: [] });
    expect(runner.lanes).toBe(2);
    expect(await runner.plans(JOB)).toEqual({ results: [] });
    expect(jobs).toEqual(["plans-48"]);
  });

  it("has no results, and leaves a plan as it is, when the run was stopped first", async () => {
    const runner = distributedPlans(scripted({}).run, { mutants: [] });
    expect(await runner.plans(JOB)).toEqual({ results: [] });
    expect(await runner.shrink(shrinking)).toEqual({ plan: shrinking.plan, executions: 0, minimal: false });
  });

  it("tells a bug in a worker as one, and plans that silence every worker", async () => {
    const bug = { kind: "trouble", worker: "w", trouble: { kind: "bug", message: "RangeError: 7" } } as const;
    const { run } = scripted({ "plans-48": bug, "plans-0": SILENT });
    const runner = distributedPlans(run, { mutants: [] });
    const failure = await runner.plans(JOB).catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(HarnessError);
    expect(failure).toMatchObject({ message: "worker w, plans 48 to 95: RangeError: 7" });
    await expect(runner.plans({ ...JOB, from: 0 })).rejects.toMatchObject({ code: "worker-lost" });
  });
});
