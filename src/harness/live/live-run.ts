/**
 * One live run: the plan interpreter, the hosts of the devices and the REST client brought together, and its record.
 */
import { now } from "../../platform/clock.ts";
import { HarnessError } from "../../platform/errors.ts";
import { createRandomSource } from "../../platform/random.ts";
import { nextTurn } from "../../platform/timers.ts";
import { type Address, splitAddress } from "../../protocol/address.ts";
import { before, type Instant, type Micros, NEVER, toMillis, toUnixMillis } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { createNetwork } from "../../simulator/network.ts";
import type { History, HistoryEvent, MarkEvent, RunTime } from "../history/history.ts";
import {
  createInterpreter,
  type Interpreter,
  type InterpreterEffect,
  type InterpreterInput,
} from "../interpreter/plan-interpreter.ts";
import type { Tokens } from "../interpreter/rest-requests.ts";
import { type RunNames, runNames } from "../interpreter/run-names.ts";
import type { Waker } from "./agenda.ts";
import { createDeviceHost, type DeviceHost } from "./device-host.ts";
import type { LiveSettings, SharedByRuns } from "./live-settings.ts";
import type { RestOutcome } from "./rest-client.ts";
import { createServerLife, type ServerLife } from "./server-life.ts";

/** What a client is told whose request no server takes, or answers any more, because we have killed it. */
const NOBODY_LISTENS = "the server is down";

/** The token given for the target is the owner's, and the HTTP client's secret; the profile gives what it lacks. */
function tokensOf({ profile: { access } }: Plan, authorised: boolean): Tokens {
  if (access === undefined) return {};
  return authorised ? { stranger: access.stranger } : access;
}

/** An uplink is recorded as it leaves, and says when it will have arrived. */
const recordedAt = (event: HistoryEvent): RunTime =>
  event.kind === "uplink" ? (event.earliest ?? event.at) : event.at;

/** The state of one live run; a class because its parts call each other in a loop. */
export class LiveRun {
  private readonly plan: Plan;
  private readonly server: Address;
  private readonly session: SharedByRuns;
  private readonly settings: LiveSettings;
  private readonly names: RunNames;
  /** Of this run's names on the server, and of its randomness: a run repeats no message id of another one's device. */
  private readonly scope: string;
  private readonly interpreter: Interpreter;
  private readonly waker: Waker;
  private readonly life: ServerLife;
  private readonly events: HistoryEvent[] = [];
  private readonly started = now();
  private hosts: readonly DeviceHost[] = [];
  /** REST requests under way. */
  private pending = 0;
  private ending: MarkEvent | undefined;
  private heardFromServer = false;
  private over = false;
  private finish: () => void = () => undefined;
  private fail: (error: unknown) => void = () => undefined;

  constructor(plan: Plan, server: Address, session: SharedByRuns, settings: LiveSettings) {
    this.plan = plan;
    this.server = server;
    this.session = session;
    this.settings = settings;
    this.scope = `${session.scope}-${session.nextRun()}`;
    this.names = runNames(plan, this.scope);
    this.interpreter = createInterpreter(plan, this.names, tokensOf(plan, session.authorised));
    this.waker = session.agenda.waker(() => this.timePasses());
    this.life = createServerLife({
      server: settings.server,
      agenda: session.agenda,
      record: (event) => this.record(event),
      runTime: (instant) => this.runTime(instant),
      onUp: (overdue) => this.goOn(overdue),
      onTrouble: (error) => this.fail(error),
    });
  }

