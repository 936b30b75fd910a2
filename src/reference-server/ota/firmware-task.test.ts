import { describe, expect, it } from "vitest";
import { brief, createTask, historyOf, taskOf } from "../test-calls.ts";
import { changed, refused, type Script, type WorldOptions } from "../test-kit.ts";
import { getContent, installed, type TestFirmware } from "./test-device.ts";
import { COAP, errorOf, FINISHED, LOOKED, mirror, PULLED, scene, WITH_COAP } from "./test-scene.ts";

describe("a firmware update by pull", () => {
  it("looks, writes the URI, waits, executes at State 2, and succeeds after the reboot (O-03, O-04)", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    expect(firmware.asked).toEqual(PULLED);
    expect(firmware.uri).toMatch(/^coap:\/\/198\.51\.100\.1:5683\/fw\/[0-9a-f]{32}$/);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    firmware.state = 2;
    world.advance(10);
    expect(firmware.asked.slice(3)).toEqual([...LOOKED, "POST 5/0/2"]);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    world.advance(10);
    expect(firmware.asked.slice(6)).toEqual(["GET 5/0/3"]);
    installed(device, firmware);
    expect(firmware.asked.slice(7)).toEqual(FINISHED);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
    expect(taskOf(world, task).status).toBe("COMPLETE");
    expect(mirror(world)).toEqual([0, 1, "2.0"]);
    expect(historyOf(world, task, "d").map(({ status }) => status)).toEqual([
      "REQUESTED",
      "QUEUED",
      "PROCESSING",
      "SUCCEEDED",
    ]);
  });

  it("asks again each 10 s while the device downloads, and not in between", () => {
    const { world, firmware, start } = scene();
    start();
    world.advance(9.9);
    expect(firmware.asked).toEqual(PULLED);
    world.advance(20.2);
    expect(firmware.asked.slice(3)).toEqual(["GET 5/0/3", "GET 5/0/3", "GET 5/0/3"]);
  });

  it("lets other tasks of the device run meanwhile", () => {
    const { world, start } = scene();
    const update = start();
    expect(brief(world, createTask(world))).toEqual(["SUCCEEDED 1"]);
    expect(brief(world, update)).toEqual(["PROCESSING 1"]);
  });

  it("asks a sleeping device only when it shows itself", () => {
    const { world, device, firmware, start } = scene(
      {},
      { ...WITH_COAP, firmware: { ...WITH_COAP.firmware, pollInterval: 200_000_000 as never } },
    );
    device.register({ queueMode: true });
    start();
    firmware.asked.length = 0;
    world.advance(1_000);
    expect(firmware.asked).toEqual([]);
    device.update();
    expect(firmware.asked).toEqual(["GET 5/0/3"]);
  });

  it.each([
    [[0], COAP],
    [[2, 0], "http://198.51.100.1:8080/v1.1/updates/urls"],
    [undefined, COAP],
  ])("offers protocols %s what /5/0/8 has (O-06)", (protocols, beginning) => {
    const { firmware, start } = scene({ protocols, delivery: 0 });
    start();
    expect(firmware.uri.startsWith(beginning)).toBe(true);
  });

  it("fails when the device downloads by no protocol that the server has (O-06)", () => {
    const { world, firmware, start } = scene({ protocols: [1, 3], delivery: 0 });
    const task = start();
    expect(errorOf(world, task)).toMatch(/^5000 Firmware update failed: .*no protocol/);
    expect(firmware.asked).toEqual(["GET 5/0"]);
  });

  it("gives the image by Block2 under that URI", () => {
    const { world, device, firmware, start } = scene();
    start();
    world.sent.length = 0;
    expect(device.request(getContent(new URL(firmware.uri).pathname.slice(1).split("/")))).toBe("2.05");
    const [answer] = world.sent;
    expect(answer?.message.payload).toEqual(new Uint8Array(1_024).fill(7));
    expect(device.request(getContent(["fw", "0".repeat(32)]))).toBe("4.04");
    expect(device.request({ ...getContent(["fw", "0".repeat(32)]), code: "0.03" })).toBe("4.04");
  });
});

describe("a firmware update by push", () => {
  it("is written in blocks, executed, and succeeds (O-08)", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    const task = start();
    expect(firmware.asked).toEqual(["GET 5/0", "PUT 5/0/0", ...LOOKED, "POST 5/0/2"]);
    expect(firmware.image).toEqual(new Uint8Array(3_000).fill(7));
    installed(device, firmware);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
  });

  it.each<readonly [string, Partial<TestFirmware>, WorldOptions, string]>([
    ["both, by default", { delivery: 2 }, WITH_COAP, "PUT 5/0/1"],
    [
      "both, when the server prefers push",
      { delivery: 2 },
      { firmware: { ...WITH_COAP.firmware, delivery: "push" } },
      "PUT 5/0/0",
    ],
    ["both, when the server has no address", { delivery: 2 }, {}, "PUT 5/0/0"],
    [
      "pull only, though the server prefers push",
      { delivery: 0 },
      { firmware: { ...WITH_COAP.firmware, delivery: "push" } },
      "PUT 5/0/1",
    ],
    ["nothing said", { delivery: undefined }, WITH_COAP, "PUT 5/0/1"],
  ])("is chosen by what the device takes: %s", (_, fields, options, wanted) => {
    const { firmware, start } = scene(fields, options);
    start();
    expect(firmware.asked[1]).toBe(wanted);
  });

  it.each<readonly [string, Script, number]>([
    ["no ACK", "silent", 62],
    ["RST", "reset", 0],
  ])("that breaks off by %s is a failed attempt; the next one looks, and begins at block 0 (R-11)", (_, odd, wait) => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    firmware.odd.set("PUT 5/0/0", odd);
    const task = start();
    world.advance(wait);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    firmware.odd.clear();
    firmware.asked.length = 0;
    device.update();
    expect(firmware.asked.slice(0, 2)).toEqual(["GET 5/0", "PUT 5/0/0"]);
    expect(firmware.image).toHaveLength(3_000);
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
  });
});

