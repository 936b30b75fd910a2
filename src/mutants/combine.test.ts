import { describe, expect, it } from "vitest";
import { UsageError } from "../platform/errors.ts";
import { ARTIK } from "../protocol/profile.ts";
import { combineVariants } from "./combine.ts";
import type { ServerVariant } from "./mutant.ts";

const early: ServerVariant = {
  id: "early",
  sentence: "Answers late.",
  rules: (note) => ({
    get answersTaskFirst() {
      note();
      return false;
    },
  }),
};
const lazy: ServerVariant = { id: "lazy", sentence: "Never starts.", rules: () => ({ mayStart: () => false }) };
const loud: ServerVariant = { id: "loud", sentence: "Sends more.", coapRules: () => ({ transmissions: () => 9 }) };

describe("combineVariants", () => {
  it("has the rules of all, of the server and of its CoAP endpoint, and the ids as they are given on a command line", () => {
    const all = combineVariants([early, lazy, loud]);
    expect(all).toMatchObject({ id: "early,lazy,loud", sentence: "Answers late. Never starts. Sends more." });
    expect(Object.keys(all.rules?.(() => {}) ?? {})).toEqual(["answersTaskFirst", "mayStart"]);
    expect(Object.keys(all.coapRules?.(() => {}) ?? {})).toEqual(["transmissions"]);
  });

  it("leaves getters what they are: a rule is noted when it is used, not when the server is built", () => {
    let noted = 0;
    const rules = combineVariants([early, lazy]).rules?.(() => {
      noted++;
    });
    expect(noted).toBe(0);
    expect(rules?.answersTaskFirst).toBe(false);
    expect(noted).toBe(1);
  });

  it("refuses two variants that replace the same rule, and names them and the rule", () => {
    expect(() => combineVariants([lazy, loud, { ...lazy, id: "idle" }])).toThrow(
      new UsageError("conflict", "lazy and idle both replace the rule mayStart: they cannot be combined"),
    );
  });

  it("refuses variants that declare different profiles, and keeps one that is declared alone", () => {
    const declared = { ...lazy, profile: ARTIK };
    expect(combineVariants([declared, loud]).profile).toEqual(ARTIK);
    expect(combineVariants([declared, { ...loud, profile: { ...ARTIK } }]).profile).toEqual(ARTIK);
    expect(() => combineVariants([declared, { ...loud, profile: { ...ARTIK, reaction: 9 } }])).toThrow(
      "lazy and loud need different profiles",
    );
  });
});
