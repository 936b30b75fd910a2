import { describe, expect, it } from "vitest";
import { nearest, nearestFew } from "./nearest.ts";

const COMMANDS = ["verify", "replay", "report", "recheck", "serve", "fleet", "load"] as const;

describe("nearest", () => {
  it.each([
    ["verfy", "verify", "a letter left out"],
    ["veriffy", "verify", "a letter too many"],
    ["verity", "verify", "another letter"],
    ["evrify", "verify", "two neighbours swapped"],
    ["laod", "load", "two neighbours of a short name swapped, which is one edit and not two"],
    ["VERIFY", "verify", "another case, which is no edit"],
    ["Laod", "load", "another case and one edit"],
  ])("%s: %s, for %s", (typed, meant) => {
    expect(nearest(typed, COMMANDS)).toBe(meant);
  });

  it.each([
    ["", "an empty text"],
    ["ver", "a beginning, of which more is missing than a slip of the finger"],
    ["xyz", "other letters"],
    ["lxxd", "two edits in four letters"],
    ["verifyverifyverify", "much too long"],
  ])("finds nothing near to %j: %s", (typed) => {
    expect(nearest(typed, COMMANDS)).toBeUndefined();
  });

  it("takes three edits in a long name for a slip, and four for another name", () => {
    expect(nearest("deviseStatusez", ["deviceStatuses"])).toBe("deviceStatuses");
    expect(nearest("devizeStotusez", ["deviceStatuses"])).toBe("deviceStatuses");
    expect(nearest("davizeStotusez", ["deviceStatuses"])).toBeUndefined();
  });

  it("never takes a name of which no letter was typed", () => {
    expect(nearest("x", ["y"])).toBeUndefined();
  });

  it("prefers what needs fewer edits to what comes first", () => {
    expect(nearest("serial", ["several", "serials", "serial-number"])).toBe("serials");
    expect(nearest("Reboot", ["rebooted", "reboot"])).toBe("reboot");
  });
});

describe("nearestFew", () => {
  it("gives at most so many, closest first, equals in their order", () => {
    const names = ["memoryTotal", "memoryFree", "memory", "memorySize", "battery"];
    expect(nearestFew("memory", names, 3)).toEqual(["memory", "memoryTotal", "memoryFree"]);
    expect(nearestFew("memory", names, 9)).toHaveLength(4);
  });

  it("takes a beginning of three letters or more, however much is left", () => {
    expect(nearestFew("rep", COMMANDS, 9)).toEqual(["replay", "report"]);
    expect(nearestFew("re", COMMANDS, 9)).toEqual([]);
  });

  it("looks at the first 64 characters alone", () => {
    const long = "a".repeat(64);
    expect(nearestFew(`${long}${"b".repeat(1_000_000)}`, [long], 1)).toEqual([long]);
  });
});
