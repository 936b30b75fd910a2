/** The server as a process: killed and started again, it shows the same; what it refuses, and how it ends. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { pause } from "../../src/platform/timers.ts";
import { millis } from "../../src/protocol/time.ts";
import { MIGRATIONS } from "../../src/reference-server/adapters/record-store.ts";
import { openSqliteStore } from "../../src/reference-server/adapters/sqlite-store.ts";
import { changed, type LiveDevice, openDevice } from "./live-device.ts";
import { findPostgres, type PostgresCluster, startPostgres } from "./postgres-cluster.ts";
import { compileProgram, type Program, type ServerProcess, startServe } from "./server-process.ts";

const initdb = findPostgres();
let program: Program;
let cluster: PostgresCluster | undefined;
let directory = "";
beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-restart-"));
  program = compileProgram();
  cluster = initdb === undefined ? undefined : await startPostgres(initdb);
});
afterAll(async () => {
  program.remove();
  rmSync(directory, { recursive: true, force: true });
  await cluster?.stop();
});

/** A server that a failing test leaves behind is ended with the test. */
async function start(...args: Parameters<typeof startServe> extends [unknown, ...infer Rest] ? Rest : never) {
  const server = await startServe(program, ...args);
  onTestFinished(async () => void (await server.signal("SIGKILL")));
  return server;
}

const headers = { "Content-Type": "application/json", Authorization: "Bearer admin" };

async function request(server: ServerProcess, method: string, where: string, body?: unknown): Promise<Response> {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  return fetch(`${server.http}/${where}`, init);
}

async function data<T>(server: ServerProcess, method: string, where: string, body?: unknown): Promise<T> {
  const response = await request(server, method, where, body);
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { data: T }).data;
}

const TIMES = ["--ack-timeout", "200ms", "--max-retransmit", "0", "--response-timeout", "400ms"];
const PROVISION = {
  deviceTypes: [
    { dtid: "sensor", name: "Sensor", owner: "owner-token" },
    { dtid: "meter", name: "Meter" },
  ],
  devices: [
    { did: "answers", dtid: "sensor", name: "One", serverProperties: { site: { floor: 3 } } },
    { did: "refuses", dtid: "sensor" },
    { did: "silent", dtid: "sensor" },
    { did: "absent", dtid: "sensor" },
    { did: "urn:imei:42", dtid: "meter" },
  ],
};

const task = (dids: readonly string[], more: object = {}) => ({
  dtid: "sensor",
  dids,
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC" },
  ...more,
});

/** Creates one of everything over HTTP and UDP. Gives the paths of all that can be read. */
async function fill(server: ServerProcess, devices: Readonly<Record<string, LiveDevice>>): Promise<readonly string[]> {
  const { dtid } = await data<{ dtid: string }>(server, "POST", "devicetypes", { name: "Named by the server" });
  const { did } = await data<{ did: string }>(server, "POST", "devices", { dtid });
  await request(server, "POST", "devices", { did: "with-token", dtid, token: "its-own" });
  await request(server, "PUT", "devicemgmt/devicetypes/meter", { taskExpiresAfter: 4_000, pmin: 60 });
  await request(server, "POST", "devicemgmt/devices/absent/serverproperties", { site: { floor: 4, room: "é" } });
  await request(server, "POST", "devicemgmt/devices/absent/serverproperties", { site: { floor: 5 } });
  for (const device of Object.values(devices)) await device.register();

  const create = async (body: object): Promise<string> =>
    (await data<{ id: string }>(server, "POST", "devicemgmt/tasks", body)).id;
  const all = ["answers", "refuses", "silent", "absent"];
  const written = await create(task(all));
  const read = await create(task(["answers"], { taskType: "R", taskParameters: undefined }));
  const cancelled = await create(task(["absent"]));
  await request(server, "PUT", `devicemgmt/tasks/${cancelled}`, { status: "CANCELLED" });
  const partly = await create(task(["absent", "silent"]));
  await request(server, "PUT", `devicemgmt/tasks/${partly}/devices/absent`, { status: "CANCELLED" });
  const soon = await create(task(all, { taskParameters: { value: "CET", scheduledOn: Date.now() + 3_600_000 } }));
  const stored = await create(
    task(["absent"], { property: "serverProperties.site.floor", taskParameters: { value: "6" } }),
  );
  const tasks = [written, read, cancelled, partly, soon, stored];

  const dids = [...PROVISION.devices.map((device) => device.did), did, "with-token"];
  return [
    "devicemgmt/tasks?dtid=sensor",
    ...dids.map((id) => `devicemgmt/devices/${encodeURIComponent(id)}/tasks`),
    ...["sensor", "meter", dtid].map((id) => `devicemgmt/devicetypes/${id}`),
    ...dids.map((id) => `devicemgmt/devices/${encodeURIComponent(id)}/properties?includeTimestamp=true`),
    ...tasks.flatMap((id) => [
      `devicemgmt/tasks/${id}`,
      `devicemgmt/tasks/${id}/statuses`,
      `devicemgmt/tasks/${id}/statuses/history`,
      ...all.map((one) => `devicemgmt/tasks/${id}/statuses/history?did=${one}`),
    ]),
  ];
}

