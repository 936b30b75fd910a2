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