  async toTheEnd(): Promise<History> {
    const { signal } = this.settings;
    const interrupted = (): void => this.cutOff("interrupted");
    try {
      this.hosts = await this.openHosts();
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve;
        this.fail = reject;
        signal?.addEventListener("abort", interrupted);
        if (signal?.aborted === true) interrupted();
        if (this.over) resolve();
        else this.obey(this.interpreter.start(now()));
      });
    } finally {
      this.over = true;
      this.waker.want(NEVER);
      this.life.close();
      signal?.removeEventListener("abort", interrupted);
      await Promise.all(this.hosts.map((host) => host.close()));
    }
    return { header: this.header(), events: this.events.map((event) => this.bounded(event)) };
  }

  /** An uplink reached the server when the server had read it: the probe knows that better than any estimate. */
  private bounded(event: HistoryEvent): HistoryEvent {
    if (event.kind !== "uplink" || event.lost === true || event.earliest === undefined) return event;
    const handled = this.session.handledBy((this.started + event.earliest) as Instant);
    const ended = this.life.endedAfter(event.earliest) ?? Number.POSITIVE_INFINITY;
    const at = Math.min(handled === undefined ? event.at : this.runTime(handled), ended);
    return { ...event, at: Math.max(event.earliest, at) };
  }

  private header(): History["header"] {
    const { devices, deviceTypes } = this.names;
    return {
      formatVersion: 1,
      plan: this.plan.id,
      mode: "live",
      startedAt: toUnixMillis(this.started),
      devices,
      deviceTypes,
    };
  }

  // ── the record

  private readonly runTime = (instant: Instant): RunTime => instant - this.started;

  private readonly record = (event: HistoryEvent): void => {
    if (this.over) return;
    if (event.kind === "downlink") this.life.heard();
    if (event.kind === "downlink" || event.kind === "server") this.heardFromServer = true;
    this.events.push(event);
    this.settings.onEvent?.(event);
    if (event.kind === "uplink" && event.lost !== true) this.life.asked();
  };

  /** A process that is too late does not know what happened when: it must not judge anybody. */
  private readonly lateness = (read: Instant): Micros => {
    const late = this.session.measuring.lateness(read);
    if (late > this.settings.maxLateness) this.cutOff(`this process was ${Math.round(toMillis(late))} ms late`);
    return late;
  };

  /**
   * What was read in the time by which we are late is no evidence: an answer that counts a request may have been read,
   * and the request may still wait in the socket of its device. So the record ends where that time began.
   */
  private cutOff(reason: string): void {
    const read = now();
    const punctual = this.runTime(before(read, this.session.measuring.lateness(read)));
    const unsure = this.events.findIndex((event) => recordedAt(event) >= punctual);
    if (unsure >= 0 && !this.over) this.events.length = unsure;
    this.record({ kind: "mark", mark: "cut-off", reason, at: Math.max(0, punctual) });
    this.over = true;
    this.finish();
  }

  // ── interpreter

  private toInterpreter(input: InterpreterInput): void {
    if (!this.over) this.obey(this.interpreter.handle(input, now()));
  }

  /** Not while the plan waits for its server. */
  private timePasses(): void {
    if (!this.life.isOverdue) this.toInterpreter({ kind: "time" });
  }

  private goOn(overdue: Micros): void {
    this.interpreter.postpone(overdue);
    this.timePasses();
  }

  private obey(effects: readonly InterpreterEffect[]): void {
    for (const effect of effects) this.perform(effect);
    this.waker.want(this.interpreter.deadline);
  }

  private perform(effect: InterpreterEffect): void {
    switch (effect.kind) {
      case "rest":
        this.ask(effect);
        break;
      case "begin":
        this.begin(effect.start);
        break;
      case "command": {
        const { at: _at, device: _device, ...command } = effect.operation;
        this.hosts[effect.device]?.give({ kind: "command", command });
        break;
      }
      case "restart-server":
        this.life.restart(effect.operation);
        break;
      case "mark":
        this.mark(effect.mark, effect.reason);
        break;
      case "abort":
        this.fail(new HarnessError("target-not-usable", `plan ${this.plan.id}: ${effect.reason}`));
        break;
      case "done":
        this.endWhenAnswered();
    }
  }

  private mark(mark: MarkEvent["mark"], reason: string | undefined): void {
    const event: MarkEvent = {
      kind: "mark",
      mark,
      at: this.runTime(now()),
      ...(reason === undefined ? {} : { reason }),
    };
    if (mark === "end") this.ending = event;
    else this.record(event);
  }

  /** What was asked within the plan's time is answered within the record. */
  private endWhenAnswered(): void {
    if (this.ending !== undefined && this.pending === 0 && !this.over) void this.readOut(this.ending);
  }

  /** What the server sent before its last answer may still wait in our sockets: each is read once more. */
  private async readOut(ending: MarkEvent): Promise<void> {
    for (let turn = 0; turn < 2; turn++) await nextTurn();
    if (this.over) return;
    this.record(ending);
    this.over = true;
    this.finish();
  }

  // ── REST

  private ask({ ticket, request, purpose }: Extract<InterpreterEffect, { kind: "rest" }>): void {
    if (this.session.http.offers?.(request) === false) return;
    const at = this.runTime(now());
    this.pending += 1;
    const settle = (outcome: RestOutcome): void => {
      this.pending -= 1;
      if (this.over) return;
      this.answered(ticket, at, outcome);
      this.endWhenAnswered();
    };
    if (this.life.isDown) {
      this.life.whenDown(() => {
        this.record({ kind: "rest-request", ticket, request, purpose, at: this.runTime(now()) });
        settle({ kind: "failure", reason: "refused", detail: NOBODY_LISTENS });
      });
      return;
    }
    this.record({ kind: "rest-request", ticket, request, purpose, at });
    this.session.http.send(request, (outcome) => {
      if (outcome.kind === "failure" && this.life.isDown) this.life.whenDown(() => settle(outcome));
      else settle(outcome);
    });
    this.life.asked();
  }

  private answered(ticket: number, askedAt: RunTime, outcome: RestOutcome): void {
    const read = now();
    const at = this.runTime(read);
    const earliest = Math.max(askedAt, this.runTime(before(read, this.lateness(read))));
    if (outcome.kind === "answer") {
      const { response } = outcome;
      this.record({ kind: "rest-answer", ticket, response, at, earliest });
      this.toInterpreter({ kind: "answer", ticket, response });
    } else {
      const reason = this.life.isDown ? NOBODY_LISTENS : `${outcome.reason}: ${outcome.detail}`;
      this.record({ kind: "rest-failure", ticket, reason, at, earliest });
      this.toInterpreter({ kind: "failure", ticket, reason });
    }
  }

  // ── devices

  private async openHosts(): Promise<readonly DeviceHost[]> {
    const opened = await Promise.allSettled(this.plan.fleet.map(() => this.openSocket()));
    const sockets = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = opened.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      await Promise.all(sockets.map((socket) => socket.close()));
      throw failed.reason;
    }
    return sockets.map((socket, index) =>
      createDeviceHost({
        index,
        socket,
        openSocket: this.openSocket,
        agenda: this.session.agenda,
        record: this.record,
        runTime: this.runTime,
        lateness: this.lateness,
        uplinkSpan: this.settings.uplinkSpan,
        isServerThere: () => !this.life.isDown,
        onTrouble: (error) => this.fail(error),
        onRefused: () => this.refused(),
      }),
    );
  }

  private readonly openSocket = (): ReturnType<SharedByRuns["openSocket"]> => this.session.openSocket(this.server);

  /** A server that restarts refuses for a moment. One that was never there is a mistake of whoever set the run up. */
  private refused(): void {
    if (this.heardFromServer) return;
    const { host, port } = splitAddress(this.server);
    this.fail(new HarnessError("target-not-usable", `nobody listens for CoAP at udp ${host}:${port}`));
  }

  private begin(start: Instant): void {
    const { fleet, latency, simSeed } = this.plan;
    const faults = this.plan.faults.map((fault) => ({ ...fault, device: fault.device % fleet.length }));
    const network = createNetwork({ seed: simSeed, latency, faults, start });
    const random = createRandomSource(`${simSeed}~${this.scope}`);
    fleet.forEach(({ type: _type, registersAt, ...model }, index) => {
      const device = this.settings.device({
        name: this.names.devices[index] ?? "",
        index,
        model,
        faults: faults.filter((fault) => fault.device === index),
        server: this.server,
        coap: this.settings.coap,
        random: (key) => random(`device/${index}/${key}`),
        start,
        registersAt,
        fetches: true,
      });
      this.hosts[index]?.begin(device, network);
    });
  }
}
