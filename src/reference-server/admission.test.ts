import { describe, expect, it } from "vitest";
import { address } from "../protocol/address.ts";
import { decodeMessage, encodeMessage } from "../protocol/coap/message.ts";
import { MAX_AGE, stringOption, URI_QUERY, uintValue } from "../protocol/coap/options.ts";
import type { CoapContent, Code } from "../protocol/coap/types.ts";
import { registrationLocation } from "../protocol/lwm2m/registration.ts";
import { deregisterContent, registerContent, updateContent } from "../protocol/lwm2m/registration-requests.ts";
import { createWorld, type World, type WorldOptions } from "./test-kit.ts";

const TYPE = "type";

function worldOf(options: WorldOptions): World {
  const world = createWorld({ newToken: () => "made", ...options });
  world.rest("POST", "devicetypes", { dtid: TYPE, name: "Type" });
  world.rest("POST", "devices", { did: "with", dtid: TYPE, token: "right" });
  world.rest("POST", "devices", { did: "without", dtid: TYPE });
  return world;
}

const OBJECTS = [{ path: "/3/0", attributes: new Map() }];
const register = (world: World, endpoint: string, ...tokens: readonly string[]) => {
  const content = registerContent({ endpoint, objects: OBJECTS });
  const options = [...content.options, ...tokens.map((token) => stringOption(URI_QUERY, `token=${token}`))];
  return world.device(endpoint).request({ ...content, options });
};
const connection = (world: World, did: string): unknown =>
  (world.rest("GET", `devicemgmt/devices/${did}/properties`).body as { data: { systemProperties: object } }).data
    .systemProperties;

describe("a Register where tokens are required", () => {
  it("is accepted with the token that the device was provisioned with, and with one that was made for it", () => {
    const world = worldOf({ requiresDeviceToken: true });
    expect(register(world, "with", "right")).toBe("2.01");
    expect(world.rest("POST", "tokens", { kind: "device", did: "without" }).status).toBe(201);
    expect(register(world, "without", "made")).toBe("2.01");
  });

  it.each([
    ["no token", "with", []],
    ["a wrong token", "with", ["wrong"]],
    ["another device's token", "without", ["right"]],
    ["two tokens", "with", ["right", "wrong"]],
    ["no token, of a device that has none", "without", []],
    ["any token, of an endpoint that nobody provisioned", "nobody", ["right"]],
  ])("is refused with %s: 4.03, and nothing has changed", (_, endpoint, tokens) => {
    const world = worldOf({ requiresDeviceToken: true });
    expect(register(world, "with", "right")).toBe("2.01");
    const before = JSON.stringify(world.store.perform({ kind: "query", ticket: 1, table: "*" }));
    expect(register(world, endpoint, ...tokens)).toBe("4.03");
    expect(JSON.stringify(world.store.perform({ kind: "query", ticket: 1, table: "*" }))).toBe(before);
    expect(connection(world, "with")).toMatchObject({ connection: "connected" });
    expect(connection(world, "without")).toMatchObject({ connection: "disconnected" });
  });

  it("is told the same whether the endpoint is known or not", () => {
    const world = worldOf({ requiresDeviceToken: true });
    register(world, "with", "wrong");
    register(world, "nobody", "wrong");
    const [known, unknown] = world.sent.map(({ message: { code, payload } }) => [code, [...payload]]);
    expect(known).toEqual(unknown);
  });

  it("is malformed as ever when it is", () => {
    expect(
      worldOf({ requiresDeviceToken: true })
        .device("x")
        .request({ ...registerContent({ endpoint: "", objects: [] }) }),
    ).toBe("4.00");
  });

  it("is refused with a token that was revoked; Update and De-register of a registration go on by its location", () => {
    const world = worldOf({ requiresDeviceToken: true });
    const made = world.rest("POST", "tokens", { kind: "device", did: "without" }).body as { data: { id: string } };
    const device = world.device("without");
    const content = registerContent({ endpoint: "without", objects: OBJECTS });
    const withToken = { ...content, options: [...content.options, stringOption(URI_QUERY, "token=made")] };
    expect(device.request(withToken)).toBe("2.01");
    world.rest("DELETE", `tokens/${made.data.id}`);
    expect(device.update()).toBe("2.04");
    expect(device.deregister()).toBe("2.02");
    expect(device.request(withToken)).toBe("4.03");
  });

  it("needs none where none is required", () => {
    expect(register(worldOf({}), "with")).toBe("2.01");
    expect(register(worldOf({}), "with", "wrong")).toBe("2.01");
  });
});

