/**
 * Distributed runs against a real Redis: the same verdict for any number of workers, and what becomes of a run when a
 * worker is killed, leaves, is of another version, or Redis is gone.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DistributedRun, openDistributedRun, type RunOptions } from "../src/cli/distributed/coordinator.ts";
import { distributedPlans } from "../src/cli/distributed/plans.ts";
import { runWorker } from "../src/cli/distributed/worker-process.ts";
import type { CommandIo } from "../src/cli/io.ts";
import { run as runCommand } from "../src/cli/run.ts";
import { recipeOf, serverOf } from "../src/cli/server-recipe.ts";
import type { Services } from "../src/cli/services.ts";
import { createServices } from "../src/cli/wiring.ts";
import { runCampaign } from "../src/harness/campaign/campaign.ts";
import { inThisThread, type PlanRunner, runPlans } from "../src/harness/execution/plan-runner.ts";
import { readLoadResult } from "../src/harness/record/formats.ts";
import { ARTIK } from "../src/protocol/profile.ts";
import { millis, seconds } from "../src/protocol/time.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { startRedis, type TestRedis } from "./redis.ts";
import { requireTool } from "./tools.ts";

const redisServer = requireTool(["redis-server"], "redis-server");

/** Short, so that a test need not wait for them. */
const LOCKS: RunOptions["locks"] = { duration: 500, check: 100, mayStall: 50 };
const RECIPE = recipeOf("newest-first");
const BUILD = serverOf(RECIPE);
const RUNS = 10;

