/** What a device does about the happenings of a fleet: connectivity, power cuts, factory resets, wrong answers. */
import { describe, expect, it } from "vitest";
import { createRandomSource } from "../../platform/random.ts";
import { address } from "../../protocol/address.ts";
import { COAP_DEFAULTS } from "../../protocol/coap/params.ts";
import { readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { after, type Instant, millis, SIMULATION_START } from "../../protocol/time.ts";
import { DeviceModel } from "../model/device.ts";
import { createVirtualDevice } from "./device.ts";
import { scriptedRun } from "./scripted-run.ts";
import type { DeviceInput, VirtualDevice } from "./types.ts";

const at = (milliseconds: number): Instant => after(SIMULATION_START, millis(milliseconds));
const newDevice = (misbehaves?: Parameters<typeof createVirtualDevice>[0]["misbehaves"]): VirtualDevice =>
  createVirtualDevice({
    name: "meter-7",
    index: 0,
    model: DeviceModel.parse({}),
    faults: [],
    server: address("192.0.2.1:5683"),
    coap: COAP_DEFAULTS,
    random: createRandomSource("seed"),
    start: SIMULATION_START,
    misbehaves,
  });
const kinds = (device: VirtualDevice, input: DeviceInput, now: number): readonly string[] =>
  device.handle(input, at(now)).map((effect) => (effect.kind === "state" ? effect.event : effect.kind));
const connectivity = (online: boolean): DeviceInput => ({ kind: "connectivity", online });

describe("the connectivity of a device, as its driver says", () => {
  it("holds back a Register until the device is back, and says each change once", () => {
    const device = newDevice();
    expect(kinds(device, connectivity(false), 0)).toEqual(["offline"]);
    expect(kinds(device, connectivity(false), 1)).toEqual([]);
    expect(kinds(device, { kind: "command", command: { kind: "register" } }, 2)).toEqual([]);
    expect(device.listening).toBe(false);
    expect(kinds(device, connectivity(true), 3)).toEqual(["online", "send"]);
    expect(kinds(device, connectivity(true), 4)).toEqual([]);
  });
});

describe("a power cut", () => {
  const log = (commands: NonNullable<Parameters<typeof scriptedRun>[0]["commands"]>) =>
    scriptedRun({ registersAt: 0, until: 30_000, commands }).log.filter((line) => /reboot|boot|0\.02/.test(line));

  it("switches the device off for 8 s, and not for its boot time; then it registers", () => {
    expect(log([[1_000, { kind: "power-cut", lasts: 8_000 }]])).toEqual([
      expect.stringMatching(/^0 device CON 0\.02 \/rd\?/),
      "1000 reboot",
      "9000 boot",
      expect.stringMatching(/^9000 device CON 0\.02 \/rd\?/),
    ]);
  });

  it("keeps a device off that is booting, as long as the longer of both lasts", () => {
    const lines = log([
      [1_000, { kind: "reboot" }],
      [2_000, { kind: "power-cut", lasts: 8_000 }],
      [3_000, { kind: "power-cut", lasts: 1_000 }],
    ]);
    expect(lines.filter((line) => line.endsWith("boot"))).toEqual(["1000 reboot", "10000 boot"]);
  });
});

describe("a factory reset", () => {
  it("reboots, and object 3 is as it was at first", () => {
    const timezone = readContent([3, 0, 15]);
    const { answers, log } = scriptedRun({
      registersAt: 0,
      until: 30_000,
      commands: [[5_000, { kind: "factory-reset" }]],
      requests: [
        [1_000, timezone],
        [2_000, writeContent([3, 0, 15], 0, new TextEncoder().encode("Asia/Tokyo"))],
        [3_000, timezone],
        [15_000, timezone],
      ],
    });
    const texts = answers.map(({ payload }) => new TextDecoder().decode(payload));
    expect(texts[2]).toBe("Asia/Tokyo");
    expect(texts[3]).toBe(texts[0]);
    expect(texts[3]).not.toBe("Asia/Tokyo");
    expect(log).toContain("5000 reboot");
  });
});
