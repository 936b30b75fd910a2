import { describe, expect, it } from "vitest";
import { createSeries } from "./series.ts";
import { judgeThreshold, parseThreshold, type Threshold } from "./thresholds.ts";

function threshold(text: string): Threshold {
  const parsed = parseThreshold(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const error = (text: string): string => {
  const parsed = parseThreshold(text);
  return parsed.ok ? "none" : parsed.error;
};

describe("parseThreshold", () => {
  it("reads a percentile of spans with a limit in microseconds", () => {
    expect(threshold("p99(task.completion) < 2s")).toMatchObject({
      quantity: { kind: "span", of: 99, name: "task.completion", labels: {} },
      comparison: "<",
      limit: 2_000_000,
    });
  });

  it("reads labels, with and without quotes and spaces", () => {
    expect(threshold(' p99.9( device.completion{operation=read, code="5000"} )<=500ms ').quantity).toEqual({
      kind: "span",
      of: 99.9,
      name: "device.completion",
      labels: { operation: "read", code: "5000" },
    });
  });

  it("reads a rate as a number or percentage, a count, and the share of registered devices", () => {
    expect(threshold("rate(failed{code=5000}) == 0")).toMatchObject({ quantity: { kind: "rate" }, limit: 0 });
    expect(threshold("rate(failed) < 0.5%").limit).toBe(0.005);
    expect(threshold("count(refused) < 10")).toMatchObject({ quantity: { kind: "count" }, limit: 10 });
    expect(threshold("registered >= 99.9%")).toMatchObject({ quantity: { kind: "registered" }, comparison: ">=" });
  });

  it("says what is wrong, and what there is", () => {
    expect(error("as fast as possible")).toContain("p99(task.completion) < 2s");
    expect(error("p99(task.completed) < 2s")).toContain("task.completion");
    expect(error("rate(fails) < 1")).toContain("failed");
    expect(error("best(task.completion) < 2s")).toContain("p99.9");
    expect(error("p101(task.completion) < 2s")).toContain("p50");
    expect(error("p99(task.completion) < 2")).toContain("2s");
    expect(error("p99(task.completion{code=1}) < 2s")).toContain("it has operation");
    expect(error("count(failed) < 5%")).toContain("a rate");
    expect(error("rate(failed{code}) < 5%")).toContain("name=value");
  });
});

describe("judgeThreshold", () => {
  const series = createSeries();
  for (let ms = 1; ms <= 100; ms++)
    series.record("task.completion", { operation: ms % 2 === 0 ? "read" : "write" }, ms * 1_000);
  series.count("settled", { operation: "read" }, 50);
  series.count("settled", { operation: "write" }, 50);
  series.count("failed", { operation: "read", code: "5000" }, 2);
  series.count("failed", { operation: "read", code: "4040" }, 3);

  const outcome = (text: string, registered?: number) => judgeThreshold(threshold(text), series, registered).outcome;

  it("holds and is crossed at the limit: p99 of 1 to 100 ms is 99 ms", () => {
    expect([outcome("p99(task.completion) <= 100ms"), outcome("p99(task.completion) < 99ms")]).toEqual([
      "held",
      "crossed",
    ]);
    expect([outcome("max(task.completion) > 99ms"), outcome("mean(task.completion) < 51ms")]).toEqual(["held", "held"]);
  });

  it("selects by labels: no write took 100 ms", () => {
    expect(judgeThreshold(threshold("max(task.completion{operation=write}) < 1s"), series, undefined).value).toBe(
      99_000,
    );
  });

  it("counts the failed among the settled of the same operation: 5 of 50, 2 of them with 5000", () => {
    expect(judgeThreshold(threshold("rate(failed{operation=read}) < 1"), series, undefined).value).toBe(0.1);
    expect(judgeThreshold(threshold("rate(failed{code=5000}) == 0"), series, undefined)).toMatchObject({
      outcome: "crossed",
      value: 0.02,
    });
    expect(outcome("rate(failed{code=4010}) == 0")).toBe("held");
    expect(outcome("count(failed) == 5")).toBe("held");
  });

  it("compares the share of registered devices", () => {
    expect([outcome("registered >= 99.9%", 0.999), outcome("registered >= 99.9%", 0.998)]).toEqual(["held", "crossed"]);
  });

  it("knows nothing of what was never measured", () => {
    expect(outcome("p99(task.completion{operation=execute}) < 2s")).toBe("unknown");
    expect(outcome("rate(failed{operation=execute}) == 0")).toBe("unknown");
    expect(outcome("registered >= 1%")).toBe("unknown");
  });
});
