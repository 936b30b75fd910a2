import { describe, expect, it } from "vitest";
import {
  brief,
  cancel,
  createTask,
  historyOf,
  mirrorOf,
  oneDevice,
  provision,
  requestsSent,
  TYPE,
  taskOf,
} from "./test-calls.ts";
import { changed, createWorld, type Script } from "./test-kit.ts";

const silent = (): Script => "silent";
const DAY = 86_400;
const START = 1_767_225_600_000;

describe("expiry (rows 7, 9, 10)", () => {
  it.each([
    ["the task's expiresAfter", { value: "x", expiresAfter: 100 }, { taskExpiresAfter: 200 }, 100],
    ["the type's taskExpiresAfter", { value: "x" }, { taskExpiresAfter: 200 }, 200],
    ["7 days", { value: "x" }, {}, 604_800],
  ])("is by %s: FAILED 4004 at that instant, not before (E-01..E-05)", (_, taskParameters, type, expected) => {
    const world = createWorld();
    provision(world, ["d"], type);
    const task = createTask(world, { taskParameters });
    expect(task.taskParameters.expiresAfter).toBe(expected);
    world.advance(expected - 0.001);
    expect(brief(world, task)).toEqual(["QUEUED 0"]);
    world.advance(0.001);
    expect(brief(world, task)).toEqual(["FAILED 0 4004"]);
    expect(taskOf(world, task)).toMatchObject({
      status: "COMPLETE",
      statuses: [{ errorMessage: "Device task expired", ts: START + expected * 1_000 }],
    });
  });

  it("is fixed at creation: a device type configured later changes nothing (E-04)", () => {
    const { world } = oneDevice();
    const task = createTask(world);
    world.rest("PUT", `devicemgmt/devicetypes/${TYPE}`, { taskExpiresAfter: 60 });
    world.advance(1_000);
    expect(brief(world, task)).toEqual(["QUEUED 0"]);
    expect(createTask(world).taskParameters.expiresAfter).toBe(60);
  });

  it("touches neither what succeeded nor what failed before (E-05), and is never followed by an attempt (E-06)", () => {
    const world = createWorld();
    const [first, second] = provision(world, ["a", "b"]);
    first?.register();
    const task = createTask(world, { taskParameters: { value: "x", expiresAfter: 60 } });
    world.advance(60);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1", "FAILED 0 4004"]);
    second?.register();
    expect(second?.requests).toEqual([]);
  });

  it("in flight: FAILED 4004 at once, no retransmission after it, a late CON answer gets RST and changes nothing (E-07..E-09)", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const task = createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
    world.advance(5);
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    const [request] = requestsSent(world);
    world.advance(100);
    expect(requestsSent(world).map(({ at }) => at)).toEqual([0, 2]);
    const token = Buffer.from(request?.message.token ?? "", "hex");
    const late = Uint8Array.from([0x40 + token.length, 0x44, 0x77, 0x77, ...token]);
    world.input({ kind: "datagram", from: device.address, bytes: late });
    expect(world.sent.at(-1)?.message).toMatchObject({ type: "RST", messageId: 0x7777 });
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    expect(mirrorOf(world, "d")).toEqual({});
  });

  it("in flight with lateResponse updates-mirror: 4004 at once, and a success later changes the mirror alone (D-06)", () => {
    const { world, device } = oneDevice({ profile: { lateResponse: "updates-mirror" } });
    device.register();
    device.online = false;
    const task = createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
    device.script = changed;
    world.advance(5);
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    expect(mirrorOf(world, "d")).toEqual({});
    device.online = true;
    world.advance(100);
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    expect(mirrorOf(world, "d")).toMatchObject({ timezone: "x" });
  });

  it("frees the device for the next task, which does not expire with it", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
    createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
    const third = createTask(world);
    world.advance(4);
    device.script = changed;
    world.advance(1);
    expect(device.requests).toHaveLength(2);
    expect(brief(world, third)).toEqual(["SUCCEEDED 1"]);
  });

  it("in flight with inFlightAtExpiry answer-counts: the answer decides, a failed attempt gives 4004", () => {
    for (const [script, expected] of [
      [changed, "SUCCEEDED 1"],
      [silent, "FAILED 1 4004"],
    ] as const) {
      const { world, device } = oneDevice({ profile: { inFlightAtExpiry: "answer-counts" } });
      device.register();
      device.online = false;
      const task = createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
      device.script = script;
      world.advance(5);
      expect(brief(world, task)).toEqual(["PROCESSING 1"]);
      device.online = true;
      world.advance(100);
      expect(brief(world, task)).toEqual([expected]);
    }
  });

  it("starts at scheduledOn when that is later than createdOn (row 9); nothing is sent before", () => {
    const { world, device } = oneDevice();
    device.register();
    const taskParameters = { value: "x", scheduledOn: START + 100_000, expiresAfter: 50 };
    const task = createTask(world, { taskParameters });
    expect(task.status).toBe("SCHEDULED");
    expect(brief(world, task)).toEqual(["REQUESTED 0"]);
    world.advance(99.9);
    expect(device.requests).toEqual([]);
    device.script = silent;
    world.advance(0.1);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    world.advance(49.9);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    world.advance(0.1);
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    expect(historyOf(world, task).map(({ status }) => status)).toEqual([
      "SCHEDULED",
      "REQUESTED",
      "QUEUING",
      "PROCESSING",
      "COMPLETE",
    ]);
  });

  it("starts at createdOn when scheduledOn is in the past", () => {
    const { world, device } = oneDevice();
    device.register();
    expect(brief(world, createTask(world, { taskParameters: { value: "x", scheduledOn: 1 } }))).toEqual([
      "SUCCEEDED 1",
    ]);
  });
});

