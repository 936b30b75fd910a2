/**
 * The driver of simulated runs: a plan, a server and virtual devices in one virtual world.
 *
 * Everything happens in one synchronous loop over virtual time: no socket, no timer, no promise. Same plan, same
 * server: same history, byte for byte, on every machine.
 */

import { HarnessError } from "../platform/errors.ts";
import { createRandomSource } from "../platform/random.ts";
import { type Address, address } from "../protocol/address.ts";
import type { CoapParams } from "../protocol/coap/params.ts";
import { coapParams, type Profile } from "../protocol/profile.ts";
import type { RandomSource } from "../protocol/random.ts";
import type { ServerEffect, ServerInput, ServerPort } from "../protocol/server-port.ts";
import {
  after,
  type Instant,
  type Micros,
  millis,
  NEVER,
  SIMULATION_START,
  seconds,
  toUnixMillis,
} from "../protocol/time.ts";
import type { Plan } from "../scenarios/plan.ts";
import { createVirtualDevice } from "../simulator/device/device.ts";
import type { DeviceRules } from "../simulator/device/rules.ts";
import type { DeviceEffect, DeviceInput, VirtualDevice } from "../simulator/device/types.ts";
import { createNetwork, type Network } from "../simulator/network.ts";
import { createWakeups, createWorld } from "../simulator/world.ts";
import type { History, HistoryEvent, HistoryHeader } from "./history.ts";
import type { RestartEffect } from "./operation-requests.ts";
import { createInterpreter, type InterpreterEffect, type InterpreterInput } from "./plan-interpreter.ts";
import { type RunNames, runNames } from "./run-names.ts";

/** Makes the server that a simulated run talks to: the reference server, a mutant of it, or any other `ServerPort`. */
export interface BuildServer {
  (context: ServerContext): ServerPort;
  /** Replaces single rules of the virtual devices, where it is they that are defective. */
  readonly deviceRules?: () => Partial<DeviceRules>;
}

export interface ServerContext {
  readonly profile: Profile;
  readonly coap: CoapParams;
  readonly random: RandomSource;
}

export interface SimulateOptions {
  /** Called with each event as it happens, instead of collecting them: for runs too long to keep. */
  readonly observe?: (event: HistoryEvent) => void;
  /** Events of the world after which the run is cut off. */
  readonly maxEvents?: number;
}

const SERVER_ADDRESS = address("192.0.2.1:5683");
/** A plan of the shipped families needs some thousands; a server that babbles without end is stopped here. */
const MAX_EVENTS = 2_000_000;
/** Provisioning takes no virtual time with a server that answers in the same step. */
const SET_UP_TIME = seconds(60);

type WorldEvent =
  | { readonly kind: "wake"; readonly actor: number }
  | {
      readonly kind: "to-server";
      readonly from: Address;
      readonly device: number;
      readonly bytes: Uint8Array;
      readonly sentAt: Instant;
      readonly copy: boolean;
    }
  | { readonly kind: "unreachable"; readonly address: Address; readonly device: number }
  /** The server is to die now, unless it has. */
  | { readonly kind: "server-dies" }
  | { readonly kind: "server-starts" }
  | { readonly kind: "to-device"; readonly to: Address; readonly device: number; readonly bytes: Uint8Array };

/** A server that is to die when it stores something, and stores nothing for so long, dies all the same. */
const DIES_WITHIN = seconds(1);
/** What a client is told whose request a server does not take, or not answer any more. */
const NOBODY_LISTENS = "the server is down";

const SERVER = 0;
const INTERPRETER = 1;
const FIRST_DEVICE = 2;

/**
 * Runs a plan in virtual time.
 *
 * @throws HarnessError when the server refuses to provision the plan's devices: then nothing can be said about it
 */
export function simulate(plan: Plan, build: BuildServer, options: SimulateOptions = {}): History {
  const names = runNames(plan);
  const header: HistoryHeader = {
    formatVersion: 1,
    plan: plan.id,
    mode: "sim",
    startedAt: toUnixMillis(SIMULATION_START),
    devices: names.devices,
    deviceTypes: names.deviceTypes,
  };
  const events: HistoryEvent[] = [];
  const record = options.observe ?? ((event: HistoryEvent) => void events.push(event));
  const run = new SimulatedRun(plan, names, build, record, options);
  run.toTheEnd();
  return { header, events };
}

