import { describe, expect, it } from "vitest";
import { Plan } from "../../scenarios/plan.ts";
import { enlargePlan } from "./enlarge-plan.ts";

const small = (fields: object): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "p-1",
    family: "test",
    simSeed: "seed",
    profile: {},
    deviceTypes: [{}],
    fleet: [{}],
    latency: 5,
    operations: [],
    faults: [],
    quietFrom: 5_000,
    until: 10_000,
    ...fields,
  });

const core = small({
  fleet: [{ registersAt: 7 }, { lifetime: 77, updateEvery: 1_000 }],
  operations: [{ at: 11, kind: "reboot", device: 1 }],
  faults: [{ kind: "offline", device: 0, from: 3, until: 4 }],
});

const companion = (index: number): Plan =>
  small({
    id: `p-${index + 2}`,
    fleet: [{ updateEvery: 1_000 }, {}, {}],
    operations: Array.from({ length: 10 }, (_, at) => ({ at, kind: "update", device: at })),
  });

const OPTIONS = { companion, operations: 100, faults: 20, seed: "s" } as const;
const isCore = ({ kind }: Plan["operations"][number]): boolean => kind === "reboot";

describe("enlargePlan", () => {
  it.each(["side-by-side", "one-after-another"] as const)(
    "%s: makes at least 100 operations and 20 faults of it",
    (arrangement) => {
      const large = enlargePlan(core, { ...OPTIONS, arrangement });
      expect(large.operations.length).toBeGreaterThanOrEqual(100);
      expect(large.faults.length).toBeGreaterThanOrEqual(20);
      expect(large.operations.filter(isCore)).toHaveLength(1);
      expect(Plan.parse(large)).toEqual(large);
      expect(enlargePlan(core, { ...OPTIONS, arrangement }), "the same again").toEqual(large);
    },
  );

  it("side by side: leaves the devices of the first plan first, as they were, and gives them no more faults", () => {
    const large = enlargePlan(core, { ...OPTIONS, arrangement: "side-by-side" });
    expect(large.fleet.slice(0, 2)).toEqual(core.fleet);
    expect(large.fleet).toHaveLength(2 + 3 * 10);
    expect(large.faults.filter(({ device }) => device < 2)).toEqual(core.faults);
    expect(large.operations[0]).toEqual(core.operations[0]);
    expect(large.until).toBe(10_000);
  });

  it("one after another: puts the first plan amid the others, on its own devices, switched on when it begins", () => {
    const large = enlargePlan(core, { ...OPTIONS, arrangement: "one-after-another" });
    expect(large.fleet).toMatchObject([{}, { lifetime: 77 }]);
    expect(large.operations.findIndex(isCore)).toBe(51);
    expect(large.operations.slice(50, 52)).toEqual([
      { at: 50_007, kind: "register", device: 0 },
      { at: 50_011, kind: "reboot", device: 1 },
    ]);
    expect(large.faults[0]).toEqual({ kind: "offline", device: 0, from: 50_003, until: 50_004 });
    expect(large.until).toBe(110_000);
  });

  it("silences what speaks by itself, so that a long plan does not fill with Updates", () => {
    const side = enlargePlan(core, { ...OPTIONS, arrangement: "side-by-side" });
    expect(side.fleet.filter(({ updateEvery }) => updateEvery !== undefined)).toEqual([core.fleet[1]]);
    const after = enlargePlan(core, { ...OPTIONS, arrangement: "one-after-another" });
    expect(
      after.fleet.some(({ updateEvery, registersAt }) => updateEvery !== undefined || registersAt !== undefined),
    ).toBe(false);
  });

  it("adds only weak faults that are over before the quiet phase; another seed adds others", () => {
    const added = (seed: string) =>
      enlargePlan(core, { ...OPTIONS, arrangement: "side-by-side", seed }).faults.slice(1);
    expect(added("s")).toHaveLength(19);
    for (const fault of added("s")) {
      expect(fault).toMatchObject({ permille: 1 });
      expect(fault.from).toBeLessThanOrEqual(fault.until);
      expect(fault.until).toBeLessThanOrEqual(5_000);
    }
    expect(new Set(added("s").map(({ kind }) => kind))).toEqual(new Set(["loss", "duplication"]));
    expect(added("t")).not.toEqual(added("s"));
  });
});
