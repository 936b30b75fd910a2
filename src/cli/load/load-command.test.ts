import path from "node:path";
import { describe, expect, it } from "vitest";
import type { LoadOptions } from "../../harness/load/run-load.ts";
import type { LoadResult } from "../../harness/record/load-result.ts";
import { run } from "../run.ts";
import { testBench } from "../test-kit.ts";
import { loadResult } from "./test-kit.ts";

const EXAMPLE = path.join(import.meta.dirname, "..", "..", "..", "examples", "load.yaml");

const HTTP = ["--target", "http://127.0.0.1:1/v1.1", "--coap", "coap://127.0.0.1:2"];

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
    const shard = await load(["--devices", "7", "--shard", "1/3", ...HTTP]);
    expect(shard.runs[0]).toMatchObject({ devices: [1, 4], shard: { index: 1, of: 3 }, fleetproof: "0.1.0" });
    expect((await load(["--devices", "7", "--only-device", "5"])).runs[0]).toMatchObject({
      devices: [5],
      shard: { index: 0, of: 1 },
    });
  });

  it("names devices alike in all shards of a scope, under a device type for each shard", async () => {
    const runs = await Promise.all(
      [0, 1].map((index) => load(["--devices", "4", "--shard", `${index}/2`, "--scope", "run-7", ...HTTP])),
    );
    expect(runs.map(({ runs: [run] }) => [run?.deviceType, run?.fleet.member(3).name])).toEqual([
      ["run-7-type-0", "run-7-fleet-3"],
      ["run-7-type-1", "run-7-fleet-3"],
    ]);
  });

  it("begins at --start-at, and at once with a line when that is over", async () => {
    const { runs, bench } = await load(["--start-at", "1969-12-31T23:59:58Z"]);
    await runs[0]?.beforeStart?.();
    expect(bench.err()).toContain("late: --start-at was 2.00 s ago; beginning at once");
  });

  it("waits for --start-at, and no longer than until Ctrl-C", async () => {
    const { runs, bench } = await load(["--start-at", "1970-01-01T13:00:00+01:00"]);
    const waiting = runs[0]?.beforeStart?.();
    bench.abort();
    await waiting;
    expect(bench.err()).not.toContain("late");
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
    [["--shard", "0/2"], "every process would start a server of its own"],
    [["--scope", "a/b"], "is no scope"],
    [["--scope", "a", "--device-type", "t"], "with --device-type there are none"],
    [["--start-at", "noon"], '"noon" is no time such as 2026-01-31T12:00:00Z'],
    [["--start-at", "2026-02-31T12:00:00Z"], "is more than a day away"],
    [["--devices", "5", "--only-device", "5"], "the last of 5 is 4"],
    [["--connectivity", "flaky-celular"], "did you mean flaky-cellular"],
  ] as const)("refuses %j with exit code 64", async (options, said) => {
    const { code, bench } = await load(options);
    expect([code, bench.err().includes(said)]).toEqual([64, true]);
  });
});
