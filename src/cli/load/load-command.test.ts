import path from "node:path";
import { describe, expect, it } from "vitest";
import type { LoadResult } from "../../harness/load/load-result.ts";
import type { LoadOptions } from "../../harness/load/run-load.ts";
import { run } from "../run.ts";
import { testBench } from "../test-kit.ts";
import { loadResult } from "./test-kit.ts";

const EXAMPLE = path.join(import.meta.dirname, "..", "..", "..", "examples", "load.yaml");

async function load(options: readonly string[], result: Partial<LoadResult> = {}) {
  const runs: LoadOptions[] = [];
  const bench = testBench({
    runLoad: async (settings) => {
      runs.push(settings);
      return { result: loadResult(result) };
    },
  });
  const code = await run(["load", "--workload", EXAMPLE, ...options], bench.io, bench.services);
  return { code, bench, runs };
}

describe("load", () => {
  it("says that --workload is missing", async () => {
    const bench = testBench();
    expect(await run(["load"], bench.io, bench.services)).toBe(64);
    expect(bench.err()).toContain("--workload: is missing: the file that says which tasks are asked for");
  });

  it.each([
    ["pass", 0],
    ["fail", 1],
    ["crossed", 99],
    ["unknown", 2],
    ["invalid", 2],
    ["interrupted", 2],
  ] as const)("ends with outcome %s and exit code %d", async (outcome, code) => {
    expect((await load([], { outcome })).code).toBe(code);
  });

  it("provisions devices under names of their own, and closes the server that it started", async () => {
    const { runs, bench } = await load(["--devices", "7"]);
    expect(runs[0]).toMatchObject({ provisions: true, deviceType: "load-random-type", devices: [0, 1, 2, 3, 4, 5, 6] });
    expect(runs[0]?.fleet.member(3).name).toBe("load-random-fleet-3");
    expect(bench.closed).toEqual(["reference-live"]);
  });

  it("takes devices that the server knows already under the names of the fleet", async () => {
    const { runs } = await load(["--device-type", "meters", "--devices", "2"]);
    expect(runs[0]).toMatchObject({ provisions: false, deviceType: "meters" });
    expect(runs[0]?.fleet.member(1).name).toBe("fleet-1");
  });

  it("runs a shard, or a single device, of the same fleet", async () => {
    expect((await load(["--devices", "7", "--shard", "1/3"])).runs[0]?.devices).toEqual([1, 4]);
    expect((await load(["--devices", "7", "--only-device", "5"])).runs[0]?.devices).toEqual([5]);
  });

  it("prints with --json exactly one document to standard output", async () => {
    const { bench } = await load(["--json"]);
    expect(JSON.parse(bench.out())).toMatchObject({ formatVersion: 1, outcome: "pass", seed: "s" });
    expect(bench.err()).toContain("seed random-seed");
  });

  it.each([
    [["--target", "sim"], "a load needs real time"],
    [["--target", "http://127.0.0.1:1/v1.1", "--coap", "coap://10.0.0.1"], "loopback only"],
    [["--target", "http://127.0.0.1:1/v1.1"], "--coap is missing"],
    [["--json", "--json-lines"], "give one"],
    [["--shard", "0/2", "--only-device", "1"], "give one"],
    [["--devices", "5", "--only-device", "5"], "the last of 5 is 4"],
    [["--connectivity", "flaky-celular"], "did you mean flaky-cellular"],
  ] as const)("refuses %j with exit code 64", async (options, said) => {
    const { code, bench } = await load(options);
    expect([code, bench.err().includes(said)]).toEqual([64, true]);
  });
});
