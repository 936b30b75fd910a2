import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  it.each([
    ["0s", 0],
    ["500ms", 500],
    ["20s", 20_000],
    ["1.5s", 1_500],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
    ["366d", 31_622_400_000],
  ])("reads %s as %d ms", (text, milliseconds) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: milliseconds });
  });

  it.each([
    ["20", /no unit: write 20s/],
    ["", /not a duration/],
    ["s", /not a duration/],
    ["-5s", /not a duration/],
    ["5 s", /not a duration/],
    ["1e3s", /not a duration/],
    ["5min", /unknown unit "min"/],
    ["20S", /not a duration/],
    ["367d", /longer than 366 days/],
  ])("refuses %j and says how to write it", (text, message) => {
    const result = parseDuration(text);
    expect(result.ok ? "accepted" : result.error).toMatch(message);
  });

  it("reads back whatever formatDuration writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 31_622_400_000 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toEqual({ ok: true, value: milliseconds });
      }),
    );
  });

  it("writes the largest whole unit: 90 s stays seconds, 120 s become 2 m", () => {
    expect([0, 500, 90_000, 120_000, 604_800_000].map(formatDuration)).toEqual(["0ms", "500ms", "90s", "2m", "7d"]);
  });
});
