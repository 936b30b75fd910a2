import { describe, expect, it } from "vitest";
import { cancel, createTask, oneDevice, provision, TYPE } from "../test-calls.ts";
import { createWorld, type World } from "../test-kit.ts";

const NONE = { SCHEDULED: 0, REQUESTED: 0, QUEUING: 0, PROCESSING: 0, COMPLETE: 0, CANCELLED: 0 };

interface List {
  readonly total: number;
  readonly offset: number;
  readonly count: number;
  readonly statusCounts?: unknown;
  readonly data: { readonly tasks: readonly { readonly id: string; readonly statuses?: readonly unknown[] }[] };
}

const list = (world: World, path: string, query: Record<string, string> = {}): List => {
  const { status, body } = world.rest("GET", path, undefined, query);
  expect(status).toBe(200);
  return body as List;
};
const tasksOf = (world: World, query: Record<string, string> = {}): List =>
  list(world, "devicemgmt/tasks", { dtid: TYPE, ...query });
const ids = ({ data }: List): readonly string[] => data.tasks.map(({ id }) => id);

/** Tasks in the order of creation, a second apart. */
function createTasks(world: World, number: number, fields: object = {}): readonly string[] {
  return Array.from({ length: number }, () => {
    world.advance(1);
    return createTask(world, fields).id;
  });
}

describe("GET /devicemgmt/tasks", () => {
  it("lists newest first, and oldest first with sort=asc; pages join to the whole (row 23)", () => {
    const { world } = oneDevice();
    const created = createTasks(world, 7);
    expect(ids(tasksOf(world))).toEqual(created.toReversed());
    expect(ids(tasksOf(world, { order: "createdOn", sort: "asc" }))).toEqual(created);
    for (const [sort, whole] of [
      ["asc", created],
      ["desc", created.toReversed()],
    ] as const) {
      const pages = ["0", "3", "6", "9"].map((offset) => tasksOf(world, { count: "3", offset, sort }));
      expect(pages.map(({ total, offset, count }) => [total, offset, count])).toEqual([
        [7, 0, 3],
        [7, 3, 3],
        [7, 6, 1],
        [7, 9, 0],
      ]);
      expect(pages.flatMap(ids)).toEqual(whole);
    }
  });

  it("filters by task statuses, and counts all tasks of the type per status, zeros included", () => {
    const { world, device } = oneDevice();
    expect(tasksOf(world)).toEqual({ total: 0, offset: 0, count: 0, statusCounts: NONE, data: { tasks: [] } });
    const [first, second = "", third] = createTasks(world, 3);
    cancel(world, { id: second });
    const scheduled = createTask(world, { taskParameters: { value: "x", scheduledOn: 1_767_225_600_000 + 3_600_000 } });
    const counts = { ...NONE, SCHEDULED: 1, PROCESSING: 2, CANCELLED: 1 };
    expect(tasksOf(world).statusCounts).toEqual(counts);
    const filtered = tasksOf(world, { status: "PROCESSING, CANCELLED" });
    expect([filtered.total, ids(filtered), filtered.statusCounts]).toEqual([3, [third, second, first], counts]);
    expect(ids(tasksOf(world, { status: "SCHEDULED" }))).toEqual([scheduled.id]);
    device.register();
    expect(tasksOf(world).statusCounts).toEqual({ ...NONE, SCHEDULED: 1, COMPLETE: 2, CANCELLED: 1 });
  });

  it("shows only tasks of its type, none that is removed, and all of them again after a restart", () => {
    const { world } = oneDevice();
    world.rest("POST", "devicetypes", { dtid: "other", name: "Other" });
    createTask(world, { dtid: "other" });
    const [old] = createTasks(world, 1);
    world.advance(10 * 86_400);
    const [young] = createTasks(world, 1);
    world.restart();
    expect(ids(tasksOf(world))).toEqual([young, old]);
    world.advance(20 * 86_400);
    expect(ids(tasksOf(world))).toEqual([young]);
    expect(ids(list(world, "devicemgmt/devices/d/tasks"))).toEqual([young]);
    world.advance(10 * 86_400);
    expect([tasksOf(world).total, list(world, "devicemgmt/devices/d/tasks").total]).toEqual([0, 0]);
  });

  it.each([
    ["no dtid", { dtid: undefined }, 400, "dtid"],
    ["an empty dtid", { dtid: "" }, 400, "dtid"],
    ["a device type that nobody knows", { dtid: "nobody" }, 404, undefined],
    ["a device task's status", { status: "QUEUED" }, 400, "status"],
    ["another field to sort by", { order: "modifiedOn" }, 400, "order"],
    ["another direction", { sort: "up" }, 400, "sort"],
    ["pages of nothing", { count: "0" }, 400, "count"],
    ["pages of 101", { count: "101" }, 400, "count"],
    ["a page before the first", { offset: "-1" }, 400, "offset"],
    ["a page that is no number", { offset: "0x1" }, 400, "offset"],
  ])("refuses %s", (_, query, status, field) => {
    const { world } = oneDevice();
    const { dtid = TYPE, ...rest } = query as { dtid?: string };
    const asked = "dtid" in query && query.dtid === undefined ? {} : { dtid };
    const answer = world.rest("GET", "devicemgmt/tasks", undefined, { ...asked, ...rest });
    expect(answer.status).toBe(status);
    if (field !== undefined) expect(answer.body).toMatchObject({ error: { code: 4001, field } });
  });

  it("shows a type's tasks to its owner and the administrator alone (row 30)", () => {
    const world = createWorld({ token: "admin" });
    world.rest("POST", "devicetypes", { dtid: TYPE, name: "T", owner: "me" }, {}, "admin");
    world.rest("POST", "devicetypes", { dtid: "x", name: "X", owner: "you" }, {}, "admin");
    world.rest("POST", "devices", { did: "d", dtid: TYPE }, {}, "me");
    const asked = (token: string) => [
      world.rest("GET", "devicemgmt/tasks", undefined, { dtid: TYPE }, token).status,
      world.rest("GET", "devicemgmt/devices/properties", undefined, { dtid: TYPE }, token).status,
      world.rest("GET", `devicemgmt/devicetypes/${TYPE}/manifest/properties`, undefined, {}, token).status,
      world.rest("GET", "devicemgmt/devices/d/tasks", undefined, {}, token).status,
      world.rest("GET", "devicemgmt/devices/d/pendingtasks", undefined, {}, token).status,
      world.rest("DELETE", "devicemgmt/devices/d/serverproperties", undefined, {}, token).status,
    ];
    expect(asked("me")).toEqual([200, 200, 200, 200, 200, 200]);
    expect(asked("admin")).toEqual([200, 200, 200, 200, 200, 200]);
    expect(asked("you")).toEqual([403, 403, 403, 403, 403, 403]);
    expect(asked("nobody")).toEqual([401, 401, 401, 401, 401, 401]);
  });
});

