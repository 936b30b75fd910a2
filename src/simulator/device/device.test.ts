import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandomSource } from "../../platform/random.ts";
import { address } from "../../protocol/address.ts";
import { decodeMessage, encodeMessage } from "../../protocol/coap/message.ts";
import { COAP_DEFAULTS } from "../../protocol/coap/params.ts";
import type { CoapContent, CoapMessage } from "../../protocol/coap/types.ts";
import { executeContent, readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { after, type Instant, millis, NEVER, SIMULATION_START } from "../../protocol/time.ts";
import { DeviceModel } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import { createVirtualDevice } from "./device.ts";
import { response, type Script, scriptedRun } from "./scripted-run.ts";
import type { DeviceCommand, VirtualDevice } from "./types.ts";

const at = (milliseconds: number): Instant => after(SIMULATION_START, millis(milliseconds));
const messageOf = (bytes: Uint8Array): CoapMessage => {
  const decoded = decodeMessage(bytes);
  if (!decoded.ok) throw new Error(decoded.error.kind);
  return decoded.value;
};
const newDevice = (faults: readonly Fault[] = [], registersAt?: number): VirtualDevice =>
  createVirtualDevice({
    name: "meter-7",
    index: 0,
    model: DeviceModel.parse({}),
    faults,
    server: address("192.0.2.1:5683"),
    coap: COAP_DEFAULTS,
    random: createRandomSource("seed"),
    start: SIMULATION_START,
    registersAt,
  });

describe("createVirtualDevice", () => {
  it("waits for nothing without registersAt and faults, else for the first of them", () => {
    expect(newDevice().deadline).toBe(NEVER);
    expect(newDevice([], 500).deadline).toBe(at(500));
    expect(newDevice([{ kind: "offline", device: 0, from: 200, until: 300 }], 500).deadline).toBe(at(200));
  });

  it("serves a deadline that is due before the input of the same call", () => {
    const device = newDevice([{ kind: "offline", device: 0, from: 200, until: 300 }], 100);
    const effects = device.handle({ kind: "command", command: { kind: "update" } }, at(200));
    expect(effects.map((effect) => (effect.kind === "state" ? effect.event : effect.kind))).toEqual([
      "offline",
      "skipped",
    ]);
  });

  it("reboots once when two answers after which it is to reboot leave together", () => {
    const slow: Fault = {
      kind: "behaviour",
      device: 0,
      from: 0,
      until: 9_000,
      match: {},
      behaviour: { kind: "slow", delay: 500 },
    };
    const device = newDevice([slow], 0);
    const [register] = device.handle({ kind: "time" }, at(0));
    if (register?.kind !== "send") throw new Error("no Register");
    const { messageId, token } = messageOf(register.bytes);
    const deliver = (message: CoapMessage) =>
      device.handle({ kind: "datagram", from: register.to, bytes: encodeMessage(message) }, at(10));
    deliver({ ...response("2.01", ["rd", "1"]), type: "ACK", messageId, token });
    for (const id of [1, 2]) deliver({ ...executeContent([3, 0, 4]), type: "CON", messageId: id, token: `0${id}` });
    const effects = device.handle({ kind: "time" }, at(510));
    expect(effects.map((effect) => (effect.kind === "state" ? effect.event : effect.kind))).toEqual(["send", "reboot"]);
  });

  it("survives any datagram from anybody", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (datagrams) => {
        const device = newDevice([], 0);
        for (const bytes of datagrams)
          device.handle({ kind: "datagram", from: address("203.0.113.9:1"), bytes }, SIMULATION_START);
      }),
    );
  });
});