/** The state of one simulated run; a class because its parts call each other in a loop. */
class SimulatedRun {
  private readonly plan: Plan;
  private readonly names: RunNames;
  private readonly record: (event: HistoryEvent) => void;
  private readonly world;
  private readonly wakeups;
  private readonly server: ServerPort;
  private readonly interpreter;
  private readonly deviceRules: Partial<DeviceRules> | undefined;
  private readonly random: RandomSource;
  private readonly devices: VirtualDevice[] = [];
  private readonly addresses: Address[] = [];
  private readonly owners = new Map<Address, number>();
  private network: Network | undefined;
  private begun: Instant | undefined;
  /** Requests that the server has not answered. */
  private readonly openTickets = new Set<number>();
  /** How long the server stays down that is to die, or is dead; `undefined`: it lives. */
  private downFor: Micros | undefined;
  /** It was killed, and is not there again. */
  private isDown = false;
  private over = false;

  constructor(
    plan: Plan,
    names: RunNames,
    build: BuildServer,
    record: (event: HistoryEvent) => void,
    { maxEvents = MAX_EVENTS }: SimulateOptions,
  ) {
    this.plan = plan;
    this.deviceRules = build.deviceRules?.();
    this.names = names;
    this.record = record;
    const last = plan.operations.reduce((latest, { at }) => Math.max(latest, at), Math.max(plan.until, plan.quietFrom));
    const maxTime = after(after(SIMULATION_START, SET_UP_TIME), millis(last));
    this.world = createWorld<WorldEvent>({ start: SIMULATION_START, maxEvents, maxTime });
    this.wakeups = createWakeups<WorldEvent>(this.world, FIRST_DEVICE + plan.fleet.length, (actor) => ({
      kind: "wake",
      actor,
    }));
    this.random = createRandomSource(plan.simSeed);
    const coap = coapParams(plan.profile);
    this.server = build({ profile: plan.profile, coap, random: (key) => this.random(`server/${key}`) });
    this.interpreter = createInterpreter(plan, names);
  }

  toTheEnd(): void {
    this.toServer({ kind: "start" });
    this.obey(this.interpreter.start(this.world.now));
    while (!this.over) {
      const horizon = this.begun === undefined ? after(SIMULATION_START, SET_UP_TIME) : this.interpreter.deadline;
      const end = this.world.run(horizon, (event) => this.perform(event));
      if (this.over) return;
      if (end !== "done") {
        this.cutOff(end === "cut-off-events" ? "more events than a plan may have" : "more time than the plan has");
        return;
      }
      if (this.begun === undefined)
        throw new HarnessError("target-not-usable", `plan ${this.plan.id}: the server did not answer the provisioning`);
    }
  }

  private cutOff(reason: string): void {
    this.over = true;
    this.record({ kind: "mark", at: this.runTime(), mark: "cut-off", reason });
  }

  private runTime(now: Instant = this.world.now): number {
    return now - SIMULATION_START;
  }

  private perform(event: WorldEvent): void {
    if (this.over) return;
    this.performNow(event);
    if (this.answers.length > 0) this.obey([]);
  }

  private performNow(event: WorldEvent): void {
    if (event.kind === "wake") {
      if (this.wakeups.fire(event.actor)) this.wake(event.actor);
      return;
    }
    const at = this.runTime();
    if (event.kind === "server-dies") {
      this.serverDies();
      return;
    }
    if (event.kind === "server-starts") {
      this.downFor = undefined;
      this.toServer({ kind: "start" });
      return;
    }
    const isDown = this.server.process?.isDown === true;
    if (event.kind === "to-server") {
      const { device, bytes, from, sentAt, copy } = event;
      const uplink = { kind: "uplink", at, device, address: from, bytes, sentAt: this.runTime(sentAt) } as const;
      const heard = isDown ? { ...uplink, lost: true as const } : uplink;
      this.record(copy ? { ...heard, copy } : heard);
      if (!isDown) this.toServer({ kind: "datagram", from, bytes });
      return;
    }
    if (event.kind === "unreachable") {
      const { device, address } = event;
      if (isDown) return;
      this.record({ kind: "unreachable", at, device, address });
      this.toServer({ kind: "unreachable", address });
      return;
    }
    const device = this.devices[event.device];
    if (device === undefined || this.addresses[event.device] !== event.to || !device.listening) return;
    this.record({ kind: "delivery", at, device: event.device, bytes: event.bytes });
    this.toDevice(event.device, { kind: "datagram", from: SERVER_ADDRESS, bytes: event.bytes });
  }

