import { describe, expect, it } from "vitest";
import { ARTIK, Profile } from "../../protocol/profile.ts";
import { paceOf } from "../pace.ts";
import { SHIPPED_PROFILE_NAMES, SHIPPED_PROFILES, shippedProfile } from "./shipped-profiles.ts";

describe("shippedProfile", () => {
  it("finds artik, literal, empty and live, each valid and named like its key", () => {
    expect(SHIPPED_PROFILE_NAMES).toEqual(["artik", "literal", "empty", "live"]);
    for (const name of SHIPPED_PROFILE_NAMES) {
      const found = shippedProfile(name);
      expect(found.ok && Profile.parse(found.value)).toEqual(SHIPPED_PROFILES[name]);
      expect(SHIPPED_PROFILES[name].name).toBe(name);
    }
  });

  it("names the four that there are when asked for another", () => {
    expect(shippedProfile("ARTIK")).toEqual({
      ok: false,
      error: 'no shipped profile is called "ARTIK"; there are artik, literal, empty, live',
    });
    expect(shippedProfile("toString").ok).toBe(false);
  });

  it("differs from artik in the error mapping alone for literal", () => {
    expect({ ...SHIPPED_PROFILES.literal, name: "artik", errorMapping: "corrected" }).toEqual(ARTIK);
  });
});

describe("paceOf", () => {
  it("gives up between 62 and 93 s with the defaults of RFC 7252 §4.8, between 0.9 and 1.35 s with the live profile", () => {
    expect(paceOf(SHIPPED_PROFILES.empty, "sim")).toMatchObject({ giveUpEarliest: 62_000, giveUpLatest: 93_000 });
    expect(paceOf(SHIPPED_PROFILES.live, "live")).toMatchObject({ giveUpEarliest: 900, giveUpLatest: 1_350 });
  });

  it("takes 7 days and 30 days from choices 7 and 11 where a profile is silent", () => {
    expect(paceOf(SHIPPED_PROFILES.empty, "sim")).toMatchObject({
      defaultExpiry: 604_800_000,
      retention: 2_592_000_000,
    });
  });
});
