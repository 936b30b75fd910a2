import { describe, expect, it } from "vitest";
import { CHUNK_SIZE, UpdateRecord } from "../ota/image-records.ts";
import { LARGEST_IMAGE } from "../ota/images.ts";
import { updateTo, upload, withFirmware } from "../ota/test-device.ts";
import { cancel, createTask, oneDevice, provision, TYPE } from "../test-calls.ts";
import { createWorld, type World } from "../test-kit.ts";
import { UpdateEnvelope, UpdateListEnvelope } from "./update-docs.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, index) => index);
/** By sha256sum. */
const CHECKSUM = "bce0aff19cf5aa6a7469a30d61d04e4376e4bbf6381052ee9e7f33925c954d52";

function withType(): World {
  const world = createWorld();
  provision(world, ["d"]);
  return world;
}

/** The 32 hex digits behind which an image is found: in the store, since no answer shows them. */
function fileOf(world: World): string {
  const rows = world.store.perform({ kind: "query", ticket: 1, table: "update" });
  return rows.kind === "rows" ? UpdateRecord.parse(rows.rows[0]?.value).file : "";
}

describe("POST /updates", () => {
  it("takes the bytes with what is about them in the query, and answers 201", () => {
    const world = withType();
    const query = { dtid: TYPE, version: "2.0", name: "spring" };
    const { status, body } = world.rest("POST", "updates", BYTES, query);
    expect(status).toBe(201);
    expect(UpdateEnvelope.parse(body).data).toMatchObject({
      ...query,
      size: 100,
      checksum: CHECKSUM,
      createdOn: 1_767_225_600_000,
    });
  });

  it("takes JSON with the bytes as base64 just so", () => {
    const world = withType();
    const image = Buffer.from(BYTES).toString("base64");
    const { status, body } = world.rest("POST", "updates", { dtid: TYPE, version: "2.0", image });
    expect([status, UpdateEnvelope.parse(body).data.checksum]).toEqual([201, CHECKSUM]);
  });

  it.each<readonly [string, unknown, Record<string, string>, number, string | undefined]>([
    ["no body", undefined, { dtid: TYPE, version: "2" }, 400, "body"],
    ["no version", BYTES, { dtid: TYPE }, 400, "version"],
    ["no device type", BYTES, { version: "2" }, 400, "dtid"],
    ["an unknown device type", BYTES, { dtid: "none", version: "2" }, 404, undefined],
    ["what is not base64", { dtid: TYPE, version: "2", image: "§" }, {}, 400, "image"],
    ["an empty image", { dtid: TYPE, version: "2", image: "" }, {}, 400, "image"],
    ["more than 16 MiB", new Uint8Array(LARGEST_IMAGE + 1), { dtid: TYPE, version: "2" }, 413, undefined],
  ])("refuses %s and stores nothing", (_, body, query, status, field) => {
    const world = withType();
    const answer = world.rest("POST", "updates", body, query);
    expect(answer.status).toBe(status);
    if (field !== undefined) expect(answer.body).toMatchObject({ error: { code: 4001, field } });
    expect(world.rest("GET", "updates", undefined, { dtid: TYPE }).body).toMatchObject({ total: 0 });
  });
});

