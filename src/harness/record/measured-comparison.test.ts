import { describe, expect, it } from "vitest";
import { shardOfLoad } from "../load/test-kit.ts";
import type { FleetResult } from "./fleet-result.ts";
import type { CheckedRequirement, LoadResult } from "./load-result.ts";
import { compareMeasured, type MeasuredRecord, type MeasuredSpan } from "./measured-comparison.ts";

const BASE: LoadResult = {
  ...shardOfLoad(0, 1),
  outcome: "pass",
  thresholds: [],
  workloadSettings: { arrival: "20 per second, even" },
  fleetSettings: { groups: "20 mains" },
};
const load = (changes: Partial<LoadResult> = {}, spans: readonly MeasuredSpan[] = [], name = "x"): MeasuredRecord => ({
  name,
  result: { ...BASE, ...changes },
  spans,
});
const compared = (...records: readonly MeasuredRecord[]) => compareMeasured(records, [50, 99]);
const span = (name: string, p50: number, p99: number, count = 10): MeasuredSpan => ({
  name,
  count,
  percentiles: [p50, p99],
});

describe("compareMeasured", () => {
  it("finds nothing to say of a load compared with itself", () => {
    expect(compared(load(), load())).toMatchObject({ what: "load", differences: [], cautions: [], changes: [] });
  });

  it("tells by how much each percentile changed from the first to the last, whatever is between them", () => {
    const [row] = compared(
      load({}, [span("poll", 100, 200)]),
      load({}, [span("poll", 1, 1)]),
      load({}, [span("poll", 150, 100)]),
    ).spans;
    expect(row).toMatchObject({ name: "poll", ratios: [1.5, 0.5] });
    expect(row?.spans.map((each) => each?.count)).toEqual([10, 10, 10]);
  });

  it("makes no ratio where one of the two has measured nothing", () => {
    const { spans } = compared(load({}, [span("poll", 1, 2, 0), span("update", 1, 2)]), load({}, [span("poll", 1, 2)]));
    expect(spans.map(({ name, ratios }) => [name, ratios])).toEqual([
      ["poll", undefined],
      ["update", undefined],
    ]);
  });

  it("tells thresholds that are newly crossed and newly held, and not those of another workload", () => {
    const threshold = (text: string, outcome: "held" | "crossed") =>
      ({ text, outcome, quantity: "count", value: 1 }) as const;
    const { thresholds } = compared(
      load({ thresholds: [threshold("a", "held"), threshold("b", "crossed"), threshold("c", "held")] }),
      load({ thresholds: [threshold("a", "crossed"), threshold("b", "held"), threshold("d", "crossed")] }),
    );
    expect(thresholds.map(({ text, change }) => [text, change])).toEqual([
      ["a", "crossed"],
      ["b", "held"],
      ["c", undefined],
      ["d", undefined],
    ]);
  });

  it("tells requirements that broke, were fixed, and were not examined any more", () => {
    const check = (outcomes: Readonly<Record<string, CheckedRequirement["outcome"]>>): Partial<LoadResult> => ({
      check: {
        devices: 5,
        of: 20,
        requirements: Object.entries(outcomes).map(([id, outcome]) => ({
          id,
          outcome,
          examined: 1,
          undecided: 0,
          findings: [],
        })),
      },
    });
    const before = check({ "Q-01": "pass", "R-04": "fail", "T-01": "pass", "E-01": "undecided", "G-06": "pass" });
    const after = check({ "Q-01": "fail", "R-04": "pass", "T-01": "undecided", "E-01": "undecided", "G-06": "warn" });
    const { changes, requirements } = compared(load(before), load(after));
    expect(changes.map(({ requirement, kind }) => [requirement, kind])).toEqual([
      ["G-06", "broken"],
      ["Q-01", "broken"],
      ["R-04", "fixed"],
      ["T-01", "unseen"],
    ]);
    expect(requirements.map(({ id }) => id)).not.toContain("E-01");
  });

  it("counts what went wrong also as a part of the whole", () => {
    const counts = (failed: number) => ({
      series: {
        spans: [],
        counts: [
          { name: "failed" as const, labels: { operation: "read", code: "5000" }, count: failed },
          { name: "settled" as const, labels: { operation: "read" }, count: 50 },
          { name: "settled" as const, labels: { operation: "write" }, count: 50 },
        ],
      },
    });
    const { numbers } = compared(load(counts(5)), load(counts(0)));
    expect(numbers.find(({ name }) => name === "failed{operation=read,code=5000}")?.values).toEqual([5, 0]);
    expect(numbers.find(({ name }) => name === "failed{operation=read,code=5000} among settled")?.values).toEqual([
      0.1, 0,
    ]);
  });

  describe("says first why numbers do not compare", () => {
    it.each([
      [{ seed: "t" }, "seeds differ: A s; B t"],
      [{ devices: 40 }, "numbers of devices differ: A 20; B 40"],
      [
        { workloadSettings: { arrival: "40 per second, even" }, workloadDigest: "other" },
        '"arrival" differs: A 20 per second, even; B 40 per second, even',
      ],
      [{ fleetSettings: { groups: "20 trackers" }, fleetDigest: "x" }, '"groups" differs: A 20 mains; B 20 trackers'],
      [{ workloadDigest: "other" }, "workloads differ, as their digests say"],
      [{ fleetDigest: "other" }, "fleets differ, as their digests say"],
      [{ shard: { index: 0, of: 2 } }, "parts differ: A the whole; B 1 of 2 shards"],
    ] as const)("with %j", (changes, said) => {
      expect(compared(load(), load(changes)).differences).toEqual([said]);
    });

    it("also where a record is older than the settings in it", () => {
      const old = load({ workloadSettings: undefined, fleetSettings: undefined, workloadDigest: "other" });
      expect(compared(old, load()).differences).toEqual(["workloads differ, as their digests say"]);
    });

    it("with a fleet in virtual time and a live one", () => {
      const { fleet, fleetproof, seed, target, devices, fleetDigest, shard } = BASE;
      const common = { formatVersion: 1, fleetproof, seed, target, devices, fleetDigest, shard } as const;
      const parts = [{ index: 0, devices: 20, from: 0, until: 1, interrupted: false }];
      const live: FleetResult = { ...common, outcome: "pass", parts, fleet };
      const zero = { events: 1, registrations: 0, updates: 0, deregistrations: 0, refused: 0 };
      const none = { duplicated: 0, corrupted: 0, missed: 0, offline: 0, sleeps: 0, lost: {}, happenings: {} };
      const virtual: FleetResult = { ...live, virtual: { ...zero, ...none } };
      const records = [live, virtual].map((result) => ({ name: "x", result, spans: [] }));
      expect(compareMeasured(records, [50])).toMatchObject({
        what: "fleet",
        differences: ["clocks differ: A real time; B virtual time"],
      });
    });
  });

  it("warns of runs that were interrupted or measured themselves, by their names", () => {
    const generator = { valid: false, sentence: "INVALID: the generator lagged" };
    const { cautions } = compared(load({ outcome: "interrupted" }, [], "one"), load({ generator }, [], "two"));
    expect(cautions).toEqual(["one was interrupted", "two measured its own lag: INVALID: the generator lagged"]);
  });
});