describe.skipIf(redisServer === undefined)("distributed runs", () => {
  let redis: TestRedis;
  let services: Services;
  let directory: string;
  const stops: AbortController[] = [];
  const workers: Promise<void>[] = [];
  const said: string[] = [];
  /** What the campaign comes to without workers. */
  let alone: string | undefined;

  beforeEach(async () => {
    redis = await startRedis(redisServer ?? "");
    services = await createServices();
    directory = mkdtempSync(path.join(tmpdir(), "fleetproof-distributed-"));
    said.length = 0;
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop.abort();
    await Promise.all(workers.splice(0));
    await redis.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** In this process and this thread, unless a test wants it otherwise. */
  function startWorker(name: string, changes: Partial<Services> = {}): AbortController {
    const stop = new AbortController();
    stops.push(stop);
    const own: Services = {
      ...services,
      openPlanRunner: (_count, server, signal) => inThisThread(serverOf(server), signal),
      ...changes,
    };
    const say = (line: string): void => void said.push(`${name}: ${line}`);
    // A worker that loses its Redis says so by an error: for the tests a line like any other.
    const work = runWorker({ redis: redis.url, name, services: own, signal: stop.signal, say });
    workers.push(work.catch((error: Error) => say(error.message)));
    return stop;
  }

  const openRun = (changes: Partial<RunOptions> = {}): Promise<DistributedRun> =>
    openDistributedRun({
      redis: redis.url,
      workers: 2,
      waitFor: seconds(30),
      version: services.version,
      program: "fleetproof",
      work: "test",
      locks: LOCKS,
      stopWithin: seconds(5),
      signal: new AbortController().signal,
      say: (line) => void said.push(line),
      ...changes,
    });

  const campaign = async (runner: PlanRunner | undefined) => {
    const kept: string[] = [];
    const { verdict, coverage } = await runCampaign({
      target: { kind: "sim", name: "sim", build: BUILD, recipe: RECIPE },
      profile: ARTIK,
      seed: "distributed",
      families: ["queue", "retry", "expiry"],
      runs: RUNS,
      only: [],
      strict: true,
      require: [],
      shrinkBudget: 0,
      version: "test",
      keep: "sample",
      onKept: async ({ plan, historyHash }) => void kept.push(`${plan.id} ${historyHash}`),
      ...(runner === undefined ? {} : { runner }),
    });
    return JSON.stringify({ verdict, coverage, kept });
  };

  /** As a user starts it. */
  const spawnProgram = (...args: readonly string[]) => {
    const main = path.join(import.meta.dirname, "..", "src", "cli", "main.ts");
    return spawn(process.execPath, ["--import", "tsx", main, ...args], { stdio: ["ignore", "ignore", "ignore"] });
  };

  const keys = async (): Promise<readonly string[]> => {
    const client = new Redis(redis.url.href);
    const found = await client.keys("*");
    client.disconnect();
    return found;
  };

  it("come to the same verdict, hashes and kept histories with 1, 2 and 5 workers, and leave no key behind", async () => {
    alone ??= await campaign(undefined);
    for (const name of ["a", "b", "c", "d", "e"]) startWorker(name);
    for (const count of [1, 2, 5]) {
      const run = await openRun({ workers: count });
      expect(await campaign(distributedPlans(run, RECIPE))).toBe(alone);
      expect(await keys()).toEqual([]);
    }
    expect(JSON.parse(alone)).toMatchObject({ verdict: { runs: RUNS, outcome: "fail" } });
  });

  it("run the plans of a worker that is killed again, with the same verdict", async () => {
    let release: () => void = () => undefined;
    const killed = new Promise<void>((resolve) => {
      release = resolve;
    });
    // It begins when the other is dead: that one surely has a job then.
    startWorker("alive", {
      openPlanRunner: (_count, server) => ({
        ...inThisThread(serverOf(server)),
        plans: async (job) => {
          await killed;
          return runPlans(job, serverOf(server), () => true);
        },
      }),
    });
    const child = spawnProgram("worker", "--redis", redis.url.href, "--name", "doomed");
    const run = await openRun();
    const result = campaign(distributedPlans(run, RECIPE));
    const client = new Redis(redis.url.href);
    const [meta = ""] = await client.keys("*:meta");
    await expect.poll(() => client.llen(meta.replace(/meta$/, "active")), { timeout: 20_000, interval: 5 }).toBe(2);
    child.kill("SIGKILL");
    client.disconnect();
    release();
    alone ??= await campaign(undefined);
    expect(await result).toBe(alone);
    expect(said).toContain("a worker fell silent; its job is given to another");
  });

  it("leave nothing in Redis that stays when the command is killed: every key expires within ten minutes", async () => {
    let release: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      release = resolve;
    });
    startWorker("w", {
      openPlanRunner: (_count, server) => ({
        ...inThisThread(serverOf(server)),
        plans: async () => {
          await over;
          return { results: [] };
        },
      }),
    });
    const child = spawnProgram("verify", "--distributed", redis.url.href, "--workers", "1");
    const client = new Redis(redis.url.href);
    try {
      const active = async (): Promise<boolean> => (await client.keys("*:active")).length === 1;
      await expect.poll(active, { timeout: 30_000, interval: 5 }).toBe(true);
      // The worker has a job and says so; what waits for it is the command's.
      await expect.poll(lasting(client), { interval: 5 }).toEqual([]);
      child.kill("SIGKILL");
      expect((await client.keys("*")).length).toBeGreaterThan(4);
      expect(await lasting(client)()).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      client.disconnect();
      release();
    }
  });

  it("take no second measurement for the first: a worker that is silent with a shard is named", async () => {
    let finish: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      finish = resolve;
    });
    startWorker("busy", {
      openPlanRunner: (_count, server) => ({
        ...inThisThread(serverOf(server)),
        plans: async () => {
          await gate;
          return { results: [] };
        },
      }),
    });
    const run = await openRun({ workers: 1, locks: { ...LOCKS, mayStall: 0 } });
    const job = { server: RECIPE, job: { seed: "s", profile: ARTIK, from: 0, count: 1, keep: "failures" } };
    const first = run.run({ name: "plans", id: "first", data: job });
    const client = new Redis(redis.url.href, { maxRetriesPerRequest: null });
    const [meta = ""] = await client.keys("*:meta");
    await expect.poll(() => client.llen(meta.replace(/meta$/, "active")), { interval: 5 }).toBe(1);
    const second = run.run({ name: "plans", id: "second", data: job });
    // It takes the job, and then nothing is heard of it any more.
    const options = { connection: client, prefix: "fleetproof", name: "rack-2", autorun: false, lockDuration: 300 };
    const silent = new Worker(meta.split(":")[1] ?? "", null, options);
    expect(await silent.getNextJob("token")).toMatchObject({ id: "second" });
    expect(await second).toEqual({ kind: "silent", worker: "rack-2" });
    finish();
    expect(await first).toMatchObject({ kind: "done", worker: "busy" });
    await silent.close();
    client.disconnect();
    await run.close();
  });

  it("give what a worker that leaves cannot finish to another", async () => {
    let begun: () => void = () => undefined;
    const busy = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const never: Services["openPlanRunner"] = (_count, server) => ({
      ...inThisThread(serverOf(server)),
      shrink: () => {
        begun();
        return new Promise(() => undefined);
      },
    });
    const leaving = startWorker("leaving", { openPlanRunner: never });
    const run = await openRun({ workers: 1 });
    const [plan] = runPlans({ seed: "s", profile: ARTIK, from: 0, count: 1, keep: "all" }, BUILD, () => true).results;
    if (plan?.kept === undefined) throw new Error("all plans are kept");
    const shrinking = { plan: plan.kept.plan, requirement: "R-04", executions: 0, limit: 0 };
    const answer = distributedPlans(run, RECIPE).shrink(shrinking);
    await busy;
    leaving.abort();
    startWorker("next");
    expect(await answer).toMatchObject({ plan: shrinking.plan });
    expect(said).toContain("worker leaving has left");
    await run.close();
  });

  it("finish the chunk of a worker that leaves, and give the rest to another, with the same verdict", async () => {
    let stop: AbortController | undefined;
    stop = startWorker("leaving", {
      openPlanRunner: (_count, server) => ({
        ...inThisThread(serverOf(server)),
        plans: async (job) => {
          stop?.abort();
          return runPlans(job, serverOf(server), () => true);
        },
      }),
    });
    const run = await openRun({ workers: 1 });
    const result = campaign(distributedPlans(run, RECIPE));
    await expect.poll(() => said, { timeout: 20_000 }).toContain("worker leaving has left");
    startWorker("next");
    alone ??= await campaign(undefined);
    expect(await result).toBe(alone);
  });

  it("refuse a worker of another version, and name both on both sides", async () => {
    startWorker("old", { version: "9.9.9" });
    const failure = openRun({ workers: 1, waitFor: millis(800) });
    await expect(failure).rejects.toMatchObject({
      code: "worker-lost",
      message: expect.stringContaining("1 worker were asked for and 0 came within 0.8 s"),
    });
    expect(said).toContain(`worker old is refused: it runs Fleetproof 9.9.9, this is ${services.version}`);
    expect(said.join("\n")).toMatch(
      new RegExp(`old: run \\w+ is refused: its coordinator runs Fleetproof ${services.version}, this worker 9.9.9`),
    );
    expect(await keys()).toEqual([]);
  });

  const streams = (): CommandIo & { readonly text: () => string } => {
    let text = "";
    const add = (more: string): void => {
      text += more;
    };
    const signal = new AbortController().signal;
    const plain = { outIsTerminal: false, errIsTerminal: false, columns: 80, colours: false } as const;
    return { ...plain, out: add, err: add, signal, text: () => text };
  };

  it("end verify with exit code 2, a line and the plans until then when Redis is gone", async () => {
    let chunks = 0;
    let gone: Promise<void> | undefined;
    startWorker("w", {
      openPlanRunner: (_count, server) => ({
        ...inThisThread(serverOf(server)),
        plans: async (job) => {
          chunks += 1;
          if (chunks === 3) gone = redis.kill();
          await gone;
          return runPlans(job, serverOf(server), () => true);
        },
      }),
    });
    const io = streams();
    const impatient: Services = {
      ...services,
      openDistributedRun: (options) => openDistributedRun({ ...options, patience: millis(300) }),
    };
    const options = [
      "--runs",
      "24",
      "--families",
      "queue",
      "--seed",
      "s",
      "--distributed",
      redis.url.href,
      "--workers",
      "1",
      "--json",
    ];
    expect(await runCommand(["verify", ...options, "--out", directory], io, impatient)).toBe(2);
    expect(io.text()).toContain(`${redis.url.href.replace(/\/$/, "")} is lost: no connection for 0.3 s`);
    expect(io.text()).toMatch(/"reason": "interrupted after [1-9]\d* plans"/);
    stops[0]?.abort();
  });

  it("share a load among two workers, and judge it as a whole", async () => {
    const server = await startServer({
      version: "test",
      host: "127.0.0.1",
      http: 0,
      coap: 0,
      profile: ARTIK,
      open: false,
    });
    const workload = path.join(directory, "load.json");
    writeFileSync(workload, JSON.stringify(WORKLOAD));
    startWorker("left");
    startWorker("right");
    const io = streams();
    const target = ["--target", server.http, "--coap", server.coap, "--workload", workload];
    const fleet = ["--devices", "7", "--ramp", "100ms", "--leave-within", "2s", "--seed", "s", "--scope", "two"];
    const shared = ["--distributed", redis.url.href, "--workers", "2", "--out", directory];
    const code = await runCommand(["load", ...target, ...fleet, ...shared], io, services);
    expect([code, code === 0 ? "" : io.text()]).toEqual([0, ""]);
    const whole = await readLoadResult(path.join(directory, "load.json"));
    expect(whole).toMatchObject({
      outcome: "pass",
      devices: 7,
      shard: { of: 2 },
      parts: [{ devices: 4 }, { devices: 3 }],
    });
    const halves = await Promise.all(
      [0, 1].map((shard) => readLoadResult(path.join(directory, `shard-${shard}`, "load.json"))),
    );
    expect(whole.tasks).toBe((halves[0]?.tasks ?? 0) + (halves[1]?.tasks ?? 0));
    expect(io.text()).toContain("all 2 shards are prepared; they begin together");
    expect(await keys()).toEqual([]);
    await server.close();
  });

  it.each(["load", "fleet"] as const)("end a %s as interrupted when one of its workers leaves", async (command) => {
    const server = await startServer({
      version: "test",
      host: "127.0.0.1",
      http: 0,
      coap: 0,
      profile: ARTIK,
      open: true,
    });
    const workload = path.join(directory, "load.json");
    writeFileSync(workload, JSON.stringify({ ...WORKLOAD, duration: "2s" }));
    const leaving = startWorker("left");
    startWorker("right");
    const io = streams();
    const wanted = {
      load: ["--target", server.http, "--coap", server.coap, "--workload", workload],
      fleet: ["--server", server.coap, "--duration", "2s"],
    }[command];
    const fleet = ["--devices", "4", "--ramp", "100ms", "--leave-within", "2s", "--seed", "s"];
    const shared = ["--distributed", redis.url.href, "--workers", "2", "--out", directory];
    const code = runCommand([command, ...wanted, ...fleet, ...shared], io, services);
    await expect.poll(io.text, { timeout: 30_000 }).toContain("they begin together");
    leaving.abort();
    expect([await code, io.text()]).toEqual([2, expect.stringMatching(/interrupted: shard [01]$/m)]);
    expect(io.text()).toMatch(/outcome: interrupted/);
    await server.close();
  });
});

/** The keys that do not expire, or not within ten minutes. */
const lasting = (client: Redis) => async (): Promise<readonly string[]> => {
  const names = await client.keys("*");
  const left = await Promise.all(names.map((name) => client.pttl(name)));
  // -2: it is gone meanwhile.
  return names.filter((_, at) => left[at] === -1 || (left[at] ?? 0) > 600_000);
};

const WORKLOAD = {
  formatVersion: 1,
  begin: { registered: 100, atMost: "20s" },
  duration: "500ms",
  settle: "10s",
  arrival: { kind: "open", perSecond: 10 },
  tasks: [{ operation: "read", property: "deviceProperties.device.timezone" }],
  check: { devices: 2 },
  generator: { maxLag: "10s" },
  thresholds: ["count(refused) < 1"],
};
