/** Secrets at rest: no token can be read from a store, and each is known again after a restart. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { EMPTY_PROFILE } from "../../src/protocol/profile.ts";
import { millis } from "../../src/protocol/time.ts";
import { startServer } from "../../src/reference-server/adapters/serve.ts";
import { openSqliteStore } from "../../src/reference-server/adapters/sqlite-store.ts";

const directories: string[] = [];
afterEach(async () => {
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), "fleetproof-tokens-"));
  directories.push(directory);
  return directory;
}

async function bytesIn(directory: string): Promise<string> {
  const files = await readdir(directory);
  const texts = await Promise.all(files.map((file) => readFile(path.join(directory, file), "latin1")));
  return texts.join("\n");
}

const ADMINISTRATOR = "administrator-secret";
const OWNER = "owner-secret-0123456789";
const DEVICE = "device-secret-0123456789";

const start = async (directory: string) =>
  startServer({
    profile: EMPTY_PROFILE,
    token: ADMINISTRATOR,
    store: await openSqliteStore(path.join(directory, "data.db")),
  });

const call = (url: string, token: string, method = "GET", body?: unknown): Promise<Response> =>
  fetch(url, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

describe("tokens in a SQLite file", () => {
  it("are there as digests only, while the server runs and afterwards, and are known after a restart", async () => {
    const directory = await newDirectory();
    const first = await start(directory);
    await call(`${first.http}/devicetypes`, ADMINISTRATOR, "POST", { dtid: "t", name: "T", owner: OWNER });
    await call(`${first.http}/devices`, ADMINISTRATOR, "POST", { did: "d", dtid: "t", token: DEVICE });
    const made = await call(`${first.http}/tokens`, ADMINISTRATOR, "POST", { kind: "application", dtid: "t" });
    const { data } = (await made.json()) as { data: { id: string; token: string } };
    expect(data.token).toMatch(/^[\w-]{43}$/);
    const secrets = [ADMINISTRATOR, OWNER, DEVICE, data.token];
    for (const secret of secrets) expect(await bytesIn(directory)).not.toContain(secret);
    expect(await bytesIn(directory)).toContain(data.id);
    await first.close(millis(10));
    for (const secret of secrets) expect(await bytesIn(directory)).not.toContain(secret);

    const second = await start(directory);
    const properties = `${second.http}/devicemgmt/devices/d/properties`;
    for (const secret of secrets) expect((await call(properties, secret)).status).toBe(200);
    expect((await call(`${second.http}/tokens/${data.id}`, ADMINISTRATOR, "DELETE")).status).toBe(200);
    expect((await call(properties, data.token)).status).toBe(401);
    await second.close(millis(10));
    const third = await start(directory);
    expect((await call(`${third.http}/devicemgmt/devices/d/properties`, data.token)).status).toBe(401);
    await third.close(millis(10));
  });

  it("that version 1 wrote as they were become digests at the first start, and nothing of them stays in the file", async () => {
    const directory = await newDirectory();
    const file = path.join(directory, "data.db");
    const old = await openSqliteStore(file, { migrations: [] });
    const common = { devicePropertiesEnabled: true, createdOn: 1, modifiedOn: 1 };
    await old.commit([
      { table: "device-type", key: "t", value: { dtid: "t", name: "T", owner: OWNER, ...common } },
      { table: "device-type", key: "u", value: { dtid: "u", name: "U", ...common } },
      { table: "device", key: "d", value: { did: "d", dtid: "t", name: "D", token: DEVICE, sequence: 0 } },
      // Enough for the file to be rearranged, which leaves what was there before in free places.
      ...Array.from({ length: 300 }, (_, index) => ({
        table: "device",
        key: `d${index}`,
        value: { did: `d${index}`, dtid: "t", name: "D", token: `${DEVICE}-${index}`, sequence: index + 1 },
      })),
    ]);
    await old.close();
    expect(await bytesIn(directory)).toContain(OWNER);
    const server = await start(directory);
    const properties = `${server.http}/devicemgmt/devices/d/properties`;
    expect((await call(properties, OWNER)).status).toBe(200);
    expect((await call(properties, DEVICE)).status).toBe(200);
    await server.close(millis(10));
    for (const secret of [OWNER, DEVICE]) expect(await bytesIn(directory)).not.toContain(secret);
  });
});
