import { describe, expect, it } from "vitest";
import { createTask, oneDevice, provision, TYPE, taskOf } from "../test-calls.ts";
import { createWorld } from "../test-kit.ts";

const WRITE = {
  dtid: TYPE,
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "Europe/Paris" },
};
const START = 1_767_225_600_000;
const DAY = 86_400;

describe("POST /devicemgmt/tasks", () => {
  it("is 201 with Location; counts are 0, status REQUESTED, expiresAfter filled in, no field is null (row 19)", () => {
    const { world } = oneDevice();
    const { status, headers, body } = world.rest("POST", "devicemgmt/tasks", { ...WRITE, dids: ["d"] });
    const { id } = (body as { data: { id: string } }).data;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect([status, headers]).toEqual([201, { Location: `/v1.1/devicemgmt/tasks/${id}` }]);
    expect(body).toEqual({
      data: {
        id,
        dtid: TYPE,
        dids: ["d"],
        taskType: "W",
        property: WRITE.property,
        taskParameters: { value: "Europe/Paris", expiresAfter: 604_800 },
        status: "REQUESTED",
        statusCounts: { totalDevices: 0, numCompleted: 0, numSucceeded: 0, numFailed: 0, numCancelled: 0 },
        createdOn: START,
        modifiedOn: START,
      },
    });
  });

  it.each([
    ["W without value", { taskParameters: {} }, "taskParameters.value"],
    ["a value that is no text", { taskParameters: { value: 5 } }, "taskParameters.value"],
    ["an unknown property", { property: "deviceProperties.device.colour" }, "property"],
    ["an unknown group", { property: "systemProperties.did" }, "property"],
    ["no property", { property: undefined }, "property"],
    ["an unknown task type", { taskType: "X" }, "taskType"],
    ["no task type", { taskType: undefined }, "taskType"],
    ["a read of a server property", { taskType: "R", property: "serverProperties.x" }, "taskType"],
    ["an execution of a whole object", { taskType: "E", property: "deviceProperties.device" }, "property"],
    ["a write that wants to be accepted first", { needsAcceptance: true }, "needsAcceptance"],
    ["no device ids", { dids: [] }, "dids"],
    ["an unknown device", { dids: ["d", "nobody"] }, "dids"],
    ["a device of another type", { dids: ["foreign"] }, "dids"],
    ["dids and filter", { dids: ["d"], filter: "serverProperties.x=1" }, "filter"],
    ["a filter without a value", { filter: "serverProperties.x" }, "filter"],
    ["expiresAfter below 1", { taskParameters: { value: "x", expiresAfter: 0 } }, "taskParameters.expiresAfter"],
    [
      "expiresAfter above 30 days",
      { taskParameters: { value: "x", expiresAfter: 2_592_001 } },
      "taskParameters.expiresAfter",
    ],
    [
      "expiresAfter that is no integer",
      { taskParameters: { value: "x", expiresAfter: 1.5 } },
      "taskParameters.expiresAfter",
    ],
    [
      "scheduledOn + expiresAfter beyond day 30",
      { taskParameters: { value: "x", expiresAfter: 60, scheduledOn: START + 30 * DAY * 1_000 - 59_999 } },
      "taskParameters.scheduledOn",
    ],
    [
      "a firmware update",
      { taskType: undefined, property: undefined, taskParameters: { update: { updateId: "u" } } },
      "taskParameters.update.updateId",
    ],
    ["no body", undefined, "body"],
  ])("with %s is 400, code 4001, names the field, and stores nothing (rows 8, 22, 29)", (_, fields, field) => {
    const { world } = oneDevice();
    world.rest("POST", "devicetypes", { dtid: "other", name: "Other" });
    world.rest("POST", "devices", { did: "foreign", dtid: "other" });
    const stored = () => JSON.stringify(world.store.perform({ kind: "query", ticket: 1, table: "*" }));
    const before = stored();
    const body = fields === undefined ? undefined : { ...WRITE, ...fields };
    const answer = world.rest("POST", "devicemgmt/tasks", body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 4001, field } } });
    expect((answer.body as { error: { message: string } }).error.message).toContain(field);
    expect(stored()).toBe(before);
  });

  it("shortens what is beyond the bounds where the profile says so, of a task and of a device type (row 8)", () => {
    const profile = { beyondBounds: "shortened", expiresAfterBounds: { min: 10, max: 100 } } as const;
    const { world } = oneDevice({ profile });
    const created = (expiresAfter: number) =>
      world.rest("POST", "devicemgmt/tasks", { ...WRITE, taskParameters: { value: "x", expiresAfter } });
    expect(created(101).body).toMatchObject({ data: { taskParameters: { expiresAfter: 100 } } });
    expect(created(9).status).toBe(400);
    const type = `devicemgmt/devicetypes/${WRITE.dtid}`;
    expect(world.rest("PUT", type, { taskExpiresAfter: 700_000 }).body).toMatchObject({
      data: { taskExpiresAfter: 604_800 },
    });
  });

  it("names the device id that is wrong", () => {
    const { world } = oneDevice();
    expect(JSON.stringify(world.rest("POST", "devicemgmt/tasks", { ...WRITE, dids: ["d", "nobody"] }).body)).toContain(
      "nobody",
    );
  });

  it("for an unknown device type is 404 with code 1101", () => {
    const world = createWorld();
    expect(world.rest("POST", "devicemgmt/tasks", WRITE)).toMatchObject({
      status: 404,
      body: { error: { code: 1101 } },
    });
  });

  it("for a type without device properties is 400, except for server properties (row 22)", () => {
    const world = createWorld();
    provision(world, ["d"], { devicePropertiesEnabled: false });
    expect(world.rest("POST", "devicemgmt/tasks", WRITE).status).toBe(400);
    expect(world.rest("POST", "devicemgmt/tasks", { ...WRITE, property: "serverProperties.x" }).status).toBe(201);
    world.rest("PUT", `devicemgmt/devicetypes/${TYPE}`, { devicePropertiesEnabled: true });
    expect(world.rest("POST", "devicemgmt/tasks", WRITE).status).toBe(201);
  });

  it("with `null` for what is not set counts as absent", () => {
    const { world } = oneDevice();
    const body = { ...WRITE, filter: null, taskParameters: { value: "x", expiresAfter: null } };
    expect(world.rest("POST", "devicemgmt/tasks", body).status).toBe(201);
  });

  it("accepts an expiresAfter of 1 s and of 30 days, and a schedule that just ends on day 30 (row 8)", () => {
    const { world } = oneDevice();
    for (const expiresAfter of [1, 2_592_000]) {
      expect(createTask(world, { taskParameters: { value: "x", expiresAfter } }).taskParameters.expiresAfter).toBe(
        expiresAfter,
      );
    }
    const scheduledOn = START + 30 * DAY * 1_000 - 60_000;
    expect(createTask(world, { taskParameters: { value: "x", expiresAfter: 60, scheduledOn } }).status).toBe(
      "SCHEDULED",
    );
  });
});

