import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shardOfLoad } from "../../harness/load/test-kit.ts";
import { FleetResult, type FleetSummary } from "../../harness/record/fleet-result.ts";
import { readJson } from "../../platform/files.ts";
import { run } from "../run.ts";
import { testBench } from "../test-kit.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "fleetproof-fleet-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const SUMMARY: FleetSummary = { ...shardOfLoad(1, 3).fleet, ended: "duration" };

async function fleet(options: readonly string[], changes: Partial<FleetSummary> = {}) {
  const seen: { readonly devices: readonly number[] }[] = [];
  const bench = testBench({
    runFleet: async (_fleet, settings) => {
      seen.push(settings);
      return { ...SUMMARY, ...changes };
    },
  });
  const code = await run(["fleet", ...options], bench.io, bench.services);
  return { code, err: bench.err(), seen };
}

describe("fleet --out", () => {
  it("writes what merge reads: shard, seed, version, and what was measured", async () => {
    const options = ["--devices", "20", "--seed", "s", "--shard", "1/3", "--out", directory];
    const { code, seen } = await fleet(options);
    expect([code, seen[0]?.devices]).toEqual([0, [1, 4, 7, 10, 13, 16, 19]]);
    expect(FleetResult.parse(await readJson(path.join(directory, "fleet.json")))).toMatchObject({
      fleetproof: "0.1.0",
      outcome: "pass",
      seed: "s",
      target: "127.0.0.1:5683",
      devices: 20,
      shard: { index: 1, of: 3 },
      parts: [{ index: 1, devices: 7, interrupted: false }],
      fleet: SUMMARY,
    });
  });

  it("gives shards of one fleet one digest, and another fleet another", async () => {
    const digests: string[] = [];
    for (const options of [
      ["--shard", "0/2"],
      ["--shard", "1/2"],
      ["--shard", "1/2", "--ramp", "5s"],
    ]) {
      await fleet(["--devices", "20", "--seed", "s", "--out", directory, ...options]);
      digests.push(FleetResult.parse(await readJson(path.join(directory, "fleet.json"))).fleetDigest);
    }
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it("calls a fleet that heard nothing unheard, with exit code 2, and one that Ctrl-C ended interrupted, with 0", async () => {
    const silent = await fleet(["--out", directory], { counts: { ...SUMMARY.counts, received: 0 } });
    expect([silent.code, await readJson(path.join(directory, "fleet.json"))]).toMatchObject([
      2,
      { outcome: "unheard" },
    ]);
    const stopped = await fleet(["--out", directory], { ended: "interrupted" });
    expect([stopped.code, await readJson(path.join(directory, "fleet.json"))]).toMatchObject([
      0,
      { outcome: "interrupted" },
    ]);
  });

  it.each([
    [["--target", "sim", "--start-at", "2026-01-31T12:00:00Z"], "--start-at goes with a live fleet only"],
    [["--start-at", "2026-01-31T12:00:00Z"], "more than a day away"],
  ])("refuses %j with exit code 64", async (options, said) => {
    expect(await fleet(options)).toMatchObject({ code: 64, err: expect.stringContaining(said) });
  });
});
