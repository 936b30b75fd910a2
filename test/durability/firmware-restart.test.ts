/** Firmware images and running updates survive kill -9: `serve --data` with SQLite, and a device over UDP. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { CoapContent, CoapMessage } from "../../src/protocol/coap/types.ts";
import { withFirmware } from "../../src/reference-server/ota/test-device.ts";
import type { TestDevice } from "../../src/reference-server/test-kit.ts";
import { changed, openDevice } from "./live-device.ts";
import { compileProgram, type Program, type ServerProcess, startServe } from "./server-process.ts";

let program: Program;
let directory = "";
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-firmware-"));
  program = compileProgram();
});
afterAll(() => {
  program.remove();
  rmSync(directory, { recursive: true, force: true });
});

async function start(options: readonly string[], at?: ServerProcess): Promise<ServerProcess> {
  const server = await startServe(program, [...options, "--log-level", "warn"], at === undefined ? {} : { at });
  onTestFinished(async () => void (await server.signal("SIGKILL")));
  return server;
}

async function ask<T>(server: ServerProcess, method: string, where: string, body?: unknown): Promise<T> {
  const isBytes = body instanceof Uint8Array;
  const response = await fetch(`${server.http}/${where}`, {
    method,
    headers: { "Content-Type": isBytes ? "application/octet-stream" : "application/json" },
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { readonly data: T }).data;
}

/** More than two pieces of 256 KiB. */
const IMAGE = Uint8Array.from({ length: 600_000 }, (_, index) => (index * 31) % 251);
const CHECKSUM = createHash("sha256").update(IMAGE).digest("hex");

/** Object 5 that pulls by HTTP, and does what it is told and nothing by itself. */
function firmware() {
  const device = { script: () => changed } as unknown as TestDevice;
  const state = withFirmware(device, { delivery: 0, protocols: [2] });
  const answering = (message: CoapMessage): CoapContent => device.script(message) as CoapContent;
  const executes = (): number => state.asked.filter((asked) => asked === "POST 5/0/2").length;
  return { device: state, answering, executes };
}

const SOON = { timeout: 20_000 };

interface Status {
  readonly status: string;
  readonly numAttempts: number;
  readonly acceptanceStatus: string;
}

describe("serve --data after kill -9", () => {
  it("has its images with the same bytes at the same addresses, and neither the deleted one nor half of one", async () => {
    const options = ["--data", path.join(directory, "images.db")];
    const first = await start(options);
    await ask(first, "POST", "devicetypes", { dtid: "t", name: "T" });
    const upload = (version: string, bytes: Uint8Array) =>
      ask<{ readonly updateId: string }>(first, "POST", `updates?dtid=t&version=${version}&name=night`, bytes);
    const { updateId } = await upload("2.0", IMAGE);
    const { updateId: small } = await upload("2.1", Uint8Array.of(7));
    const { updateId: gone } = await upload("1.9", IMAGE.subarray(1));
    await ask(first, "DELETE", `updates/${gone}`);
    // Cut off by the kill, in the middle of its commit or before.
    const torn = upload("3.0", new Uint8Array(8 * 1024 * 1024).fill(3)).catch(() => undefined);
    const before = await ask<readonly { readonly updateId: string }[]>(first, "GET", `updates/${updateId}`);
    await first.signal("SIGKILL");
    const acknowledged = await torn;

    const second = await start(options);
    expect(await ask(second, "GET", `updates/${updateId}`)).toEqual(before);
    const { updates } = await ask<{ readonly updates: readonly { updateId: string; size: number; version: string }[] }>(
      second,
      "GET",
      "updates?dtid=t",
    );
    const kept = updates.filter(({ version }) => version !== "3.0");
    expect(kept).toMatchObject([
      { updateId: small, size: 1, version: "2.1" },
      { updateId, size: 600_000, version: "2.0", name: "night", checksum: CHECKSUM },
    ]);
    // All of it or nothing; and all of it where it was acknowledged.
    const whole = updates.filter(({ version }) => version === "3.0");
    expect(whole.every(({ size }) => size === 8 * 1024 * 1024)).toBe(true);
    expect(whole.length).toBeGreaterThanOrEqual(acknowledged === undefined ? 0 : 1);
  });

  it("goes on with a running update at its step: the URI that was written still leads to the image, and one Execute is sent", async () => {
    const options = ["--data", path.join(directory, "running.db")];
    const first = await start(options);
    await ask(first, "POST", "devicetypes", { dtid: "t", name: "T" });
    for (const did of ["pulls", "asked"]) await ask(first, "POST", "devices", { did, dtid: "t" });
    const { device, answering, executes } = firmware();
    const pulls = await openDevice("pulls", first.coap, answering);
    const asked = await openDevice("asked", first.coap);
    onTestFinished(async () => void (await Promise.all([pulls.close(), asked.close()])));
    await Promise.all([pulls.register(), asked.register()]);
    const { updateId } = await ask<{ readonly updateId: string }>(first, "POST", "updates?dtid=t&version=2.0", IMAGE);
    const create = async (did: string, more: object = {}): Promise<string> => {
      const body = { dtid: "t", dids: [did], taskParameters: { update: { updateId } }, ...more };
      return (await ask<{ readonly id: string }>(first, "POST", "devicemgmt/tasks", body)).id;
    };
    const task = await create("pulls");
    const waiting = await create("asked", { needsAcceptance: true });
    const statusOf = async (server: ServerProcess, id: string): Promise<Status | undefined> => {
      const { statuses } = await ask<{ readonly statuses: readonly Status[] }>(
        server,
        "GET",
        `devicemgmt/tasks/${id}/statuses`,
      );
      return statuses[0];
    };
    // The device downloads, and the server would look again in 10 s.
    await expect.poll(() => [device.state, device.uri.startsWith(first.http)], SOON).toEqual([1, true]);
    expect(await statusOf(first, task)).toMatchObject({ status: "PROCESSING", numAttempts: 1 });
    await first.signal("SIGKILL");

    const second = await start(options, first);
    expect(await statusOf(second, task)).toMatchObject({ status: "QUEUED", numAttempts: 1 });
    expect(await statusOf(second, waiting)).toMatchObject({ status: "QUEUED", acceptanceStatus: "WAITING" });
    const download = await fetch(device.uri);
    const bytes = new Uint8Array(await download.arrayBuffer());
    expect([download.status, createHash("sha256").update(bytes).digest("hex")]).toEqual([200, CHECKSUM]);
    device.state = 2;
    const written = device.uri;
    expect(await pulls.update()).toBe("2.04");
    await expect.poll(executes, SOON).toBe(1);
    await second.signal("SIGKILL");

    // It installs meanwhile, and comes back.
    const third = await start(options, second);
    Object.assign(device, { state: 0, result: 1, version: "2.0" });
    await pulls.register();
    await expect.poll(() => statusOf(third, task), SOON).toMatchObject({ status: "SUCCEEDED" });
    expect([executes(), device.uri]).toEqual([1, written]);
    const accepted = await fetch(`${third.http}/devicemgmt/tasks/${waiting}/devices/asked/acceptance`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ acceptanceStatus: "ACCEPTED" }),
    });
    expect(accepted.status).toBe(200);
    await expect.poll(() => asked.requests.length, SOON).toBeGreaterThan(0);
  });
});
