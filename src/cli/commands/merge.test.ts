import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetOutcome } from "../../harness/fleet/fleet-outcome.ts";
import { shardOfLoad } from "../../harness/load/test-kit.ts";
import type { FleetResult } from "../../harness/record/fleet-result.ts";
import { LoadResult } from "../../harness/record/load-result.ts";
import { readJson, readText, writeJson } from "../../platform/files.ts";
import { run } from "../run.ts";
import { testBench } from "../test-kit.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), "fleetproof-merge-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const SAMPLES = Array.from({ length: 40 }, (_, device) => ({ device: device % 20, span: 1_000_000, failed: false }));
/** Threshold 7 of the kit is about executions, of which there are none here. */
const judged = (result: LoadResult): LoadResult => ({ ...result, thresholds: result.thresholds.slice(0, -1) });

/** @returns the directories of the results */
async function written(name: string, file: string, results: readonly unknown[]): Promise<readonly string[]> {
  const directories = results.map((_, at) => path.join(root, name, String(at)));
  await Promise.all(results.map((result, at) => writeJson(path.join(directories[at] ?? "", file), result)));
  return directories;
}

async function merge(directories: readonly string[], options: readonly string[] = []) {
  const bench = testBench();
  const code = await run(["merge", ...directories, ...options], bench.io, bench.services);
  return { code, out: bench.out(), err: bench.err() };
}

const loads = (of: number, change: (result: LoadResult) => LoadResult = judged) =>
  Array.from({ length: of }, (_, index) => change(shardOfLoad(index, of, SAMPLES)));

describe("merge of loads", () => {
  it("prints the table of the whole, and writes load.json and junit.xml", async () => {
    const out = path.join(root, "whole");
    const merged = await merge(await written("three", "load.json", loads(3)), ["--out", out]);
    expect([merged.code, merged.err]).toEqual([99, ""]);
    expect(merged.out).toContain("tasks asked for: 40; 85.00 % of the devices registered at the end");
    expect(merged.out).toContain("3 shards, which began to ask for tasks within 2.00 ms");
    expect(merged.out).toMatch(/threshold held +p50\(task\.completion\) < 5s: 1\.00 s/);
    expect(merged.out).toContain("outcome: crossed");
    expect(LoadResult.parse(await readJson(path.join(out, "load.json"))).parts).toHaveLength(3);
    expect(await readText(path.join(out, "junit.xml"))).toContain('failures="1"');
  });

  it.each([
    ["pass", 0, (result: LoadResult) => ({ ...judged(result), thresholds: result.thresholds.slice(0, 4) })],
    ["crossed", 99, judged],
    ["unknown", 2, (result: LoadResult) => ({ ...result, thresholds: result.thresholds.slice(-1) })],
    [
      "fail",
      1,
      (result: LoadResult) => ({
        ...judged(result),
        check: {
          ...result.check,
          requirements: [{ id: "R-04", outcome: "fail" as const, examined: 1, undecided: 0, findings: [] }],
        },
      }),
    ],
    [
      "interrupted",
      2,
      (result: LoadResult) => ({ ...result, parts: result.parts.map((part) => ({ ...part, interrupted: true })) }),
    ],
  ] as const)("ends with outcome %s and exit code %d", async (outcome, code, change) => {
    const merged = await merge(await written(outcome, "load.json", loads(3, change)), ["--json"]);
    expect([merged.code, JSON.parse(merged.out).outcome]).toEqual([code, outcome]);
  });

  it("refuses what is no result, a missing shard and a file that does not fit, with exit code 64 and the file", async () => {
    const [first = "", second = ""] = await written("bad", "load.json", loads(3));
    expect(await merge([first, second])).toMatchObject({
      code: 64,
      err: expect.stringContaining("shard 2 of 3 is missing"),
    });
    expect(await merge([root])).toMatchObject({
      code: 64,
      err: expect.stringContaining(`${root} has neither load.json nor fleet.json`),
    });
    const [spoilt = ""] = await written("spoilt", "load.json", [{ ...loads(1)[0], tasks: -1 }]);
    expect(await merge([spoilt])).toMatchObject({
      code: 64,
      err: expect.stringContaining("load.json is not a load result: tasks"),
    });
    const [newer = ""] = await written("newer", "load.json", [{ ...loads(1)[0], formatVersion: 2 }]);
    expect(await merge([newer])).toMatchObject({
      code: 64,
      err: expect.stringContaining("is newer than this version reads"),
    });
    expect(await merge([])).toMatchObject({ code: 64 });
  });
});

const fleetOf = (index: number, of: number): FleetResult => {
  const fleet = { ...shardOfLoad(index, of).fleet, ended: "duration" as const };
  const parts = [{ index, devices: fleet.devices, from: 0, until: 1, interrupted: false }];
  const common = {
    formatVersion: 1,
    fleetproof: "0.1.0",
    seed: "s",
    target: "t",
    devices: 20,
    fleetDigest: "f",
  } as const;
  return { ...common, outcome: fleetOutcome(parts, fleet), shard: { index, of }, parts, fleet };
};

describe("merge of fleets", () => {
  it("prints the summary of the whole, and writes fleet.json", async () => {
    const out = path.join(root, "whole-fleet");
    const merged = await merge(await written("fleets", "fleet.json", [fleetOf(0, 2), fleetOf(1, 2)]), ["--out", out]);
    expect(merged.code).toBe(0);
    expect(merged.out).toContain("fleet: 20 of 20 devices started");
    expect(merged.out).toContain("2 shards\noutcome: pass");
    expect(await readJson(path.join(out, "fleet.json"))).toMatchObject({ fleet: { devices: 20 }, parts: [{}, {}] });
  });

  it("does not mix fleets and loads", async () => {
    const [fleet = ""] = await written("a-fleet", "fleet.json", [fleetOf(0, 2)]);
    const [load = ""] = await written("a-load", "load.json", [shardOfLoad(1, 2)]);
    expect(await merge([fleet, load])).toMatchObject({
      code: 64,
      err: expect.stringContaining("that of a load: they cannot be merged"),
    });
  });
});
