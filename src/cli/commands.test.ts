import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { ReplayOutcome } from "../harness/record/replay-outcome.ts";
import type { SavedPlan } from "../harness/record/verdict.ts";

import { HarnessError } from "../platform/errors.ts";
import { exists, readJson, readText, writeJson } from "../platform/files.ts";
import { uniqueName } from "../platform/hash.ts";
import { pause } from "../platform/timers.ts";
import { millis } from "../protocol/time.ts";
import { historyOf, SMALL_PLAN } from "../reports/test-kit.ts";
import { run } from "./run.ts";
import { testBench } from "./test-kit.ts";

/** Made by whoever writes into it. */
const newDirectory = async () => path.join(tmpdir(), `fleetproof-${uniqueName()}`);

describe("verify", () => {
  it("prints the seed first, runs 1000 plans on the simulated server under the profile artik, and ends with the verdict", async () => {
    const bench = testBench();
    const directory = await newDirectory();
    expect(await run(["verify", "--out", directory], bench.io, bench.services)).toBe(0);
    expect(bench.out().split("\n")[0]).toBe("seed random-seed");
    expect(bench.out()).toContain("PASS  1 requirements kept in 3 plans");
    expect(bench.campaigns).toMatchObject([
      { runs: 1000, seed: "random-seed", only: [], strict: false, shrinkBudget: 30_000, profile: { name: "artik" } },
    ]);
    expect(bench.campaigns[0]).not.toHaveProperty("timeLimit");
  });

  it.each([
    ["pass", 0],
    ["fail", 1],
    ["inconclusive", 2],
  ] as const)("ends a campaign that is %s with exit code %d", async (outcome, code) => {
    const bench = testBench({}, { outcome });
    expect(await run(["verify", "--out", await newDirectory()], bench.io, bench.services)).toBe(code);
  });

  it("prints with --json exactly one document to stdout, and the seed to stderr", async () => {
    const bench = testBench();
    await run(["verify", "--json", "--seed", "4711", "--out", await newDirectory()], bench.io, bench.services);
    expect(JSON.parse(bench.out())).toMatchObject({ outcome: "pass", seed: "4711" });
    expect(bench.err()).toBe("seed 4711\n");
  });

  it("gives what the options say to the campaign: --time alone means as many plans as fit", async () => {
    const bench = testBench();
    const options = ["--time", "90s", "--only", "Q-,R-04", "--require", "Q-01", "--strict", "--shrink-budget", "0s"];
    await run(["verify", ...options, "--out", await newDirectory()], bench.io, bench.services);
    expect(bench.campaigns).toMatchObject([
      { timeLimit: 90_000, only: ["Q-", "R-04"], require: ["Q-01"], strict: true, shrinkBudget: 0 },
    ]);
    expect(bench.campaigns[0]).not.toHaveProperty("runs");
  });

  it("asks for plans of the families named, in whatever order, and says so in run.json", async () => {
    const bench = testBench();
    const directory = await newDirectory();
    const options = ["--families", "cancel,queue,cancel", "--out", directory];
    expect(await run(["verify", ...options], bench.io, bench.services)).toBe(0);
    expect(bench.campaigns[0]?.families).toEqual(["queue", "cancel"]);
    expect(await readJson(path.join(directory, "run.json"))).toMatchObject({ families: ["queue", "cancel"] });
    await run(["verify", "--out", directory], bench.io, bench.services);
    expect(bench.campaigns[1]).not.toHaveProperty("families");
    expect(await readJson(path.join(directory, "run.json"))).not.toHaveProperty("families");
  });

  it("shares the work among as many threads as the machine can run, or --jobs, and keeps a sample of histories", async () => {
    const bench = testBench();
    await run(["verify", "--out", await newDirectory()], bench.io, bench.services);
    await run(["verify", "--jobs", "1", "--keep", "all", "--out", await newDirectory()], bench.io, bench.services);
    expect(bench.campaigns).toMatchObject([
      { threads: { most: 4 }, keep: "sample" },
      { threads: { most: 1 }, keep: "all" },
    ]);
    expect(await run(["verify", "--keep", "some"], bench.io, bench.services)).toBe(64);
  });

  it("writes a history that is to be kept when it comes, beside its plan", async () => {
    const directory = await newDirectory();
    const bench = testBench();
    const runCampaign: typeof bench.services.runCampaign = async (options) => {
      await options.onKept?.({ plan: SMALL_PLAN, history: "{}\n", historyHash: "sha256:7" });
      expect(await exists(path.join(directory, "histories/retry-17/history.ndjson"))).toBe(true);
      return bench.services.runCampaign(options);
    };
    await run(["verify", "--out", directory], bench.io, { ...bench.services, runCampaign });
    expect(await readJson(path.join(directory, "histories/retry-17/plan.json"))).toMatchObject({
      target: "sim",
      historyHash: "sha256:7",
      plan: { id: "retry-17" },
    });
  });

  it("simulates a server with several defects at once, and names the one that it does not know", async () => {
    const mutants = [
      { id: "never-retries", sentence: "It never retries.", requirement: "R-04", source: "nowhere" },
      { id: "too-many", sentence: "It sends too often.", requirement: "R-07", source: "nowhere" },
    ];
    const bench = testBench({ mutants });
    const directory = await newDirectory();
    await run(["verify", "--mutant", "never-retries,too-many", "--out", directory], bench.io, bench.services);
    expect(bench.campaigns[0]?.target).toMatchObject({
      name: "sim with mutant never-retries,too-many",
      recipe: { mutants: ["never-retries", "too-many"] },
    });
    expect(await run(["verify", "--mutant", "too-many,to-many"], bench.io, bench.services)).toBe(64);
    expect(bench.err()).toContain('there is no "to-many": did you mean too-many?');
  });

  it("starts reference-live with the profile live and the times given, for 60 s, and stops it again", async () => {
    const started: unknown[] = [];
    const stopped: string[] = [];
    const bench = testBench({
      startReferenceLive: async (profile) => {
        started.push(profile.coap, profile.name);
        return { http: "http://h/v1.1", coap: "coap://1.2.3.4:5", close: async () => void stopped.push("closed") };
      },
    });
    const options = ["--target", "reference-live", "--ack-timeout", "250ms", "--out", await newDirectory()];
    await run(["verify", ...options], bench.io, bench.services);
    expect(started).toEqual([{ ackTimeout: 0.25, ackRandomFactor: 1.5, maxRetransmit: 1 }, "live"]);
    expect(bench.campaigns).toMatchObject([{ timeLimit: 60_000, target: { kind: "live", coap: "1.2.3.4:5" } }]);
    expect(stopped).toEqual(["closed"]);
  });

  it("judges anybody else's server by the empty profile with the RFC 7252 times, but for those given", async () => {
    const bench = testBench();
    const target = [
      "--target",
      "http://h:8080/v1.1/",
      "--coap",
      "coap://h",
      "--token",
      "secret",
      "--max-retransmit",
      "1",
    ];
    const directory = await newDirectory();
    await run(["verify", ...target, "--out", directory], bench.io, bench.services);
    expect(bench.campaigns[0]?.target).toMatchObject({ http: "http://h:8080/v1.1", coap: "h:5683", token: "secret" });
    expect(bench.campaigns[0]?.profile).toMatchObject({
      name: "empty",
      coap: { ackTimeout: 2, ackRandomFactor: 1.5, maxRetransmit: 1 },
    });
    const record = await readText(path.join(directory, "run.json"));
    expect(record).toContain('"--shrink-budget=30s"');
    expect(record).not.toContain("secret");
  });

  it("points to preflight when nothing could be concluded about somebody else's server", async () => {
    const bench = testBench({}, { outcome: "inconclusive" });
    const target = ["--target", "http://h:8080/v1.1", "--coap", "coap://h"];
    await run(["verify", ...target, "--out", await newDirectory()], bench.io, bench.services);
    expect(bench.out()).toContain("npx fleetproof preflight --target http://h:8080/v1.1 --coap coap://h:5683\n");
  });

  it("gives the times and the most plans at once to the campaign, and tells which times pay where none is declared", async () => {
    const target = ["--target", "http://h:8080/v1.1", "--coap", "coap://h", "--at-once", "9"];
    const told = async (...times: readonly string[]) => {
      const bench = testBench();
      await run(["verify", ...target, ...times, "--out", await newDirectory()], bench.io, bench.services);
      return { out: bench.out().replaceAll(/\s+/g, " "), campaign: bench.campaigns[0] };
    };
    const bare = await told();
    expect(bare.out).toContain("--ack-timeout 300ms --max-retransmit 1 --response-timeout 2s --awake-window 3s");
    expect(bare.campaign).toMatchObject({ atOnce: 9, profile: { reaction: 5 } });
    const judged = await told("--awake-window", "3s", "--reaction", "1s");
    expect(judged.campaign?.profile).toMatchObject({ awakeWindow: 3, reaction: 1 });
    expect(judged.out).not.toContain("--awake-window 3s");
    const all = ["--ack-timeout", "1s", "--response-timeout", "2s", "--awake-window", "3s"];
    expect((await told(...all)).out).not.toContain("say so");
  });

  it("writes run.json, verdict.json and report.md, complete", async () => {
    const bench = testBench();
    const directory = await newDirectory();
    await run(["verify", "--out", directory], bench.io, bench.services);
    expect(await readJson(path.join(directory, "run.json"))).toMatchObject({
      status: "complete",
      target: "sim",
      seed: "random-seed",
      finishedAt: "2026-01-01T00:00:00Z",
    });
    expect(await exists(path.join(directory, "verdict.json"))).toBe(true);
    expect(await readText(path.join(directory, "report.md"))).toContain("# PASS");
  });

  it("leaves a record incomplete, and stops the target, when the campaign cannot be run", async () => {
    const bench = testBench({
      runCampaign: async () => {
        throw new HarnessError("target-not-usable", "nobody answers at http://127.0.0.1:8080/v1.1");
      },
    });
    const directory = await newDirectory();
    const code = await run(["verify", "--target", "reference-live", "--out", directory], bench.io, bench.services);
    expect([code, bench.closed]).toEqual([2, ["reference-live"]]);
    expect(await readJson(path.join(directory, "run.json"))).toMatchObject({ status: "incomplete" });
  });
});

