import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseWorkload, readWorkloadFile } from "./workload-file.ts";

const MINIMAL = `formatVersion: 1
arrival: { kind: open, perSecond: 10 }
tasks:
  - { operation: read, property: deviceProperties.device.timezone }
`;

const problem = (text: string) => {
  const parsed = parseWorkload(text);
  return parsed.ok ? undefined : parsed.error;
};

describe("parseWorkload", () => {
  it("fills in what was left out, times in milliseconds", () => {
    expect(parseWorkload(MINIMAL)).toMatchObject({
      ok: true,
      value: {
        begin: { registered: 99, atMost: 120_000 },
        duration: 60_000,
        settle: 30_000,
        tasks: [{ weight: 1, targets: { kind: "one" } }],
        check: { devices: 20 },
        generator: { maxLag: 100 },
        thresholds: [],
      },
    });
  });

  it("names line, field and what was meant", () => {
    expect(problem(`${MINIMAL}thresholdz: []\n`)).toEqual({
      line: 5,
      message: "thresholdz: unknown field: did you mean thresholds?",
    });
    expect(problem(MINIMAL.replace("perSecond: 10", "perSecond: fast"))).toMatchObject({ line: 2 });
    expect(problem(`${MINIMAL}duration: 10\n`)).toMatchObject({
      line: 5,
      message: expect.stringContaining("duration"),
    });
    expect(problem("tasks: [")).toMatchObject({ line: 1 });
  });

  it.each([
    [
      "arrival: { kind: open, perSecond: 10 }",
      "arrival: { kind: opne, perSecond: 10 }",
      "2: arrival.kind: is not one of open, closed: did you mean open?",
    ],
    ["kind: open, perSecond: 10", "perSecond: 10", "2: arrival.kind: is missing: give one of open, closed"],
    ["perSecond: 10", "persecond: 10", "2: arrival.persecond: unknown field: did you mean perSecond?"],
    [
      "perSecond: 10",
      "perSecond: 10, atOnce: 3",
      "2: arrival.atOnce: unknown field; there are kind, perSecond, ramp, spacing, devices",
    ],
    [
      "perSecond: 10 }\ntasks:\n  - { operation: read",
      "perSecond: 10, devices: in-turn }\ntasks:\n  - { operation: read, targets: { kind: all }",
      "4: tasks[0].targets.kind: is all, but with arrival.devices in-turn each task is for one device: give one, or arrival.devices random",
    ],
    [
      "perSecond: 10",
      "perSecond: 10, devices: in-trun",
      '2: arrival.devices: Invalid option: expected one of "random"|"in-turn"',
    ],
    ["perSecond: 10", "perSecond: 0", /^2: arrival\.perSecond: Too small: expected number to be >=0\.001/],
    ["perSecond: 10", "perSecond: .inf", /^2: arrival\.perSecond: /],
    ["perSecond: 10", "perSecond: .nan", /^2: arrival\.perSecond: /],
    [
      "operation: read",
      "operation: raed",
      "4: tasks[0].operation: is not one of read, write, execute, firmware, update: did you mean read?",
    ],
    ["operation: read, ", "", "4: tasks[0].operation: is missing: give one of read, write, execute, firmware, update"],
    ["operation: read", "operation: write", "4: tasks[0].value: is missing"],
    [
      "operation: read",
      "operation: read, valeu: x",
      "4: tasks[0].valeu: unknown field; there are operation, weight, targets, property, expiresAfter",
    ],
    ["operation: read", "operation: read, wieght: 2", "4: tasks[0].wieght: unknown field: did you mean weight?"],
    ["operation: read", "operation: read, weight: 0", /^4: tasks\[0\]\.weight: Too small/],
    ["operation: read", "operation: read, weight: 1.5", /^4: tasks\[0\]\.weight: Invalid input: expected int/],
    ["operation: read", "operation: read, expiresAfter: 0s", "4: tasks[0].expiresAfter: must be longer than nothing"],
    [
      "operation: read",
      "operation: read, targets: { kind: fliter }",
      "4: tasks[0].targets.kind: is not one of one, count, share, group, all, filter: did you mean filter?",
    ],
    [
      "operation: read",
      "operation: read, targets: { kind: filter, filtre: a=b }",
      "4: tasks[0].targets.filtre: unknown field: did you mean filter?",
    ],
    [
      "operation: read",
      "operation: read, targets: { kind: share, percent: 101 }",
      /^4: tasks\[0\]\.targets\.percent: Too big/,
    ],
    [
      /operation: read, property: \S+/,
      "operation: update, targets: { kind: filter, filter: a=b }",
      "4: tasks[0].targets.kind: is not one of one, count, share, group, all",
    ],
    [/operation: read, property: \S+/, "operation: firmware", "4: tasks[0].version: is missing"],
    [
      /operation: read, property: \S+/,
      "operation: firmware, version: 2.0",
      "4: tasks[0].version: Invalid input: expected string, received number",
    ],
    [
      /operation: read, property: \S+/,
      "operation: firmware, version: '2.0', size: 65537",
      /^4: tasks\[0\]\.size: Too big/,
    ],
    ["formatVersion: 1", "formatVersion: 2", /^1: formatVersion: /],
    [/tasks:[\s\S]*/, "tasks: []", /^3: tasks: Too small/],
  ] as const)("says what is impossible, and where: %s → %s", (from, to, expected) => {
    const found = problem(MINIMAL.replace(from, to));
    const said = `${found?.line}: ${found?.message}`;
    if (typeof expected === "string") expect(said).toBe(expected);
    else expect(said).toMatch(expected);
  });

  it("says what is wrong with a threshold, where it stands", () => {
    const found = problem(`${MINIMAL}thresholds:\n  - p99(task.completion) < 2s\n  - p99(task.completed) < 2s\n`);
    expect(found?.line).toBe(7);
    expect(found?.message).toContain('thresholds[1]: there is no span "task.completed"');
  });

  it("takes JSON, and the shipped example", () => {
    const example = readFileSync(path.join(import.meta.dirname, "..", "..", "..", "examples", "load.yaml"), "utf8");
    expect(parseWorkload(example).ok).toBe(true);
    expect(
      parseWorkload('{"formatVersion":1,"arrival":{"kind":"closed","atOnce":3},"tasks":[{"operation":"update"}]}').ok,
    ).toBe(true);
  });

  it("refuses a file that is not there", async () => {
    await expect(readWorkloadFile("./no-such.yaml")).rejects.toMatchObject({ code: "bad-file" });
  });
});
