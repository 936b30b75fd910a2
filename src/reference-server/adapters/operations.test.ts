/** What stands beside the API: health, metrics, events and the page, over HTTP; a browser is in test/web/. */
import http from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { EMPTY_PROFILE } from "../../protocol/profile.ts";
import { millis } from "../../protocol/time.ts";
import { createMemoryStore } from "../memory-store.ts";
import type { RunningServer } from "./host.ts";
import { createLog } from "./log.ts";
import { type RecordStore, recordStoreOf } from "./record-store.ts";
import { type ServeOptions, startServer } from "./serve.ts";

const TYPES = [{ dtid: "t", name: "T" }];

async function start(options: Partial<ServeOptions> = {}) {
  const lines: string[] = [];
  const server: RunningServer = await startServer({
    profile: EMPTY_PROFILE,
    provision: { deviceTypes: TYPES, devices: [{ did: "d1", dtid: "t" }] },
    version: "1.2.3",
    log: createLog("info", (line) => lines.push(line)),
    ...options,
  });
  onTestFinished(() => server.close(millis(100)));
  const origin = new URL(server.http).origin;
  const ask = (path: string, token?: string): Promise<Response> =>
    fetch(`${origin}${path}`, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } });
  const events = () => lines.map((line) => (JSON.parse(line) as { readonly event: string }).event);
  return { server, origin, ask, lines, events };
}

const TASK = { dtid: "t", taskType: "R", property: "deviceProperties.device.timezone" };
const create = (server: RunningServer, body: unknown = TASK): Promise<Response> =>
  fetch(`${server.http}/devicemgmt/tasks`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

/** Samples of the Prometheus text format, by name and labels; a line that is neither sample nor comment is a mistake. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !/^# (HELP|TYPE) [a-z_]+ /.test(line));
  return new Map(
    lines.map((line) => {
      const [, name = "", value] = /^([a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})?) (\S+)$/.exec(line) ?? [];
      if (value === undefined || Number.isNaN(Number(value))) throw new Error(`no sample: ${line}`);
      return [name, Number(value)];
    }),
  );
}

/** A store whose commits fail from some moment on. */
function failingStore() {
  const store = recordStoreOf(createMemoryStore());
  let fails = false;
  const failing: RecordStore = {
    ...store,
    commit(changes) {
      if (fails) throw new Error("disk full");
      return store.commit(changes);
    },
  };
  const fail = (): void => {
    fails = true;
  };
  return { store: failing, fail };
}

describe("/healthz", () => {
  it("says that all is well, with version, seconds since the start, and the kind of store, to whoever asks", async () => {
    const { ask } = await start({ token: "secret" });
    const response = await ask("/healthz");
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: "ok", version: "1.2.3", uptime: 0, store: "memory" },
    ]);
  });

  it("answers 503 on an open connection while the server stops", async () => {
    const { server, origin } = await start();
    const late = http.request(`${origin}/healthz`);
    const answered = new Promise<http.IncomingMessage>((resolve) => late.once("response", resolve));
    const connected = new Promise<void>((resolve) => late.once("socket", (socket) => socket.once("connect", resolve)));
    // The beginning of a request keeps the connection from being idle.
    late.write("");
    late.flushHeaders();
    await connected;
    const closing = server.close(millis(500));
    late.end();
    const answer = await answered;
    expect(answer.statusCode).toBe(503);
    answer.resume();
    await closing;
  });
});

describe("/metrics", () => {
  it("counts devices, tasks, device tasks and REST requests, in the text format of Prometheus", async () => {
    const { server, ask } = await start();
    expect((await create(server)).status).toBe(201);
    expect((await create(server, {})).status).toBe(400);
    expect((await fetch(`${server.http}/no/such/path`)).status).toBe(404);
    const response = await ask("/metrics");
    expect(response.headers.get("content-type")).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(Object.fromEntries(samplesOf(await response.text()))).toMatchObject({
      fleetproof_devices: 1,
      fleetproof_registered_devices: 0,
      'fleetproof_tasks{status="PROCESSING"}': 1,
      'fleetproof_tasks{status="COMPLETE"}': 0,
      'fleetproof_device_tasks{status="QUEUED"}': 1,
      fleetproof_attempts_total: 0,
      'fleetproof_rest_requests_total{endpoint="create-task",status="201"}': 1,
      'fleetproof_rest_requests_total{endpoint="create-task",status="400"}': 1,
      'fleetproof_rest_requests_total{endpoint="none",status="404"}': 1,
      'fleetproof_coap_messages_total{direction="received",class="request"}': 0,
      fleetproof_coap_retransmissions_total: 0,
      fleetproof_store_waiting_changes: 0,
      'fleetproof_info{version="1.2.3"}': 1,
    });
  });

  it("measures the commits of a durable store, and two servers in one process do not mix", async () => {
    const { server, ask } = await start({ store: recordStoreOf(createMemoryStore()) });
    const other = await start();
    const commits = async (of: typeof ask) =>
      samplesOf(await (await of("/metrics")).text()).get("fleetproof_store_commit_seconds_count");
    const before = (await commits(ask)) ?? 0;
    await create(server);
    expect(await commits(ask)).toBeGreaterThan(before);
    expect(await commits(other.ask)).toBe(0);
  });

  it("is for the administrator where there is one", async () => {
    const { ask } = await start({ token: "secret" });
    expect([(await ask("/metrics")).status, (await ask("/metrics", "other")).status]).toEqual([401, 401]);
    expect((await ask("/metrics", "secret")).status).toBe(200);
  });

  it("has the same lines for 3 tasks as for none: no label is an id", async () => {
    const { server, ask } = await start();
    await create(server);
    const names = async () => [...samplesOf(await (await ask("/metrics")).text()).keys()];
    const before = await names();
    for (let count = 0; count < 3; count += 1) await create(server);
    expect(await names()).toEqual(before);
  });
});