  private wake(actor: number): void {
    if (actor === SERVER) this.toServer({ kind: "time" });
    else if (actor === INTERPRETER) this.toInterpreter({ kind: "time" });
    else this.toDevice(actor - FIRST_DEVICE, { kind: "time" });
  }

  // ── server

  private toServer(input: ServerInput): void {
    const effects = this.server.handle(input, this.world.now);
    if (this.isDown && this.server.process?.isDown !== true) {
      this.isDown = false;
      this.record({ kind: "server", at: this.runTime(), event: "up" });
    }
    for (const effect of effects) this.fromServer(effect);
    this.wakeups.want(SERVER, this.server.deadline);
    if (this.downFor !== undefined && this.server.process?.isDown === true) this.serverIsDown(this.downFor);
  }

  private restartServer({ operation: { downFor, dies } }: RestartEffect): void {
    const { process } = this.server;
    // It is down already, or about to be.
    if (process === undefined || this.isDown || this.downFor !== undefined) return;
    this.downFor = millis(downFor);
    if (dies === undefined) this.serverDies();
    else {
      process.die(dies);
      this.world.schedule(after(this.world.now, DIES_WITHIN), { kind: "server-dies" });
    }
  }

  private serverDies(): void {
    const { process } = this.server;
    if (process === undefined || this.downFor === undefined || process.isDown) return;
    process.die("at-once");
    this.serverIsDown(this.downFor);
  }

  private serverIsDown(downFor: Micros): void {
    const { now } = this.world;
    this.isDown = true;
    this.record({ kind: "server", at: this.runTime(), event: "down" });
    this.wakeups.want(SERVER, NEVER);
    for (const ticket of this.openTickets) this.failRequest(ticket);
    this.world.schedule(after(now, downFor), { kind: "server-starts" });
  }

  private failRequest(ticket: number): void {
    this.openTickets.delete(ticket);
    this.record({ kind: "rest-failure", at: this.runTime(), ticket, reason: NOBODY_LISTENS });
    this.answers.push({ kind: "failure", ticket, reason: NOBODY_LISTENS });
  }

  private fromServer(effect: ServerEffect): void {
    const at = this.runTime();
    switch (effect.kind) {
      case "answer":
        this.openTickets.delete(effect.ticket);
        this.record({ kind: "rest-answer", at, ticket: effect.ticket, response: effect.response });
        // The answer is one more input; what it leads to comes after the server's other effects of this step.
        this.answers.push({ kind: "answer", ticket: effect.ticket, response: effect.response });
        return;
      case "send":
        this.sendDown(effect.to, effect.bytes, at);
        return;
      default:
        throw new HarnessError(
          "target-not-usable",
          `the server asked for storage (${effect.kind}), which a simulated run does not offer`,
        );
    }
  }

  private readonly answers: InterpreterInput[] = [];

  private sendDown(to: Address, bytes: Uint8Array, at: number): void {
    const device = this.owners.get(to);
    if (device === undefined || this.network === undefined) {
      this.record({ kind: "downlink", at, address: to, bytes, arrivals: [] });
      return;
    }
    const fate = this.network.fate(device, "down", this.world.now);
    const reported = this.isReported(device);
    const delays = reported ? [] : fate;
    if (reported) {
      const told = after(this.world.now, millis(this.plan.latency));
      this.world.schedule(told, { kind: "unreachable", address: to, device });
    }
    this.record({ kind: "downlink", at, device, address: to, bytes, arrivals: delays.map((delay) => at + delay) });
    for (const delay of delays)
      this.world.schedule(after(this.world.now, delay), { kind: "to-device", to, device, bytes });
  }

  /** Whether the network tells the server that it cannot reach the device now. */
  private isReported(device: number): boolean {
    const { begun, plan } = this;
    if (begun === undefined) return false;
    return plan.faults.some(
      (fault) =>
        fault.kind === "offline" &&
        fault.reported === true &&
        fault.device % plan.fleet.length === device &&
        after(begun, millis(fault.from)) <= this.world.now &&
        this.world.now < after(begun, millis(fault.until)),
    );
  }

  // ── interpreter

  private toInterpreter(input: InterpreterInput): void {
    this.obey(this.interpreter.handle(input, this.world.now));
  }

