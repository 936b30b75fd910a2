import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LoadResult } from "../record/load-result.ts";
import { createLatencies } from "./latencies.ts";
import { joinLoads, mergeLoads } from "./merge.ts";
import { shardOfLoad, type TaskSample } from "./test-kit.ts";

const Sample: fc.Arbitrary<TaskSample> = fc.record({
  device: fc.integer({ min: 0, max: 19 }),
  span: fc.integer({ min: 0, max: 10_000_000 }),
  failed: fc.boolean(),
});
const Samples = fc.array(Sample, { maxLength: 30 });
const Shards = fc.record({ of: fc.integer({ min: 1, max: 6 }), samples: Samples });
const RUNS = { numRuns: 25 };

const all = (of: number, samples: readonly TaskSample[]): LoadResult[] =>
  Array.from({ length: of }, (_, index) => shardOfLoad(index, of, samples));

describe("mergeLoads", () => {
  it("does not depend on the order of the results", () => {
    fc.assert(
      fc.property(
        Shards.chain(({ of, samples }) => {
          const shards = all(of, samples);
          return fc.record({
            shards: fc.constant(shards),
            mixed: fc.shuffledSubarray(shards, { minLength: of, maxLength: of }),
          });
        }),
        ({ shards, mixed }) => {
          expect(mergeLoads(mixed)).toEqual(mergeLoads(shards));
        },
      ),
      RUNS,
    );
  });

  it("does not depend on what was joined first", () => {
    fc.assert(
      fc.property(Shards, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), ({ of, samples }, a, b) => {
        const shards = all(of, samples);
        const [low, high] = [Math.min(a, b, of), Math.min(Math.max(a, b), of)];
        const groups = [shards.slice(0, low), shards.slice(low, high), shards.slice(high)];
        const joined = groups.filter((group) => group.length > 0).map((group) => joinLoads(group));
        expect(mergeLoads(joined)).toEqual(mergeLoads(shards));
      }),
      RUNS,
    );
  });

  it("changes nothing about one shard of one, and a merged result", () => {
    fc.assert(
      fc.property(Shards, ({ of, samples }) => {
        const alone = shardOfLoad(0, 1, samples);
        expect(mergeLoads([alone])).toEqual(alone);
        const merged = mergeLoads(all(of, samples));
        expect(mergeLoads([merged])).toEqual(merged);
      }),
      RUNS,
    );
  });

  it("has counts, percentiles and threshold outcomes of all samples in one process, not means of the shards' own", () => {
    fc.assert(
      fc.property(Shards, ({ of, samples }) => {
        const alone = shardOfLoad(0, 1, samples);
        const merged = mergeLoads(all(of, samples));
        const withoutLag = ({ series }: LoadResult) => ({
          ...series,
          spans: series.spans.filter(({ name }) => name !== "generator.lag"),
        });
        expect(withoutLag(merged)).toEqual(withoutLag(alone));
        const ofDurations = ({ thresholds }: LoadResult) =>
          thresholds.filter(({ quantity }) => quantity !== "registered");
        expect(ofDurations(merged)).toEqual(ofDurations(alone));
        expect([merged.tasks, merged.failing]).toEqual([alone.tasks, alone.failing]);
        const { counts, responses, latencies, devices, kernelDrops } = merged.fleet;
        expect({ counts: { ...counts, received: 0 }, responses, latencies, devices, kernelDrops }).toEqual({
          counts: { ...alone.fleet.counts, received: 0 },
          responses: alone.fleet.responses,
          latencies: alone.fleet.latencies,
          devices: alone.fleet.devices,
          kernelDrops: alone.fleet.kernelDrops,
        });
      }),
      RUNS,
    );
  });

  it("survives the file: what is read is what was written", () => {
    fc.assert(
      fc.property(Shards, ({ of, samples }) => {
        const shards = all(of, samples);
        const read = shards.map((shard) => LoadResult.parse(JSON.parse(JSON.stringify(shard))));
        expect(read).toEqual(shards);
        expect(mergeLoads(read)).toEqual(mergeLoads(shards));
      }),
      RUNS,
    );
  });

  it("gives a p50 that no shard has, and a threshold that each shard alone holds", () => {
    const fast = Array.from({ length: 30 }, (): TaskSample => ({ device: 0, span: 1_000_000, failed: false }));
    const slow = Array.from({ length: 10 }, (): TaskSample => ({ device: 1, span: 8_000_000, failed: true }));
    const merged = mergeLoads(all(2, [...fast, ...slow]));
    const spans = createLatencies();
    for (const { name, counts } of merged.series.spans) if (name === "task.completion") spans.add(counts);
    expect(spans.percentile(50)).toBeLessThan(1_001_000);
    expect(merged.thresholds.map(({ outcome }) => outcome)).toEqual([
      "held",
      "held",
      "held",
      "held",
      "crossed",
      "held",
      "held",
      "unknown",
    ]);
    expect(merged.thresholds[4]).toMatchObject({ text: "rate(failed) < 20%", value: 0.25 });
    expect(merged.thresholds[6]?.value).toBe(0.9);
    expect(merged.outcome).toBe("crossed");
    const [first, second] = all(2, [...fast, ...slow]);
    expect([first?.outcome, second?.outcome]).toEqual(["pass", "pass"]);
  });
});

