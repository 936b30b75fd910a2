import { describe, expect, it } from "vitest";
import { address } from "../../protocol/address.ts";
import type { StoredChange } from "../../protocol/server-port.ts";
import type { Instant } from "../../protocol/time.ts";
import { createFleetView } from "./fleet-view.ts";

const TYPE: StoredChange = { table: "device-type", key: "t", value: { dtid: "t", name: "T" } };
const device = (did: string): StoredChange => ({ table: "device", key: did, value: { did, dtid: "t", name: did } });
const registration = (did: string, location: string, port = 1, updatedAt = 5): StoredChange => ({
  table: "registration",
  key: location,
  value: { did, location, address: `10.0.0.1:${port}`, lifetime: 60, queueMode: false, version: "1.0", updatedAt },
});
const gone = (location: string): StoredChange => ({ table: "registration", key: location, value: undefined });

const deviceTask = (index: number, status: string, numAttempts: number, error?: object): StoredChange => ({
  table: "device-task",
  key: `task/${index}`,
  value: { task: "task", index, did: `d${index}`, status, ts: 1, numAttempts, error },
});
const task = (status: string): readonly StoredChange[] => [
  { table: "task", key: "task", value: { dtid: "t", taskType: "R", property: "p" } },
  { table: "task-state", key: "task", value: { status } },
];

describe("createFleetView, devices", () => {
  it("knows who is registered, where, and when it was last heard", () => {
    const fleet = createFleetView();
    const notices = fleet.stored([TYPE, device("a"), device("b"), registration("a", "x")]);
    expect(notices).toEqual([{ kind: "registered", ep: "a", lifetime: 60, address: "10.0.0.1:1", queueMode: false }]);
    expect([fleet.registered, fleet.devices.size, fleet.devices.get("a")?.heardAt]).toEqual([1, 2, 5]);
    expect(fleet.heard(address("10.0.0.1:1"), 9 as Instant)).toBe(true);
    expect(fleet.heard(address("10.0.0.2:1"), 9 as Instant)).toBe(false);
    expect(fleet.devices.get("a")).toMatchObject({ heardAt: 9, registration: { address: "10.0.0.1:1", lifetime: 60 } });
    expect(fleet.devices.get("b")?.registration).toBeUndefined();
  });

  it("tells an Update from a new registration, and follows the device to its new address", () => {
    const fleet = createFleetView();
    fleet.stored([TYPE, device("a"), registration("a", "x", 1)]);
    expect(fleet.stored([registration("a", "x", 2)])).toMatchObject([{ kind: "registration-updated", ep: "a" }]);
    expect([fleet.registered, fleet.heard(address("10.0.0.1:1"), 7 as Instant)]).toEqual([1, false]);
    expect(fleet.heard(address("10.0.0.1:2"), 7 as Instant)).toBe(true);
  });

  it("tells of one registration in the place of another as one, and of the end of a registration", () => {
    const fleet = createFleetView();
    fleet.stored([TYPE, device("a"), registration("a", "x")]);
    expect(fleet.stored([gone("x"), registration("a", "y")])).toMatchObject([{ kind: "registered", ep: "a" }]);
    expect(fleet.registered).toBe(1);
    expect(fleet.stored([gone("y")])).toEqual([{ kind: "registration-ended", ep: "a" }]);
    expect([fleet.registered, fleet.devices.get("a")?.registration]).toEqual([0, undefined]);
    expect(fleet.stored([gone("y")])).toEqual([]);
  });

  it("takes what a store holds in any order of tables", () => {
    const fleet = createFleetView();
    fleet.restored([registration("a", "x"), device("a"), TYPE]);
    expect([fleet.registered, fleet.types.get("t")?.devices.length]).toEqual([1, 1]);
  });

  it("begins anew with what a server that takes over reads, and counts nothing twice", () => {
    const fleet = createFleetView();
    const rows = [TYPE, device("a"), registration("a", "x"), ...task("PROCESSING"), deviceTask(0, "QUEUED", 3)];
    fleet.stored(rows);
    fleet.restored(rows);
    expect([fleet.registered, fleet.devices.size, fleet.types.get("t")?.devices.length]).toEqual([1, 1, 1]);
    expect([fleet.tasks.tasks.PROCESSING, fleet.tasks.deviceTasks.QUEUED, fleet.tasks.attempts]).toEqual([1, 1, 3]);
  });
});

describe("createFleetView, tasks", () => {
  it("keeps the number of tasks and device tasks per status, and of attempts", () => {
    const { tasks, stored } = createFleetView();
    expect(stored([...task("PROCESSING"), deviceTask(0, "QUEUED", 0), deviceTask(1, "QUEUED", 0)])).toEqual([
      { kind: "task-created", task: "task", dtid: "t", taskType: "R", property: "p" },
    ]);
    expect([tasks.tasks.PROCESSING, tasks.deviceTasks.QUEUED, tasks.attempts]).toEqual([1, 2, 0]);
    expect(stored([deviceTask(0, "PROCESSING", 1)])).toEqual([]);
    expect(stored([deviceTask(0, "FAILED", 1, { code: "4040", message: "…" })])).toEqual([
      { kind: "device-task-ended", task: "task", ep: "d0", status: "FAILED", attempts: 1, code: "4040" },
    ]);
    stored([deviceTask(1, "SUCCEEDED", 2)]);
    expect(stored([{ table: "task-state", key: "task", value: { status: "COMPLETE" } }])).toEqual([
      { kind: "task-ended", task: "task", status: "COMPLETE" },
    ]);
    expect(tasks.deviceTasks).toMatchObject({ QUEUED: 0, PROCESSING: 0, FAILED: 1, SUCCEEDED: 1 });
    expect([tasks.tasks.PROCESSING, tasks.tasks.COMPLETE, tasks.attempts]).toEqual([0, 1, 3]);
  });

  it("tells the end of a task once, however often its record is written", () => {
    const { stored } = createFleetView();
    const over = { table: "task-state", key: "task", value: { status: "COMPLETE" } };
    expect([stored([over]).length, stored([over]).length]).toEqual([1, 0]);
  });

  it("forgets a task that is removed, whether the task goes first or its device tasks", () => {
    const { tasks, stored } = createFleetView();
    stored([...task("COMPLETE"), deviceTask(0, "FAILED", 1)]);
    const notices = stored([
      { table: "task", key: "task", value: undefined },
      { table: "task-state", key: "task", value: undefined },
      { table: "device-task", key: "task/0", value: undefined },
    ]);
    expect(notices).toEqual([{ kind: "task-removed", task: "task" }]);
    expect([tasks.tasks.COMPLETE, tasks.deviceTasks.FAILED, tasks.attempts]).toEqual([0, 0, 1]);
  });

  it("does not count the attempts that a store remembers", () => {
    const { tasks, stored, restored } = createFleetView();
    restored([...task("PROCESSING"), deviceTask(0, "QUEUED", 5)]);
    stored([deviceTask(0, "PROCESSING", 6)]);
    expect(tasks.attempts).toBe(1);
  });
});
