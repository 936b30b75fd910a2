import path from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../run.ts";
import { testBench } from "../test-kit.ts";
import { readDistributed } from "./options.ts";
import { loadPackages } from "./packages.ts";
import { readRedisUrl, withoutPassword } from "./redis-link.ts";

const REDIS = ["--distributed", "redis://127.0.0.1:6379"];
const WORKLOAD = path.join(import.meta.dirname, "..", "..", "..", "examples", "load.yaml");

async function refusal(...argv: readonly string[]): Promise<string> {
  const bench = testBench();
  expect(await run(argv, bench.io, bench.services)).toBe(64);
  return bench.err();
}

describe("readDistributed", () => {
  it("is absent without --distributed, and waits a minute for workers by default", () => {
    expect(readDistributed({})).toBeUndefined();
    expect(readDistributed({ distributed: "redis://127.0.0.1:6379", workers: 3 })).toMatchObject({
      workers: 3,
      waitFor: 60_000_000,
    });
  });

  it("refuses one option without the other", async () => {
    expect(await refusal("verify", ...REDIS)).toContain("--workers is missing");
    expect(await refusal("verify", "--workers", "2")).toContain("--workers goes with --distributed only");
    expect(await refusal("verify", "--distributed", "127.0.0.1:6379", "--workers", "2")).toContain(
      '--distributed: "127.0.0.1:6379" is not an address such as redis://127.0.0.1:6379',
    );
  });

  it("refuses live targets for verify, and says why", async () => {
    const said = await refusal("verify", ...REDIS, "--workers", "2", "--target", "reference-live");
    expect(said).toContain("verify shares simulated plans only");
    expect(said).toContain("load --distributed");
  });

  it("refuses options that are about one process", async () => {
    expect(await refusal("verify", ...REDIS, "--workers", "2", "--jobs", "2")).toContain("--jobs");
    for (const own of [
      ["--shard", "0/2"],
      ["--only-device", "3"],
      ["--start-at", "2026-01-01T00:00:00Z"],
    ]) {
      expect(await refusal("load", "--workload", WORKLOAD, ...REDIS, "--workers", "2", ...own)).toContain(
        `${own[0]}: with`,
      );
      expect(await refusal("fleet", ...REDIS, "--workers", "2", ...own)).toContain(`${own[0]}: with`);
    }
    expect(await refusal("fleet", ...REDIS, "--workers", "2", "--target", "sim")).toContain(
      "--distributed goes with a live",
    );
    expect(await refusal("fleet", "--rerun-lost")).toContain("--rerun-lost goes with --distributed only");
  });
});

describe("worker", () => {
  it("wants to know where it meets coordinators", async () => {
    expect(await refusal("worker")).toContain("--redis: is missing");
    expect(await refusal("worker", "--redis", "http://127.0.0.1")).toContain("is not an address such as redis://");
  });

  it("is called by its process id, or as it is told", async () => {
    const names: string[] = [];
    const bench = testBench({ runWorker: async ({ name }) => void names.push(name) });
    await run(["worker", "--redis", "redis://127.0.0.1:1"], bench.io, bench.services);
    await run(["worker", "--redis", "redis://127.0.0.1:1", "--name", "rack-2"], bench.io, bench.services);
    expect(names).toEqual(["4711", "rack-2"]);
  });
});

describe("withoutPassword", () => {
  it.each([
    ["redis://127.0.0.1:6379", "redis://127.0.0.1:6379"],
    ["redis://:secret@127.0.0.1:6379/2", "redis://:…@127.0.0.1:6379/2"],
    ["rediss://user:secret@localhost", "rediss://user:…@localhost"],
  ])("shows %s as %s", (url, shown) => expect(withoutPassword(readRedisUrl("redis", url))).toBe(shown));
});

describe("loadPackages", () => {
  const missing = () =>
    Promise.reject(Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" }));

  it("says what to install when one of them is not there", async () => {
    await expect(loadPackages({ bullmq: missing, ioredis: missing })).rejects.toMatchObject({
      code: "package-missing",
      message: expect.stringContaining("npm install bullmq ioredis"),
    });
  });

  it("leaves any other failure as it is", async () => {
    const broken = () => Promise.reject(new Error("it is broken"));
    await expect(loadPackages({ bullmq: broken, ioredis: missing })).rejects.toThrow("it is broken");
  });
});
