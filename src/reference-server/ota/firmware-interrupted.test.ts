import { describe, expect, it } from "vitest";
import { brief, cancel, createTask, oneDevice, requestsSent, taskOf } from "../test-calls.ts";
import { createWorld } from "../test-kit.ts";
import { getContent, installed } from "./test-device.ts";
import { FINISHED, LOOKED, PULLED, scene, WITH_COAP } from "./test-scene.ts";

describe("communication that fails", () => {
  it("leaves the update at its step: the next trigger goes on there, as another attempt", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    firmware.odd.set("GET 5/0/3", "silent");
    world.advance(10 + 62);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    firmware.odd.clear();
    firmware.asked.length = 0;
    world.advance(600);
    expect(firmware.asked).toEqual([]);
    device.update();
    expect(firmware.asked).toEqual(["GET 5/0/3"]);
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
  });

  it("at Execute asks for the State before anything else, and executes no second time (O-03)", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    firmware.odd.set("POST 5/0/2", "acknowledge");
    const task = start();
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    firmware.asked.length = 0;
    installed(device, firmware);
    expect(firmware.asked).toEqual(FINISHED);
    expect(brief(world, task)).toEqual(["SUCCEEDED 2"]);
  });

  it("at Execute executes again only when the device still says Downloaded without a Result", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    firmware.odd.set("POST 5/0/2", "reset");
    start();
    firmware.odd.clear();
    firmware.asked.length = 0;
    device.update();
    expect(firmware.asked).toEqual([...LOOKED, "POST 5/0/2"]);
    world.advance(5);
    Object.assign(firmware, { state: 2, result: 0 });
    device.update();
    expect(firmware.asked.slice(3)).toEqual(LOOKED);
  });

  it("goes to a new address at the same step when the device moves in the middle (row 14)", () => {
    const { world, device, firmware, start } = scene();
    firmware.odd.set("GET 5/0", "silent");
    const task = start();
    firmware.odd.clear();
    device.address = "192.0.2.77:5683" as never;
    device.update();
    expect(firmware.asked).toEqual(["GET 5/0", ...PULLED]);
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
    expect(requestsSent(world).at(-1)?.to).toBe("192.0.2.77:5683");
  });

  it("does not carry an Execute over to a new address, but asks for the State there (O-03)", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    firmware.odd.set("POST 5/0/2", "acknowledge");
    const task = start();
    firmware.asked.length = 0;
    firmware.state = 3;
    device.address = "192.0.2.77:5683" as never;
    device.update();
    expect([firmware.asked, brief(world, task)]).toEqual([["GET 5/0/3"], ["PROCESSING 2"]]);
  });
});