describe("targets (rows 22, 33)", () => {
  it("are the devices named, once each and in this order", () => {
    const world = createWorld();
    provision(world, ["a", "b", "c"]);
    const task = createTask(world, { dids: ["c", "a", "c"] });
    expect(taskOf(world, task).statuses.map(({ did }) => did)).toEqual(["c", "a"]);
  });

  it("are all devices of the type without dids and filter, resolved at creation", () => {
    const world = createWorld();
    provision(world, ["a", "b"]);
    const task = createTask(world);
    world.rest("POST", "devices", { did: "late", dtid: TYPE });
    expect(taskOf(world, task).statuses.map(({ did }) => did)).toEqual(["a", "b"]);
  });

  it("are those that the filter matches, on server and device properties, numbers as text", () => {
    const world = createWorld();
    const [first] = provision(world, ["a", "b", "c"]);
    first?.register();
    createTask(world, { dids: ["a"] });
    for (const did of ["a", "b"]) {
      world.rest("POST", `devicemgmt/devices/${did}/serverproperties`, { floor: 3, site: { name: "x y" } });
    }
    const matching = (filter: string) => taskOf(world, createTask(world, { filter })).statuses.map(({ did }) => did);
    expect(matching("serverProperties.floor=3")).toEqual(["a", "b"]);
    expect(matching("serverProperties.site.name=x y")).toEqual(["a", "b"]);
    expect(matching("serverProperties.floor=3,deviceProperties.device.timezone=Europe/Paris")).toEqual(["a"]);
  });

  it("none matched: COMPLETE with 0 devices", () => {
    const { world } = oneDevice();
    const task = createTask(world, { filter: "serverProperties.floor=99" });
    expect(taskOf(world, task)).toMatchObject({ status: "COMPLETE", statusCounts: { totalDevices: 0 }, statuses: [] });
  });
});
