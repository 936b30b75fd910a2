import { describe, expect, it } from "vitest";
import { ARTIK } from "../../protocol/profile.ts";
import { generatePlan } from "../../scenarios/generate.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { atStake } from "./at-stake.ts";

const plans = Array.from({ length: 120 }, (_, index) =>
  generatePlan({ seed: "at-stake", index, profile: ARTIK, mode: "sim" }),
);
const updates = ({ operations }: Plan): boolean =>
  operations.some(({ kind }) => kind === "create-update" || kind === "answer-update");
const restarts = ({ operations }: Plan): boolean => operations.some(({ kind }) => kind === "restart-server");

describe("what is at stake", () => {
  it("leaves out no plan that updates firmware, and none that restarts the server", () => {
    expect(plans.filter(updates).length).toBeGreaterThan(0);
    expect(plans.filter(restarts).length).toBeGreaterThan(0);
    for (const plan of plans) {
      if (updates(plan)) expect(atStake("O-04", plan)).toBe(true);
      expect(atStake("S-01", plan)).toBe(restarts(plan));
    }
  });

  it("is every other requirement in every plan", () => {
    for (const plan of plans) expect(atStake("R-04", plan)).toBe(true);
    expect(plans.every((plan) => atStake("O-04", plan))).toBe(false);
  });
});