const milliseconds = fc.integer({ min: 0, max: 60_000 });
const window = { device: fc.constant(0), from: milliseconds, until: milliseconds };
const content = fc.constantFrom<CoapContent>(
  readContent([3, 0]),
  readContent([3, 0, 9]),
  writeContent([3, 0, 15], 0, new TextEncoder().encode("Asia/Tokyo")),
  executeContent([3, 0, 4]),
  executeContent([1, 0, 8]),
);
const command = fc.oneof(
  fc.constantFrom<DeviceCommand>(
    { kind: "register" },
    { kind: "update" },
    { kind: "deregister" },
    { kind: "reboot" },
    { kind: "stale-update" },
  ),
  fc.record({ kind: fc.constant("change-address" as const), update: fc.boolean() }),
  fc.record({ kind: fc.constant("update" as const), lifetime: fc.constantFrom(10, 300) }),
  fc.record({
    kind: fc.constant("stray-response" as const),
    token: fc.constantFrom("unknown" as const, "last" as const),
    type: fc.constantFrom("CON" as const, "NON" as const, "ACK" as const),
    messageId: fc.constantFrom("asked" as const, undefined),
  }),
);
const behaviour = fc.oneof(
  fc.constantFrom(
    { kind: "silent" as const },
    { kind: "acknowledge-only" as const },
    { kind: "reset" as const },
    { kind: "error" as const, code: "4.00" },
    { kind: "success" as const, code: "2.05", format: 0, payload: "6c6f77" },
  ),
  fc.record({ kind: fc.constant("slow" as const), delay: fc.integer({ min: 0, max: 9_000 }) }),
);
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant("offline" as const), ...window }),
  fc.record({ kind: fc.constant("behaviour" as const), ...window, match: fc.constant({}), behaviour }),
  fc.record({
    kind: fc.constant("loss" as const),
    ...window,
    direction: fc.constant("both" as const),
    permille: fc.integer({ min: 0, max: 1_000 }),
  }),
);
const script: fc.Arbitrary<Script> = fc.record({
  registersAt: fc.constantFrom(0, 500, 20_000),
  seed: fc.string(),
  until: fc.constant(400_000),
  model: fc.record({
    queueMode: fc.boolean(),
    awakeFor: fc.constantFrom(0, 100, 5_000),
    deduplicates: fc.boolean(),
    bootTime: fc.constantFrom(0, 3_000),
    thinkTime: fc.constantFrom(0, 400),
    updateEvery: fc.constantFrom(1_000, 15_000),
    lifetime: fc.constantFrom(10, 300),
  }),
  faults: fc.array(fault, { maxLength: 4 }),
  commands: fc.array(fc.tuple(milliseconds, command), { maxLength: 8 }),
  requests: fc.array(fc.tuple(milliseconds, content), { maxLength: 8 }),
});

/** Whatever is done to it. */
describe("the laws of a device", () => {
  it("sends the same bytes at the same times in two runs", () => {
    fc.assert(
      fc.property(script, (each) => {
        const [first, second] = [scriptedRun(each), scriptedRun(each)];
        expect(second.log).toEqual(first.log);
        expect(second.datagrams).toEqual(first.datagrams);
      }),
    );
  });

  it("sends and does nothing while it is offline or boots, and nothing asleep without waking first", () => {
    fc.assert(
      fc.property(script, (each) => {
        const state = { online: true, on: true, awake: true };
        for (const effect of scriptedRun(each).effects) {
          if (effect.kind === "send") expect(state).toEqual({ online: true, on: true, awake: true });
          if (effect.kind === "effect") expect(state).toEqual({ online: true, on: true, awake: true });
          if (effect.kind !== "state") continue;
          if (effect.event === "offline" || effect.event === "online") state.online = effect.event === "online";
          if (effect.event === "asleep" || effect.event === "awake") state.awake = effect.event === "awake";
          if (effect.event === "reboot" || effect.event === "boot") state.on = effect.event === "boot";
          if (effect.event === "reboot") state.awake = true;
        }
      }),
    );
  });

  it("alternates offline and online, asleep and awake, reboot and boot", () => {
    fc.assert(
      fc.property(script, (each) => {
        for (const pair of [
          ["offline", "online"],
          ["reboot", "boot"],
        ]) {
          const events = scriptedRun(each).effects.flatMap((effect) =>
            effect.kind === "state" && pair.includes(effect.event) ? [effect.event] : [],
          );
          expect(events).toEqual(events.map((_, index) => pair[index % 2]));
        }
      }),
    );
  });

  it("is registered in the end, 5 minutes after all faults, or just registering again, unless it de-registered", () => {
    const without = script.map((each) => ({
      ...each,
      commands: (each.commands ?? []).filter(([, { kind }]) => kind !== "deregister"),
    }));
    fc.assert(
      fc.property(without, (each) => {
        // With a lifetime shorter than its pause it registers every 15 s, and not at both moments.
        const registered = [400_000, 405_000].map((until) => scriptedRun({ ...each, until }).device.registered);
        expect(registered).toContain(true);
      }),
    );
  });
});
