/**
 * The devices' side of a simulated run: the virtual devices of a plan, their addresses, and the network between them
 * and the server.
 */
import { type Address, address } from "../../protocol/address.ts";
import { coapParams } from "../../protocol/profile.ts";
import type { RandomSource } from "../../protocol/random.ts";
import { after, type Instant, millis } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { createVirtualDevice } from "../../simulator/device/device.ts";
import type { DeviceRules } from "../../simulator/device/rules.ts";
import type { DeviceEffect, DeviceInput, VirtualDevice } from "../../simulator/device/types.ts";
import { createNetwork, type Network } from "../../simulator/network.ts";
import { type DatagramToDevice, FIRST_DEVICE, SERVER_ADDRESS, type Stage } from "./stage.ts";

export interface DeviceSideOptions {
  readonly stage: Stage;
  readonly plan: Plan;
  /** Endpoint client names, in the order of the fleet. */
  readonly names: readonly string[];
  readonly random: RandomSource;
  /** Replaces single rules of the devices. */
  readonly rules: Partial<DeviceRules> | undefined;
}

/** Empty until the plan begins. A class because a device that handles something sends, and moves. */
export class DeviceSide {
  private readonly options: DeviceSideOptions;
  private readonly stage: Stage;
  private readonly devices: VirtualDevice[] = [];
  private readonly addresses: Address[] = [];
  private readonly owners = new Map<Address, number>();
  private network: Network | undefined;
  private begun: Instant | undefined;

  constructor(options: DeviceSideOptions) {
    this.options = options;
    this.stage = options.stage;
  }

  begin(start: Instant): void {
    const { plan, names, random, rules } = this.options;
    const { fleet, faults, latency, simSeed, profile } = plan;
    this.begun = start;
    this.network = createNetwork({
      seed: simSeed,
      latency,
      faults: faults.map((f) => ({ ...f, device: f.device % fleet.length })),
      start,
    });
    fleet.forEach((planned, index) => {
      const { type: _type, registersAt, ...model } = planned;
      const device = createVirtualDevice({
        name: names[index] ?? "",
        index,
        model,
        faults: faults.filter((fault) => fault.device % fleet.length === index),
        server: SERVER_ADDRESS,
        // A device retransmits by the same parameters: scaled times are for both ends.
        coap: coapParams(profile),
        random: (key) => random(`device/${index}/${key}`),
        start,
        registersAt,
        rules,
      });
      this.devices.push(device);
      this.addresses.push(this.newAddress(index));
      this.stage.wakeups.want(FIRST_DEVICE + index, device.deadline);
    });
  }

  give(index: number, input: DeviceInput): void {
    const device = this.devices[index];
    if (device === undefined) return;
    for (const effect of device.handle(input, this.stage.world.now)) this.perform(index, effect);
    this.stage.wakeups.want(FIRST_DEVICE + index, device.deadline);
  }

  /** A datagram reaches an address; its device hears it if it still has that address, and listens. */
  receive({ device: index, to, bytes }: DatagramToDevice): void {
    const device = this.devices[index];
    if (device === undefined || this.addresses[index] !== to || !device.listening) return;
    this.stage.record({ kind: "delivery", at: this.stage.runTime(), device: index, bytes });
    this.give(index, { kind: "datagram", from: SERVER_ADDRESS, bytes });
  }

  /** The server sends a datagram. */
  sendDown(to: Address, bytes: Uint8Array): void {
    const { world, record, runTime } = this.stage;
    const at = runTime();
    const device = this.owners.get(to);
    if (device === undefined || this.network === undefined) {
      record({ kind: "downlink", at, address: to, bytes, arrivals: [] });
      return;
    }
    const fate = this.network.fate(device, "down", world.now);
    const reported = this.isReported(device);
    const delays = reported ? [] : fate;
    if (reported) {
      const told = after(world.now, millis(this.options.plan.latency));
      world.schedule(told, { kind: "unreachable", address: to, device });
    }
    record({ kind: "downlink", at, device, address: to, bytes, arrivals: delays.map((delay) => at + delay) });
    for (const delay of delays) world.schedule(after(world.now, delay), { kind: "to-device", to, device, bytes });
  }

  /** Whether the network tells the server that it cannot reach the device now. */
  private isReported(device: number): boolean {
    const { begun } = this;
    const { faults, fleet } = this.options.plan;
    const { now } = this.stage.world;
    if (begun === undefined) return false;
    return faults.some(
      (fault) =>
        fault.kind === "offline" &&
        fault.reported === true &&
        fault.device % fleet.length === device &&
        after(begun, millis(fault.from)) <= now &&
        now < after(begun, millis(fault.until)),
    );
  }

  /** `10.x.y.z` names the device, the port counts its addresses. */
  private newAddress(index: number): Address {
    const last = this.addresses[index];
    const port = last === undefined ? 40_000 : Number(last.slice(last.lastIndexOf(":") + 1)) + 1;
    const fresh = address(`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}:${port}`);
    this.owners.set(fresh, index);
    return fresh;
  }

  private perform(index: number, effect: DeviceEffect): void {
    const { record } = this.stage;
    const at = this.stage.runTime();
    switch (effect.kind) {
      case "send":
        this.sendUp(index, effect.bytes);
        return;
      case "effect":
        record({ ...effect, kind: "effect", at, device: index });
        return;
      case "firmware":
      case "download":
        record({ ...effect, at, device: index });
        return;
      case "state":
        record({ kind: "device", at, device: index, event: effect.event });
        return;
      case "move": {
        const fresh = this.newAddress(index);
        this.addresses[index] = fresh;
        record({ kind: "device", at, device: index, event: "address", address: fresh });
        return;
      }
      case "skipped":
      // Not asked of it: in a simulation no byte goes by HTTP.
      case "fetch":
        return;
    }
  }

  private sendUp(device: number, bytes: Uint8Array): void {
    const { world, record, runTime } = this.stage;
    const from = this.addresses[device];
    if (from === undefined || this.network === undefined) return;
    const sentAt = world.now;
    const at = runTime();
    const delays = this.network.fate(device, "up", sentAt);
    if (delays.length === 0) record({ kind: "uplink", at, device, address: from, bytes, sentAt: at, lost: true });
    let copy = false;
    for (const delay of delays) {
      world.schedule(after(sentAt, delay), { kind: "to-server", from, device, bytes, sentAt, copy });
      copy = true;
    }
  }
}
