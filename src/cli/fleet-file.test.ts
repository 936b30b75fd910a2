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
      "11: groups[0].connectivity.kind: is not one of always, cycle, day-night, timetable",
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
    ["lasts: 2m, ", "", "21: events[0].lasts: is missing"],
    ["groups:", "groups: [", /^\d+: /],
  ])("points at the line and the field, and says what was meant: %s → %s", (from, to, expected) => {
    if (typeof expected === "string") expect(problem(from, to)).toBe(expected);
    else expect(problem(from, to)).toMatch(expected);
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