describe("GET /devicemgmt/devices/{did}/tasks", () => {
  it("lists the device's tasks newest first, each with the status on this device alone", () => {
    const world = createWorld();
    const [a] = provision(world, ["a", "b"]);
    const both = createTask(world);
    createTask(world, { dids: ["b"] });
    a?.register();
    const onlyA = createTask(world, { dids: ["a"] });
    const ofA = list(world, "devicemgmt/devices/a/tasks");
    expect(ofA).toMatchObject({ total: 2, offset: 0, count: 2 });
    expect(ofA.data.tasks).toMatchObject([
      { id: onlyA.id, status: "COMPLETE", statuses: [{ did: "a", status: "SUCCEEDED" }] },
      { id: both.id, status: "PROCESSING", statuses: [{ did: "a", status: "SUCCEEDED", numAttempts: 1 }] },
    ]);
    expect(ids(list(world, "devicemgmt/devices/a/tasks", { sort: "asc", count: "1" }))).toEqual([both.id]);
    expect(list(world, "devicemgmt/devices/b/tasks", { status: "SUCCEEDED" }).total).toBe(0);
    expect(list(world, "devicemgmt/devices/b/tasks", { status: "QUEUED" }).total).toBe(2);
  });

  it("is 404 for an unknown device, and 400 for a task's status", () => {
    const { world } = oneDevice();
    expect(world.rest("GET", "devicemgmt/devices/nobody/tasks").status).toBe(404);
    expect(world.rest("GET", "devicemgmt/devices/d/tasks", undefined, { status: "COMPLETE" })).toMatchObject({
      status: 400,
      body: { error: { code: 4001, field: "status" } },
    });
  });
});

describe("acceptance, which only a firmware update would wait for (row 24)", () => {
  it("is asked of nobody: no task waits for it, and giving it is 400 that says what the device task is", () => {
    const { world } = oneDevice();
    const { id } = createTask(world);
    expect(world.rest("GET", "devicemgmt/devices/d/pendingtasks")).toEqual({ status: 200, body: { data: [] } });
    const accept = (path: string, body: unknown) => world.rest("POST", `devicemgmt/tasks/${path}/acceptance`, body);
    const accepted = { acceptanceStatus: "ACCEPTED" };
    expect(accept(`${id}/devices/d`, accepted)).toMatchObject({
      status: 400,
      body: { error: { code: 4001, field: "acceptanceStatus", message: expect.stringContaining("QUEUED") } },
    });
    expect(accept(`${id}/devices/d`, { acceptanceStatus: "MAYBE" }).status).toBe(400);
    expect(accept(`${id}/devices/nobody`, accepted).status).toBe(404);
    expect(accept("none/devices/d", accepted).status).toBe(404);
    expect(world.rest("GET", "devicemgmt/devices/nobody/pendingtasks").status).toBe(404);
  });
});