describe("mergeLoads with parts that do not fit", () => {
  const shard = (index: number, of = 3) => shardOfLoad(index, of);
  const merge = (results: readonly LoadResult[]) => () =>
    mergeLoads(
      results,
      results.map((_, at) => `${at}/load.json`),
    );

  it("names the shards that are missing", () => {
    expect(merge([shard(0), shard(2)])).toThrow("shard 1 of 3 is missing");
    expect(merge([shard(2)])).toThrow("shards 0, 1 of 3 are missing");
    expect(merge([shardOfLoad(3, 99)])).toThrow("and 88 more of 99 are missing");
    expect(merge([])).toThrow("there is no result to merge");
  });

  it("names shard and both files where one is there twice", () => {
    expect(merge([shard(0), shard(1), shard(1), shard(2)])).toThrow(
      "shard 1 of 3 is there twice: 1/load.json and 2/load.json",
    );
    const joined = joinLoads([shard(0), shard(1)]);
    expect(merge([joined, shard(1), shard(2)])).toThrow("shard 1 of 3 is there twice");
  });

  it.each([
    ["seed", { seed: "t" }, "its seed is t, not s"],
    ["version", { fleetproof: "0.2.0" }, "its version of Fleetproof is 0.2.0, not 0.1.0"],
    ["target", { target: "http://x" }, "its target is http://x, not http://127.0.0.1:1 coap://127.0.0.1:2"],
    ["workload", { workloadDigest: "v" }, "its workload (its digest) is v, not w"],
    ["fleet", { fleetDigest: "g" }, "its fleet (its digest) is g, not f"],
    ["fleet size", { devices: 21 }, "its number of devices is 21, not 20"],
  ])("names file, shard and difference where a shard has another %s", (_, change, said) => {
    const other = { ...shard(1), ...change };
    expect(merge([shard(0), other, shard(2)])).toThrow(
      `1/load.json (shard 1 of 3) is of another run than 0/load.json (shard 0 of 3): ${said}`,
    );
  });

  it("refuses shards of another number of shards", () => {
    expect(merge([shard(0), shardOfLoad(1, 2)])).toThrow("its number of shards is 2, not 3");
  });
});

describe("mergeLoads with parts that prove nothing", () => {
  const part = (index: number, changes: object) => {
    const [first] = shardOfLoad(index, 3).parts;
    return shardOfLoad(index, 3, [], { parts: [{ ...(first as NonNullable<typeof first>), ...changes }] });
  };

  it("is invalid when one generator lagged, and names its shard", () => {
    const lagged = part(1, { generator: { valid: false, sentence: "INVALID: the generator lagged" } });
    const merged = mergeLoads([shardOfLoad(0, 3), lagged, shardOfLoad(2, 3)]);
    expect(merged).toMatchObject({
      outcome: "invalid",
      generator: { valid: false, sentence: "shard 1: INVALID: the generator lagged" },
    });
  });

  it("is interrupted when one was, and keeps which", () => {
    const merged = mergeLoads([shardOfLoad(0, 3), shardOfLoad(1, 3), part(2, { interrupted: true })]);
    expect(merged.outcome).toBe("interrupted");
    expect(merged.parts.filter(({ interrupted }) => interrupted).map(({ index }) => index)).toEqual([2]);
  });

  it("is invalid when a shard began after another had ended: that was no load at once", () => {
    const late = part(2, { asking: { from: 9_001, until: 12_000 } });
    expect(mergeLoads([shardOfLoad(0, 3), shardOfLoad(1, 3), late])).toMatchObject({
      outcome: "invalid",
      generator: { sentence: expect.stringContaining("shard 2 began to ask for tasks when shard 0 had ended") },
    });
    const inTime = part(2, { asking: { from: 8_999, until: 12_000 } });
    expect(mergeLoads([shardOfLoad(0, 3), shardOfLoad(1, 3), inTime]).generator.valid).toBe(true);
  });

  it("knows nothing of the registered where one shard does not", () => {
    const { registered: _, ...unknown } = shardOfLoad(1, 3);
    const merged = mergeLoads([shardOfLoad(0, 3), unknown, shardOfLoad(2, 3)]);
    expect(merged.registered).toBeUndefined();
    expect(merged.thresholds.find(({ quantity }) => quantity === "registered")?.outcome).toBe("unknown");
  });
});

describe("mergeLoads and correctness", () => {
  const finding = (shard: number, device: number) => ({
    requirement: "R-04",
    events: [1],
    expected: "a",
    actual: "b",
    shard,
    devices: [device],
  });
  const row = (id: string, outcome: "pass" | "fail" | "undecided", findings: ReturnType<typeof finding>[] = []) => ({
    id,
    outcome,
    examined: outcome === "undecided" ? 0 : 2,
    undecided: 1,
    findings,
  });
  const checked = (index: number, requirements: ReturnType<typeof row>[]) =>
    shardOfLoad(index, 2, [], { check: { devices: 3, of: 10, requirements } });

  it("fails when a requirement is broken in one shard, and keeps the findings of all with their devices", () => {
    const merged = mergeLoads([
      checked(1, [row("R-04", "fail", [finding(1, 3)])]),
      checked(0, [row("Q-01", "undecided"), row("R-04", "fail", [finding(0, 4)])]),
    ]);
    expect(merged.outcome).toBe("fail");
    expect(merged.check).toEqual({
      devices: 6,
      of: 20,
      requirements: [
        row("Q-01", "undecided"),
        { id: "R-04", outcome: "fail", examined: 4, undecided: 2, findings: [finding(0, 4), finding(1, 3)] },
      ],
    });
  });

  it("says why nobody was watched only when nobody was", () => {
    const unwatched = (index: number, reason?: string) =>
      shardOfLoad(index, 2, [], {
        check: { devices: 0, of: 10, ...(reason === undefined ? {} : { reason }), requirements: [] },
      });
    expect(mergeLoads([unwatched(0, "because"), unwatched(1, "because")]).check.reason).toBe("because");
    expect(mergeLoads([unwatched(0), checked(1, [])]).check).not.toHaveProperty("reason");
  });
});