  private obey(effects: readonly InterpreterEffect[]): void {
    for (const effect of effects) this.fromInterpreter(effect);
    for (let answer = this.answers.shift(); answer !== undefined; answer = this.answers.shift()) {
      for (const effect of this.interpreter.handle(answer, this.world.now)) this.fromInterpreter(effect);
    }
    this.wakeups.want(INTERPRETER, this.interpreter.deadline);
  }

  private fromInterpreter(effect: InterpreterEffect): void {
    const at = this.runTime();
    switch (effect.kind) {
      case "rest": {
        const { ticket, request, purpose } = effect;
        this.record({ kind: "rest-request", at, ticket, request, purpose });
        this.openTickets.add(ticket);
        if (this.server.process?.isDown === true) this.failRequest(ticket);
        else this.toServer({ kind: "rest", ticket, request });
        return;
      }
      case "begin":
        this.begin(effect.start);
        return;
      case "command": {
        const { at: _at, device: _device, ...command } = effect.operation;
        this.toDevice(effect.device, { kind: "command", command });
        return;
      }
      case "restart-server":
        this.restartServer(effect);
        return;
      case "mark":
        this.record({
          kind: "mark",
          at,
          mark: effect.mark,
          ...(effect.reason === undefined ? {} : { reason: effect.reason }),
        });
        return;
      case "abort":
        throw new HarnessError("target-not-usable", `plan ${this.plan.id}: ${effect.reason}`);
      case "done":
        this.over = true;
    }
  }

  // ── devices

  private begin(start: Instant): void {
    this.begun = start;
    const { fleet, faults, latency, simSeed, profile } = this.plan;
    this.network = createNetwork({
      seed: simSeed,
      latency,
      faults: faults.map((f) => ({ ...f, device: f.device % fleet.length })),
      start,
    });
    fleet.forEach((planned, index) => {
      const { type: _type, registersAt, ...model } = planned;
      const device = createVirtualDevice({
        name: this.names.devices[index] ?? "",
        index,
        model,
        faults: faults.filter((fault) => fault.device % fleet.length === index),
        server: SERVER_ADDRESS,
        // A device retransmits by the same parameters: scaled times are for both ends.
        coap: coapParams(profile),
        random: (key) => this.random(`device/${index}/${key}`),
        start,
        registersAt,
        rules: this.deviceRules,
      });
      this.devices.push(device);
      this.addresses.push(this.newAddress(index));
      this.wakeups.want(FIRST_DEVICE + index, device.deadline);
    });
  }

  /** `10.x.y.z` names the device, the port counts its addresses. */
  private newAddress(index: number): Address {
    const last = this.addresses[index];
    const port = last === undefined ? 40_000 : Number(last.slice(last.lastIndexOf(":") + 1)) + 1;
    const fresh = address(`10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}:${port}`);
    this.owners.set(fresh, index);
    return fresh;
  }

  private toDevice(index: number, input: DeviceInput): void {
    const device = this.devices[index];
    if (device === undefined) return;
    for (const effect of device.handle(input, this.world.now)) this.fromDevice(index, effect);
    this.wakeups.want(FIRST_DEVICE + index, device.deadline);
  }

  private fromDevice(index: number, effect: DeviceEffect): void {
    const at = this.runTime();
    switch (effect.kind) {
      case "send":
        this.sendUp(index, effect.bytes, at);
        return;
      case "effect":
        this.record({ ...effect, kind: "effect", at, device: index });
        return;
      case "firmware":
      case "download":
        this.record({ ...effect, at, device: index });
        return;
      case "state":
        this.record({ kind: "device", at, device: index, event: effect.event });
        return;
      case "move": {
        const fresh = this.newAddress(index);
        this.addresses[index] = fresh;
        this.record({ kind: "device", at, device: index, event: "address", address: fresh });
        return;
      }
      case "skipped":
      // Not asked of it: in a simulation no byte goes by HTTP.
      case "fetch":
        return;
    }
  }

  private sendUp(device: number, bytes: Uint8Array, at: number): void {
    const from = this.addresses[device];
    if (from === undefined || this.network === undefined) return;
    const sentAt = this.world.now;
    const delays = this.network.fate(device, "up", sentAt);
    if (delays.length === 0) this.record({ kind: "uplink", at, device, address: from, bytes, sentAt: at, lost: true });
    let copy = false;
    for (const delay of delays) {
      this.world.schedule(after(sentAt, delay), { kind: "to-server", from, device, bytes, sentAt, copy });
      copy = true;
    }
  }
}
