import { describe, expect, it } from "vitest";
import { brief, createTask, oneDevice, provision, TYPE } from "../test-calls.ts";
import { createWorld } from "../test-kit.ts";

const WRITE = {
  dtid: TYPE,
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "Europe/Paris" },
};

describe("pages (row 23)", () => {
  it("join to the whole without overlap; count is the number on the page, total that of all", () => {
    const world = createWorld();
    provision(
      world,
      Array.from({ length: 7 }, (_, index) => `d${index}`),
    );
    const task = createTask(world);
    const page = (offset: string) =>
      world.rest("GET", `devicemgmt/tasks/${task.id}/statuses`, undefined, { count: "3", offset }).body as {
        total: number;
        count: number;
        offset: number;
        data: { statuses: { did: string }[] };
      };
    const pages = ["0", "3", "6", "9"].map(page);
    expect(pages.map(({ total, count, offset }) => [total, count, offset])).toEqual([
      [7, 3, 0],
      [7, 3, 3],
      [7, 1, 6],
      [7, 0, 9],
    ]);
    expect(pages.flatMap(({ data }) => data.statuses.map(({ did }) => did))).toEqual([
      "d0",
      "d1",
      "d2",
      "d3",
      "d4",
      "d5",
      "d6",
    ]);
  });

  it("have 100 items unless told otherwise; count 0, 101 and text are 400", () => {
    const world = createWorld();
    provision(
      world,
      Array.from({ length: 101 }, (_, index) => `d${index}`),
    );
    const path = `devicemgmt/tasks/${createTask(world).id}/statuses`;
    expect(world.rest("GET", path).body).toMatchObject({ total: 101, count: 100 });
    for (const query of [{ count: "0" }, { count: "101" }, { count: "x" }, { offset: "-1" }, { offset: "1e3" }]) {
      expect(world.rest("GET", path, undefined, query).status).toBe(400);
    }
  });

  it("are filtered by status and dids", () => {
    const world = createWorld();
    const [first] = provision(world, ["a", "b", "c"]);
    first?.register();
    const path = `devicemgmt/tasks/${createTask(world).id}/statuses`;
    const dids = (query: Record<string, string>) =>
      (world.rest("GET", path, undefined, query).body as { data: { statuses: { did: string }[] } }).data.statuses.map(
        ({ did }) => did,
      );
    expect(dids({ status: "SUCCEEDED" })).toEqual(["a"]);
    expect(dids({ status: "QUEUED,FAILED", dids: "c,a" })).toEqual(["c"]);
    expect(world.rest("GET", path, undefined, { status: "DONE" }).status).toBe(400);
  });
});

describe("wrong requests (row 29)", () => {
  it("unknown ids are 404 with code 404", () => {
    const { world } = oneDevice();
    const { id } = createTask(world);
    for (const [method, path] of [
      ["GET", "devicemgmt/tasks/none"],
      ["GET", "devicemgmt/tasks/none/statuses"],
      ["GET", "devicemgmt/tasks/none/statuses/history"],
      ["PUT", "devicemgmt/tasks/none"],
      ["PUT", `devicemgmt/tasks/${id}/devices/none`],
      ["GET", "devicemgmt/devices/none/properties"],
      ["POST", "devicemgmt/devices/none/serverproperties"],
      ["GET", "nothing/here"],
      ["GET", "devicemgmt/tasks/__proto__"],
    ] as const) {
      expect(world.rest(method, path, { status: "CANCELLED" })).toMatchObject({
        status: 404,
        body: { error: { code: 404 } },
      });
    }
    expect(world.rest("GET", `devicemgmt/tasks/${id}/statuses/history`, undefined, { did: "none" }).status).toBe(404);
    expect(world.rest("GET", "devicemgmt/devicetypes/none")).toMatchObject({
      status: 404,
      body: { error: { code: 1101 } },
    });
  });

  it("a status other than CANCELLED is 400 and changes nothing", () => {
    const { world } = oneDevice();
    const task = createTask(world);
    for (const body of [{ status: "COMPLETE" }, {}, undefined, [], { status: null }]) {
      expect(world.rest("PUT", `devicemgmt/tasks/${task.id}`, body).status).toBe(400);
      expect(world.rest("PUT", `devicemgmt/tasks/${task.id}/devices/d`, body).status).toBe(400);
    }
    expect(brief(world, task)).toEqual(["QUEUED 0"]);
  });

  it("a known path with another method is 405 and says what is allowed", () => {
    const { world } = oneDevice();
    expect(world.rest("DELETE", "devicemgmt/tasks")).toMatchObject({ status: 405, headers: { Allow: "POST, GET" } });
    expect(world.rest("POST", "devicemgmt/tasks/x")).toMatchObject({ status: 405, headers: { Allow: "GET, PUT" } });
  });

  it("a body nested 10,000 deep is 400", () => {
    const { world } = oneDevice();
    let body: object = {};
    for (let depth = 0; depth < 10_000; depth += 1) body = { body };
    expect(world.rest("POST", "devicemgmt/devices/d/serverproperties", body).status).toBe(400);
  });
});

