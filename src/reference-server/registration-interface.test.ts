import { describe, expect, it } from "vitest";
import { encodeMessage } from "../protocol/coap/message.ts";
import { stringOption, stringOptions, URI_PATH } from "../protocol/coap/options.ts";
import { registerContent } from "../protocol/lwm2m/registration-requests.ts";
import { brief, createTask, oneDevice, requestsSent, taskOf } from "./test-calls.ts";
import { createWorld, refused, type Script } from "./test-kit.ts";

const silent = (): Script => "silent";

describe("Register (rows 15, 27; G-01..G-03, G-07)", () => {
  it("is answered 2.01 with a location of two segments, /rd/<id>", () => {
    const { device } = oneDevice();
    expect(device.register()).toBe("2.01");
    expect(device.location).toHaveLength(2);
    expect(device.location[0]).toBe("rd");
  });

  it("of an unknown endpoint is refused with 4.03 and enrols nobody", () => {
    const world = createWorld();
    expect(world.device("stranger").register()).toBe("4.03");
    expect(world.rest("GET", "devicemgmt/devices/stranger/properties").status).toBe(404);
  });

  it("of an unknown endpoint with --open enrols it under the type `default` with its name as device id", () => {
    const world = createWorld({ open: true });
    const device = world.device("stranger");
    expect(device.register()).toBe("2.01");
    const task = createTask(world, { dtid: "default" });
    expect(taskOf(world, task).statuses).toMatchObject([{ did: "stranger", status: "SUCCEEDED" }]);
  });

  it("again replaces the registration: new location, the old one is 4.04, the task survives (G-02)", () => {
    const { world, device } = oneDevice();
    device.register();
    const old = device.location;
    device.script = silent;
    const task = createTask(world);
    device.register();
    expect(device.location).not.toEqual(old);
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
    const fresh = device.location;
    device.location = old;
    expect(device.update()).toBe("4.04");
    device.location = fresh;
    expect(device.update()).toBe("2.04");
  });

  it("again keeps the location where the profile says reused", () => {
    const { device } = oneDevice({ profile: { locationAtReRegister: "reused" } });
    device.register();
    const old = device.location;
    device.register();
    expect(device.location).toEqual(old);
    expect(device.update()).toBe("2.04");
  });

  it("in two copies gives one registration, the same answer twice, and one dispatch (G-03)", () => {
    const { world, device } = oneDevice();
    createTask(world);
    device.script = silent;
    const content = registerContent({ endpoint: "d", objects: [{ path: "/3/0", attributes: new Map() }] });
    const bytes = encodeMessage({ type: "CON", messageId: 77, token: "ab", ...content });
    world.input({ kind: "datagram", from: device.address, bytes });
    world.input({ kind: "datagram", from: device.address, bytes });
    const answers = world.sent.filter(({ message }) => message.code === "2.01");
    expect(answers).toHaveLength(2);
    expect(answers[0]?.message).toEqual(answers[1]?.message);
    expect(requestsSent(world)).toHaveLength(1);
  });

  it.each([
    ["without an endpoint name", { endpoint: "" }, "4.00"],
    ["with an empty object list", { objects: [] }, "4.00"],
    ["with a version that is not supported", { version: "2.0" }, "4.12"],
    ["with a binding that does not exist", { binding: "X" }, "4.00"],
  ] as const)("%s is refused and triggers nothing (G-07)", (_, fields, code) => {
    const { world, device } = oneDevice();
    createTask(world);
    expect(device.register(fields)).toBe(code);
    expect(device.requests).toEqual([]);
  });

  it("Non-confirmable is refused with 4.00", () => {
    const { world, device } = oneDevice();
    const content = registerContent({ endpoint: "d", objects: [{ path: "/3/0", attributes: new Map() }] });
    const bytes = encodeMessage({ type: "NON", messageId: 77, token: "ab", ...content });
    world.input({ kind: "datagram", from: device.address, bytes });
    expect(world.sent.map(({ message }) => message.code)).toEqual(["4.00"]);
  });

  it("with an alternate path: every request to the device begins with it (G-08)", () => {
    const { world, device } = oneDevice();
    device.register({ rootPath: "/lwm2m" });
    createTask(world);
    expect(device.requests.map((request) => stringOptions(request, URI_PATH))).toEqual([["lwm2m", "3", "0", "15"]]);
  });
});

