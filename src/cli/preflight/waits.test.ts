import { describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { SHIPPED_PROFILES } from "../../scenarios/profiles/shipped-profiles.ts";
import { groupWaits } from "./waits.ts";

describe("groupWaits", () => {
  const waits = (profile: Parameters<typeof groupWaits>[0]) =>
    Object.fromEntries(groupWaits(profile).map(({ letter, wait }) => [letter, wait]));

  it("needs 130 s for retries with the times of RFC 7252 and a response time-out of 120 s", () => {
    expect(waits(EMPTY_PROFILE)).toMatchObject({ R: 130_000, Q: 98_000, M: 5_000 });
  });

  it("needs seconds with the scaled times of the profile live", () => {
    expect(waits(SHIPPED_PROFILES.live)).toMatchObject({ R: 5_500, Q: 5_000 });
  });

  it("names no time, and the reason, for a group that the target cannot be asked", () => {
    const images = new Map([...Array(8).keys()].map((index) => [`O-0${index + 1}`, "no images"]));
    const groups = groupWaits(SHIPPED_PROFILES.live, new Map([...images, ["T-04", "no cancelling"]]));
    expect(groups.find(({ letter }) => letter === "O")).toMatchObject({ why: "no images" });
    expect(groups.find(({ letter }) => letter === "O")).not.toHaveProperty("wait");
    expect(groups.find(({ letter }) => letter === "T")).toHaveProperty("wait");
  });

  it("names no time for a group that only simulation can judge", () => {
    expect(waits(EMPTY_PROFILE)).toHaveProperty("L", undefined);
  });
});
