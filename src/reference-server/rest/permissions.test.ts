import { describe, expect, it } from "vitest";
import type { RestResponse } from "../../protocol/server-port.ts";
import { createWorld, type World } from "../test-kit.ts";
import { ENDPOINTS, type EndpointId } from "./endpoints.ts";
import { PERMISSIONS } from "./permissions.ts";

const ADMINISTRATOR = "root";
const TASK = {
  dtid: "mine",
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC" },
};
const IMAGE = { dtid: "mine", version: "2", image: "AAEC" };

/** What the requests of a row name. */
interface Scene {
  readonly world: World;
  readonly tid: string;
  readonly tokenId: string;
  /** Bearer tokens by caller; `undefined`: none. */
  readonly tokens: Readonly<Record<string, string | undefined>>;
  asAdministrator(method: string, path: string, body?: unknown): RestResponse;
}

const dataOf = (response: RestResponse): { readonly id: string; readonly token: string } => {
  if (response.status >= 300) throw new Error(JSON.stringify(response.body));
  return (response.body as { data: { id: string; token: string } }).data;
};

function newScene(): Scene {
  let made = 0;
  const world = createWorld({
    token: ADMINISTRATOR,
    newToken: () => {
      made += 1;
      return `made-${made}`;
    },
  });
  const asAdministrator: Scene["asAdministrator"] = (method, path, body) =>
    world.rest(method, path, body, {}, ADMINISTRATOR);
  const newToken = (body: object): string => dataOf(asAdministrator("POST", "tokens", body)).token;
  asAdministrator("POST", "devicetypes", { dtid: "mine", name: "Mine", owner: "owner-of-mine", user: "ann" });
  asAdministrator("POST", "devicetypes", { dtid: "other", name: "Other", owner: "owner-of-other", user: "bob" });
  for (const did of ["d1", "d2"]) asAdministrator("POST", "devices", { did, dtid: "mine", token: `token-of-${did}` });
  asAdministrator("POST", "devices", { did: "o1", dtid: "other" });
  const revoked = dataOf(asAdministrator("POST", "tokens", { kind: "user", user: "ann" }));
  asAdministrator("DELETE", `tokens/${revoked.id}`);
  const kept = dataOf(asAdministrator("POST", "tokens", { kind: "user", user: "carol" }));
  return {
    world,
    tid: dataOf(asAdministrator("POST", "devicemgmt/tasks", TASK)).id,
    tokenId: kept.id,
    tokens: {
      none: undefined,
      unknown: "nobody's",
      revoked: revoked.token,
      stranger: "owner-of-other",
      "stranger user": newToken({ kind: "user", user: "bob" }),
      "application of another type": newToken({ kind: "application", dtid: "other" }),
      "another device": newToken({ kind: "device", did: "d2" }),
      "another device, provisioned": "token-of-d2",
      "device of another type": newToken({ kind: "device", did: "o1" }),
      owner: "owner-of-mine",
      user: newToken({ kind: "user", user: "ann" }),
      application: newToken({ kind: "application", dtid: "mine" }),
      device: newToken({ kind: "device", did: "d1" }),
      "device, provisioned": "token-of-d1",
      administrator: ADMINISTRATOR,
    },
    asAdministrator,
  };
}

const OWNERS = ["administrator", "owner", "user"];
const OPERATORS = [...OWNERS, "application"];
const AND_DEVICE = [...OPERATORS, "device", "device, provisioned"];
/** Who names a type may not see it, but may see that there is nothing of his own there. */
const EVERYBODY = Object.keys(newScene().tokens);
const NOBODY_ELSE = ["administrator"];

interface Row {
  readonly path: (scene: Scene) => string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly may: readonly string[];
}