const readAll = (server: ServerProcess, paths: readonly string[]): Promise<readonly string[]> =>
  Promise.all(
    paths.map(async (where) => {
      const response = await request(server, "GET", where);
      return `${where} ${response.status} ${await response.text()}`;
    }),
  );

/** Until no exchange is open any more: a restart ends those, and that may be seen. */
async function untilQuiet(server: ServerProcess, paths: readonly string[]): Promise<readonly string[]> {
  for (;;) {
    const seen = await readAll(server, paths);
    if (!seen.some((text) => /^\S+(statuses|tasks) \d+ .*"PROCESSING","ts"/.test(text))) return seen;
    await pause(millis(50));
  }
}

async function openDevices(server: ServerProcess): Promise<Readonly<Record<string, LiveDevice>>> {
  const devices = {
    answers: await openDevice("answers", server.coap, ({ code }) =>
      code === "0.01" ? { code: "2.05", options: [], payload: new TextEncoder().encode("UTC") } : changed,
    ),
    refuses: await openDevice("refuses", server.coap, () => ({
      code: "4.05",
      options: [],
      payload: new Uint8Array(0),
    })),
    silent: await openDevice("silent", server.coap, () => "silent"),
  };
  onTestFinished(async () => void (await Promise.all(Object.values(devices).map((device) => device.close()))));
  return devices;
}

const STORES = [
  { name: "SQLite", isMissing: false, data: async () => path.join(directory, "all.db") },
  { name: "PostgreSQL", isMissing: initdb === undefined, data: async () => (await cluster?.newDatabase()) ?? "" },
];

for (const { name, isMissing, data: newData } of STORES) {
  describe.skipIf(isMissing)(`serve --data, ${name}`, () => {
    it("shows after kill -9 and a new start, byte by byte, what it showed before, and never gives an id twice", async () => {
      const file = path.join(directory, `devices-${name}.json`);
      writeFileSync(file, JSON.stringify(PROVISION));
      const options = ["--data", await newData(), "--devices", file, "--token", "admin", ...TIMES];
      const first = await start(options);
      const devices = await openDevices(first);
      const paths = await fill(first, devices);
      const before = await untilQuiet(first, paths);
      // Only the history of a device that a task does not have is not found.
      expect(before.filter((text) => !/^\S+ 200 |\?did=\w+ 404 /.test(text))).toEqual([]);
      for (const status of ["SUCCEEDED", "FAILED", "QUEUED", "CANCELLED", "SCHEDULED", "COMPLETE"]) {
        expect(before.join("\n")).toContain(`"${status}"`);
      }
      expect((await first.signal("SIGKILL")).signal).toBe("SIGKILL");

      const second = await start(options, { at: first });
      expect(await readAll(second, paths)).toEqual(before);
      expect((await fetch(`${second.http}/devicemgmt/devicetypes/sensor`)).status).toBe(401);
      const owner = { Authorization: "Bearer owner-token" };
      const seenByOwner = [
        await fetch(`${second.http}/devicemgmt/devicetypes/sensor`, { headers: owner }),
        await fetch(`${second.http}/devicemgmt/devicetypes/meter`, { headers: owner }),
      ];
      expect(seenByOwner.map(({ status }) => status)).toEqual([200, 403]);
      // Registered still: an Update is answered, and sends what is queued.
      expect(await devices.answers?.update()).toBe("2.04");

      const ids = new Set(paths.map((where) => where.split("/")[2]));
      const count = ids.size;
      for (let round = 0; round < 20; round += 1) {
        ids.add((await data<{ id: string }>(second, "POST", "devicemgmt/tasks", task(["absent"]))).id);
      }
      expect(ids.size).toBe(count + 20);
      expect((await second.signal("SIGTERM")).code).toBe(0);
    });
  });
}

