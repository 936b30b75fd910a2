/** `serve` as a process: what it writes where, and how it ends. */
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { compileProgram, type Program, type ServerProcess, startServe } from "./durability/server-process.ts";
import { registerDevice } from "./web/device.ts";

let program: Program;
let directory: string;
const running: ServerProcess[] = [];
beforeAll(() => {
  program = compileProgram();
});
afterAll(() => program.remove());
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fleetproof-serve-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.signal("SIGKILL")));
  rmSync(directory, { recursive: true, force: true });
});

const start = async (...args: Parameters<typeof startServe> extends [unknown, ...infer Rest] ? Rest : never) => {
  const server = await startServe(program, ...args);
  running.push(server);
  return server;
};
const headers = { "Content-Type": "application/json" };
const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
const linesOf = (text: string): readonly { readonly event: string }[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { readonly event: string });

describe("serve, the process", () => {
  it("ends with exit code 0 at Ctrl-C, although a browser follows its events, and logs to standard error", async () => {
    const server = await start(["--open"]);
    const events = await fetch(`${new URL(server.http).origin}/events`);
    const { code, signal, stderr } = await server.signal("SIGINT");
    expect([code, signal]).toEqual([0, null]);
    expect(await events.text()).toContain("following");
    expect(linesOf(stderr).map(({ event }) => event)).toEqual(["start", "ready", "stop", "stopped"]);
  });

  it("answers what it has taken before it ends, and keeps all that it has acknowledged", async () => {
    const data = path.join(directory, "fleet.db");
    const server = await start(["--data", data, "--log-level", "silent"]);
    let first: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => {
      first = resolve;
    });
    const posts = Array.from({ length: 100 }, async (_, index) => {
      const dtid = `type-${index}`;
      // A connection that was not yet accepted is refused; that is no answer, and no promise.
      const status = await post(`${server.http}/devicetypes`, { dtid, name: dtid }).then(
        (response) => response.status,
        () => 0,
      );
      first();
      return { dtid, status };
    });
    await answered;
    expect(await server.signal("SIGTERM")).toMatchObject({ code: 0, stderr: "" });
    const all = await Promise.all(posts);
    const kept = all.filter(({ status }) => status === 201);
    expect(kept.length).toBeGreaterThan(0);
    expect(all.every(({ status }) => [0, 201, 503].includes(status))).toBe(true);
    const again = await start(["--data", data]);
    for (const { dtid } of kept) {
      expect((await fetch(`${again.http}/devicemgmt/devicetypes/${dtid}`)).status).toBe(200);
    }
  });

  it("leaves a device task in flight to be tried again by the next server", async () => {
    const options = ["--open", "--data", path.join(directory, "fleet.db")];
    const server = await start(options);
    const deaf = await registerDevice(server.coap, "attic", false);
    const task = { dtid: "default", taskType: "E", property: "deviceProperties.device.reboot" };
    const { data } = (await (await post(`${server.http}/devicemgmt/tasks`, task)).json()) as { data: { id: string } };
    const statusOf = async (of: ServerProcess): Promise<unknown> => {
      const response = await fetch(`${of.http}/devicemgmt/tasks/${data.id}/statuses`);
      return ((await response.json()) as { data: { statuses: readonly { status: string }[] } }).data.statuses[0]
        ?.status;
    };
    while (deaf.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await statusOf(server)).toBe("PROCESSING");
    expect((await server.signal("SIGINT")).code).toBe(0);
    await deaf.close();
    const next = await start(options);
    expect(await statusOf(next)).toBe("QUEUED");
    const device = await registerDevice(next.coap, "attic");
    while ((await statusOf(next)) !== "SUCCEEDED") await new Promise((resolve) => setTimeout(resolve, 5));
    expect(device.requests).toEqual(["0.02 /3/0/4"]);
    await device.close();
  });

  it("ends at once at the second Ctrl-C, with 130, when something keeps it from ending", async () => {
    const server = await start(["--open"]);
    const stuck = http.request(`${server.http}/devicetypes`, {
      method: "POST",
      headers: { ...headers, "Content-Length": 100 },
    });
    stuck.on("error", () => undefined);
    const connected = new Promise<void>((resolve) => stuck.once("socket", (socket) => socket.once("connect", resolve)));
    stuck.write("{");
    await connected;
    expect((await fetch(`${server.http}/devicemgmt/devicetypes/-`)).status).toBe(404);
    const ended = server.signal("SIGINT");
    const isListening = (): Promise<boolean> =>
      new Promise((resolve) => {
        const probe = http.get(`${server.http}/x`, { agent: false }, (response) => {
          response.resume();
          resolve(true);
        });
        probe.on("error", () => resolve(false));
      });
    while (await isListening());
    void server.signal("SIGINT");
    expect((await ended).code).toBe(130);
  });
});
