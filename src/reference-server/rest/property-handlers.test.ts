import { describe, expect, it } from "vitest";
import { createTask, oneDevice, provision, TYPE, taskOf } from "../test-calls.ts";
import { createWorld, type World } from "../test-kit.ts";

interface Search {
  readonly total: number;
  readonly offset: number;
  readonly count: number;
  readonly data: { readonly properties: readonly { readonly systemProperties: { readonly did: string } }[] };
}

const search = (world: World, query: Record<string, string> = {}) =>
  world.rest("GET", "devicemgmt/devices/properties", undefined, { dtid: TYPE, ...query });
const found = (world: World, query: Record<string, string> = {}): Search => {
  const { status, body } = search(world, query);
  expect(status).toBe(200);
  return body as Search;
};
const dids = ({ data }: Search): readonly string[] =>
  data.properties.map(({ systemProperties }) => systemProperties.did);

/** Three devices: a and b on site 1, b with a time zone. */
function house(): World {
  const world = createWorld();
  const [, b] = provision(world, ["a", "b", "c"]);
  for (const did of ["a", "b"]) world.rest("POST", `devicemgmt/devices/${did}/serverproperties`, { site: 1 });
  world.rest("POST", "devicemgmt/devices/c/serverproperties", { site: { floor: "up, left" } });
  b?.register();
  createTask(world, { dids: ["b"] });
  return world;
}

describe("GET /devicemgmt/devices/properties", () => {
  it("finds all devices of the type in the order of provisioning, with the numbers of the page at both levels", () => {
    const world = house();
    const all = found(world);
    const numbers = { total: 3, offset: 0, count: 3 };
    expect(all).toMatchObject({ ...numbers, data: { ...numbers } });
    expect(all.data.properties[1]).toEqual({
      serverProperties: { site: 1 },
      systemProperties: { did: "b", connection: "connected" },
      deviceProperties: { device: { timezone: "Europe/Paris" } },
    });
    const pages = ["0", "2", "4"].map((offset) => found(world, { count: "2", offset }));
    expect(pages.flatMap(dids)).toEqual(["a", "b", "c"]);
    expect(pages.map(({ count, data }) => [count, (data as unknown as Search).count])).toEqual([
      [2, 2],
      [1, 1],
      [0, 0],
    ]);
  });

  it.each([
    ["serverProperties.site=1", ["a", "b"]],
    ["serverProperties.site=2", []],
    ["serverProperties.site=1,deviceProperties.device.timezone=Europe/Paris", ["b"]],
    ["deviceProperties.device.timezone=Europe/Berlin", []],
    ["serverProperties.nothing=", []],
  ])("with the filter %s finds %j", (filter, expected) => {
    const result = found(house(), { filter });
    expect([result.total, dids(result)]).toEqual([expected.length, expected]);
  });

  it("shows each value with its time where that is asked for", () => {
    const [a] = found(house(), { includeTimestamp: "true", count: "1" }).data.properties;
    expect(a).toMatchObject({ serverProperties: { site: { value: 1, ts: 1_767_225_600_000 } } });
  });

  it.each([
    ["a filter without a value", { filter: "serverProperties.site" }, "filter"],
    ["an empty filter", { filter: "" }, "filter"],
    ["a filter on system properties", { filter: "systemProperties.did=a" }, "filter"],
    ["a half true includeTimestamp", { includeTimestamp: "yes" }, "includeTimestamp"],
    ["pages of 101", { count: "101" }, "count"],
  ])("refuses %s with 400, code 4001 and the field", (_, query, field) => {
    expect(search(house(), query as unknown as Record<string, string>)).toMatchObject({
      status: 400,
      body: { error: { code: 4001, field } },
    });
  });

  it("is 404 with code 1101 for a device type that nobody knows", () => {
    expect(search(house(), { dtid: "nobody" })).toMatchObject({ status: 404, body: { error: { code: 1101 } } });
  });
});

describe("POST /devicemgmt/devices/{did}/serverproperties", () => {
  const set = (world: World, body: unknown) => world.rest("POST", "devicemgmt/devices/a/serverproperties", body);
  const kept = (world: World) =>
    (
      world.rest("GET", "devicemgmt/devices/a/properties").body as {
        readonly data: { readonly serverProperties: unknown };
      }
    ).data.serverProperties;

  it("takes 65,536 characters of names and values together, over several requests, and answers 413 to one more", () => {
    const world = createWorld();
    provision(world, ["a"]);
    const half = "x".repeat(32_768 - 3);
    expect([set(world, { a: half }).status, set(world, { b: half }).status]).toEqual([200, 200]);
    const refused = set(world, { c: 1 });
    expect(refused).toMatchObject({
      status: 413,
      body: { error: { code: 413, message: expect.stringContaining("65536") } },
    });
    expect(kept(world)).toEqual({ a: half, b: half });
    // What takes the place of something else.
    expect(set(world, { b: 1, c: 2 }).status).toBe(200);
    expect(kept(world)).toEqual({ a: half, b: 1, c: 2 });
  });

  it("takes 1,000 properties of 255 characters, dots included", () => {
    const world = createWorld();
    provision(world, ["a"]);
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`p${index}`, 0]));
    expect(set(world, many).status).toBe(200);
    expect(set(world, { more: 1 }).status).toBe(413);
    expect(set(world, { p7: 1 }).status).toBe(200);
    expect(set(createdAnew(), { ...many, more: 1 }).status).toBe(413);
    const deep = (length: number) => ({ [`${"a.".repeat(60)}b`]: { ["c".repeat(length - 122)]: 1 } });
    expect([set(createdAnew(), deep(255)).status, set(createdAnew(), deep(256)).status]).toEqual([200, 413]);
    expect(set(createdAnew(), { ["a.".repeat(2_000)]: 1 })).toMatchObject({ status: 400 });
  });

  it("holds for devices that are provisioned with them, of which nothing is kept then", () => {
    const world = createdAnew();
    const device = { did: "z", dtid: TYPE, serverProperties: { a: "x".repeat(65_536) } };
    expect(world.rest("POST", "devices", device).status).toBe(413);
    expect(world.rest("GET", "devicemgmt/devices/z/properties").status).toBe(404);
  });

  it("holds for tasks: what does not fit to what the device has is FAILED with 4000, and what fits SUCCEEDED", () => {
    const world = createWorld();
    provision(world, ["a", "b"]);
    set(world, { a: "x".repeat(65_000) });
    const write = { taskType: "W", property: "serverProperties.note", taskParameters: { value: "y".repeat(1_000) } };
    const task = createTask(world, { ...write, dids: ["a", "b"] });
    expect(taskOf(world, task).statuses).toMatchObject([
      { did: "a", status: "FAILED", errorCode: "4000", errorMessage: expect.stringContaining("65536") },
      { did: "b", status: "SUCCEEDED" },
    ]);
    expect(kept(world)).toEqual({ a: "x".repeat(65_000) });
  });

  function createdAnew(): World {
    const world = createWorld();
    provision(world, ["a"]);
    return world;
  }
});