describe("a device that holds another image", () => {
  it.each<readonly [number, number, readonly string[]]>([
    [2, 0, ["GET 5/0", "PUT 5/0/1", "PUT 5/0/1", "GET 5/0/3"]],
    [1, 0, ["GET 5/0", "PUT 5/0/1", "PUT 5/0/1", "GET 5/0/3"]],
    [2, 1, ["GET 5/0", "PUT 5/0/0", "PUT 5/0/0", ...LOOKED, "POST 5/0/2"]],
  ])("at State %i with delivery method %i is reset first", (state, delivery, asked) => {
    const { firmware, start } = scene({ state, delivery, result: 8 });
    start();
    expect(firmware.asked).toEqual(asked);
  });

  it("at State 3 is left alone until that is over", () => {
    const { world, firmware, start } = scene({ state: 3 });
    start();
    expect(firmware.asked).toEqual(["GET 5/0"]);
    firmware.state = 0;
    world.advance(10);
    expect(firmware.asked.slice(1)).toEqual(PULLED);
  });
});

describe("a firmware update that fails on the device", () => {
  it.each([
    [0, 2, "not enough flash memory"],
    [0, 3, "out of RAM"],
    [0, 4, "connection lost during the download"],
    [0, 5, "integrity check failure"],
    [0, 6, "unsupported package type"],
    [0, 7, "invalid URI"],
    [0, 9, "unsupported protocol"],
    [0, 10, "cancelled"],
  ])(
    "in the download, at State %i with Result %i, is FAILED 5000 with its name, and the mirror shows it (O-05)",
    (state, result, name) => {
      const { world, firmware, start } = scene();
      const task = start();
      Object.assign(firmware, { state, result });
      world.advance(10);
      expect(brief(world, task)).toEqual(["FAILED 1 5000"]);
      expect(errorOf(world, task)).toBe(`5000 Firmware update failed: Result ${result} (${name})`);
      expect(mirror(world)).toEqual([state, result, undefined]);
    },
  );

  it.each([0, 2])("in the installation, with Result 8 at State %i, is FAILED 5000", (state) => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    const task = start();
    Object.assign(firmware, { state, result: 8 });
    device.register();
    expect(errorOf(world, task)).toBe("5000 Firmware update failed: Result 8 (update failed)");
    world.advance(100);
    expect(firmware.asked.filter((asked) => asked === "POST 5/0/2")).toHaveLength(1);
  });

  it("is FAILED 5000 when the version is another one", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    const task = start();
    installed(device, firmware, "1.9");
    expect(errorOf(world, task)).toBe('5000 Firmware update failed: the device reports version "1.9" instead of "2.0"');
    expect(mirror(world)).toEqual([0, 1, "1.9"]);
  });

  it("is FAILED 5000 when the device is Idle after it without a Result", () => {
    const { world, device, firmware, start } = scene({ delivery: 1 });
    const task = start();
    Object.assign(firmware, { state: 0, result: 0, version: "2.0" });
    device.register();
    expect(errorOf(world, task)).toBe("5000 Firmware update failed: Result 0 (initial)");
  });

  it.each<readonly [string, string, Script, string]>([
    ["the survey", "GET 5/0", refused("4.04"), "4040 Resource is not found"],
    ["the URI", "PUT 5/0/1", refused("4.00", "no such scheme"), "4000 no such scheme"],
    ["a State", "GET 5/0/3", refused("4.05"), "4050 Method is not allowed"],
    [
      "a State that is none",
      "GET 5/0/3",
      { ...changed(), code: "2.05", payload: new Uint8Array([0x37]) },
      "5000 Firmware update failed: the device gives no State",
    ],
    ["a success that does not fit", "PUT 5/0/1", refused("2.05"), "5000 Internal server error: unexpected CoAP 2.05"],
  ])("ends by the answer to %s", (_, asked, odd, error) => {
    const { world, firmware, start } = scene();
    firmware.odd.set(asked, odd);
    expect(errorOf(world, start())).toBe(error);
  });

  it("ends by 4.05 to Execute, with 4050 (O-03)", () => {
    const { world, firmware, start } = scene({ delivery: 1 });
    firmware.odd.set("POST 5/0/2", refused("4.05"));
    expect(errorOf(world, start())).toBe("4050 Method is not allowed");
  });

  it("does not take the Success of the update before for its own, nor offers twice to a device that is slow (O-04)", () => {
    const { world, device, firmware, start } = scene({ result: 1, version: "2.0" });
    firmware.odd.set("PUT 5/0/1", changed());
    const task = start();
    expect([firmware.asked.slice(1), brief(world, task)]).toEqual([["PUT 5/0/1", ...LOOKED], ["PROCESSING 1"]]);
    firmware.state = 1;
    world.advance(10);
    firmware.state = 2;
    world.advance(10);
    expect(firmware.asked.slice(4)).toEqual(["GET 5/0/3", ...LOOKED, "POST 5/0/2"]);
    installed(device, firmware);
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
  });

  it("is offered again when a reboot lost the image, but three times at most", () => {
    const { world, device, firmware, start } = scene();
    const task = start();
    for (let offer = 1; offer <= 3; offer += 1) {
      expect(firmware.asked.filter((asked) => asked === "PUT 5/0/1")).toHaveLength(offer);
      Object.assign(firmware, { state: 0, result: 0 });
      device.register();
      world.advance(10);
    }
    expect(errorOf(world, task)).toBe("5000 Firmware update failed: the device lost the image 3 times");
  });
});