describe("demo", () => {
  it("runs a simulated and a live campaign with one seed, and ends with the worse exit code", async () => {
    const directory = await newDirectory();
    const bench = testBench({}, {});
    const outcomes = ["pass", "inconclusive"] as const;
    const runCampaign: typeof bench.services.runCampaign = async (options) => {
      const result = await bench.services.runCampaign(options);
      const outcome = outcomes[bench.campaigns.length - 1] ?? "pass";
      return { ...result, verdict: { ...result.verdict, outcome } };
    };
    const code = await run(["demo", "--seed", "7", "--out", directory], bench.io, { ...bench.services, runCampaign });
    expect(code).toBe(2);
    expect(bench.campaigns.map(({ target, seed }) => [target.name, seed])).toEqual([
      ["sim", "7"],
      ["reference-live", "7"],
    ]);
    expect(bench.out()).toContain(path.join(directory, "sim", "report.html"));
    expect(bench.out()).toContain(path.join(directory, "live", "report.html"));
  });
});

describe("replay", () => {
  const saved: SavedPlan = {
    formatVersion: 1,
    fleetproof: "0.1.0",
    target: "sim",
    mutant: "never-retries",
    requirement: "R-04",
    plan: SMALL_PLAN,
  };
  const history = historyOf([{ kind: "mark", at: 0, mark: "start" }]);
  const finding = { requirement: "R-04", events: [0], expected: "sent again", actual: "nothing" };

  const replay = async (content: unknown, outcome: ReplayOutcome, options: readonly string[] = []) => {
    const targets: string[] = [];
    const bench = testBench({
      replaySavedPlan: async (_saved, target) => {
        targets.push(target.name);
        return outcome;
      },
    });
    const file = path.join(await newDirectory(), "shrunk.json");
    await writeJson(file, content);
    const code = await run(["replay", file, ...options], bench.io, bench.services);
    return { code, targets, out: bench.out(), err: bench.err() };
  };

  const held = { history, broken: [], kept: ["R-04"], looks: [] };
  const passes: ReplayOutcome = { kind: "passes", ...held, examined: 1 };

  it.each<[ReplayOutcome, number, string]>([
    [{ kind: "reproduced", ...held, finding, sameHistory: true }, 1, "REPRODUCED"],
    [{ kind: "different-failure", ...held, findings: [finding] }, 1, "DIFFERENT FAILURE"],
    [passes, 0, "PASSES"],
    [{ kind: "inconclusive", ...held, reason: "nothing was examined" }, 2, "INCONCLUSIVE"],
  ])("ends %o with exit code %d", async (outcome, code, word) => {
    const result = await replay(saved, outcome);
    expect([result.code, result.out.startsWith(word)]).toEqual([code, true]);
    expect(JSON.parse((await replay(saved, outcome, ["--json"])).out)).toMatchObject({ outcome: outcome.kind });
  });

  it("runs on the recorded target, mutant included, unless --target names another", async () => {
    expect((await replay(saved, passes)).targets).toEqual(["sim with mutant never-retries"]);
    expect((await replay(saved, passes, ["--target", "sim"])).targets).toEqual(["sim"]);
  });

  it("refuses a plan of a newer format, and names the version that reads it", async () => {
    const newer = { ...saved, fleetproof: "0.9.0", plan: { ...SMALL_PLAN, formatVersion: 3, whatever: true } };
    const { code, err } = await replay(newer, passes);
    expect(code).toBe(64);
    expect(err).toContain(
      "plan format 3 is newer than this version reads (1): use the Fleetproof that wrote it (0.9.0) or newer",
    );
  });

  it("refuses a file that is no saved plan, and names the field", async () => {
    const wrong = { ...saved, plan: { ...SMALL_PLAN, operations: [{ at: "soon", kind: "update", device: 0 }] } };
    expect((await replay(wrong, passes)).err).toContain("is not a saved plan: plan.operations.0.at: ");
    expect((await replay([1], passes)).code).toBe(64);
    expect((await replay("text", passes)).code).toBe(64);
  });
});

