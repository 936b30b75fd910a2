/**
 * Firmware updates from end to end in simulated time: the reference server and virtual devices, datagram by datagram.
 */
import { describe, expect, it } from "vitest";
import { createRandomSource } from "../src/platform/random.ts";
import { type Address, address } from "../src/protocol/address.ts";
import { COAP_DEFAULTS } from "../src/protocol/coap/params.ts";
import { buildFirmwareImage } from "../src/protocol/lwm2m/firmware-image.ts";
import { completeProfile } from "../src/protocol/profile.ts";
import type { ServerInput } from "../src/protocol/server-port.ts";
import { after, type Instant, millis, SIMULATION_START } from "../src/protocol/time.ts";
import { createMemoryStore, withStore } from "../src/reference-server/memory-store.ts";
import type { FirmwareSettings } from "../src/reference-server/ota/settings.ts";
import { createReferenceServer } from "../src/reference-server/server.ts";
import { createVirtualDevice } from "../src/simulator/device/device.ts";
import type { DeviceInput } from "../src/simulator/device/types.ts";
import { DeviceModel } from "../src/simulator/model/device.ts";
import type { Fault } from "../src/simulator/model/fault.ts";
import { FirmwareModel } from "../src/simulator/model/firmware.ts";
import { createNetwork } from "../src/simulator/network.ts";
import { createWorld } from "../src/simulator/world.ts";

const SERVER = address("192.0.2.1:5683");
const DEVICE = address("10.0.0.1:5683");
const START = SIMULATION_START;
const IMAGE = buildFirmwareImage({ name: "meter", version: "2.0", payload: new Uint8Array(20_000).fill(9) });
const DAY = 86_400_000;

interface Case {
  readonly firmware?: Partial<FirmwareModel>;
  readonly model?: Partial<DeviceModel>;
  readonly faults?: readonly Fault[];
  readonly settings?: Partial<FirmwareSettings>;
  readonly image?: Uint8Array;
  /** Milliseconds at which the server's process is replaced by another one with the same store. */
  readonly restartAt?: number;
}

type Event = { readonly kind: "look" | "restart" } | { readonly kind: "up" | "down"; readonly bytes: Uint8Array };

interface Outcome {
  /** `SUCCEEDED 1`, `FAILED 1 5000 …`: status, attempts, error. */
  readonly end: string;
  /** What the device went through: `1/0 2/0 3/0 0/1`. */
  readonly states: string;
  readonly executes: number;
}

/** One device that registers at 1 s, one task at 2 s; looked at after a day. */
function update({ firmware, model, faults = [], settings, image = IMAGE, restartAt }: Case): Outcome {
  const world = createWorld<Event>({ start: START, maxEvents: 200_000, maxTime: after(START, millis(2 * DAY)) });
  const random = createRandomSource("firmware");
  const store = createMemoryStore();
  const locations = (): readonly string[] => ["coap://192.0.2.1:5683"];
  const newServer = () =>
    withStore(
      createReferenceServer({
        profile: completeProfile({ name: "test", reaction: 5 }),
        coap: COAP_DEFAULTS,
        random: (key) => random(`server/${key}`),
        firmware: { locations, ...settings },
      }),
      store,
    );
  let server = newServer();
  const network = createNetwork({ seed: "firmware", latency: 20, faults, start: START });
  const device = createVirtualDevice({
    name: "d",
    index: 0,
    model: DeviceModel.parse({
      firmware: FirmwareModel.parse({ version: "1.0", ...firmware }),
      updateEvery: 600_000,
      ...model,
    }),
    faults,
    server: SERVER,
    coap: COAP_DEFAULTS,
    random: (key) => random(`device/${key}`),
    start: START,
    registersAt: 1_000,
  });
  const states: string[] = [];
  let executes = 0;
  const answers = new Map<number, unknown>();
  let ticket = 0;

  const toServer = (input: ServerInput): void => {
    for (const effect of server.handle(input, world.now)) {
      if (effect.kind === "answer") answers.set(effect.ticket, effect.response.body);
      if (effect.kind === "send") travel("down", effect.bytes);
    }
  };
  const toDevice = (input: DeviceInput): void => {
    for (const effect of device.handle(input, world.now)) {
      if (effect.kind === "send") travel("up", effect.bytes);
      if (effect.kind === "firmware") states.push(`${effect.state}/${effect.result}`);
      if (effect.kind === "firmware" && effect.event === "execute") executes += 1;
    }
  };
  const travel = (way: "up" | "down", bytes: Uint8Array): void => {
    for (const delay of network.fate(0, way, world.now)) world.schedule(after(world.now, delay), { kind: way, bytes });
  };
  const perform = (event: Event): void => {
    if (event.kind === "up") toServer({ kind: "datagram", from: DEVICE as Address, bytes: event.bytes });
    if (event.kind === "down" && device.listening) toDevice({ kind: "datagram", from: SERVER, bytes: event.bytes });
    if (event.kind === "restart") {
      server = newServer();
      toServer({ kind: "start" });
    }
  };
  const run = (until: Instant): void => {
    for (let next = START; ; ) {
      next = Math.min(server.deadline, device.deadline, until) as Instant;
      world.run(Math.max(next, world.now) as Instant, perform);
      if (server.deadline <= world.now) toServer({ kind: "time" });
      if (device.deadline <= world.now) toDevice({ kind: "time" });
      if (next >= until) return;
    }
  };
  const rest = (method: string, path: string, body?: unknown): { readonly data: Record<string, unknown> } => {
    ticket += 1;
    toServer({ kind: "rest", ticket, request: { method, path: path.split("/"), query: {}, body } });
    return answers.get(ticket) as { readonly data: Record<string, unknown> };
  };

  toServer({ kind: "start" });
  rest("POST", "devicetypes", { dtid: "t", name: "T" });
  rest("POST", "devices", { did: "d", dtid: "t" });
  const { updateId } = rest("POST", "updates", {
    dtid: "t",
    version: "2.0",
    image: Buffer.from(image).toString("base64"),
  }).data;
  run(after(START, millis(2_000)));
  const { id } = rest("POST", "devicemgmt/tasks", { dtid: "t", taskParameters: { update: { updateId } } }).data;
  if (restartAt !== undefined) world.schedule(after(START, millis(restartAt)), { kind: "restart" });
  run(after(START, millis(DAY)));
  const { statuses } = rest("GET", `devicemgmt/tasks/${id}/statuses`).data;
  const [{ status, numAttempts, errorCode, errorMessage } = {}] = statuses as readonly Record<string, unknown>[];
  const end = [status, numAttempts, errorCode, errorMessage].filter((part) => part !== undefined).join(" ");
  return { end, states: states.join(" "), executes };
}