const MATRIX: Readonly<Record<EndpointId, Row>> = {
  "create-task": { path: () => "devicemgmt/tasks", body: TASK, may: OPERATORS },
  "list-tasks": { path: () => "devicemgmt/tasks", query: { dtid: "mine" }, may: OPERATORS },
  "get-task": { path: ({ tid }) => `devicemgmt/tasks/${tid}`, may: OPERATORS },
  "cancel-task": { path: ({ tid }) => `devicemgmt/tasks/${tid}`, body: { status: "CANCELLED" }, may: OPERATORS },
  "get-statuses": { path: ({ tid }) => `devicemgmt/tasks/${tid}/statuses`, may: OPERATORS },
  "get-history": { path: ({ tid }) => `devicemgmt/tasks/${tid}/statuses/history`, may: OPERATORS },
  "cancel-device-task": {
    path: ({ tid }) => `devicemgmt/tasks/${tid}/devices/d1`,
    body: { status: "CANCELLED" },
    may: OPERATORS,
  },
  "accept-task": {
    path: ({ tid }) => `devicemgmt/tasks/${tid}/devices/d1/acceptance`,
    body: { acceptanceStatus: "ACCEPTED" },
    may: AND_DEVICE,
  },
  "list-device-tasks": { path: () => "devicemgmt/devices/d1/tasks", may: OPERATORS },
  "list-pending-tasks": { path: () => "devicemgmt/devices/d1/pendingtasks", may: AND_DEVICE },
  "get-properties": { path: () => "devicemgmt/devices/d1/properties", may: AND_DEVICE },
  "query-properties": { path: () => "devicemgmt/devices/properties", query: { dtid: "mine" }, may: OPERATORS },
  "set-server-properties": {
    path: () => "devicemgmt/devices/d1/serverproperties",
    body: { site: "b1" },
    may: AND_DEVICE,
  },
  "delete-server-properties": { path: () => "devicemgmt/devices/d1/serverproperties", may: AND_DEVICE },
  "get-device-type": { path: () => "devicemgmt/devicetypes/mine", may: OPERATORS },
  "configure-device-type": { path: () => "devicemgmt/devicetypes/mine", body: { pmin: 60 }, may: OWNERS },
  "get-manifest-properties": { path: () => "devicemgmt/devicetypes/mine/manifest/properties", may: OPERATORS },
  "add-device-type": { path: () => "devicetypes", body: { name: "New" }, may: NOBODY_ELSE },
  "add-device": { path: () => "devices", body: { dtid: "mine" }, may: OWNERS },
  "add-update": { path: () => "updates", body: IMAGE, may: OWNERS },
  "list-updates": { path: () => "updates", query: { dtid: "mine" }, may: OPERATORS },
  "get-update": { path: (scene) => `updates/${newImage(scene)}`, may: OPERATORS },
  "delete-update": { path: (scene) => `updates/${newImage(scene)}`, may: OWNERS },
  // Its name is the secret.
  "download-update": { path: () => "updates/urls/none", may: EVERYBODY },
  "add-token": { path: () => "tokens", body: { kind: "user", user: "dan" }, may: NOBODY_ELSE },
  "list-tokens": { path: () => "tokens", may: NOBODY_ELSE },
  "revoke-token": { path: ({ tokenId }) => `tokens/${tokenId}`, may: NOBODY_ELSE },
};

const newImage = ({ asAdministrator }: Scene): string => {
  const { id, updateId } = dataOf(asAdministrator("POST", "updates", IMAGE)) as { id: string; updateId?: string };
  return updateId ?? id;
};

