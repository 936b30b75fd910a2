/**
 * coap-node, a whole LwM2M 1.0 device by other authors: it registers, and tasks read, write and execute on its objects.
 *
 * It shows what real devices do: `lwm2m=1.0.0`, no binding, a bare `</3/0>` list with `ct` and `hb` on the root, TLV for
 * every read, multiple resources sent as single ones, and, after Register, a socket that is closed and opened again on
 * the same port: what comes meanwhile is lost.
 */
import { createRequire } from "node:module";
import CoapNode, { type Answer, type Callback, type SmartObject } from "coap-node";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Cloud, DEVICE, execute, read, startCloud, write } from "./kit.ts";

/** The version that coap-node itself has. */
const newSmartObject = (): SmartObject => {
  const require = createRequire(createRequire(import.meta.url).resolve("coap-node"));
  const Constructor = require("smartobject") as new () => SmartObject;
  return new Constructor();
};

const called = <T>(call: (callback: Callback<T>) => void): Promise<T> =>
  new Promise((resolve, reject) => call((error, value) => (error === null ? resolve(value) : reject(error))));

type Resource = (callback: (error: Error | null, value: unknown) => void) => void;

/** A device, not registered yet, whose application sees what is done to it. */
function createDevice() {
  const state = { timezone: "Europe/Vienna", reboots: 0, errors: [] as unknown[] };
  const objects = newSmartObject();
  const node = new CoapNode(DEVICE, objects, { lifetime: 300, manuf: "Acme", model: "A-1" });
  node.on("error", (error) => state.errors.push(error));
  const readTimezone: Resource = (callback) => callback(null, state.timezone);
  objects.init("device", 0, {
    ...objects.dumpSync("device", 0),
    battLevel: 77,
    currTime: 1_700_000_000,
    timezone: {
      read: readTimezone,
      write: (value: string, callback: (error: null, value: string) => void) => {
        state.timezone = value;
        callback(null, value);
      },
    },
    reboot: {
      exec: (callback: (error: null, value: unknown) => void) => {
        state.reboots++;
        callback(null, undefined);
      },
    },
  });
  let registered = false;
  onTestFinished(async () => {
    clearInterval(node._socketServerChker);
    if (registered) await called<Answer>((callback) => node.deregister(callback));
    expect(state.errors).toEqual([]);
  });
  return {
    node,
    objects,
    state,
    async register({ port }: Cloud): Promise<void> {
      const { status } = await called<Answer>((callback) => node.register("127.0.0.1", port, callback));
      expect(status).toBe("2.01");
      registered = true;
    },
    async deregister(): Promise<string> {
      registered = false;
      return (await called<Answer>((callback) => node.deregister(callback))).status;
    },
  };
}

describe("coap-node as a device", () => {
  it("registers, updates its lifetime from another port, and de-registers", async () => {
    const cloud = await startCloud();
    const device = createDevice();
    await device.register(cloud);
    expect(device.node.locationPath).toMatch(/^\/rd\/\w+$/);
    expect(await cloud.connection()).toBe("connected");
    const before = device.node.port;
    const updated = await called<Answer>((callback) => device.node.update({ lifetime: 600 }, callback));
    expect(updated.status).toBe("2.04");
    expect(device.node.port).not.toBe(before);
    expect(await cloud.carryOut(read("manufacturer"))).toBe("SUCCEEDED");
    expect(await device.deregister()).toBe("2.02");
    expect(await cloud.connection()).toBe("disconnected");
  });

  it("is read: text, numbers, time in milliseconds, and power sources that it sends as single resources", async () => {
    const cloud = await startCloud();
    await createDevice().register(cloud);
    for (const name of ["manufacturer", "batteryLevel", "currentTime", "timezone", "powerSourceVoltage"]) {
      expect([name, await cloud.carryOut(read(name))]).toEqual([name, "SUCCEEDED"]);
    }
    expect(await cloud.mirror()).toEqual({
      manufacturer: "Acme",
      batteryLevel: 77,
      currentTime: 1_700_000_000_000,
      timezone: "Europe/Vienna",
      powerSourceVoltage: [100],
    });
  });

  it("is read as a whole object, without what it says of its executable resource", async () => {
    const cloud = await startCloud();
    await createDevice().register(cloud);
    expect(await cloud.carryOut(read(""))).toBe("SUCCEEDED");
    expect(await cloud.mirror()).toEqual({
      manufacturer: "Acme",
      modelNumber: "A-1",
      serialNumber: "c-0000",
      firmwareVersion: "1.0",
      availablePowerSources: [0],
      powerSourceVoltage: [100],
      batteryLevel: 77,
      currentTime: 1_700_000_000_000,
      timezone: "Europe/Vienna",
      deviceType: "generic",
      hardwareVersion: "1.0",
      softwareVersion: "1.0",
    });
  });

  it("is written and executed, and its application sees it", async () => {
    const cloud = await startCloud();
    const device = createDevice();
    await device.register(cloud);
    expect(await cloud.carryOut(write("timezone", "Asia/Seoul"))).toBe("SUCCEEDED");
    expect(device.state.timezone).toBe("Asia/Seoul");
    expect(await cloud.carryOut(write("currentTime", "1800000000000"))).toBe("SUCCEEDED");
    expect(device.objects.get("device", 0, "currTime")).toBe("1800000000");
    expect(await cloud.carryOut(execute("reboot"))).toBe("SUCCEEDED");
    expect(device.state.reboots).toBe(1);
    expect(await cloud.mirror()).toEqual({ timezone: "Asia/Seoul", currentTime: 1_800_000_000_000 });
  });

  it.each([
    ["reads what it does not have", read("memoryFree"), "FAILED 4040 Resource is not found"],
    ["reads what is executable", read("reboot"), "FAILED 4050 _exec_"],
    ["writes what is read-only", write("manufacturer", "x"), "FAILED 4050 Method is not allowed"],
    ["executes what is a value", execute("manufacturer"), "FAILED 4050 Method is not allowed"],
    ["executes what it does not have", execute("factoryReset"), "FAILED 4040 Resource is not found"],
  ])("fails the device task that %s", async (_, task, outcome) => {
    const cloud = await startCloud();
    const device = createDevice();
    await device.register(cloud);
    expect(await cloud.carryOut(task)).toBe(outcome);
    expect([device.objects.get("device", 0, "manuf"), device.state.reboots]).toEqual(["Acme", 0]);
  });

  it("gets what was queued before it registered, although it loses what comes right after Register", async () => {
    const cloud = await startCloud();
    const ids = [await cloud.createTask(write("timezone", "Asia/Tokyo")), await cloud.createTask(execute("reboot"))];
    const device = createDevice();
    await device.register(cloud);
    for (const id of ids) {
      const task = await cloud.taskWhen(id, ({ status }) => status === "COMPLETE");
      expect(task.statuses).toMatchObject([{ status: "SUCCEEDED", numAttempts: 1 }]);
    }
    expect([device.state.timezone, device.state.reboots]).toEqual(["Asia/Tokyo", 1]);
  });
});
