import { describe, expect, it } from "vitest";
import { createLatencies } from "./latencies.ts";

function filled(spans: readonly number[]) {
  const latencies = createLatencies();
  for (const span of spans) latencies.record(span);
  return latencies;
}

describe("createLatencies", () => {
  it("gives 50, 99 and 100 of the spans 1 to 100 µs as p50, p99 and max", () => {
    const latencies = filled(Array.from({ length: 100 }, (_, index) => index + 1));
    expect([latencies.percentile(50), latencies.percentile(99), latencies.max]).toEqual([50, 99, 100]);
    expect(latencies.mean).toBe(50.5);
  });

  it("is never below what was recorded, and at most 0.1 % above it", () => {
    for (const span of [0, 2_047, 2_048, 2_049, 65_537, 1_000_003, 93_000_000, 3_600_000_001]) {
      const said = filled([span, 2 * span + 10]).percentile(50);
      expect(said).toBeGreaterThanOrEqual(span);
      expect(said).toBeLessThanOrEqual(span * 1.001);
    }
  });

  it("says 0 when nothing was recorded", () => {
    expect([createLatencies().percentile(99), createLatencies().max, createLatencies().mean]).toEqual([0, 0, 0]);
  });

  it("gives the same answers from two merged halves as from the whole", () => {
    const spans = Array.from({ length: 999 }, (_, index) => (index * 7_919) % 500_000);
    const whole = filled(spans);
    const merged = filled(spans.slice(0, 400));
    merged.add(filled(spans.slice(400)).counts());
    expect(merged.counts()).toEqual(whole.counts());
    for (const percent of [0, 50, 90, 99, 99.9, 100])
      expect(merged.percentile(percent)).toBe(whole.percentile(percent));
  });
});
