import { describe, expect, it } from "vitest";
import { type Address, address } from "../../protocol/address.ts";
import { after, type Instant, SIMULATION_START, seconds } from "../../protocol/time.ts";
import { createDatagramGate, prefixOf } from "./datagram-gate.ts";

const START: Instant = SIMULATION_START;
const later = (span: number): Instant => after(START, seconds(span));
const v4 = (text: string): Address => address(`${text}:5683`);
/** An answer to Register, 2.01, and to Update, 2.04; an empty ACK. */
const [CREATED, CHANGED, EMPTY] = [0x41, 0x44, 0x00].map((code) => Uint8Array.of(0x60, code ?? 0, 0, 1));

const admitted = (times: number, admits: () => boolean): number =>
  Array.from({ length: times }, admits).filter(Boolean).length;

describe("createDatagramGate", () => {
  it("lets a prefix bring 10 seconds' worth at once, and 5 in each second after that", () => {
    const gate = createDatagramGate({ perSecond: 5 });
    const from = v4("192.0.2.1");
    expect(admitted(100, () => gate.admits(from, START))).toBe(50);
    expect(admitted(100, () => gate.admits(from, later(1)))).toBe(5);
    expect(admitted(100, () => gate.admits(from, later(1_000)))).toBe(50);
  });

  it("counts all addresses and ports of a prefix together, and another prefix by itself", () => {
    const gate = createDatagramGate({ perSecond: 5 });
    let host = 0;
    expect(
      admitted(100, () => {
        host += 1;
        return gate.admits(address(`192.0.2.${host}:${host + 1_000}`), START);
      }),
    ).toBe(50);
    expect(gate.admits(v4("192.0.3.1"), START)).toBe(true);
  });

  it.each([
    ["a registration here", CREATED],
    ["an Update", CHANGED],
  ])("has room for a device with %s in the midst of a flood from its own prefix and from everywhere", (_, answer) => {
    const gate = createDatagramGate({ perSecond: 5 });
    const device = v4("192.0.2.9");
    gate.sent(device, answer ?? new Uint8Array(0));
    for (let index = 0; index < 5_000; index += 1) gate.admits(address(`10.${index % 256}.2.1:${index}`), START);
    for (let index = 0; index < 500; index += 1) gate.admits(v4("192.0.2.1"), START);
    expect(gate.admits(v4("198.51.100.1"), START)).toBe(false);
    expect(gate.admits(device, START)).toBe(true);
    // But not without end.
    expect(admitted(100, () => gate.admits(device, START))).toBe(49);
  });

  it("takes nobody for a device who got any other answer", () => {
    const gate = createDatagramGate({ perSecond: 5 });
    gate.sent(v4("192.0.2.9"), EMPTY ?? new Uint8Array(0));
    gate.sent(v4("192.0.2.9"), new Uint8Array(0));
    expect(gate.sizes.devices).toBe(0);
  });

  it("keeps 10 prefixes and 3 devices at most, those used last", () => {
    const gate = createDatagramGate({ perSecond: 5, mostPrefixes: 10, mostDevices: 3 });
    for (let index = 0; index < 100; index += 1) gate.admits(v4(`10.0.${index}.1`), START);
    for (let index = 0; index < 100; index += 1) gate.sent(v4(`10.1.${index}.1`), CREATED ?? new Uint8Array(0));
    expect(gate.sizes).toEqual({ prefixes: 10, devices: 3 });
  });
});

describe("prefixOf", () => {
  it.each([
    ["192.0.2.7:5683", "192.0.2"],
    ["[::ffff:192.0.2.7]:5683", "192.0.2"],
    ["[2001:db8:1:2::7]:5683", "2001:db8:1"],
    ["[2001:db8:1:ffff:1:2:3:4]:1", "2001:db8:1"],
    ["[2001:db8::7]:5683", "2001:db8:0"],
    ["[::1]:5683", "0:0:0"],
  ])("of %s is %s", (text, prefix) => {
    expect(prefixOf(address(text))).toBe(prefix);
  });
});
