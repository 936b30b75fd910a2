/** The store forgets what the server forgets. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pause } from "../../src/platform/timers.ts";
import { EMPTY_PROFILE } from "../../src/protocol/profile.ts";
import { millis } from "../../src/protocol/time.ts";
import { startServer } from "../../src/reference-server/adapters/serve.ts";
import { openSqliteStore } from "../../src/reference-server/adapters/sqlite-store.ts";
import { openDevice } from "./live-device.ts";

const TASK = {
  dtid: "sensor",
  dids: ["answers", "absent"],
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC" },
};

describe("a task at the end of its retention (row 11)", () => {
  it("is removed from the store with its device tasks and histories, also the one of a server before", async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-retention-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const file = path.join(directory, "server.db");
    const begin = async () => {
      const store = await openSqliteStore(file);
      const devices = TASK.dids.map((did) => ({ did, dtid: "sensor" }));
      const server = await startServer({
        profile: { ...EMPTY_PROFILE, retention: 2 },
        provision: { deviceTypes: [{ dtid: "sensor", name: "Sensor" }], devices },
        store,
      });
      onTestFinished(() => server.close(millis(100)));
      const create = async (): Promise<number> => {
        const headers = { "Content-Type": "application/json" };
        const init = { method: "POST", headers, body: JSON.stringify(TASK) };
        return (await fetch(`${server.http}/devicemgmt/tasks`, init)).status;
      };
      return { store, server, create };
    };
    const tables = async (store: Awaited<ReturnType<typeof openSqliteStore>>): Promise<ReadonlySet<string>> =>
      new Set((await store.read("*")).map(({ table }) => table));

    const first = await begin();
    const device = await openDevice("answers", first.server.coap);
    onTestFinished(device.close);
    await device.register();
    expect(await Promise.all(Array.from({ length: 20 }, first.create))).toEqual(Array(20).fill(201));
    while (device.requests.length < 20) await pause(millis(5));
    const full = ["task", "task-state", "task-history", "device-task", "device-task-history"];
    expect([...(await tables(first.store))]).toEqual(expect.arrayContaining(full));
    await first.server.close();

    const second = await begin();
    expect(await second.create()).toBe(201);
    while ((await tables(second.store)).has("task")) await pause(millis(50));
    expect([...(await tables(second.store))].sort()).toEqual([
      "device",
      "device-type",
      "mirror",
      "registration",
      "start",
    ]);
  });
});
