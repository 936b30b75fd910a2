import { describe, expect, it } from "vitest";
import { explainPlan, type GenerateOptions } from "./generate.ts";
import { SHIPPED_PROFILES } from "./profiles/shipped-profiles.ts";

const LIVE: GenerateOptions = { seed: "days", index: 0, profile: SHIPPED_PROFILES.live, mode: "live" };
const DAY = 86_400_000;
const plans = (changes: Partial<GenerateOptions>) =>
  Array.from({ length: 60 }, (_, index) => explainPlan({ ...LIVE, index, ...changes }));
const ofDays = (changes: Partial<GenerateOptions>) => plans(changes).filter(({ plan }) => plan.until > DAY);

describe("live plans, where the clock of the server can be turned", () => {
  it("wait for days, some of them, and with one building block each", () => {
    const long = ofDays({ turnsClock: true });
    expect(long.length).toBeGreaterThanOrEqual(5);
    expect(long.length).toBeLessThanOrEqual(20);
    expect(long.map(({ plan, blocks }) => [plan.family, blocks.length])).toEqual(long.map(() => ["expiry", 1]));
    const blocks = new Set(long.flatMap((each) => each.blocks));
    expect([...blocks]).toEqual(expect.arrayContaining(["expires-inherited", "thirty-days"]));
  });

  it("are otherwise those of any live target", () => {
    const others = plans({ turnsClock: true }).filter(({ plan }) => plan.until <= DAY);
    expect(plans({})).toEqual(expect.arrayContaining(others));
    expect(ofDays({})).toEqual([]);
  });

  it("wait for days only where expiry is among the families that are asked for", () => {
    expect(ofDays({ turnsClock: true, families: ["queue", "retry"] })).toEqual([]);
    expect(ofDays({ turnsClock: true, families: ["queue", "expiry"] })).not.toEqual([]);
  });

  it("stay those of simulation in simulation", () => {
    const sim: Partial<GenerateOptions> = { mode: "sim" };
    expect(plans({ ...sim, turnsClock: true })).toEqual(plans(sim));
  });
});