describe("Update, De-register and lifetime (row 16; G-04..G-06)", () => {
  it("a registration is dead at exactly last update + lt: Update at 99.999 s is 2.04, at 100 s 4.04 (G-05)", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 100 });
    world.advance(99.999);
    expect(device.update()).toBe("2.04");
    world.advance(100);
    expect(device.update()).toBe("4.04");
    const task = createTask(world);
    expect(brief(world, task)).toEqual(["QUEUED 0"]);
    device.register();
    expect(brief(world, task)).toEqual(["SUCCEEDED 1"]);
  });

  it.each([undefined, 0])("lt=%s means 86400 s", (lifetime) => {
    const { world, device } = oneDevice();
    device.register({ lifetime });
    world.advance(86_399.999);
    expect(brief(world, createTask(world))).toEqual(["SUCCEEDED 1"]);
    world.advance(0.001);
    expect(brief(world, createTask(world))).toEqual(["QUEUED 0"]);
  });

  it("Update without parameters keeps the lifetime, with lt it sets it: shorter, too (G-04)", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 100 });
    world.advance(90);
    device.update();
    world.advance(90);
    expect(device.update({ lifetime: 10 })).toBe("2.04");
    world.advance(10);
    expect(device.update()).toBe("4.04");
  });

  it("in flight when the lifetime ends: a failed attempt, no further datagram", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 5 });
    device.script = silent;
    const task = createTask(world);
    world.advance(100);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    expect(requestsSent(world).map(({ at }) => at)).toEqual([0, 2]);
  });

  it("De-register is 2.02 and ends the registration; pending stays pending, in flight is a failed attempt (G-06)", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const task = createTask(world);
    expect(device.deregister()).toBe("2.02");
    expect(device.deregister()).toBe("4.04");
    expect(device.update()).toBe("4.04");
    world.advance(100);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    expect(requestsSent(world)).toHaveLength(1);
  });

  it("Update of a location that never was is 4.04, of a wrong parameter 4.00 and then nothing is drained", () => {
    const { world, device } = oneDevice();
    device.location = ["rd", "nowhere"];
    expect(device.update()).toBe("4.04");
    device.register();
    device.script = silent;
    createTask(world);
    world.advance(62);
    expect(device.update({ binding: "X" })).toBe("4.00");
    expect(device.requests).toHaveLength(1);
  });

  it("an Update may bring another alternate path (G-08)", () => {
    const { world, device } = oneDevice();
    device.register();
    device.update({ objects: [{ path: "/3/0", attributes: new Map() }], rootPath: "/other" });
    createTask(world);
    expect(device.requests.map((request) => stringOptions(request, URI_PATH))).toEqual([["other", "3", "0", "15"]]);
  });

  it("the location may come back as one option, with or without a slash in front", () => {
    const { device } = oneDevice();
    device.register();
    const path = device.location.join("/");
    for (const location of [path, `/${path}`]) {
      device.location = [location];
      expect(device.update()).toBe("2.04");
    }
  });

  it("what is no location is refused: a segment more, another root, an empty segment in front, another name", () => {
    const { device } = oneDevice();
    device.register();
    const [, name = ""] = device.location;
    for (const location of [["rd", name, "more"], [`rd/${name}/more`], ["other", name], ["", "rd", name], ["rd/no"]]) {
      device.location = location;
      expect(device.update()).toBe("4.04");
    }
  });
});

describe("other requests", () => {
  it.each([
    ["GET /rd", "0.01", ["rd"], "4.05"],
    ["POST /bs", "0.02", ["bs"], "4.04"],
    ["GET /", "0.01", [], "4.04"],
  ] as const)("%s is refused", (_, code, path, expected) => {
    const { device } = oneDevice();
    const options = path.map((segment) => stringOption(URI_PATH, segment));
    expect(device.request({ ...refused(code), options })).toBe(expected);
  });

  it("an unknown critical option is 4.02 and registers nobody (RFC 7252 §5.4.1)", () => {
    const { device } = oneDevice();
    const content = registerContent({ endpoint: "d", objects: [{ path: "/3/0", attributes: new Map() }] });
    const options = [...content.options, { number: 65_001, value: new Uint8Array(0) }];
    expect(device.request({ ...content, options })).toBe("4.02");
  });
});
