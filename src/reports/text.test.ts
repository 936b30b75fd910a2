import { describe, expect, it } from "vitest";
import { roughSpanText } from "./text.ts";

describe("roughSpanText", () => {
  it.each([
    [0, "0 s"],
    [40_900, "40 s"],
    [60_000, "1 min"],
    [90_000, "1 min 30 s"],
    [44_280_000, "12 h 18 min"],
    [86_400_000, "24 h"],
    [172_800_000, "2 d"],
    [270_000_000, "3 d 3 h"],
  ])("tells %d ms as %s", (span, text) => {
    expect(roughSpanText(span)).toBe(text);
  });
});
