/**
 * A fleet in virtual time: its devices, their links and a server in one process, without sockets.
 *
 * Nothing is judged and no history is kept: what comes of it is counts. A device is made when it registers for the first
 * time, and addresses say whose they are, so that an idle device costs little.
 */
import { createRandomSource } from "../../platform/random.ts";
import { nextTurn } from "../../platform/timers.ts";
import { type Address, address } from "../../protocol/address.ts";
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { Profile } from "../../protocol/profile.ts";
import type { ServerEffect, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { after, type Instant, millis, NEVER, SIMULATION_START } from "../../protocol/time.ts";
import type { DeviceEffect, DeviceInput, VirtualDevice } from "../../simulator/device/types.ts";
import { createFleetDevice } from "../../simulator/fleet/fleet-device.ts";
import { inputOf } from "../../simulator/fleet/happenings.ts";
import { invertBit } from "../../simulator/fleet/link.ts";
import type { Fleet, FleetLink, FleetTimeline, LinkFate } from "../../simulator/fleet/types.ts";
import { createWakeups, createWorld } from "../../simulator/world.ts";
import type { HistoryEvent, RunTime, UplinkEvent } from "../history/history.ts";
import type { BuildServer } from "../simulation/build-server.ts";
import { createFleetTally, type SimulatedFleetSummary } from "./simulated-tally.ts";

export interface SimulatedFleetOptions {
  /** Makes the server, which has to take every endpoint that registers. */
  readonly build: BuildServer;
  readonly profile: Profile;
  /** Of server and devices. */
  readonly coap: CoapParams;
  /** Numbers of the devices that take part; absent: all of the fleet. */
  readonly devices?: readonly number[] | undefined;
  /** Called now and then with the virtual time, in milliseconds, and how many devices are registered. */
  readonly onProgress?: ((at: number, registered: number) => void) | undefined;
  /** As often, at the same moments of virtual time in each run. */
  readonly onMoment?: ((moment: SimulatedMoment) => void) | undefined;
  /** Sees each datagram when it is sent or heard, and what devices do; told apart by the numbers of the devices. */
  readonly onEvent?: ((event: HistoryEvent) => void) | undefined;
  /** Ends the run where it is. */
  readonly signal?: AbortSignal | undefined;
}

export interface SimulatedMoment {
  /** Milliseconds of virtual time. */
  readonly at: number;
  /** Devices that have tried to register, that hold a registration, and of these those that do not listen. */
  readonly started: number;
  readonly registered: number;
  readonly asleep: number;
}

/** Runs the fleet to its end. Gives up its turn now and then, which changes nothing about the run. */
export const simulateFleet = (fleet: Fleet, options: SimulatedFleetOptions): Promise<SimulatedFleetSummary> =>
  new SimulatedFleet(fleet, options).run();

const SERVER_ADDRESS = address("192.0.2.1:5683");
/** Parts of the run, after each of which it gives up its turn; and after how many it is noted who is registered. */
const PARTS = 240;
const PARTS_PER_MARK = 10;
const FIRST_PORT = 40_000;

type WorldEvent =
  | { readonly kind: "wake"; readonly actor: number }
  | { readonly kind: "to-server"; readonly from: Address; readonly bytes: Uint8Array }
  | { readonly kind: "to-device"; readonly slot: number; readonly to: Address; readonly bytes: Uint8Array };

const SERVER = 0;
const FIRST_DEVICE = 1;

/** What a device has from its first Register on. */
interface Member {
  readonly device: VirtualDevice;
  readonly timeline: FleetTimeline;
  readonly link: FleetLink;
  address: Address;
  /** Its addresses so far, without the first. */
  moves: number;
  registered: boolean;
}

/** A class because its parts call each other in a loop. */
class SimulatedFleet {
  private readonly fleet: Fleet;
  private readonly options: SimulatedFleetOptions;
  /** Numbers of the devices, by slot. */
  private readonly numbers: readonly number[];
  private readonly members: (Member | undefined)[];
  private readonly slots: ReadonlyMap<number, number> | undefined;
  private readonly world;
  private readonly wakeups;
  private readonly server: ServerPort;
  private readonly random;
  private readonly tally;

  constructor(fleet: Fleet, options: SimulatedFleetOptions) {
    this.fleet = fleet;
    this.options = options;
    const { devices, profile, coap } = options;
    this.numbers = devices ?? Array.from({ length: fleet.devices }, (_, index) => index);
    this.slots = devices === undefined ? undefined : new Map(devices.map((index, slot) => [index, slot]));
    this.members = new Array(this.numbers.length).fill(undefined);
    const maxTime = after(SIMULATION_START, millis(fleet.duration));
    this.world = createWorld<WorldEvent>({ start: SIMULATION_START, maxEvents: Number.MAX_SAFE_INTEGER, maxTime });
    const actors = FIRST_DEVICE + this.numbers.length;
    this.wakeups = createWakeups<WorldEvent>(this.world, actors, (actor) => ({ kind: "wake", actor }));
    this.random = createRandomSource(fleet.seed);
    this.server = options.build({ profile, coap, random: (key) => this.random(`server/${key}`) });
    this.tally = createFleetTally(this.numbers.length);
  }

  async run(): Promise<SimulatedFleetSummary> {
    this.toServer({ kind: "start" });
    this.numbers.forEach((index, slot) => {
      const { registersAt } = this.fleet.member(index);
      if (registersAt < this.fleet.duration) this.wakeups.want(FIRST_DEVICE + slot, this.instant(registersAt));
    });
    for (let part = 1; part <= PARTS; part++) {
      const until = Math.floor((this.fleet.duration * part) / PARTS);
      this.world.run(this.instant(until), (event) => this.perform(event));
      if (part % PARTS_PER_MARK === 0) this.tally.mark(until);
      this.options.onProgress?.(until, this.tally.registered);
      this.options.onMoment?.(this.moment(until));
      await nextTurn();
      if (this.options.signal?.aborted === true) break;
    }
    return this.tally.summary({ fleet: this.fleet, performed: this.world.performed, at: this.time() });
  }

  private instant(milliseconds: number): Instant {
    return after(SIMULATION_START, millis(milliseconds));
  }

  /** Milliseconds from the start. */
  private time(): number {
    return (this.world.now - SIMULATION_START) / 1_000;
  }

  private moment(at: number): SimulatedMoment {
    const begun = this.members.filter((member) => member !== undefined);
    const asleep = begun.filter(({ device }) => device.registered && !device.listening);
    return { at, started: begun.length, registered: this.tally.registered, asleep: asleep.length };
  }

  private runTime(): RunTime {
    return this.world.now - SIMULATION_START;
  }

  private perform(event: WorldEvent): void {
    switch (event.kind) {
      case "wake":
        if (!this.wakeups.fire(event.actor)) return;
        if (event.actor === SERVER) this.toServer({ kind: "time" });
        else this.wake(event.actor - FIRST_DEVICE);
        return;
      case "to-server":
        this.toServer({ kind: "datagram", from: event.from, bytes: event.bytes });
        return;
      case "to-device": {
        const { slot, to, bytes } = event;
        const member = this.members[slot];
        if (member === undefined) return;
        if (member.address !== to || !member.device.listening) {
          this.tally.missed();
          return;
        }
        this.options.onEvent?.({ kind: "delivery", device: this.numberOf(slot), bytes, at: this.runTime() });
        this.give(slot, member, { kind: "datagram", from: SERVER_ADDRESS, bytes });
      }
    }
  }

  // ── devices

  /** Its first Register, a deadline, or something on its timeline. */
  private wake(slot: number): void {
    const member = this.members[slot];
    if (member === undefined) this.begin(slot);
    else {
      this.catchUp(slot, member);
      if (member.device.deadline <= this.world.now) this.give(slot, member, TIME);
      else this.want(slot, member);
    }
  }

  private numberOf(slot: number): number {
    return this.numbers[slot] ?? 0;
  }

  private begin(slot: number): void {
    const index = this.numberOf(slot);
    const { fleet, random } = this;
    const { coap } = this.options;
    const member: Member = {
      device: createFleetDevice(fleet, index, { server: SERVER_ADDRESS, coap, random, start: SIMULATION_START }),
      timeline: fleet.timeline(index),
      link: fleet.link(index),
      address: addressOf(index, 0),
      moves: 0,
      registered: false,
    };
    this.members[slot] = member;
    this.catchUp(slot, member);
    this.give(slot, member, REGISTER);
  }

  private catchUp(slot: number, member: Member): void {
    const now = this.time();
    while (member.timeline.nextAt <= now) {
      const happening = member.timeline.take();
      if (happening === undefined) return;
      this.tally.happened(happening.kind);
      this.give(slot, member, inputOf(happening));
    }
  }

  private give(slot: number, member: Member, input: DeviceInput): void {
    for (const effect of member.device.handle(input, this.world.now)) this.fromDevice(slot, member, effect);
    const { registered } = member.device;
    if (registered !== member.registered) this.tally.registration(registered);
    member.registered = registered;
    this.want(slot, member);
  }

  private want(slot: number, { device, timeline }: Member): void {
    const { nextAt } = timeline;
    const next = nextAt === Number.POSITIVE_INFINITY ? NEVER : this.instant(nextAt);
    this.wakeups.want(FIRST_DEVICE + slot, device.deadline < next ? device.deadline : next);
  }

  private fromDevice(slot: number, member: Member, effect: DeviceEffect): void {
    const { onEvent } = this.options;
    const place = { device: this.numberOf(slot), at: this.runTime() };
    if (effect.kind === "send") this.sendUp(slot, member, effect.bytes);
    else if (effect.kind === "move") this.move(slot, member);
    else if (effect.kind === "state") {
      this.tally.state(effect.event);
      onEvent?.({ kind: "device", event: effect.event, ...place });
    } else if (effect.kind === "effect") onEvent?.({ ...effect, ...place });
  }

  private move(slot: number, member: Member): void {
    member.moves += 1;
    const device = this.numberOf(slot);
    member.address = addressOf(device, member.moves);
    this.options.onEvent?.({ kind: "device", device, at: this.runTime(), event: "address", address: member.address });
  }

  private sendUp(slot: number, member: Member, bytes: Uint8Array): void {
    const fate = member.link.fate("up", bytes.length, this.time());
    this.tally.up(slot, this.world.now, bytes, fate);
    if (fate.newAddress === true) this.move(slot, member);
    const from = member.address;
    const arriving = arrivingBytes(bytes, fate);
    this.tellUplink({ kind: "uplink", device: this.numberOf(slot), address: from, bytes }, fate);
    for (const delay of fate.delays)
      this.world.schedule(after(this.world.now, delay), { kind: "to-server", from, bytes: arriving });
  }

  private tellUplink(datagram: Pick<UplinkEvent, "kind" | "device" | "address" | "bytes">, { delays }: LinkFate): void {
    const { onEvent } = this.options;
    if (onEvent === undefined) return;
    const sentAt = this.runTime();
    if (delays.length === 0) onEvent({ ...datagram, at: sentAt, sentAt, lost: true });
    delays.forEach((delay, copy) => {
      onEvent({ ...datagram, at: sentAt + delay, sentAt, ...(copy === 0 ? {} : { copy: true }) });
    });
  }

  // ── server

  private toServer(input: ServerInput): void {
    for (const effect of this.server.handle(input, this.world.now)) this.fromServer(effect);
    this.wakeups.want(SERVER, this.server.deadline);
  }

  private fromServer(effect: ServerEffect): void {
    if (effect.kind !== "send") return;
    const { to, bytes } = effect;
    const slot = this.slotOf(to);
    const member = slot === undefined ? undefined : this.members[slot];
    if (slot === undefined || member === undefined) return;
    const fate = member.link.fate("down", bytes.length, this.time());
    this.tally.down(slot, this.world.now, bytes, fate);
    this.options.onEvent?.({
      kind: "downlink",
      device: this.numberOf(slot),
      address: to,
      bytes,
      at: this.runTime(),
      arrivals: fate.delays.map((delay) => this.runTime() + delay),
    });
    const arriving = arrivingBytes(bytes, fate);
    for (const delay of fate.delays)
      this.world.schedule(after(this.world.now, delay), { kind: "to-device", slot, to, bytes: arriving });
  }

  private slotOf(to: Address): number | undefined {
    const index = deviceOf(to);
    return this.slots === undefined ? index : this.slots.get(index);
  }
}

const TIME: DeviceInput = { kind: "time" };
const REGISTER: DeviceInput = { kind: "command", command: { kind: "register" } };

const arrivingBytes = (bytes: Uint8Array, { invertedBit }: LinkFate): Uint8Array =>
  invertedBit === undefined ? bytes : invertBit(bytes, invertedBit);

/** `10.x.y.z` names the device, the port counts its addresses. */
const addressOf = (device: number, moves: number): Address =>
  address(`10.${device >>> 16}.${(device >>> 8) & 255}.${device & 255}:${FIRST_PORT + (moves % 20_000)}`);

function deviceOf(to: Address): number {
  const [, high = "0", middle = "0", low = "0"] = to.split(/[.:]/, 4);
  return Number(high) * 65_536 + Number(middle) * 256 + Number(low);
}