describe("retention (row 11; L-01..L-03)", () => {
  it("is 30 days from creation whatever the state; then 404 on task, statuses and history, and nothing is sent", () => {
    const { world, device } = oneDevice();
    const done = createTask(world, { taskParameters: { value: "x", expiresAfter: 30 * DAY } });
    world.advance(30 * DAY - 1);
    device.register();
    expect(brief(world, done)).toEqual(["SUCCEEDED 1"]);
    world.advance(1);
    const paths = ["", "/statuses", "/statuses/history"];
    expect(paths.map((path) => world.rest("GET", `devicemgmt/tasks/${done.id}${path}`).status)).toEqual([
      404, 404, 404,
    ]);
    expect(cancel(world, done).status).toBe(404);
    const rows = world.store.perform({ kind: "query", ticket: 1, table: "*" });
    const left = rows.kind === "rows" ? rows.rows.filter(({ table }) => table.includes("task")) : ["?"];
    expect(left).toEqual([]);
  });
});

describe("cancel (States; T-01, T-04)", () => {
  it("of a whole task: CANCELLED at once, pending devices CANCELLED, finished ones untouched, nothing sent later (Q-11)", () => {
    const world = createWorld();
    const [first, second] = provision(world, ["a", "b"]);
    first?.register();
    const task = createTask(world);
    expect(cancel(world, task)).toMatchObject({ status: 200, body: { data: { status: "CANCELLED" } } });
    expect(brief(world, task)).toEqual(["SUCCEEDED 1", "CANCELLED 0"]);
    second?.register();
    expect(second?.requests).toEqual([]);
    expect(taskOf(world, task)).toMatchObject({
      status: "CANCELLED",
      statusCounts: { totalDevices: 2, numCompleted: 2, numSucceeded: 1, numFailed: 0, numCancelled: 1 },
    });
  });

  it("of one device: the last one leaves the task COMPLETE", () => {
    const { world } = oneDevice();
    const task = createTask(world);
    expect(cancel(world, task, "d")).toMatchObject({ status: 200, body: { data: { did: "d", status: "CANCELLED" } } });
    expect(taskOf(world, task).status).toBe("COMPLETE");
  });

  it("of what is terminal: 200, and nothing changes", () => {
    const { world, device } = oneDevice();
    device.register();
    const task = createTask(world);
    const before = taskOf(world, task);
    world.advance(5);
    expect(cancel(world, task).status).toBe(200);
    expect(cancel(world, task, "d").status).toBe(200);
    expect(taskOf(world, task)).toEqual(before);
  });

  it("in flight: CANCEL_REQUESTED; the answer gives SUCCEEDED and the mirror its value", () => {
    const { world, device } = oneDevice();
    device.register();
    device.online = false;
    const task = createTask(world);
    cancel(world, task);
    expect(taskOf(world, task)).toMatchObject({ status: "CANCELLED", statuses: [{ status: "CANCEL_REQUESTED" }] });
    device.online = true;
    world.advance(2);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
    expect(taskOf(world, task).status).toBe("CANCELLED");
    expect(mirrorOf(world, "d")).toEqual({ timezone: "Europe/Paris" });
  });

  it("in flight: a failed attempt and the expiry both give CANCELLED, without an error", () => {
    for (const [expiresAfter, wait] of [
      [1_000, 62],
      [5, 5],
    ] as const) {
      const { world, device } = oneDevice();
      device.register();
      device.script = silent;
      const task = createTask(world, { taskParameters: { value: "x", expiresAfter } });
      cancel(world, task, "d");
      world.advance(wait);
      expect(brief(world, task)).toEqual(["CANCELLED 1"]);
      expect(taskOf(world, task).status).toBe("COMPLETE");
    }
  });

  it("of a scheduled task: it never begins", () => {
    const { world, device } = oneDevice();
    device.register();
    const task = createTask(world, { taskParameters: { value: "x", scheduledOn: START + 100_000 } });
    cancel(world, task);
    world.advance(1_000);
    expect(device.requests).toEqual([]);
    expect(taskOf(world, task)).toMatchObject({ status: "CANCELLED", statuses: [{ status: "CANCELLED" }] });
  });
});

describe("server properties (row 18; D-04)", () => {
  it("are written at once for offline devices too, without a datagram and without an attempt", () => {
    const world = createWorld();
    const [, second] = provision(world, ["a", "b"]);
    second?.register();
    const task = createTask(world, { property: "serverProperties.site", taskParameters: { value: "b1" } });
    expect(brief(world, task)).toEqual(["SUCCEEDED 0", "SUCCEEDED 0"]);
    expect(taskOf(world, task).status).toBe("COMPLETE");
    expect(requestsSent(world)).toEqual([]);
    expect(world.rest("GET", "devicemgmt/devices/a/properties")).toMatchObject({
      body: { data: { serverProperties: { site: "b1" } } },
    });
  });
});
