import { describe, expect, it } from "vitest";
import { createTask, oneDevice, provision, TYPE } from "../test-calls.ts";
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