describe("a transport that proves who sends", () => {
  let messageId = 0;
  /** @returns the code of the answer */
  const send = (world: World, content: CoapContent, identity?: string): Code | undefined => {
    messageId += 1;
    const from = address("203.0.113.5:5684");
    const bytes = encodeMessage({ ...content, type: "CON", messageId, token: "01" });
    world.input({ kind: "datagram", from, bytes, ...(identity === undefined ? {} : { identity }) });
    return world.sent.filter(({ to }) => to === from).at(-1)?.message.code;
  };
  const registers = (endpoint: string) => registerContent({ endpoint, objects: OBJECTS });
  const locationOf = (world: World) => {
    const { message } = world.sent.findLast(({ message: { code } }) => code === "2.01") ?? {};
    return (message && registrationLocation(message)) ?? [];
  };

  it.each([{}, { requiresDeviceToken: true }])(
    "lets in whose identity is the endpoint client name, also without a token (%j), and refuses others with 4.03",
    (options) => {
      const world = worldOf(options);
      expect(send(world, registers("with"), "without")).toBe("4.03");
      expect(send(world, registers("nobody"), "with")).toBe("4.03");
      expect(connection(world, "with")).toMatchObject({ connection: "disconnected" });
      expect(send(world, registers("with"), "with")).toBe("2.01");
      expect(connection(world, "with")).toMatchObject({ connection: "connected" });
    },
  );

  it("keeps the token of a device from being used under another identity", () => {
    const world = worldOf({ requiresDeviceToken: true });
    const content = registers("with");
    const withToken = { ...content, options: [...content.options, stringOption(URI_QUERY, "token=right")] };
    expect([send(world, withToken, "without"), send(world, withToken)]).toEqual(["4.03", "2.01"]);
  });

  it("enrols nobody under another name, where the server is open", () => {
    const world = createWorld({ open: true });
    expect([send(world, registers("a"), "b"), send(world, registers("a"), "a")]).toEqual(["4.03", "2.01"]);
    expect(world.rest("GET", "devicemgmt/devices/b/properties").status).toBe(404);
  });

  it("needs the same identity for Update and De-register, also after a restart; and none where none registered", () => {
    const world = worldOf({});
    send(world, registers("with"), "with");
    const location = locationOf(world);
    world.restart();
    expect(send(world, updateContent(location), "without")).toBe("4.03");
    expect(send(world, deregisterContent(location), "without")).toBe("4.03");
    expect(send(world, updateContent(location))).toBe("4.03");
    expect(send(world, updateContent(location), "with")).toBe("2.04");
    expect(send(world, deregisterContent(location), "with")).toBe("2.02");
    send(world, registers("with"));
    const open = locationOf(world);
    expect([send(world, updateContent(open)), send(world, updateContent(open), "without")]).toEqual(["2.04", "4.03"]);
  });
});