describe("serve --data", () => {
  const refusal = (data: string) => {
    const args = [program.entry, "serve", "--http", "0", "--coap", "0", "--data", data];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return { code: status, stdout, stderr };
  };

  it("refuses a file that a server has, with exit code 2 and the name of the file", async () => {
    const file = path.join(directory, "one.db");
    const server = await start(["--data", file]);
    const second = refusal(file);
    expect([second.code, second.stdout]).toEqual([2, ""]);
    expect(second.stderr).toContain(`fleetproof: --data: ${file} is in use by another process`);
    expect((await server.signal("SIGINT")).code).toBe(0);
  });

  it("refuses a newer file, a text and a missing directory with exit code 64", async () => {
    const newer = path.join(directory, "newer.db");
    await (
      await openSqliteStore(newer, { migrations: [...MIGRATIONS, { about: "the future", changes: () => [] }] })
    ).close();
    const notes = path.join(directory, "notes.txt");
    writeFileSync(notes, "buy milk");
    const before = readFileSync(newer);
    for (const [file, message] of [
      [newer, "was written by a newer fleetproof"],
      [notes, "is not a database"],
      [path.join(directory, "none", "x.db"), "does not exist; make it first"],
    ] as const) {
      const { code, stderr } = refusal(file);
      expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
    }
    expect(readFileSync(newer).equals(before)).toBe(true);
    expect(readFileSync(notes, "utf8")).toBe("buy milk");
  });

  it("after SIGTERM one file is left, which holds everything", async () => {
    const file = path.join(directory, "clean.db");
    const server = await start(["--data", file, "--open"]);
    const response = await fetch(`${server.http}/devicetypes`, {
      method: "POST",
      headers,
      body: JSON.stringify({ dtid: "kept", name: "Kept" }),
    });
    expect(response.status).toBe(201);
    expect((await server.signal("SIGTERM")).code).toBe(0);
    expect(readdirSync(directory).filter((name) => name.startsWith("clean.db"))).toEqual(["clean.db"]);
    const store = await openSqliteStore(file);
    expect((await store.read("device-type")).map(({ key }) => key)).toEqual(["kept"]);
    await store.close();
  });

  it("stops with exit code 2 when the disk is full, and what it acknowledged is there", async () => {
    const file = path.join(directory, "full.db");
    // No file may be larger than 400 KiB: a write beyond fails, as on a full disk.
    const acknowledged: string[] = [];
    const server = await start(["--data", file], { shell: "ulimit -f 400" });
    const body = (dtid: string) => JSON.stringify({ dtid, name: "x".repeat(255) });
    for (let count = 0; ; count += 1) {
      const dtid = `type-${count}`;
      const init = { method: "POST", headers, body: body(dtid) };
      const status = await fetch(`${server.http}/devicetypes`, init).then(
        (response) => response.status,
        () => 0,
      );
      if (status !== 201) break;
      acknowledged.push(dtid);
    }
    const { code, stderr } = await server.ended;
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/full\.db has failed: .*acknowledged nothing that is not/),
    ]);
    expect(acknowledged.length).toBeGreaterThan(10);
    const store = await openSqliteStore(file);
    const stored = (await store.read("device-type")).map(({ key }) => key);
    expect(stored.slice(0, acknowledged.length)).toEqual(acknowledged);
    await store.close();
  });
});