describe("who may what (A-01, row 30)", () => {
  it("is told for every endpoint of the table", () => {
    expect(Object.keys(MATRIX).sort()).toEqual(ENDPOINTS.map(({ id }) => id).sort());
    expect(Object.keys(PERMISSIONS).sort()).toEqual(ENDPOINTS.map(({ id }) => id).sort());
  });

  it("lets devices in only where the path names the device, or needs no token at all", () => {
    for (const { id, path, ...endpoint } of ENDPOINTS) {
      const permitted: readonly string[] = PERMISSIONS[id];
      if (!permitted.includes("device")) continue;
      expect(path.includes(":did") || "open" in endpoint, id).toBe(true);
    }
  });

  it.each(ENDPOINTS)("$id: $method $path", ({ id, method }) => {
    const { path, query, body, may } = MATRIX[id];
    for (const caller of EVERYBODY) {
      const scene = newScene();
      const { status, body: answered } = scene.world.rest(method, path(scene), body, query, scene.tokens[caller]);
      const isNobody = ["none", "unknown", "revoked"].includes(caller);
      if (may.includes(caller)) {
        expect([401, 403], `${caller}: ${status}`).not.toContain(status);
        expect(status, caller).toBeLessThan(500);
      } else {
        expect(status, caller).toBe(isNobody ? 401 : 403);
        expect(answered, caller).toEqual({ error: { code: status, message: expect.any(String) } });
      }
    }
  });

  it("lets a device see nothing of another one, whether that exists or not", () => {
    const { world, tokens } = newScene();
    const ask = (did: string) =>
      world.rest("GET", `devicemgmt/devices/${did}/properties`, undefined, {}, tokens.device);
    expect(ask("d2")).toEqual(ask("none"));
    expect(ask("none").status).toBe(403);
  });

  it("knows tokens and owners again after a restart, and a revoked one not", () => {
    const { world, tokens } = newScene();
    world.restart();
    const status = (caller: string) =>
      world.rest("GET", "devicemgmt/devices/d1/properties", undefined, {}, tokens[caller]).status;
    expect(EVERYBODY.filter((caller) => status(caller) === 200)).toEqual([
      "owner",
      "user",
      "application",
      "device",
      "device, provisioned",
      "administrator",
    ]);
    expect(status("revoked")).toBe(401);
  });
});

describe("POST, GET and DELETE /tokens", () => {
  it("show the token once, and afterwards only for whom it is", () => {
    const { asAdministrator } = newScene();
    const made = asAdministrator("POST", "tokens", { kind: "device", did: "d1" });
    expect(made).toMatchObject({ status: 201, body: { data: { kind: "device", did: "d1", token: "made-10" } } });
    const listed = asAdministrator("GET", "tokens");
    expect(listed.body).toMatchObject({ total: 9, count: 9 });
    expect(JSON.stringify(listed.body)).not.toContain("made-");
  });

  it("refuse a device or device type that is not there, and a kind that is none", () => {
    const { asAdministrator } = newScene();
    expect(asAdministrator("POST", "tokens", { kind: "device", did: "none" }).status).toBe(404);
    expect(asAdministrator("POST", "tokens", { kind: "application", dtid: "none" }).body).toMatchObject({
      error: { code: 1101 },
    });
    expect(asAdministrator("POST", "tokens", { kind: "root" }).status).toBe(400);
    expect(asAdministrator("DELETE", "tokens/none").status).toBe(404);
  });

  it("make none where nobody says how: 501", () => {
    const world = createWorld({ token: ADMINISTRATOR });
    expect(world.rest("POST", "tokens", { kind: "user", user: "ann" }, {}, ADMINISTRATOR).status).toBe(501);
  });
});

describe("a server without administrator", () => {
  it("lets anyone do what is nobody's alone, and keeps the owners' types apart (profile.access)", () => {
    const world = createWorld();
    world.rest("POST", "devicetypes", { dtid: "open", name: "Open" });
    world.rest("POST", "devicetypes", { dtid: "owned", name: "Owned", owner: "owner" });
    world.rest("POST", "devicetypes", { dtid: "ann's", name: "Ann's", user: "ann" });
    const status = (dtid: string, token?: string) =>
      world.rest("GET", "devicemgmt/tasks", undefined, { dtid }, token).status;
    expect([status("open"), status("open", "owner"), status("open", "somebody-else")]).toEqual([200, 200, 200]);
    expect([status("owned"), status("owned", "owner"), status("owned", "somebody-else")]).toEqual([403, 200, 403]);
    expect([status("ann's"), status("ann's", "owner"), status("ann's", "ann")]).toEqual([403, 403, 403]);
    expect(world.rest("POST", "devicetypes", { name: "New" }, {}, "owner").status).toBe(201);
  });
});
