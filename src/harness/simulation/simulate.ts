/**
 * The driver of simulated runs: a plan, a server and virtual devices in one virtual world.
 *
 * Everything happens in one synchronous loop over virtual time: no socket, no timer, no promise. Same plan, same
 * server: same history, byte for byte, on every machine.
 */

import { HarnessError } from "../../platform/errors.ts";
import { createRandomSource } from "../../platform/random.ts";
import { coapParams } from "../../protocol/profile.ts";
import { SIMULATION_START, toUnixMillis } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { History, HistoryEvent, HistoryHeader } from "../history/history.ts";
import {
  createInterpreter,
  type Interpreter,
  type InterpreterEffect,
  type InterpreterInput,
} from "../interpreter/plan-interpreter.ts";
import { type RunNames, runNames } from "../interpreter/run-names.ts";
import type { BuildServer } from "./build-server.ts";
import { DeviceSide } from "./device-side.ts";
import { ServerSide } from "./server-side.ts";
import { createStage, FIRST_DEVICE, INTERPRETER, SERVER, SET_UP_ENDS, type Stage, type WorldEvent } from "./stage.ts";

export interface SimulateOptions {
  /** Called with each event as it happens, instead of collecting them: for runs too long to keep. */
  readonly observe?: (event: HistoryEvent) => void;
  /** Events of the world after which the run is cut off. */
  readonly maxEvents?: number;
}

/** A plan of the shipped families needs some thousands; a server that babbles without end is stopped here. */
const MAX_EVENTS = 2_000_000;

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
  const stage = createStage(plan, record, options.maxEvents ?? MAX_EVENTS);
  new SimulatedRun(plan, names, build, stage).toTheEnd();
  return { header, events };
}

/** One simulated run; a class because its parts call each other in a loop. */
class SimulatedRun {
  private readonly plan: Plan;
  private readonly stage: Stage;
  private readonly interpreter: Interpreter;
  private readonly server: ServerSide;
  private readonly devices: DeviceSide;
  /** An answer is one more input; what it leads to comes after the server's other effects of its step. */
  private readonly answers: InterpreterInput[] = [];
  private begun = false;
  private over = false;

  constructor(plan: Plan, names: RunNames, build: BuildServer, stage: Stage) {
    this.plan = plan;
    this.stage = stage;
    const rules = build.deviceRules?.();
    const random = createRandomSource(plan.simSeed);
    const { profile } = plan;
    this.devices = new DeviceSide({ stage, plan, names: names.devices, random, rules });
    this.server = new ServerSide({
      stage,
      server: build({ profile, coap: coapParams(profile), random: (key) => random(`server/${key}`) }),
      send: (to, bytes) => this.devices.sendDown(to, bytes),
      onAnswer: (answer) => void this.answers.push(answer),
    });
    this.interpreter = createInterpreter(plan, names);
  }

  toTheEnd(): void {
    const { world } = this.stage;
    this.server.handle({ kind: "start" });
    this.obey(this.interpreter.start(world.now));
    while (!this.over) {
      const horizon = this.begun ? this.interpreter.deadline : SET_UP_ENDS;
      const end = world.run(horizon, (event) => this.perform(event));
      if (this.over) return;
      if (end !== "done") {
        this.cutOff(end === "cut-off-events" ? "more events than a plan may have" : "more time than the plan has");
        return;
      }
      if (!this.begun)
        throw new HarnessError("target-not-usable", `plan ${this.plan.id}: the server did not answer the provisioning`);
    }
  }

  private cutOff(reason: string): void {
    this.over = true;
    this.stage.record({ kind: "mark", at: this.stage.runTime(), mark: "cut-off", reason });
  }

  // ── the world

  private perform(event: WorldEvent): void {
    if (this.over) return;
    this.performNow(event);
    if (this.answers.length > 0) this.obey([]);
  }

  private performNow(event: WorldEvent): void {
    switch (event.kind) {
      case "wake":
        if (this.stage.wakeups.fire(event.actor)) this.wake(event.actor);
        return;
      case "to-server":
        this.server.receive(event);
        return;
      case "to-device":
        this.devices.receive(event);
        return;
      case "unreachable":
        this.server.hearUnreachable(event.device, event.address);
        return;
      case "server-dies":
        this.server.die();
        return;
      case "server-starts":
        this.server.startAgain();
    }
  }

  private wake(actor: number): void {
    if (actor === SERVER) this.server.handle({ kind: "time" });
    else if (actor === INTERPRETER) this.obey(this.interpreter.handle({ kind: "time" }, this.stage.world.now));
    else this.devices.give(actor - FIRST_DEVICE, { kind: "time" });
  }

  // ── the interpreter

  private obey(effects: readonly InterpreterEffect[]): void {
    for (const effect of effects) this.fromInterpreter(effect);
    for (let answer = this.answers.shift(); answer !== undefined; answer = this.answers.shift()) {
      for (const effect of this.interpreter.handle(answer, this.stage.world.now)) this.fromInterpreter(effect);
    }
    this.stage.wakeups.want(INTERPRETER, this.interpreter.deadline);
  }

  private fromInterpreter(effect: InterpreterEffect): void {
    const at = this.stage.runTime();
    switch (effect.kind) {
      case "rest": {
        const { ticket, request, purpose } = effect;
        this.stage.record({ kind: "rest-request", at, ticket, request, purpose });
        this.server.ask(ticket, request);
        return;
      }
      case "begin":
        this.begun = true;
        this.devices.begin(effect.start);
        return;
      case "command": {
        const { at: _at, device: _device, ...command } = effect.operation;
        this.devices.give(effect.device, { kind: "command", command });
        return;
      }
      case "restart-server":
        this.server.restart(effect);
        return;
      case "mark": {
        const { mark, reason } = effect;
        this.stage.record({ kind: "mark", at, mark, ...(reason === undefined ? {} : { reason }) });
        return;
      }
      case "abort":
        throw new HarnessError("target-not-usable", `plan ${this.plan.id}: ${effect.reason}`);
      case "done":
        this.over = true;
    }
  }
}
