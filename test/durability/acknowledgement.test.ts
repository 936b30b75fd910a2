/** Nobody hears of what is not on disk: the whole server, with a store that takes its time or fails. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createRandomSource } from "../../src/platform/random.ts";
import { pause } from "../../src/platform/timers.ts";
import { coapParams, completeProfile, EMPTY_PROFILE } from "../../src/protocol/profile.ts";
import type { StoredRecord } from "../../src/protocol/server-port.ts";
import { millis } from "../../src/protocol/time.ts";
import { createDriver } from "../../src/reference-server/adapters/driver.ts";
import { type RecordStore, recordStoreOf } from "../../src/reference-server/adapters/record-store.ts";
import { type ServeOptions, startServer } from "../../src/reference-server/adapters/serve.ts";
import { createMemoryStore } from "../../src/reference-server/memory-store.ts";
import { createReferenceServer } from "../../src/reference-server/server.ts";
import { openDevice } from "./live-device.ts";

/** A store in memory whose commits wait, or fail, while the test says so. */
function gatedStore() {
  const memory = recordStoreOf(createMemoryStore());
  let gate: Promise<void> = Promise.resolve();
  let release: (failure?: Error) => void = () => undefined;
  let reached: () => void = () => undefined;
  let closed = 0;
  const commits: number[] = [];
  const store: RecordStore = {
    ...memory,
    name: "gated",
    async commit(changes) {
      reached();
      await gate;
      await memory.commit(changes);
      commits.push(changes.length);
    },
    close: () => {
      closed += 1;
    },
  };
  return {
    store,
    commits,
    closed: () => closed,
    /** From now on commits wait. Settles when one does. */
    hold(): Promise<void> {
      gate = new Promise((resolve, reject) => {
        release = (failure) => (failure === undefined ? resolve() : reject(failure));
      });
      gate.catch(() => undefined);
      return new Promise((resolve) => {
        reached = resolve;
      });
    },
    release: (failure?: Error) => release(failure),
  };
}

const PROVISION = {
  deviceTypes: [{ dtid: "sensor", name: "Sensor" }],
  devices: [{ did: "d1", dtid: "sensor" }],
};
const TASK = {
  dtid: "sensor",
  dids: ["d1"],
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC" },
};

