import { describe, expect, it } from "vitest";
import { ARTIK } from "../../protocol/profile.ts";
import { Plan } from "../../scenarios/plan.ts";
import { createSearch } from "./search.ts";
import { searchBy } from "./test-kit.ts";
import { endAt, endSooner, shortenWaits, withShorterWaits } from "./waits.ts";

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

  it("brings the scheduledOn of a task nearer as well, and keeps it where it is among the other times", () => {
    const create = { at: 604_000, kind: "create-task", task: 0, taskType: "R", property: "p", devices: [0] } as const;
    const later = Plan.parse({ ...plan, operations: [{ ...create, scheduledOn: 604_500 }] });
    expect(withShorterWaits(later)[0]?.operations).toMatchObject([{ at: 5_000, scheduledOn: 5_500 }]);
  });

  it("leaves what comes before the wait where it is", () => {
    const last = withShorterWaits(plan).find((candidate) => candidate.until === 606_000);
    expect(last?.operations).toEqual(plan.operations);
    expect(last?.quietFrom).toBe(605_000);
  });

  const only = (quietFrom: number, until: number) => ({
    ...plan,
    fleet: [],
    operations: [],
    faults: [],
    quietFrom,
    until,
  });

  it("offers nothing when no wait is long or odd", () => {
    expect(withShorterWaits(only(1_000, 2_000))).toEqual([]);
    expect(withShorterWaits(only(300, 2_300))).toEqual([]);
  });

  it("offers rounder waits: whole minutes, ten seconds, seconds or tenths, the coarsest first", () => {
    expect(withShorterWaits(only(0, 92_538)).map(({ until }) => until)).toEqual([
      1_000, 46_269, 60_000, 90_000, 92_000, 92_500,
    ]);
    expect(withShorterWaits(only(0, 357)).map(({ until }) => until)).toEqual([300]);
  });
});

describe("shortenWaits", () => {
  it("makes every wait a second with one execution where that does no harm", async () => {
    const { search, tried } = searchBy(plan, () => true);
    await shortenWaits(search);
    expect(search.best.fleet[0]?.registersAt).toBe(1_000);
    expect(search.best).toMatchObject({ faults: [{ from: 3_000, until: 4_000 }], operations: [{ at: 5_000 }] });
    expect(tried).toHaveLength(1);
  });

  it("keeps the wait that the failure needs, as round as may be, and shortens the others", async () => {
    const needed = {
      ...plan,
      operations: [{ at: 660_500, kind: "update", device: 0 }],
      quietFrom: 700_000,
      until: 800_000,
    };
    const { search } = searchBy(Plan.parse(needed), ({ faults: [fault], operations: [operation] }) => {
      return (operation?.at ?? 0) - (fault?.until ?? 0) >= 48_000;
    });
    await shortenWaits(search);
    expect(search.best).toMatchObject({
      fleet: [{ registersAt: 1_000 }],
      faults: [{ from: 3_000, until: 4_000 }],
      operations: [{ at: 54_000 }],
      quietFrom: 55_000,
      until: 56_000,
    });
  });
});

describe("endSooner", () => {
  it("ends the run a second after its last operation", async () => {
    const { search } = searchBy({ ...plan, until: 900_000 }, () => true);
    await endSooner(search);
    expect(search.best).toMatchObject({ quietFrom: 605_000, until: 605_000 });
  });
});

describe("in real time", () => {
  const live = (failing: Plan, fails: (candidate: Plan) => boolean) => {
    const tried: Plan[] = [];
    const search = createSearch(failing, {
      fails: async (candidate) => {
        tried.push(candidate);
        return fails(candidate);
      },
      mayContinue: () => true,
      leastWait: 2_500,
    });
    return { search, tried };
  };

  it("cuts no wait to where the failure is a matter of milliseconds: to the least wait, or not at all", async () => {
    // It needs the first 300 s of the 600 before the Register.
    const { search, tried } = live(plan, (candidate) => (candidate.fleet[0]?.registersAt ?? 0) > 300_000);
    await shortenWaits(search);
    expect(search.best.fleet[0]?.registersAt).toBe(600_000);
    expect(new Set(tried.map((candidate) => candidate.fleet[0]?.registersAt))).toEqual(new Set([2_500, 600_000]));
    const { search: other } = live(plan, () => true);
    await shortenWaits(other);
    expect(other.best.fleet[0]?.registersAt).toBe(2_500);
    expect(other.best.faults[0], "what is shorter stays").toMatchObject({ from: 4_500, until: 5_500 });
  });

  it("ends when whatever the last operation leads to must have happened", async () => {
    const { search } = live(plan, () => true);
    await endSooner(search);
    expect(search.best.until).toBe(606_500);
  });
});

describe("endAt", () => {
  it("leaves out what happens later, and keeps what happens until then", async () => {
    const later = { at: 607_000, kind: "update", device: 0 } as const;
    const { search } = searchBy({ ...plan, operations: [...plan.operations, later] }, () => true);
    await endAt(search, 606_000);
    expect(search.best.operations).toEqual(plan.operations);
    expect(search.best).toMatchObject({ quietFrom: 605_000, until: 606_000, faults: plan.faults });
    await endAt(search, 602_500);
    expect(search.best).toMatchObject({ operations: [], quietFrom: 602_500, until: 602_500, faults: plan.faults });
  });

  it("tries nothing that would prolong the run", async () => {
    const { search, tried } = searchBy(plan, () => true);
    await endAt(search, 700_000);
    expect(tried).toEqual([]);
  });
});
