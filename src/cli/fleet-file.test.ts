import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseFleetFile, readFleetFile } from "./fleet-file.ts";

const FILE = `formatVersion: 1
about: two kinds of meters
groups:
  - name: old
    count: 30
    device:
      lifetime: 10m
      queueMode: true
      awakeFor: 20s
    connectivity:
      kind: cycle
      online: { kind: exponential, mean: 3h }
      offline: 5m
    answers:
      - operation: write
        percent: 20
        sequence: [{ kind: slow, delay: 5s }]
  - name: new
    share: 1
events:
  - { kind: power-cut, at: 1h, lasts: 2m, groups: [old] }
`;
const problem = (from: string, to: string): string => {
  const parsed = parseFleetFile(FILE.replace(from, to));
  return parsed.ok ? "fine" : `${parsed.error.line}: ${parsed.error.message}`;
};

describe("parseFleetFile", () => {
  it("reads YAML and JSON, with durations in milliseconds and everything filled in that was left out", () => {
    const parsed = parseFleetFile(FILE);
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        endpoint: "fleet-{index}",
        groups: [
          {
            name: "old",
            device: { lifetime: 600_000, awakeFor: 20_000, bootTime: 3_000 },
            connectivity: { online: { kind: "exponential", mean: 10_800_000, atLeast: 0 }, offline: 300_000 },
            answers: [{ sequence: [{ kind: "slow", delay: 5_000 }], devices: 100, repeats: true }],
          },
          { name: "new", link: { latency: 50, loss: { up: 0, down: 0 } } },
        ],
        events: [{ percent: 100, spread: 0 }],
      },
    });
    expect(parseFleetFile('{"formatVersion":1,"groups":[{"name":"a","share":1}]}')).toMatchObject({ ok: true });
  });

  it.each([
    ["lifetime: 10m", "lifetme: 10m", "7: groups[0].device.lifetme: unknown field: did you mean lifetime?"],
    ["mean: 3h", "maen: 3h", "12: groups[0].connectivity.online.maen: unknown field: did you mean mean?"],
    ["delay: 5s", "dealy: 5s", "17: groups[0].answers[0].sequence[0].dealy: unknown field: did you mean delay?"],
    ["at: 1h", "at: 1 hour", /^21: events\[0\]\.at: is not a duration: write a number and a unit/],
    ["at: 1h", "at: 400d", /^21: events\[0\]\.at: "400d" is longer than 366 days/],
    [
      "offline: 5m",
      "offline: 5",
      "13: groups[0].connectivity.offline: must be a duration such as 20s, or a distribution: a mapping with `kind`",
    ],
    ["offline: 5m", "offline: 5x", /^13: groups\[0\]\.connectivity\.offline: is not a duration/],
    [
      "kind: cycle",
      "kind: cycel",
      "11: groups[0].connectivity.kind: is not one of always, cycle, day-night, timetable: did you mean cycle?",
    ],
    [
      "kind: exponential",
      "kind: normal",
      /^12: groups\[0\]\.connectivity\.online\.kind: is not one of uniform, exponential, table/,
    ],
    ["percent: 20", "percent: 120", /^16: groups\[0\]\.answers\[0\]\.percent: Too big/],
    ["groups: [old]", "groups: [odd]", "21: events[0].groups: there is no group odd"],
    ["name: new", "name: old", "18: groups[1].name: is there twice"],
    ["share: 1", "count: 1\n    share: 1", "20: groups[1].share: cannot stand beside `count`"],
    ["    share: 1\n", "", "18: groups[1].share: is missing: a group needs `share` or `count`"],
    ["formatVersion: 1", "formatVersion: 2", /^1: formatVersion: /],
    [
      "    name: new\n".trim(),
      "about: new",
      "18: groups[1].about: unknown field; there are name, count, share, device, start, updates, connectivity, link, nat, reboots, factoryResets, registrationLoss, answers",
    ],
    ["percent: 20", "from: 2s\n        until: 2s", "17: groups[0].answers[0].until: must be after `from`"],
    ["lasts: 2m, ", "", "21: events[0].lasts: is missing"],
    ["kind: power-cut, ", "", "21: events[0].kind: is missing: give one of power-cut, outage, swizzle"],
    ["kind: power-cut", "kind: powercut", /^21: events\[0\]\.kind: .*did you mean power-cut\?$/],
    ["lifetime: 10m", "lifetime: 1500ms", "7: groups[0].device.lifetime: must be whole seconds"],
    ["lifetime: 10m", "lifetime: 0s", "7: groups[0].device.lifetime: must be longer than nothing"],
    ["lifetime: 10m", "lwm2m: 1.3", "7: groups[0].device.lwm2m: must be 1.0, 1.1, 1.2"],
    ["lifetime: 10m", "lwm2m: '2.0'", "7: groups[0].device.lwm2m: must be 1.0, 1.1, 1.2"],
    [
      "lifetime: 10m",
      "firmware: { verison: '1.0' }",
      /^7: groups\[0\]\.device\.firmware\.verison: .*did you mean version\?$/,
    ],
    ["count: 30", "count: -1", /^5: groups\[0\]\.count: Too small/],
    ["count: 30", "count: 10000001", /^5: groups\[0\]\.count: Too big/],
    ["count: 30", "count: .nan", /^5: groups\[0\]\.count: /],
    ["count: 30", "count: many", "5: groups[0].count: Invalid input: expected number, received string"],
    ["name: old", "name: Old Meters", "4: groups[0].name: must be lower-case letters, digits and hyphens, at most 32"],
    ["about: two", "endpoint: fleet-{idnex}\nabout: two", "2: endpoint: must have {index} in it"],
    [
      "    share: 1\n",
      "    share: 1\n    link: { bursts: { begins: 1, ends: 0 } }\n",
      /^20: groups\[1\]\.link\.bursts\.ends: Too small/,
    ],
    ["    share: 1\n", "    share: 1\n    link: { mtu: 20 }\n", /^20: groups\[1\]\.link\.mtu: Too small/],
    [
      "    share: 1\n",
      "    share: 1\n    updates: { share: 10, jitter: 10 }\n",
      "20: groups[1].updates: `jitter` must be less than `share`",
    ],
    ["groups:", "groups: [", /^\d+: /],
  ])("points at the line and the field, and says what was meant: %s → %s", (from, to, expected) => {
    if (typeof expected === "string") expect(problem(from, to)).toBe(expected);
    else expect(problem(from, to)).toMatch(expected);
  });
});

describe("the version of LwM2M in a fleet file", () => {
  it.each([
    ["1.0", "1.0"],
    ["1.1", "1.1"],
    ["1.2", "1.2"],
    ["'1.0'", "1.0"],
    ["'1.2'", "1.2"],
  ])("is text, though YAML takes %s for a number", (written, version) => {
    const parsed = parseFleetFile(FILE.replace("lifetime: 10m", `lwm2m: ${written}`));
    expect(parsed).toMatchObject({ ok: true, value: { groups: [{ device: { lwm2m: version } }, {}] } });
  });
});

describe("readFleetFile", () => {
  it("knows the presets by name, and suggests the nearest", async () => {
    expect(await readFleetFile("flaky-cellular")).toMatchObject({ groups: [{ name: "trackers" }] });
    await expect(readFleetFile("flaky-celular")).rejects.toThrow(
      /no preset "flaky-celular": did you mean flaky-cellular\?/,
    );
  });

  it("says which file cannot be read", async () => {
    const missing = path.join(import.meta.dirname, "no-such-fleet.yaml");
    await expect(readFleetFile(missing)).rejects.toThrow(/--connectivity: .*no-such-fleet\.yaml/);
  });
});