describe("a firmware update of a virtual device", () => {
  it.each<readonly [string, Case]>([
    ["pulled by Block2", { firmware: { delivery: "pull" } }],
    ["pushed by Block1", { firmware: { delivery: "push" } }],
    ["that takes both, pushed by the server's choice", { settings: { delivery: "push" } }],
    ["in blocks of 64 bytes", { firmware: { delivery: "push" }, model: { blockSize: 64 } }],
    ["of LwM2M 1.1", { model: { lwm2m: "1.1" } }],
    ["in queue mode", { model: { queueMode: true } }],
    ["with 20 minutes of installation", { firmware: { installTime: 1_200_000 } }],
    ["with a slow reboot", { firmware: { troubles: [{ kind: "slow-reboot", bootTime: 400_000 }] } }],
    ["whose new version shows too early", { firmware: { troubles: [{ kind: "version-too-early", fails: false }] } }],
  ])("%s succeeds, with one Execute", (_, options) => {
    const { end, states, executes } = update(options);
    expect(end).toMatch(/^SUCCEEDED \d$/);
    expect([states.endsWith("2/0 3/0 0/1"), executes]).toEqual([true, 1]);
  });

  it.each(["pull", "push"] as const)("with an image of 1 MiB by %s succeeds", (delivery) => {
    const image = buildFirmwareImage({ name: "meter", version: "2.0", payload: new Uint8Array(1_048_576).fill(9) });
    const { end, states } = update({ image, firmware: { delivery } });
    expect([end, states]).toEqual(["SUCCEEDED 1", "1/0 2/0 3/0 0/1"]);
  });

  it.each(["pull", "push"] as const)("by %s fails where the device has no room for the image", (delivery) => {
    const { end } = update({ firmware: { delivery, largestImage: 10_000 } });
    expect(end).toMatch(delivery === "push" ? /^FAILED 1 / : /^FAILED 1 5000 .*Result 2 \(not enough flash/);
  });

  it.each(["pull", "push"] as const)("by %s that reboots in the download gets the image once more", (delivery) => {
    const { end, executes } = update({ firmware: { delivery, troubles: [{ kind: "reboots-in-download", block: 3 }] } });
    expect([end.startsWith("SUCCEEDED"), executes]).toEqual([true, 1]);
  });

  it.each<readonly [string, Case, RegExp]>([
    [
      "the download",
      { firmware: { troubles: [{ kind: "download-fails", result: 4 }] } },
      /5000 .*Result 4 \(connection lost/,
    ],
    ["the image", { image: IMAGE.map((byte, at) => (at === 9_999 ? byte ^ 1 : byte)) }, /5000 .*Result 5 \(integrity/],
    ["the kind of image", { image: new Uint8Array(5_000) }, /5000 .*Result 6 \(unsupported package/],
    [
      "the installation",
      { firmware: { troubles: [{ kind: "installation-fails", result: 8 }] } },
      /5000 .*Result 8 \(update failed/,
    ],
    [
      "the version",
      { firmware: { troubles: [{ kind: "wrong-version", version: "1.5" }] } },
      /5000 .*"1.5" instead of "2.0"/,
    ],
    [
      "an update that shows the version and then",
      { firmware: { troubles: [{ kind: "version-too-early", fails: true }] } },
      /5000 .*Result/,
    ],
  ])("fails by its name when %s fails", (_, options, end) => {
    expect(update(options).end).toMatch(end);
  });

  it.each([2_050, 2_300, 2_700, 8_000, 15_000, 30_000])(
    "survives a restart of the server after %i ms, with one Execute",
    (restartAt) => {
      for (const delivery of ["pull", "push"] as const) {
        const { end, executes } = update({ firmware: { delivery, installTime: 20_000 }, restartAt });
        expect([delivery, end.split(" ")[0], executes]).toEqual([delivery, "SUCCEEDED", 1]);
      }
    },
  );

  it("that stays in Downloading is asked until the day is over, and no further", () => {
    expect(update({ firmware: { troubles: [{ kind: "stays-downloading" }] } }).end).toBe("PROCESSING 1");
  });
});
