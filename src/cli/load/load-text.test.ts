import { describe, expect, it } from "vitest";
import { joinLoads, mergeLoads } from "../../harness/load/merge.ts";
import { shardOfLoad } from "../../harness/load/test-kit.ts";
import { Workload } from "../../harness/load/workload.ts";
import { createFleet } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import { loadJunit } from "./load-junit.ts";
import { beginText, loadLines } from "./load-text.ts";

const shards = [0, 1, 2].map((index) => shardOfLoad(index, 3));
const [part] = shards[1]?.parts ?? [];
const stopped = shardOfLoad(1, 3, [], { parts: part === undefined ? [] : [{ ...part, interrupted: true }] });

describe("loadLines", () => {
  it("says of a shard that it is one, and leaves the thresholds to merge", () => {
    const lines = loadLines(shardOfLoad(1, 3));
    expect(lines).toContain("shard 1 of 3: devices 7");
    expect(lines).toContain("threshold, to be judged by merge: count(failed{code=5000}) < 5: 0");
    expect(lines.filter((line) => /^threshold (held|crossed|unknown)/.test(line))).toEqual([]);
    expect(lines.at(-1)).toBe("outcome: pass");
  });

  it("says of the whole how far apart its shards began, and judges", () => {
    const lines = loadLines(mergeLoads(shards));
    expect(lines).toContain("3 shards, which began to ask for tasks within 2.00 ms");
    expect(lines.filter((line) => /^threshold (held|crossed|unknown)/.test(line))).toHaveLength(8);
  });

  it("names the shards that were interrupted", () => {
    expect(loadLines(joinLoads([shardOfLoad(0, 3), stopped]))).toContain("interrupted: shard 1");
  });

  it("says nothing of shards where there is one process", () => {
    expect(loadLines(shardOfLoad(0, 1)).some((line) => line.includes("shard"))).toBe(false);
  });
});

describe("beginText", () => {
  it("says how long devices register first: by --ramp, or else by the group that is done last", () => {
    const groups = [
      { name: "meters", count: 10, start: { kind: "linear", over: "30s", after: "2m" } },
      { name: "lamps", count: 10, start: { kind: "storm" } },
    ];
    const file = FleetFile.parse({ formatVersion: 1, groups });
    const workload = Workload.parse({
      formatVersion: 1,
      begin: { registered: 95, atMost: "5m" },
      arrival: { kind: "open", perSecond: 1 },
      tasks: [{ operation: "read", property: "deviceProperties.device.manufacturer", targets: { kind: "one" } }],
    });
    const text = (ramp?: number) => beginText({ fleet: createFleet(file, { seed: "s", ramp }), workload });
    expect(text()).toContain("within 2 min 30 s (--ramp); tasks begin when 95 % of them have, after 5 min in any case");
    expect(text(5_000)).toContain("within 2 min 5 s (--ramp)");
  });
});

describe("loadJunit of shards", () => {
  it("has no thresholds for a shard, all of them for the whole, and names who was interrupted", () => {
    expect(loadJunit(shardOfLoad(1, 3))).toContain('tests="1" failures="0" errors="0"');
    expect(loadJunit(mergeLoads(shards))).toContain('tests="9"');
    expect(loadJunit(mergeLoads([shardOfLoad(0, 3), stopped, shardOfLoad(2, 3)]))).toContain(
      'message="interrupted: shard 1"',
    );
  });
});
