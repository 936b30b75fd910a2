import { describe, expect, it } from "vitest";
import { address } from "../protocol/address.ts";
import { brief, cancel, createTask, historyOf, oneDevice, provision, requestsSent, taskOf } from "./test-calls.ts";
import { changed, createWorld, type Script } from "./test-kit.ts";

const silent = (): Script => "silent";

describe("queue mode (row 13)", () => {
  it("starts nothing from 93 s after the last datagram of the device; that is no attempt (Q-07, R-08)", () => {
    const { world, device } = oneDevice();
    device.register({ queueMode: true });
    world.advance(93);
    const task = createTask(world);
    world.advance(1_000);
    expect(brief(world, task)).toEqual(["QUEUED 0"]);
    expect(requestsSent(world)).toEqual([]);
    device.update();
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
  });

  it("starts until then, and each answer begins the window anew (Q-08)", () => {
    const { world, device } = oneDevice();
    device.register({ queueMode: true });
    world.advance(92.9);
    expect(brief(world, createTask(world))).toEqual(["SUCCEEDED 1"]);
    world.advance(92.9);
    expect(brief(world, createTask(world))).toEqual(["SUCCEEDED 1"]);
  });

  it("finishes retransmissions after the window, and tries no further task then", () => {
    const { world, device } = oneDevice({ profile: { awakeWindow: 10 } });
    device.register({ queueMode: true });
    device.script = silent;
    const first = createTask(world);
    const second = createTask(world);
    world.advance(62);
    expect(requestsSent(world).map(({ at }) => at)).toEqual([0, 2, 6, 14, 30]);
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["QUEUED 1", "QUEUED 0"]);
  });

  it("an Update from a new address wakes the device, too", () => {
    const { world, device } = oneDevice();
    device.register({ queueMode: true });
    world.advance(1_000);
    const task = createTask(world);
    device.address = address("203.0.113.9:7000");
    device.update();
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
  });

  it("is declared by b=UQ in 1.0, by Q in 1.1, and does not exist without", () => {
    for (const [fields, expected] of [
      [{ queueMode: true, version: "1.0" }, "QUEUED 0"],
      [{ queueMode: true, version: "1.1" }, "QUEUED 0"],
      [{ queueMode: false }, "SUCCEEDED 1"],
    ] as const) {
      const { world, device } = oneDevice();
      device.register(fields);
      world.advance(94);
      expect(brief(world, createTask(world))).toEqual([expected]);
    }
  });
});

describe("a new address (rows 14, 32; R-10)", () => {
  it("an Update from it drops the exchange and sends it again there: new message id and token, one attempt more", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const task = createTask(world);
    world.advance(10);
    const old = device.address;
    device.address = address("203.0.113.9:7000");
    device.update();
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
    world.advance(20);
    const after = requestsSent(world).filter(({ at }) => at >= 10);
    expect(after.map(({ to }) => to)).not.toContain(old);
    expect(after.map(({ at }) => at)).toEqual([10, 12, 16, 24]);
    expect(new Set(requestsSent(world).map(({ message }) => message.token)).size).toBe(2);
    expect(historyOf(world, task, "d").map(({ status }) => status)).toEqual(["REQUESTED", "QUEUED", "PROCESSING"]);
  });

  it("answers the Update before it sends again (Q-05), and drains what else is queued afterwards", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const first = createTask(world);
    const second = createTask(world);
    device.address = address("203.0.113.9:7000");
    device.script = changed;
    world.sent.length = 0;
    device.update();
    expect(world.sent.map(({ message }) => message.code)).toEqual(["2.04", "0.03", "0.03"]);
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["SUCCEEDED 2", "SUCCEEDED 1"]);
  });

  it("a cancelled exchange is not sent again: CANCELLED", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const task = createTask(world);
    cancel(world, task, "d");
    device.address = address("203.0.113.9:7000");
    device.update();
    expect(brief(world, task)).toEqual(["CANCELLED 1"]);
    expect(requestsSent(world)).toHaveLength(1);
  });

  it("is refused with 4.04 where the profile requires a Register", () => {
    const { device } = oneDevice({ profile: { updateFromNewAddress: "require-register" } });
    device.register();
    device.address = address("203.0.113.9:7000");
    expect(device.update()).toBe("4.04");
  });
});

describe("many devices", () => {
  it("one dead device delays no other (Q-09)", () => {
    const world = createWorld();
    const devices = provision(world, ["a", "b", "c"]);
    for (const device of devices) device.register();
    for (const device of devices.slice(0, 1)) device.script = silent;
    const task = createTask(world);
    expect(brief(world, task)).toEqual(["PROCESSING 1", "SUCCEEDED 1", "SUCCEEDED 1"]);
    expect(taskOf(world, task)).toMatchObject({
      status: "PROCESSING",
      statusCounts: { totalDevices: 3, numCompleted: 2, numSucceeded: 2, numFailed: 0, numCancelled: 0 },
    });
  });

  it("ignores a response with an unknown token: nothing changes (I-04)", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = () => "acknowledge";
    const task = createTask(world);
    const bytes = Uint8Array.from([0x51, 0x44, 0x12, 0x34, 0x99]);
    world.input({ kind: "datagram", from: device.address, bytes });
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
  });
});
