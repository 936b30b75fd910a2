import { describe, expect, it } from "vitest";
import type { Plan } from "../../scenarios/plan.ts";
import { cutTail, leaveOutElements, leaveOutFaults, leaveOutTargets, leaveOutTasks } from "./structure.ts";
import { ats, create, offline, plan, poll, searchBy, update } from "./test-kit.ts";

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const has = (p: Plan, at: number): boolean => ats(p).includes(at);

describe("leaveOutFaults", () => {
  const many = plan({ faults: upTo(32).map((from) => offline(from)) });

  it("leaves out 32 faults with one execution when none is needed", async () => {
    const { search, tried } = searchBy(many, () => true);
    await leaveOutFaults(search);
    expect(search.best.faults).toEqual([]);
    expect(tried).toHaveLength(1);
  });

  it("finds the one that is needed", async () => {
    const { search, tried } = searchBy(many, ({ faults }) => faults.some(({ from }) => from === 19));
    await leaveOutFaults(search);
    expect(search.best.faults).toEqual([offline(19)]);
    expect(tried.length).toBeLessThanOrEqual(12);
  });
});

describe("cutTail", () => {
  it("cuts off all after the last of 200 operations that matters, within 8 executions, whatever their order", async () => {
    const operations = upTo(200).map((index) => update((index * 7) % 200));
    for (const last of [0, 57, 199]) {
      const { search, tried } = searchBy(plan({ operations }), (p) => has(p, last));
      await cutTail(search);
      expect(Math.max(...ats(search.best))).toBe(last);
      expect(tried.length).toBeLessThanOrEqual(8);
    }
  });
});

describe("leaveOutTasks", () => {
  it("leaves out tasks with all that is done with them, and nothing else", async () => {
    const operations = [
      ...upTo(8).flatMap((task) => [create(task * 10, task), poll(task * 10 + 1, task)]),
      { at: 200, kind: "cancel-device-task", task: 3, device: 0 },
      update(201),
    ];
    const { search } = searchBy(plan({ operations }), (p) => has(p, 51));
    await leaveOutTasks(search);
    expect(ats(search.best)).toEqual([50, 51, 201]);
  });
});

describe("leaveOutElements", () => {
  it("finds 2 operations and 1 fault that are needed together", async () => {
    const failing = plan({
      operations: upTo(20).map((at) => update(at)),
      faults: upTo(5).map((from) => offline(from)),
    });
    const { search } = searchBy(failing, (p) => has(p, 3) && has(p, 17) && p.faults.some(({ from }) => from === 4));
    await leaveOutElements(search);
    expect(ats(search.best)).toEqual([3, 17]);
    expect(search.best.faults).toEqual([offline(4)]);
  });
});

describe("leaveOutTargets", () => {
  const failing = plan({
    fleet: upTo(6).map(() => ({})),
    operations: [create(1, 0, [0, 1, 2, 3, 4, 5]), create(2, 1, "all"), create(3, 2, [4])],
  });
  const targets = ({ operations }: Plan): unknown => operations.map((o) => "devices" in o && o.devices);

  it("leaves the targets that are needed", async () => {
    const { search } = searchBy(failing, (p) => JSON.stringify(targets(p)).includes("4"));
    await leaveOutTargets(search);
    // The third task has target 4 too.
    expect(targets(search.best)).toEqual([[expect.any(Number)], "all", [4]]);
    const both = searchBy(failing, ({ operations: [first] }) =>
      [2, 4].every((needed) => first?.kind === "create-task" && first.devices.includes(needed as never)),
    );
    await leaveOutTargets(both.search);
    expect(targets(both.search.best)).toEqual([[2, 4], "all", [4]]);
  });

  it("leaves each task one target", async () => {
    const { search } = searchBy(failing, () => true);
    await leaveOutTargets(search);
    expect(targets(search.best)).toEqual([[5], "all", [4]]);
  });
});
