/**
 * Firmware updates from end to end over real sockets: `serve` in a process of its own, virtual devices in this one, an
 * image of 300 KiB by Block1, by Block2 and by HTTP.
 */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { HistoryEvent } from "../src/harness/history/history.ts";
import { createAgenda } from "../src/harness/live/agenda.ts";
import { createDeviceHost } from "../src/harness/live/device-host.ts";
import { createSocketOpener } from "../src/harness/live/sockets.ts";
import { now } from "../src/platform/clock.ts";
import { createRandomSource } from "../src/platform/random.ts";
import { address } from "../src/protocol/address.ts";
import { decodeMessage } from "../src/protocol/coap/message.ts";
import { stringOptions, URI_PATH } from "../src/protocol/coap/options.ts";
import { COAP_DEFAULTS } from "../src/protocol/coap/params.ts";
import { buildFirmwareImage } from "../src/protocol/lwm2m/firmware-image.ts";
import { micros } from "../src/protocol/time.ts";
import { createVirtualDevice } from "../src/simulator/device/device.ts";
import { DeviceModel } from "../src/simulator/model/device.ts";
import { FirmwareModel } from "../src/simulator/model/firmware.ts";
import { createNetwork } from "../src/simulator/network.ts";
import { compileProgram, type Program, type ServerProcess, startServe } from "./durability/server-process.ts";

const IMAGE = buildFirmwareImage({ name: "meter", version: "2.0", payload: new Uint8Array(300 * 1024).fill(9) });

let program: Program;
let server: ServerProcess;
beforeAll(async () => {
  program = compileProgram();
  server = await startServe(program, ["--log-level", "warn"]);
  await ask("POST", "devicetypes", { dtid: "t", name: "T" });
});
afterAll(async () => {
  await server?.signal("SIGKILL");
  program?.remove();
});

async function ask(method: string, path: string, body?: unknown) {
  const isBytes = body instanceof Uint8Array;
  const response = await fetch(`${server.http}/${path}`, {
    method,
    headers: { "Content-Type": isBytes ? "application/octet-stream" : "application/json" },
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return ((await response.json()) as { readonly data: Record<string, unknown> }).data;
}

interface Running {
  readonly events: readonly HistoryEvent[];
  /** `1/0 2/0 3/0 0/1` */
  states(): string;
}

/** Registers at once. It asks to be looked at when its image is there: the server would look every 10 s. */
async function startDevice(did: string, firmware: Partial<FirmwareModel>): Promise<Running> {
  const at = address(server.coap.slice("coap://".length));
  const openSocket = createSocketOpener(`firmware-live/${process.pid}/${did}`);
  const agenda = createAgenda();
  const events: HistoryEvent[] = [];
  const start = now();
  const host = createDeviceHost({
    index: 0,
    socket: await openSocket(at),
    openSocket: () => openSocket(at),
    agenda,
    record(event) {
      events.push(event);
      if (event.kind === "firmware" && /^download/.test(event.event)) {
        agenda.once(now(), () => host.give({ kind: "command", command: { kind: "update" } }));
      }
    },
    runTime: (instant) => instant - start,
    lateness: () => micros(0),
    uplinkSpan: micros(0),
    onRefused: () => undefined,
    onTrouble(error) {
      throw error;
    },
  });
  onTestFinished(async () => {
    await host.close();
    agenda.close();
  });
  const device = createVirtualDevice({
    name: did,
    index: 0,
    model: DeviceModel.parse({
      bootTime: 50,
      firmware: FirmwareModel.parse({ version: "1.0", installTime: 50, ...firmware }),
    }),
    faults: [],
    server: at,
    coap: COAP_DEFAULTS,
    random: createRandomSource(did),
    start,
    registersAt: 0,
    fetches: true,
  });
  host.begin(device, createNetwork({ seed: did, latency: 0, faults: [], start }));
  return {
    events,
    states: () =>
      events.flatMap((each) => (each.kind === "firmware" ? [`${each.state}/${each.result}`] : [])).join(" "),
  };
}

async function update(did: string, firmware: Partial<FirmwareModel>, image = IMAGE) {
  await ask("POST", "devices", { did, dtid: "t" });
  const running = await startDevice(did, firmware);
  const properties = async () => (await ask("GET", `devicemgmt/devices/${did}/properties`)).systemProperties;
  await expect.poll(properties, { timeout: 20_000 }).toMatchObject({ connection: "connected" });
  const { updateId } = await ask("POST", "updates?dtid=t&version=2.0", image);
  const { id } = await ask("POST", "devicemgmt/tasks", {
    dtid: "t",
    dids: [did],
    taskParameters: { update: { updateId } },
  });
  const statuses = async () => (await ask("GET", `devicemgmt/tasks/${id}/statuses`)).statuses as readonly object[];
  const status = async () => (await statuses()).map((each) => (each as { readonly status: string }).status)[0];
  await expect.poll(status, { timeout: 40_000, interval: 100 }).toMatch(/SUCCEEDED|FAILED/);
  return { ...running, status: (await statuses())[0] };
}

/** Paths of the device's own requests that begin like this. */
const asked = ({ events }: Running, folder: string): number =>
  events.filter((event) => {
    if (event.kind !== "uplink") return false;
    const decoded = decodeMessage(event.bytes);
    return decoded.ok && decoded.value.code === "0.01" && stringOptions(decoded.value, URI_PATH)[0] === folder;
  }).length;

const downloads = ({ events }: Running) =>
  events.flatMap((event) => (event.kind === "download" ? [{ url: event.url, result: event.result }] : []));

describe("a firmware update over real sockets", () => {
  it("pushed by Block1 SUCCEEDED", async () => {
    const pushed = await update("pushed", { delivery: "push" });
    expect([pushed.status, pushed.states()]).toMatchObject([{ status: "SUCCEEDED" }, "1/0 2/0 3/0 0/1"]);
    expect([downloads(pushed), asked(pushed, "fw")]).toEqual([[], 0]);
  });

  it("pulled by CoAP and Block2 SUCCEEDED", async () => {
    const pulled = await update("by-coap", { delivery: "pull" });
    expect([pulled.status, pulled.states()]).toMatchObject([{ status: "SUCCEEDED" }, "1/0 2/0 3/0 0/1"]);
    const [{ url, result } = { url: "", result: -1 }] = downloads(pulled);
    expect([url.startsWith(`${server.coap}/fw/`), result]).toEqual([true, 0]);
    // 301 blocks of 1,024 bytes, and perhaps a retransmission.
    expect(asked(pulled, "fw")).toBeGreaterThanOrEqual(301);
  });

  it("pulled by HTTP SUCCEEDED, without a block by CoAP", async () => {
    const pulled = await update("by-http", { delivery: "pull", protocols: ["http"], downloadTime: 86_400_000 });
    expect([pulled.status, pulled.states()]).toMatchObject([{ status: "SUCCEEDED" }, "1/0 2/0 3/0 0/1"]);
    const [{ url, result } = { url: "", result: -1 }] = downloads(pulled);
    expect([url.startsWith(`${server.http}/updates/urls/`), result, asked(pulled, "fw")]).toEqual([true, 0, 0]);
  });

  it("pulled by HTTP with a damaged image is FAILED with Result 5: its bytes have come", async () => {
    const damaged = IMAGE.map((byte, at) => (at === 200_000 ? byte ^ 1 : byte));
    const pulled = await update("damaged", { delivery: "pull", protocols: ["http"] }, damaged);
    expect(pulled.status).toMatchObject({
      status: "FAILED",
      errorCode: "5000",
      errorMessage: expect.stringContaining("Result 5"),
    });
  });
});