async function serve(store: RecordStore, options: Partial<ServeOptions> = {}) {
  const server = await startServer({ profile: EMPTY_PROFILE, provision: PROVISION, store, ...options });
  onTestFinished(() => server.close(millis(100)));
  const request = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${server.http}/${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return { server, request };
}

describe("a server whose store takes its time", () => {
  it("sends the 201 of a task and its first datagram only after the commit", async () => {
    const { store, hold, release } = gatedStore();
    const { server, request } = await serve(store);
    const device = await openDevice("d1", server.coap);
    onTestFinished(device.close);
    expect(await device.register()).toBe("2.01");
    const waits = hold();
    let answered = false;
    const created = request("POST", "devicemgmt/tasks", TASK).then((response) => {
      answered = true;
      return response;
    });
    await waits;
    await pause(millis(50));
    expect([answered, device.requests.length]).toEqual([false, 0]);
    release();
    expect((await created).status).toBe(201);
    while (device.requests.length === 0) await pause(millis(1));
    expect(device.requests).toHaveLength(1);
  });

  it("does not show to others what is not committed: a GET waits for the changes before it", async () => {
    const { store, hold, release } = gatedStore();
    const { request } = await serve(store);
    const waits = hold();
    const changed = request("PUT", "devicemgmt/devicetypes/sensor", { taskExpiresAfter: 777 });
    await waits;
    let seen: unknown;
    const read = request("GET", "devicemgmt/devicetypes/sensor").then(async (response) => {
      seen = await response.json();
    });
    await pause(millis(50));
    expect(seen).toBeUndefined();
    release();
    expect((await changed).status).toBe(200);
    await read;
    expect(seen).toMatchObject({ data: { taskExpiresAfter: 777 } });
  });

  it("answers a Register only after the commit", async () => {
    const { store, hold, release } = gatedStore();
    const { server } = await serve(store);
    const device = await openDevice("d1", server.coap);
    onTestFinished(device.close);
    const waits = hold();
    let code: unknown;
    const registered = device.register().then((answer) => {
      code = answer;
    });
    await waits;
    await pause(millis(50));
    expect(code).toBeUndefined();
    release();
    await registered;
    expect(code).toBe("2.01");
  });

  it("commits 100 tasks that arrive during one commit with one commit more, and answers all", async () => {
    const { store, commits, hold, release } = gatedStore();
    const profile = completeProfile(EMPTY_PROFILE);
    const random = createRandomSource("many");
    const driver = createDriver(createReferenceServer({ profile, coap: coapParams(profile), random }), {
      store,
      onBug: (error) => {
        throw error;
      },
      send: () => undefined,
      answer: () => undefined,
    });
    await driver.start(async (ask) => {
      const post = (where: string, body: unknown) => ask({ method: "POST", path: where.split("/"), query: {}, body });
      await post("devicetypes", PROVISION.deviceTypes[0]);
      await post("devices", PROVISION.devices[0]);
      const waits = hold();
      const first = post("devicemgmt/tasks", TASK);
      await waits;
      const before = commits.length;
      const more = Array.from({ length: 100 }, () => post("devicemgmt/tasks", TASK));
      release();
      const statuses = (await Promise.all([first, ...more])).map(({ status }) => status);
      expect(statuses).toEqual(Array(101).fill(201));
      expect(commits.length - before).toBe(2);
    });
    await driver.close();
  });

  it("finishes what is being committed before it closes, and closes the store", async () => {
    const { store, hold, release, closed } = gatedStore();
    const { server, request } = await serve(store);
    const waits = hold();
    const created = request("POST", "devicemgmt/tasks", TASK);
    await waits;
    const ended = server.close();
    await pause(millis(50));
    expect(closed()).toBe(0);
    release();
    expect((await created).status).toBe(201);
    await ended;
    expect(closed()).toBe(1);
    const tasks = (await store.read("task")) as readonly StoredRecord[];
    expect(tasks).toHaveLength(1);
  });
});

describe("a server whose store fails", () => {
  it("acknowledges nothing: the POST ends with 503, no datagram leaves, and `failure` says why", async () => {
    const { store, hold, release } = gatedStore();
    const { server, request } = await serve(store);
    const device = await openDevice("d1", server.coap);
    onTestFinished(device.close);
    await device.register();
    const waits = hold();
    const created = request("POST", "devicemgmt/tasks", TASK);
    await waits;
    release(new Error("database or disk is full"));
    expect((await created).status).toBe(503);
    expect(await server.failure).toMatchObject({
      name: "HarnessError",
      code: "store-failed",
      message: expect.stringMatching(
        /^gated has failed: database or disk is full\. .*acknowledged nothing that is not/,
      ),
    });
    await expect(request("GET", "devicemgmt/devicetypes/sensor")).rejects.toThrow();
    expect([await device.update(), device.requests]).toEqual([undefined, []]);
    await server.close();
  });

  it("does not start on records that it does not understand", async () => {
    const { store } = gatedStore();
    await store.commit([{ table: "device-type", key: "x", value: { dtid: 7 } }]);
    await expect(serve(store)).rejects.toMatchObject({
      name: "HarnessError",
      code: "store-not-usable",
      message: expect.stringContaining("gated holds is not what this program writes"),
    });
  });

  it("does not start when its first commit fails, and closes the store", async () => {
    const { store, hold, release, closed } = gatedStore();
    const waits = hold();
    const started = serve(store);
    await waits;
    release(new Error("read-only file system"));
    await expect(started).rejects.toMatchObject({ code: "store-failed" });
    expect(closed()).toBe(1);
  });
});

describe("a server that starts again on its store", () => {
  it("takes the same --devices file a second time, and leaves what is known as it is", async () => {
    const { store } = gatedStore();
    const first = await serve(store);
    await first.request("PUT", "devicemgmt/devicetypes/sensor", { taskExpiresAfter: 777 });
    await first.server.close();
    const second = await serve(store);
    expect(await (await second.request("GET", "devicemgmt/devicetypes/sensor")).json()).toMatchObject({
      data: { name: "Sensor", taskExpiresAfter: 777 },
    });
  });

  it("runs a task of the server before when its device registers", async () => {
    const { store } = gatedStore();
    const first = await serve(store);
    const created = await first.request("POST", "devicemgmt/tasks", TASK);
    const { data } = (await created.json()) as { data: { id: string } };
    await first.server.close();
    const second = await serve(store);
    const device = await openDevice("d1", second.server.coap);
    onTestFinished(device.close);
    await device.register();
    while (device.requests.length === 0) await pause(millis(1));
    let status = "";
    while (status !== "COMPLETE") {
      const answer = await second.request("GET", `devicemgmt/tasks/${data.id}`);
      status = ((await answer.json()) as { data: { status: string } }).data.status;
    }
    expect(device.requests).toHaveLength(1);
  });
});