describe("the limit of devices", () => {
  it("refuses the one too many that an open server would enrol with 5.03 and Max-Age 60, and serves those it knows", () => {
    const world = createWorld({ open: true, limits: { devices: 2 } });
    expect([register(world, "a"), register(world, "b"), register(world, "c")]).toEqual(["2.01", "2.01", "5.03"]);
    const refusal = world.sent.at(-1)?.message;
    expect(refusal && uintValue(refusal, MAX_AGE)).toBe(60);
    expect(register(world, "a")).toBe("2.01");
    expect(world.rest("GET", "devicemgmt/devices/c/properties").status).toBe(404);
  });

  it("refuses POST /devices and POST /devicetypes beyond it with 503 and Retry-After", () => {
    const world = createWorld({ limits: { devices: 1 } });
    expect(world.rest("POST", "devicetypes", { dtid: TYPE, name: "Type" }).status).toBe(201);
    expect(world.rest("POST", "devices", { did: "a", dtid: TYPE }).status).toBe(201);
    for (const [path, body] of [
      ["devices", { did: "b", dtid: TYPE }],
      ["devicetypes", { name: "Two" }],
    ] as const) {
      expect(world.rest("POST", path, body)).toMatchObject({
        status: 503,
        headers: { "Retry-After": "60" },
        body: { error: { code: 503, message: expect.stringContaining("1") } },
      });
    }
  });
});

describe("the limits of tasks and tokens", () => {
  const task = (world: World) =>
    world.rest("POST", "devicemgmt/tasks", { dtid: TYPE, taskType: "R", property: "deviceProperties.device" });

  it("refuse a task beyond 2 tasks with 503, until the 30 days of an earlier one are over", () => {
    const world = worldOf({ limits: { tasks: 2 } });
    expect([task(world).status, task(world).status, task(world).status]).toEqual([201, 201, 503]);
    world.advance(30 * 86_400 + 1);
    expect(task(world).status).toBe(201);
  });

  it("count the devices of tasks: the third task of 2 devices is beyond 4 device tasks, also after a restart", () => {
    const world = worldOf({ limits: { deviceTasks: 4 } });
    expect([task(world).status, task(world).status, task(world).status]).toEqual([201, 201, 503]);
    world.restart();
    expect(task(world).status).toBe(503);
  });

  it("refuse a token beyond 1 with 503, until one is revoked", () => {
    const world = worldOf({ limits: { tokens: 1 } });
    const make = () => world.rest("POST", "tokens", { kind: "user", user: "ann" });
    const { id } = (make().body as { data: { id: string } }).data;
    expect(make().status).toBe(503);
    world.rest("DELETE", `tokens/${id}`);
    expect(make().status).toBe(201);
  });
});

describe("the limit of remembered requests", () => {
  it("refuses strangers with 5.03 beyond it, answers a registered device's Update, and lets strangers in again later", () => {
    const world = worldOf({ limits: { messages: 10 } });
    const device = world.device("with");
    expect(device.register()).toBe("2.01");
    const strangers = Array.from({ length: 30 }, (_, index) => world.device(`stranger-${index}`));
    const answers = strangers.map((stranger) => stranger.register());
    expect(answers.filter((code) => code === "4.03")).toHaveLength(9);
    expect(answers.filter((code) => code === "5.03")).toHaveLength(21);
    expect(device.update()).toBe("2.04");
    world.advance(600);
    expect(world.device("late").register()).toBe("4.03");
  });

  it("answers a copy of a remembered request as before, and a Non-confirmable one beyond it not at all", () => {
    const world = worldOf({ limits: { messages: 1 } });
    const bytes = (type: number, id: number) => Uint8Array.of(0x40 | (type << 4), 2, 0, id, 0xb1, 0x78);
    const send = (host: number, data: Uint8Array) =>
      world
        .input({ kind: "datagram", from: `203.0.113.${host}:5683` as never, bytes: data })
        .flatMap((effect) => (effect.kind === "send" ? [decodeMessage(effect.bytes)] : []))
        .map((decoded) => (decoded.ok ? decoded.value.code : "?"));
    expect(send(1, bytes(0, 1))).toEqual(["4.04"]);
    expect(send(2, bytes(0, 1))).toEqual(["5.03"]);
    expect(send(2, bytes(1, 2))).toEqual([]);
    expect(send(1, bytes(0, 1))).toEqual(["4.04"]);
  });
});
