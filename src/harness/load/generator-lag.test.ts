import { describe, expect, it } from "vitest";
import { judgeGenerator } from "./generator-lag.ts";
import { createLatencies } from "./latencies.ts";

const lags = (...spans: readonly number[]) => {
  const latencies = createLatencies();
  for (const span of spans) latencies.record(span);
  return latencies;
};

describe("judgeGenerator", () => {
  it("is valid at the limit, and invalid above it", () => {
    expect(judgeGenerator(lags(1_000, 2_000), 2_000).valid).toBe(true);
    expect(judgeGenerator(lags(1_000, 2_001), 2_000)).toMatchObject({ valid: false });
    expect(judgeGenerator(lags(240_000), 100_000).sentence).toContain("INVALID: the generator lagged (p99 240 ms");
  });

  it("forgives one late moment of 200, but not 3", () => {
    const punctual = Array.from({ length: 197 }, () => 500);
    expect(judgeGenerator(lags(...punctual, 500, 500, 9_000_000), 100_000).valid).toBe(true);
    expect(judgeGenerator(lags(...punctual, 9_000_000, 9_000_000, 9_000_000), 100_000).valid).toBe(false);
  });

  it("is invalid when nothing was measured", () => {
    expect(judgeGenerator(lags(), 100_000).valid).toBe(false);
  });
});
