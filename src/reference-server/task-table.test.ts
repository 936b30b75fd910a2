import { describe, expect, it } from "vitest";
import type { DeviceType, Task } from "./entities.ts";
import { createTaskTable } from "./task-table.ts";

const NONE = { SCHEDULED: 0, REQUESTED: 0, QUEUING: 0, PROCESSING: 0, COMPLETE: 0, CANCELLED: 0 };

/** What the table looks at. */
const newType = (dtid: string): DeviceType => ({ dtid }) as DeviceType;
const newTask = (id: string, type: DeviceType, status: Task["status"]): Task =>
  ({ id, type, status, deviceTasks: [] as readonly never[] }) as unknown as Task;

describe("createTaskTable", () => {
  it("counts the tasks of each type per status: as they come, move and are forgotten (row 23)", () => {
    const table = createTaskTable();
    const [one, other] = [newType("one"), newType("other")];
    expect(table.countsOf(one)).toEqual(NONE);
    const [first, second, third] = [
      newTask("1", one, "REQUESTED"),
      newTask("2", one, "SCHEDULED"),
      newTask("3", other, "COMPLETE"),
    ];
    for (const task of [first, second, third]) table.set(task.id, task);
    first.status = "PROCESSING";
    table.moved(first, "REQUESTED");
    expect(table.countsOf(one)).toEqual({ ...NONE, PROCESSING: 1, SCHEDULED: 1 });
    expect(table.countsOf(other)).toEqual({ ...NONE, COMPLETE: 1 });
    table.delete("2");
    expect(table.countsOf(one)).toEqual({ ...NONE, PROCESSING: 1 });
  });

  it("does not count a task that is forgotten when it moves afterwards, nor forgets one twice", () => {
    const table = createTaskTable();
    const type = newType("one");
    const task = newTask("1", type, "PROCESSING");
    table.set(task.id, task);
    table.delete("1");
    table.delete("1");
    task.status = "COMPLETE";
    table.moved(task, "PROCESSING");
    expect(table.countsOf(type)).toEqual(NONE);
  });

  it("gives counts that do not change afterwards", () => {
    const table = createTaskTable();
    const type = newType("one");
    const before = table.countsOf(type);
    table.set("1", newTask("1", type, "REQUESTED"));
    expect(before).toEqual(NONE);
  });
});