describe("/events", () => {
  async function follow(ask: (path: string, token?: string) => Promise<Response>, token?: string) {
    const response = await ask("/events", token);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    return { response, next: async () => (await reader?.read())?.value };
  }

  it("tells of a change to who follows, and ends when the server stops", async () => {
    const { server, ask } = await start();
    const { response, next } = await follow(ask);
    expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
    expect(await next()).toMatch(/^id: \w+-\d+\nevent: following\ndata:\n\n$/);
    await create(server);
    expect(await next()).toMatch(/event: changed/);
    const closing = server.close();
    expect(await next()).toBeUndefined();
    await closing;
  });

  it("wants a token where the API wants one", async () => {
    const { ask } = await start({ token: "secret" });
    expect((await ask("/events")).status).toBe(401);
    expect(await (await follow(ask, "secret")).next()).toContain("following");
  });

  it("refuses the 65th follower with 503", async () => {
    const { ask } = await start();
    await Promise.all(Array.from({ length: 64 }, () => ask("/events")));
    const refused = await ask("/events");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "30"]);
  });
});

describe("the page", () => {
  it("shows the devices to whoever may see them, and lets nothing be loaded from elsewhere", async () => {
    const { ask } = await start();
    const response = await ask("/");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).not.toContain("unsafe");
    expect(await response.text()).toContain('id="device-d1"');
    for (const file of ["page.js", "page.css", "icon.svg"]) expect((await ask(`/web/${file}`)).status).toBe(200);
  });

  it("shows nothing of a fleet to who has no token, or a wrong one", async () => {
    const { ask } = await start({ token: "secret" });
    for (const path of ["/", "/web/content", "/?type=t&device=d1"]) {
      expect(await (await ask(path)).text()).not.toContain("device-d1");
    }
    expect([(await ask("/web/content")).status, (await ask("/web/content", "wrong")).status]).toEqual([401, 401]);
    const shown = await ask("/web/content", "secret");
    expect([shown.status, (await shown.text()).includes("device-d1")]).toEqual([200, true]);
  });

  it("says what is wrong with an address of something that is not there", async () => {
    const { ask } = await start();
    expect((await ask("/web/content?type=none")).status).toBe(404);
    expect(await (await ask("/web/content?task=none")).text()).toContain("Not Found");
  });
});

describe("the log", () => {
  it("tells start, ready, a task, a refusal, and the stop; and has no token, value or body in it", async () => {
    const { server, lines, events } = await start({ token: "secret-token" });
    const headers = { "Content-Type": "application/json", Authorization: "Bearer secret-token" };
    const body = JSON.stringify({ ...TASK, taskType: "W", taskParameters: { value: "secret-value" } });
    await fetch(`${server.http}/devicemgmt/tasks`, { method: "POST", headers, body });
    await fetch(`${server.http}/devicemgmt/tasks?dtid=t`, { headers: { Authorization: "Bearer secret-guess" } });
    await server.close(millis(100));
    expect(events()).toEqual(["start", "ready", "task-created", "request-refused", "stop", "stopped"]);
    expect(lines.join("")).not.toContain("secret");
  });

  it("tells of a commit that has failed, and that the store is lost", async () => {
    const { store, fail } = failingStore();
    const { server, events } = await start({ store });
    fail();
    await create(server).catch(() => undefined);
    await server.failure;
    expect(events()).toEqual(expect.arrayContaining(["commit-failed", "store-lost"]));
  });
});