describe("the images of a device type", () => {
  it("are listed newest first, and shown one by one", () => {
    const world = withType();
    const ids = ["1", "2", "3"].map((version) => upload(world, BYTES, version));
    const list = UpdateListEnvelope.parse(world.rest("GET", "updates", undefined, { dtid: TYPE, count: "2" }).body);
    expect([list.total, list.count, list.data.updates.map(({ version }) => version)]).toEqual([3, 2, ["3", "2"]]);
    expect(world.rest("GET", `updates/${ids[0]}`).body).toMatchObject({ data: { version: "1" } });
    expect(world.rest("GET", "updates/none").status).toBe(404);
  });

  it("belong to its owner: nobody else may see, use or delete them (row 30)", () => {
    const world = createWorld({ token: "admin" });
    world.rest("POST", "devicetypes", { dtid: TYPE, name: "T", owner: "alice" }, {}, "admin");
    world.rest("POST", "devicetypes", { dtid: "other", name: "O", owner: "bob" }, {}, "admin");
    const made = world.rest("POST", "updates", BYTES, { dtid: TYPE, version: "2" }, "alice");
    const { updateId } = UpdateEnvelope.parse(made.body).data;
    const calls = [
      world.rest("POST", "updates", BYTES, { dtid: TYPE, version: "2" }, "bob"),
      world.rest("GET", "updates", undefined, { dtid: TYPE }, "bob"),
      world.rest("GET", `updates/${updateId}`, undefined, {}, "bob"),
      world.rest("DELETE", `updates/${updateId}`, undefined, {}, "bob"),
    ];
    expect(calls.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const task = { dtid: "other", taskParameters: { update: { updateId } } };
    expect(world.rest("POST", "devicemgmt/tasks", task, {}, "bob")).toMatchObject({ status: 400 });
    expect(world.rest("GET", `updates/urls/${fileOf(world)}`)).toMatchObject({ status: 200, body: BYTES });
    expect(world.rest("GET", `updates/${updateId}`).status).toBe(401);
  });

  it("cannot be deleted while a task uses them; then they are gone from everywhere", () => {
    const { world, device } = oneDevice();
    withFirmware(device, { delivery: 1 });
    device.register();
    const updateId = upload(world);
    const task = createTask(world, updateTo(updateId));
    const scheduled = createTask(
      world,
      updateTo(updateId, { taskParameters: { update: { updateId }, scheduledOn: 1_767_225_700_000 } }),
    );
    for (const used of [task, scheduled]) {
      expect(world.rest("DELETE", `updates/${updateId}`).status).toBe(409);
      cancel(world, used);
    }
    const file = fileOf(world);
    expect(world.rest("DELETE", `updates/${updateId}`)).toMatchObject({ status: 200, body: { data: { updateId } } });
    expect(world.rest("GET", `updates/${updateId}`).status).toBe(404);
    expect(world.rest("GET", `updates/urls/${file}`).status).toBe(404);
    expect(JSON.stringify(world.store.perform({ kind: "query", ticket: 1, table: "update-chunk" }))).toMatch(
      /"rows":\[\]/,
    );
    world.restart();
    expect(world.rest("GET", `devicemgmt/tasks/${task.id}`).body).toMatchObject({
      data: { taskParameters: { update: { updateId } } },
    });
  });

  it("come back byte for byte after a restart, though they are stored in chunks", () => {
    const world = withType();
    const bytes = Uint8Array.from({ length: 2 * CHUNK_SIZE + 5 }, (_, index) => (index * 7) & 255);
    const updateId = upload(world, bytes);
    const before = world.rest("GET", `updates/${updateId}`).body;
    world.restart();
    expect(world.rest("GET", `updates/${updateId}`).body).toEqual(before);
    const { headers, body } = world.rest("GET", `updates/urls/${fileOf(world)}`);
    expect(headers).toEqual({ "Content-Type": "application/octet-stream" });
    expect(Buffer.compare(body as Uint8Array, bytes)).toBe(0);
  });
});

describe("POST /devicemgmt/tasks with an update", () => {
  it("shows the update, and neither task type nor property", () => {
    const { world } = oneDevice();
    const updateId = upload(world);
    const { status, body } = world.rest("POST", "devicemgmt/tasks", {
      dtid: TYPE,
      taskParameters: { update: { updateId } },
    });
    expect([status, body]).toMatchObject([
      201,
      { data: { taskParameters: { expiresAfter: 604_800, update: { updateId } } } },
    ]);
    expect(Object.keys((body as { readonly data: object }).data)).not.toEqual(expect.arrayContaining(["taskType"]));
    expect(Object.keys((body as { readonly data: object }).data)).not.toEqual(expect.arrayContaining(["property"]));
  });

  it.each([
    [{ taskParameters: { update: { updateId: "none" } } }, "taskParameters.update.updateId"],
    [{ property: "deviceProperties.device.timezone" }, "property"],
    [{ taskType: "W" }, "taskType"],
  ])("refuses %j", (fields, field) => {
    const { world } = oneDevice();
    const body = { dtid: TYPE, taskParameters: { update: { updateId: upload(world) } }, ...fields };
    expect(world.rest("POST", "devicemgmt/tasks", body)).toMatchObject({ status: 400, body: { error: { field } } });
  });
});