describe("provisioning and configuration (rows 8, 27)", () => {
  it("generates ids of 32 hex digits; a taken id is 409; a device of an unknown type is 404", () => {
    const world = createWorld();
    const type = world.rest("POST", "devicetypes", { name: "T" });
    expect(type).toMatchObject({ status: 201, body: { data: { dtid: expect.stringMatching(/^[0-9a-f]{32}$/) } } });
    const { dtid } = (type.body as { data: { dtid: string } }).data;
    expect(world.rest("POST", "devices", { dtid })).toMatchObject({
      status: 201,
      body: { data: { did: expect.stringMatching(/^[0-9a-f]{32}$/), dtid } },
    });
    expect(world.rest("POST", "devices", { did: "x", dtid }).status).toBe(201);
    expect(world.rest("POST", "devices", { did: "x", dtid }).status).toBe(409);
    expect(world.rest("POST", "devicetypes", { dtid, name: "again" }).status).toBe(409);
    expect(world.rest("POST", "devices", { dtid: "none" }).status).toBe(404);
  });

  it("PUT of a device type keeps what is left out; taskExpiresAfter is 60..604800 s", () => {
    const { world } = oneDevice();
    const path = `devicemgmt/devicetypes/${TYPE}`;
    world.rest("PUT", path, { taskExpiresAfter: 60, pmin: 3_600 });
    expect(world.rest("PUT", path, { pmax: 86_400 })).toMatchObject({
      status: 200,
      body: { data: { dtid: TYPE, taskExpiresAfter: 60, pmin: 3_600, pmax: 86_400, devicePropertiesEnabled: true } },
    });
    for (const body of [{ taskExpiresAfter: 59 }, { taskExpiresAfter: 604_801 }, { pmin: 59 }]) {
      expect(world.rest("PUT", path, body)).toMatchObject({ status: 400, body: { error: { code: 4001 } } });
    }
    expect(world.rest("GET", path)).toMatchObject({ status: 200, body: { data: { taskExpiresAfter: 60 } } });
  });

  it("server properties merge, by name down to the leaf; the answer is the did alone", () => {
    const { world } = oneDevice();
    const path = "devicemgmt/devices/d/serverproperties";
    expect(world.rest("POST", path, { a: { b: 1, c: true }, d: [1] })).toEqual({
      status: 200,
      body: { data: { did: "d" } },
    });
    world.rest("POST", path, { a: { b: 2 } });
    expect(world.rest("GET", "devicemgmt/devices/d/properties").body).toEqual({
      data: {
        serverProperties: { a: { c: true, b: 2 }, d: [1] },
        systemProperties: { did: "d", connection: "disconnected" },
        deviceProperties: {},
      },
    });
    expect(world.rest("POST", path, [1]).status).toBe(400);
  });
});

describe("who may do what (row 30; A-01)", () => {
  it("with a token: 401 without or with another one", () => {
    const world = createWorld({ token: "admin" });
    expect(world.rest("POST", "devicetypes", { name: "T" })).toMatchObject({
      status: 401,
      body: { error: { code: 401 } },
    });
    expect(world.rest("POST", "devicetypes", { name: "T" }, {}, "other").status).toBe(401);
    expect(world.rest("POST", "devicetypes", { name: "T" }, {}, "admin").status).toBe(201);
  });

  it("without an administrator: whoever comes uses a type that nobody owns, and only its owner another", () => {
    const world = createWorld();
    for (const owned of [{}, { owner: "ann" }])
      world.rest("POST", "devicetypes", { dtid: `t${Object.keys(owned).length}`, name: "T", ...owned });
    const read = (dtid: string, token?: string) =>
      world.rest("GET", `devicemgmt/devicetypes/${dtid}`, undefined, {}, token).status;
    expect([read("t0"), read("t0", "bob"), read("t1", "ann"), read("t1", "bob"), read("t1")]).toEqual([
      200, 200, 200, 403, 403,
    ]);
  });

  it("a type that nobody owns is the administrator's, where there is one", () => {
    const world = createWorld({ token: "admin" });
    world.rest("POST", "devicetypes", { dtid: "free", name: "T" }, {}, "admin");
    world.rest("POST", "devicetypes", { dtid: "ann's", name: "T", owner: "ann" }, {}, "admin");
    const read = (token: string) => world.rest("GET", "devicemgmt/devicetypes/free", undefined, {}, token).status;
    expect([read("admin"), read("ann")]).toEqual([200, 403]);
  });

  it("the owner of another type gets 403 on creating, reading and cancelling, and nothing is stored", () => {
    const world = createWorld({ token: "admin" });
    for (const owner of ["ann", "bob"]) {
      world.rest("POST", "devicetypes", { dtid: `of-${owner}`, name: owner, owner }, {}, "admin");
      world.rest("POST", "devices", { did: `d-${owner}`, dtid: `of-${owner}` }, {}, "admin");
    }
    const body = { ...WRITE, dtid: "of-ann" };
    expect(world.rest("POST", "devicemgmt/tasks", body, {}, "bob")).toMatchObject({
      status: 403,
      body: { error: { code: 403 } },
    });
    const created = world.rest("POST", "devicemgmt/tasks", body, {}, "ann");
    const path = `devicemgmt/tasks/${(created.body as { data: { id: string } }).data.id}`;
    expect(["bob", "ann", "admin"].map((token) => world.rest("GET", path, undefined, {}, token).status)).toEqual([
      403, 200, 200,
    ]);
    expect(world.rest("PUT", path, { status: "CANCELLED" }, {}, "bob").status).toBe(403);
    expect(world.rest("GET", "devicemgmt/devices/d-ann/properties", undefined, {}, "bob").status).toBe(403);
    expect(world.rest("POST", "devicetypes", { name: "T" }, {}, "ann").status).toBe(403);
  });
});
