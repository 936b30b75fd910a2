import { describe, expect, it } from "vitest";
import { brief, cancel, createTask, oneDevice, provision, taskOf } from "../test-calls.ts";
import { createWorld, type World } from "../test-kit.ts";
import { updateTo, upload, withFirmware } from "./test-device.ts";

const ASKING = { needsAcceptance: true };

function scene() {
  const { world, device } = oneDevice();
  const firmware = withFirmware(device, { delivery: 1 });
  device.register();
  const updateId = upload(world);
  const start = (fields: object = {}) => createTask(world, updateTo(updateId, { ...ASKING, ...fields }));
  return { world, device, firmware, updateId, start };
}

const waiting = (world: World, did = "d"): unknown =>
  (world.rest("GET", `devicemgmt/devices/${did}/pendingtasks`).body as { readonly data: unknown }).data;
const say = (world: World, { id }: { readonly id: string }, acceptanceStatus: string, did = "d") =>
  world.rest("POST", `devicemgmt/tasks/${id}/devices/${did}/acceptance`, { acceptanceStatus });
const acceptanceOf = (world: World, task: { readonly id: string }) =>
  taskOf(world, task).statuses.map((status) => (status as { readonly acceptanceStatus?: string }).acceptanceStatus);

describe("an update of a device that is not registered (O-01)", () => {
  it("is FAILED 4001 at once, and the others go on", () => {
    const world = createWorld();
    const [a] = provision(world, ["a", "b"]);
    if (a === undefined) throw new Error("no device");
    withFirmware(a, { delivery: 1 });
    a.register();
    const task = createTask(world, updateTo(upload(world)));
    expect(brief(world, task)).toEqual(["PROCESSING 1", "FAILED 0 4001"]);
    expect(taskOf(world, task).statuses[1]?.errorMessage).toBe("Device is not registered");
  });

  it("is COMPLETE at once when no other is left", () => {
    const { world } = oneDevice();
    const task = createTask(world, updateTo(upload(world)));
    expect([taskOf(world, task).status, brief(world, task)]).toEqual(["COMPLETE", ["FAILED 0 4001"]]);
  });

  it("is judged when a task with scheduledOn begins, not before", () => {
    const { world, device } = oneDevice();
    withFirmware(device, { delivery: 1 });
    const updateId = upload(world);
    const scheduledOn = 1_767_225_600_000 + 60_000;
    const task = createTask(world, updateTo(updateId, { taskParameters: { update: { updateId }, scheduledOn } }));
    expect(brief(world, task)).toEqual(["REQUESTED 0"]);
    device.register();
    world.advance(60);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
  });

  it("leaves the device that has registered once and sleeps or is away within its lifetime alone", () => {
    const { world, device, updateId } = scene();
    device.register({ queueMode: true });
    world.advance(200);
    expect(brief(world, createTask(world, updateTo(updateId)))).toEqual(["QUEUED 0"]);
  });
});

describe("an update that needs acceptance", () => {
  it("asks nothing of the device before its user accepts, and is among the pending tasks till then", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    device.update();
    expect([brief(world, task), acceptanceOf(world, task), waiting(world)]).toEqual([
      ["QUEUED 0"],
      ["WAITING"],
      [task.id],
    ]);
    expect(firmware.asked).toEqual([]);
    const { status, body } = say(world, task, "ACCEPTED");
    expect([status, body]).toMatchObject([
      200,
      { acceptanceStatus: "ACCEPTED", data: { did: "d", acceptanceStatus: "ACCEPTED" } },
    ]);
    expect([brief(world, task), acceptanceOf(world, task), waiting(world)]).toEqual([
      ["PROCESSING 1"],
      ["ACCEPTED"],
      [],
    ]);
    expect(firmware.asked[0]).toBe("GET 5/0");
  });

  it("is FAILED 4006 when its user rejects it, and never tried (O-02)", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    expect(say(world, task, "REJECTED").status).toBe(200);
    expect([brief(world, task), acceptanceOf(world, task), waiting(world)]).toEqual([
      ["FAILED 0 4006"],
      ["REJECTED"],
      [],
    ]);
    expect(taskOf(world, task)).toMatchObject({
      status: "COMPLETE",
      statuses: [{ errorMessage: "Task rejected by the user" }],
    });
    device.update();
    expect(firmware.asked).toEqual([]);
  });

  it("is FAILED 4004 when it expires before its user says anything", () => {
    const { world, start, updateId } = scene();
    const task = start({ taskParameters: { update: { updateId }, expiresAfter: 60 } });
    world.advance(60);
    expect([brief(world, task), waiting(world)]).toEqual([["FAILED 0 4004"], []]);
    expect(say(world, task, "ACCEPTED")).toMatchObject({ status: 400, body: { error: { field: "acceptanceStatus" } } });
  });

  it("is answered once: what was decided stays so", () => {
    const { world, start } = scene();
    const task = start();
    say(world, task, "ACCEPTED");
    expect(say(world, task, "REJECTED").status).toBe(400);
    expect(acceptanceOf(world, task)).toEqual(["ACCEPTED"]);
  });

  it("can be cancelled while it waits", () => {
    const { world, start } = scene();
    const task = start();
    cancel(world, task);
    expect([brief(world, task), waiting(world)]).toEqual([["CANCELLED 0"], []]);
  });

  it("does not keep a later update of the device from being done", () => {
    const { world, start } = scene();
    const first = start();
    const second = start({ needsAcceptance: false });
    expect([brief(world, second), acceptanceOf(world, second)]).toEqual([["PROCESSING 1"], ["NOT_REQUIRED"]]);
    say(world, first, "ACCEPTED");
    expect(brief(world, first)).toEqual(["QUEUED 0"]);
  });

  it("waits for each device by itself, and still after a restart", () => {
    const world = createWorld();
    for (const device of provision(world, ["a", "b"])) {
      withFirmware(device, { delivery: 1 });
      device.register();
    }
    const task = createTask(world, updateTo(upload(world), ASKING));
    say(world, task, "ACCEPTED", "b");
    world.restart();
    expect([acceptanceOf(world, task), waiting(world, "a"), waiting(world, "b")]).toEqual([
      ["WAITING", "ACCEPTED"],
      [task.id],
      [],
    ]);
    expect(world.rest("GET", `devicemgmt/tasks/${task.id}`).body).toMatchObject({ data: { needsAcceptance: true } });
    say(world, task, "REJECTED", "a");
    expect(brief(world, task)).toEqual(["FAILED 0 4006", "QUEUED 1"]);
  });
});