describe("the end of a firmware update that has begun", () => {
  it("by cancelling comes at once while the device works by itself, and nothing more is asked", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    cancel(world, task, "d");
    expect(brief(world, task)).toEqual(["CANCELLED 1"]);
    expect(taskOf(world, task).status).toBe("COMPLETE");
    firmware.asked.length = 0;
    world.advance(100);
    device.update();
    expect(firmware.asked).toEqual([]);
  });

  it("by cancelling in flight comes with the answer, whose next step is not taken", () => {
    const { world, device, firmware, start } = scene();
    firmware.odd.set("GET 5/0", "acknowledge");
    const task = start();
    cancel(world, task);
    expect(brief(world, task)).toEqual(["CANCEL_REQUESTED 1"]);
    firmware.odd.clear();
    firmware.asked.length = 0;
    device.register();
    expect(brief(world, task)).toEqual(["CANCELLED 1"]);
    expect(firmware.asked).toEqual([]);
  });

  it("by cancelling in flight comes with an answer that would have led to a next step", () => {
    const { world, device, firmware, start } = scene();
    device.online = false;
    const task = start();
    cancel(world, task, "d");
    device.online = true;
    world.advance(2);
    expect([firmware.asked, brief(world, task)]).toEqual([["GET 5/0"], ["CANCELLED 1"]]);
  });

  it("by expiry in flight comes with such an answer where answers count", () => {
    const { world, device, firmware, updateId, start } = scene(
      {},
      { ...WITH_COAP, profile: { inFlightAtExpiry: "answer-counts" } },
    );
    device.online = false;
    const task = start({ taskParameters: { update: { updateId }, expiresAfter: 1 } });
    world.advance(1.5);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    device.online = true;
    world.advance(1);
    expect([firmware.asked, brief(world, task)]).toEqual([["GET 5/0"], ["FAILED 1 4004"]]);
  });

  it.each(["fail", "answer-counts"] as const)(
    "by expiry is FAILED 4004, also where in flight is %s",
    (inFlightAtExpiry) => {
      const { world, firmware, updateId, start } = scene({}, { ...WITH_COAP, profile: { inFlightAtExpiry } });
      const task = start({ taskParameters: { update: { updateId }, expiresAfter: 25 } });
      world.advance(25);
      expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
      firmware.asked.length = 0;
      world.advance(100);
      expect(firmware.asked).toEqual([]);
    },
  );

  it("is no trigger for another one that was tried already (row 28)", () => {
    const { world, firmware, start } = scene({ delivery: 1 });
    const waiting = start({ needsAcceptance: true });
    firmware.odd.set("GET 5/0", "reset");
    const tried = start();
    expect(brief(world, tried)).toEqual(["QUEUED 1"]);
    cancel(world, waiting);
    cancel(world, waiting);
    expect(brief(world, tried)).toEqual(["QUEUED 1"]);
  });

  it("lets the next update of the device begin, which waited for it", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    const [first, second] = [start(), start()];
    expect([brief(world, first), brief(world, second)]).toEqual([["PROCESSING 1"], ["QUEUED 0"]]);
    device.update();
    expect(brief(world, second)).toEqual(["QUEUED 0"]);
    firmware.asked.length = 0;
    installed(device, firmware);
    expect(firmware.asked.slice(0, 5)).toEqual([...FINISHED, "GET 5/0", "PUT 5/0/0"]);
    expect([brief(world, first), brief(world, second)]).toEqual([["SUCCEEDED 1"], ["PROCESSING 1"]]);
    cancel(world, second);
    expect(brief(world, second)).toEqual(["CANCELLED 1"]);
  });
});

describe("a restarted server (row 26)", () => {
  it("goes on with the step at the next trigger, knows the image, and serves it", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    world.restart();
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    firmware.asked.length = 0;
    world.advance(50);
    expect(firmware.asked).toEqual([]);
    expect(device.request(getContent(new URL(firmware.uri).pathname.slice(1).split("/")))).toBe("2.05");
    firmware.state = 2;
    device.update();
    expect(firmware.asked).toEqual([...LOOKED, "POST 5/0/2"]);
    world.restart();
    installed(device, firmware);
    expect(brief(world, task)).toEqual(["SUCCEEDED 3"]);
  });

  it("that fell in the middle of an Execute asks for the State first (O-03)", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    firmware.odd.set("POST 5/0/2", "silent");
    start();
    world.restart();
    firmware.odd.clear();
    firmware.state = 3;
    firmware.asked.length = 0;
    device.update();
    expect(firmware.asked).toEqual(["GET 5/0/3"]);
  });
});

describe("tasks of another kind", () => {
  it("leave no trace of updates in what is stored", () => {
    const world = createWorld();
    expect(JSON.stringify(world.store.perform({ kind: "query", ticket: 1, table: "*" }))).not.toMatch(/update/);
    const other = oneDevice();
    other.device.register();
    createTask(other.world);
    expect(JSON.stringify(other.world.store.perform({ kind: "query", ticket: 1, table: "device-task" }))).not.toMatch(
      /acceptance|firmware/,
    );
  });
});
