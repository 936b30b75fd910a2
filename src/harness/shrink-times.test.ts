import { describe, expect, it } from "vitest";
import { ARTIK } from "../protocol/profile.ts";
import { Plan } from "../scenarios/plan.ts";
import { withShorterWaits } from "./shrink-times.ts";

const plan = Plan.parse({
  formatVersion: 1,
  id: "waits",
  family: "queue",
  simSeed: "waits",
  profile: ARTIK,
  deviceTypes: [{}],
  fleet: [{ registersAt: 600_000 }],
  latency: 10,
  operations: [{ at: 604_000, kind: "update", device: 0 }],
  faults: [{ kind: "offline", device: 0, from: 602_000, until: 603_000 }],
  quietFrom: 605_000,
  until: 610_000,
});

describe("withShorterWaits", () => {
  it("shortens the longest wait first, and moves everything after it by as much", () => {
    const [first] = withShorterWaits(plan);
    expect(first?.fleet[0]?.registersAt).toBe(1_000);
    expect(first?.operations[0]?.at).toBe(5_000);
    expect(first?.faults[0]).toMatchObject({ from: 3_000, until: 4_000 });
    expect(first).toMatchObject({ quietFrom: 6_000, until: 11_000 });
  });

  it("offers half of a wait too, for a failure that needs most of it", () => {
    expect(withShorterWaits(plan)[1]?.fleet[0]?.registersAt).toBe(300_000);
  });

  it("leaves what comes before the wait where it is", () => {
    const last = withShorterWaits(plan).find((candidate) => candidate.until === 606_000);
    expect(last?.operations).toEqual(plan.operations);
    expect(last?.quietFrom).toBe(605_000);
  });

  it("offers nothing when there is no long wait", () => {
    expect(
      withShorterWaits({ ...plan, fleet: [], operations: [], faults: [], quietFrom: 1_000, until: 2_500 }),
    ).toEqual([]);
  });
});