describe("sizes of what is written", () => {
  const write = (fields: object, parameters: object = { value: "x" }) => ({
    dtid: TYPE,
    taskType: "W",
    property: "serverProperties.a",
    taskParameters: parameters,
    ...fields,
  });
  it.each([
    ["taskParameters.value", "devicemgmt/tasks", (length: number) => write({}, { value: "v".repeat(length) }), 65_536],
    [
      "property",
      "devicemgmt/tasks",
      (length: number) => write({ property: `serverProperties.${"p".repeat(length - 17)}` }),
      255,
    ],
    [
      "filter",
      "devicemgmt/tasks",
      (length: number) => write({ filter: `serverProperties.a=${"f".repeat(length - 19)}` }),
      4_096,
    ],
    ["name", "devices", (length: number) => ({ dtid: TYPE, name: "n".repeat(length) }), 255],
    ["token", "devices", (length: number) => ({ dtid: TYPE, token: "t".repeat(length) }), 1_024],
    ["name", "devicetypes", (length: number) => ({ name: "n".repeat(length) }), 255],
    ["owner", "devicetypes", (length: number) => ({ name: "n", owner: "o".repeat(length) }), 1_024],
  ] as const)("%s of POST /%s: the longest is 201, one more is 400 with the length", (field, path, body, limit) => {
    const world = createWorld();
    provision(world, ["a"]);
    expect(world.rest("POST", path, body(limit)).status).toBe(201);
    expect(world.rest("POST", path, body(limit + 1))).toMatchObject({
      status: 400,
      body: { error: { code: 4001, field, message: `${field}: Maximum length ${limit}` } },
    });
  });
});

describe("DELETE /devicemgmt/devices/{did}/serverproperties", () => {
  it("forgets all of them, also over a restart, and answers with the device id; twice is as good as once", () => {
    const world = house();
    const path = "devicemgmt/devices/a/serverproperties";
    for (let i = 0; i < 2; i += 1)
      expect(world.rest("DELETE", path)).toEqual({ status: 200, body: { data: { did: "a" } } });
    world.restart();
    expect(
      found(world).data.properties.map((groups) => (groups as { serverProperties?: unknown }).serverProperties),
    ).toEqual([{}, { site: 1 }, { site: { floor: "up, left" } }]);
    expect(world.rest("DELETE", "devicemgmt/devices/nobody/serverproperties").status).toBe(404);
  });
});

describe("GET /devicemgmt/devicetypes/{dtid}/manifest/properties", () => {
  it("has the server properties in use with the types of their values, and the device properties of a task", () => {
    const world = house();
    world.rest("POST", "devicemgmt/devices/c/serverproperties", { site: "b1", on: true, height: 1.5 });
    const { status, body } = world.rest("GET", `devicemgmt/devicetypes/${TYPE}/manifest/properties`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: {
        serverProperties: { site: { type: "Any" }, on: { type: "Boolean" }, height: { type: "Double" } },
        systemProperties: { did: { type: "String" }, connection: { type: "String" } },
        deviceProperties: {
          device: {
            timezone: { type: "String", operations: "RW", multiple: false },
            errorCode: { type: "Long", operations: "R", multiple: true },
            reboot: { operations: "E", multiple: false },
          },
          firmwareUpdate: { update: { operations: "E", multiple: false } },
        },
      },
    });
    expect(world.rest("GET", "devicemgmt/devicetypes/nobody/manifest/properties")).toMatchObject({
      status: 404,
      body: { error: { code: 1101 } },
    });
  });

  it("names exactly what a task accepts: a Read of each is taken, and nothing that is not there", () => {
    const { world } = oneDevice();
    const { body } = world.rest("GET", `devicemgmt/devicetypes/${TYPE}/manifest/properties`);
    const { deviceProperties } = (body as { data: { deviceProperties: Record<string, Record<string, unknown>> } }).data;
    const names = Object.entries(deviceProperties).flatMap(([object, resources]) => [
      object,
      ...Object.keys(resources).map((name) => `${object}.${name}`),
    ]);
    expect(names.length).toBeGreaterThan(50);
    const read = (name: string) =>
      world.rest("POST", "devicemgmt/tasks", { dtid: TYPE, taskType: "R", property: `deviceProperties.${name}` })
        .status;
    expect(names.filter((name) => read(name) !== 201)).toEqual([]);
    for (const absent of ["firmwareUpdate.package", "security", "server", "security.secretKey"])
      expect(read(absent)).toBe(400);
  });
});
