import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { removeDevices, silenceFleet } from "./devices.ts";
import { ats, create, offline, plan, searchBy, update } from "./test-kit.ts";

const DEVICES = 64;
const indices = Array.from({ length: DEVICES }, (_, index) => index);

const crowd = plan({
  fleet: indices.map((index) => ({ registersAt: index, lifetime: 77 })),
  operations: indices.map((index) => update(index, index)),
  faults: indices.map((index) => offline(index, index)),
});

describe("silenceFleet", () => {
  it("finds the one device of 64 that matters within 12 executions, and leaves it at its place", async () => {
    for (const needed of [0, 41, 63]) {
      const { search, tried } = searchBy(crowd, ({ operations }) => operations.some(({ at }) => at === needed));
      await silenceFleet(search);
      expect(ats(search.best)).toEqual([needed]);
      expect(search.best.operations).toEqual([update(needed, needed)]);
      expect(search.best.faults).toEqual([offline(needed, needed)]);
      expect(search.best.fleet).toHaveLength(DEVICES);
      expect(search.best.fleet.filter(({ registersAt }) => registersAt !== undefined)).toHaveLength(1);
      expect(tried.length).toBeLessThanOrEqual(12);
    }
  });

  it("leaves at least one device with what is its own", async () => {
    const { search } = searchBy(crowd, () => true);
    await silenceFleet(search);
    expect(search.best.operations).toHaveLength(1);
  });

  it("silences a device type with the last of its devices", async () => {
    const typed = plan({
      deviceTypes: [{}, {}],
      fleet: [{ type: 0 }, { type: 1 }],
      operations: [
        update(1, 0),
        update(2, 1),
        create(3, 0, "all", { type: 1 }),
        { at: 4, kind: "configure-type", type: 1, taskExpiresAfter: 60 },
        create(5, 1, "all", { type: 0 }),
      ],
    });
    const { search } = searchBy(typed, (p) => ats(p).includes(1));
    await silenceFleet(search);
    expect(ats(search.best)).toEqual([1, 5]);
  });
});

describe("removeDevices", () => {
  it("removes all silent devices with one execution, wherever they stand", async () => {
    const failing = plan({ fleet: [{}, { lifetime: 77 }, {}, {}], operations: [update(1, 1)] });
    const { search, tried } = searchBy(failing, ({ operations }) => operations.length === 1);
    await removeDevices(search);
    expect(search.best.fleet).toMatchObject([{ lifetime: 77 }]);
    expect(search.best.operations).toEqual([update(1, 0)]);
    expect(tried).toHaveLength(1);
  });

  it("removes those behind the last needed one when that one must keep its place", async () => {
    const failing = plan({ fleet: [{}, {}, {}, {}], operations: [update(1, 2)] });
    const { search } = searchBy(failing, ({ operations }) => operations.some((o) => "device" in o && o.device === 2));
    await removeDevices(search);
    expect(search.best.fleet).toHaveLength(3);
  });

  it("draws other luck for those who move up, when the old one is gone", async () => {
    const failing = plan({ fleet: [{}, {}, {}], operations: [update(1, 2)] });
    const { search } = searchBy(failing, (p) => p.fleet.length === 3 || p.simSeed === "4");
    await removeDevices(search);
    expect(search.best).toMatchObject({ simSeed: "4", operations: [update(1, 0)] });
    expect(search.best.fleet).toHaveLength(1);
  });

  it("removes in halves what cannot go all at once: one of 40 idle targets of a task for all is needed", async () => {
    const fleet = Array.from({ length: 41 }, () => ({}));
    const { search } = searchBy(
      plan({ fleet, operations: [create(1, 0, "all"), update(2, 0)] }),
      (p) => p.fleet.length > 1,
    );
    await removeDevices(search);
    expect(search.best.fleet).toHaveLength(2);
    expect(search.executions).toBeLessThan(25);
  });

  const typed = (p: Plan): unknown => ({ types: p.deviceTypes, fleet: p.fleet.map(({ type }) => type) });
  const deviceTypes = [{}, { taskExpiresAfter: 60 }, { taskExpiresAfter: 90 }];

  it("makes do with one device type: the first device's", async () => {
    const failing = plan({ deviceTypes, fleet: [{ type: 2 }], operations: [create(1, 0, [0], { type: 2 })] });
    const { search } = searchBy(failing, (p) => p.deviceTypes[p.fleet[0]?.type ?? 0]?.taskExpiresAfter === 90);
    await removeDevices(search);
    expect(typed(search.best)).toEqual({ types: [{ taskExpiresAfter: 90 }], fleet: [0] });
    expect(search.best.operations).toMatchObject([{ type: 0 }]);
  });

  it("keeps two device types that are needed, and gives up a third", async () => {
    const fleet = [{ type: 0 }, { type: 2 }];
    const failing = plan({ deviceTypes, fleet, operations: [update(1, 0), create(2, 0, [1], { type: 2 })] });
    const { search } = searchBy(failing, (p) => p.fleet.length === 2 && p.deviceTypes.length >= 2);
    await removeDevices(search);
    expect(typed(search.best)).toEqual({ types: [{}, { taskExpiresAfter: 90 }], fleet: [0, 1] });
    expect(search.best.operations).toMatchObject([{}, { type: 1 }]);
  });
});
