import { describe, expect, it } from "vitest";
import { SIMULATION_START, toUnixMillis } from "../protocol/time.ts";
import { brief, createTask, oneDevice, requestsSent } from "./test-calls.ts";
import type { World } from "./test-kit.ts";

/** Begins so many seconds from now. */
const scheduled = (world: World, after: number, fields: object = {}) =>
  createTask(world, {
    taskParameters: {
      value: "x",
      scheduledOn: toUnixMillis(SIMULATION_START) + (world.elapsed + after) * 1_000,
      ...fields,
    },
  });

describe("a process that was suspended and wakes late", () => {
  it("sends nothing of what came due to a device whose lifetime ended before it woke, whichever was due first", () => {
    for (const lifetime of [20, 10, 5]) {
      const { world, device } = oneDevice();
      device.register({ lifetime });
      const task = scheduled(world, 10);
      world.suspend(30);
      expect(requestsSent(world), `lifetime ${lifetime} s`).toEqual([]);
      expect(brief(world, task)).toEqual(["QUEUED 0"]);
      device.register();
      expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
    }
  });

  it("begins the task as ever when the device is still registered", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 60 });
    const task = scheduled(world, 10);
    world.suspend(30);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
  });

  it("repeats no request of a task that was over when it woke", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = () => "silent";
    const task = createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
    world.advance(1);
    world.suspend(30);
    expect(requestsSent(world)).toHaveLength(1);
    expect(brief(world, task)[0]).toMatch(/^FAILED 1/);
    world.advance(100);
    expect(requestsSent(world)).toHaveLength(1);
  });

  it("goes on with the next task when the one in flight was over when it woke", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = () => "silent";
    createTask(world, { taskParameters: { value: "x", expiresAfter: 5 } });
    const next = createTask(world);
    device.script = () => ({ code: "2.04", options: [], payload: new Uint8Array(0) });
    world.suspend(30);
    expect(brief(world, next)).toEqual(["SUCCEEDED 1"]);
  });

  it("gives up first what it had to give up, so that the device is free for the task that begins", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = () => "silent";
    const lost = createTask(world);
    const later = scheduled(world, 62.5);
    world.advance(61);
    device.script = () => ({ code: "2.04", options: [], payload: new Uint8Array(0) });
    world.suspend(10);
    expect(brief(world, lost)).toEqual(["QUEUED 1"]);
    expect(brief(world, later)).toEqual(["SUCCEEDED 1"]);
  });
});