describe("requirements and explain", () => {
  it("lists 88 requirements, as a table and as JSON", async () => {
    const table = testBench();
    const json = testBench();
    expect(await run(["requirements"], table.io, table.services)).toBe(0);
    await run(["requirements", "--json"], json.io, json.services);
    expect(table.out()).toMatch(/^Q-01 +MUST +server +yes +The request that creates a task/m);
    expect(JSON.parse(json.out())).toHaveLength(88);
    expect(
      table
        .out()
        .split("\n")
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it("explains a requirement with its source and the mutant that proves its checker", async () => {
    const bench = testBench();
    expect(await run(["explain", "r-04"], bench.io, bench.services)).toBe(0);
    expect(bench.out()).toMatch(/^R-04 {2}MUST {2}a promise of the server\n/);
    expect(bench.out()).toContain("never-retries: It never retries.");
    expect(bench.out()).toContain("fleetproof verify --mutant never-retries --only R-04");
  });
});

describe("serve", () => {
  it("prints one line of JSON when it is ready, serves until Ctrl-C, and closes", async () => {
    const bench = testBench();
    const ended = run(["serve", "--http", "0", "--response-timeout", "4s", "--open"], bench.io, bench.services);
    await pause(millis(20));
    expect(JSON.parse(bench.out())).toEqual({
      ready: true,
      http: "http://127.0.0.1:8080/v1.1",
      coap: "coap://127.0.0.1:5683",
    });
    expect(bench.served).toMatchObject([
      {
        httpPort: 0,
        coapPort: 5683,
        host: "127.0.0.1",
        open: true,
        logLevel: "info",
        profile: { name: "artik", responseTimeout: 4 },
      },
    ]);
    expect(bench.closed).toEqual([]);
    bench.abort();
    expect([await ended, bench.closed]).toEqual([0, ["serve"]]);
  });

  it("reads --rate-limit as requests in a minute and a day, and --devices as YAML or JSON", async () => {
    const settingsOf = async (...options: readonly string[]) => {
      const bench = testBench({ startServer: async () => Promise.reject(new HarnessError("store-failed", "seen")) });
      const seen: unknown[] = [];
      const services = {
        ...bench.services,
        startServer: async (settings: unknown) => {
          seen.push(settings);
          return bench.services.startServer(settings as never);
        },
      };
      const code = await run(["serve", ...options], bench.io, services);
      return { code, seen, err: bench.err() };
    };
    const { seen } = await settingsOf("--rate-limit", "100/1000", "--devices", "examples/devices.json");
    expect(seen).toMatchObject([
      {
        rateLimit: { perMinute: 100, perDay: 1_000 },
        provision: { devices: [{ did: "meter-1" }, { did: "meter-2" }] },
      },
    ]);
    expect((await settingsOf("--rate-limit", "100")).seen).toMatchObject([
      { rateLimit: { perMinute: 100, perDay: 144_000 }, provision: undefined },
    ]);
    for (const wrong of ["0", "1/0", "-1", "1/", "x", "1.5"]) {
      expect(await settingsOf("--rate-limit", wrong)).toMatchObject({ code: 64, seen: [] });
    }
    const missing = await settingsOf("--devices", "nowhere.yaml");
    expect([missing.code, missing.err]).toEqual([64, expect.stringContaining("--devices: ")]);
  });

  it("gives the server the administrator's token from a file, the limits that are named, and what devices must show", async () => {
    const directory = await mkdtemp(path.join(tmpdir(), "fleetproof-serve-"));
    const file = path.join(directory, "token");
    await writeFile(file, "secret\n");
    const bench = testBench();
    const options = ["--host", "0.0.0.0", "--token-file", file, "--require-device-token", "--max-tasks", "5"];
    const ended = run(["serve", ...options], bench.io, bench.services);
    await pause(millis(50));
    expect(bench.served).toMatchObject([{ token: "secret", requiresDeviceToken: true, limits: { tasks: 5 } }]);
    bench.abort();
    expect(await ended).toBe(0);
    for (const text of ["", "two words"]) {
      await writeFile(file, text);
      expect(await run(["serve", "--token-file", file], bench.io, bench.services)).toBe(64);
    }
    expect(await run(["serve", "--token-file", file, "--token", "secret"], bench.io, bench.services)).toBe(64);
    expect(await run(["serve", "--max-tasks", "0"], bench.io, bench.services)).toBe(64);
    await rm(directory, { recursive: true });
  });

  it("reads --cors as origins with commas between them, or * for all, and refuses what no browser would send", async () => {
    for (const [text, crossOrigins] of [
      ["*", "*"],
      ["https://a.example, http://localhost:3000", ["https://a.example", "http://localhost:3000"]],
    ] as const) {
      const bench = testBench();
      bench.abort();
      expect(await run(["serve", "--cors", text], bench.io, bench.services)).toBe(0);
      expect(bench.served).toMatchObject([{ crossOrigins }]);
    }
    const wrongTexts = [
      "a.example",
      "https://a.example/",
      "https://a.example/page",
      "https://a.example:443",
      "*,https://a.example",
      ",",
    ];
    for (const wrong of wrongTexts) {
      const bench = testBench();
      expect(await run(["serve", "--cors", wrong], bench.io, bench.services)).toBe(64);
      expect(bench.err()).toContain("--cors: ");
    }
  });

  it("gives the server what --data names, and ends with exit code 2 and the reason when the store fails", async () => {
    const failure = new HarnessError("store-failed", "fleet.db has failed: disk full");
    const closed: string[] = [];
    const data: unknown[] = [];
    const bench = testBench({
      startServer: async (settings) => {
        data.push(settings.data);
        const close = async () => void closed.push("closed");
        return { http: "", coap: "", failure: Promise.resolve(failure), close };
      },
    });
    expect(await run(["serve", "--data", "fleet.db"], bench.io, bench.services)).toBe(2);
    expect(bench.err()).toBe("fleetproof: fleet.db has failed: disk full\n");
    expect([closed, data]).toEqual([["closed"], ["fleet.db"]]);
  });
});
