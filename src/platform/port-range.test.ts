import { describe, expect, it } from "vitest";
import { localPortRange, parsePortRange } from "./port-range.ts";

describe("parsePortRange", () => {
  it("reads both ends", () => {
    expect(parsePortRange("32768\t60999\n")).toEqual({ first: 32_768, last: 60_999 });
  });

  it("makes nothing of anything else", () => {
    for (const text of ["", "32768", "a b", "1 2 3"]) expect(parsePortRange(text)).toBeUndefined();
  });
});

describe("localPortRange", () => {
  it.skipIf(process.platform !== "linux")("has ports on Linux", () => {
    const { first = 0, last = 0 } = localPortRange() ?? {};
    expect(first).toBeGreaterThan(0);
    expect(last).toBeGreaterThan(first);
  });
});
