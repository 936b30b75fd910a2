/**
 * One live run: the plan interpreter, the hosts of the devices and the REST client brought together, and its record.
 */
import { HarnessError } from "../../platform/errors.ts";
import { nextTurn } from "../../platform/timers.ts";
import { type Address, splitAddress } from "../../protocol/address.ts";
import { before, earliest, type Instant, type Micros, NEVER, toMillis, toUnixMillis } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
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
import type { DeviceHost } from "./device-host.ts";
import { beginDevices, type HostOptions, openHosts } from "./live-devices.ts";
import type { LiveSettings, SharedByRuns } from "./live-settings.ts";
import { createPassingDays, type PassingDays } from "./passing-days.ts";
import type { RestOutcome } from "./rest-client.ts";
import { createServerLife, type ServerLife } from "./server-life.ts";

/** What a client is told whose request no server takes, or answers any more, because we have killed it. */
const NOBODY_LISTENS = "the server is down";

/** Of a target that is further behind with what it was sent, microseconds, the clock is not turned. */
const MOST_BEHIND = 250_000;
const SPOKE_MEANWHILE = "the server sent something while its clock was turned: nobody knows when";

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
  private readonly started: Instant;
  private readonly days: PassingDays | undefined;
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
    this.started = session.agenda.now();
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
    const { clock } = settings;
    this.days =
      clock &&
      createPassingDays({
        ...{ plan, clock, agenda: session.agenda },
        next: () => this.hosts.map(({ deadline }) => deadline).reduce(earliest, this.interpreter.deadline),
        isBusy: () => this.pending > 0 || session.behind() > MOST_BEHIND,
        onTrouble: (error) => this.fail(error),
      });
  }

  async toTheEnd(): Promise<History> {
    const { signal } = this.settings;
    const interrupted = (): void => this.cutOff("interrupted");
    try {
      this.hosts = await openHosts(this.plan.fleet.length, this.hostOptions());
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve;
        this.fail = reject;
        signal?.addEventListener("abort", interrupted);
        if (signal?.aborted === true) interrupted();
        if (this.over) resolve();
        else this.obey(this.interpreter.start(this.now()));
      });
    } finally {
      this.over = true;
      this.waker.want(NEVER);
      this.life.close();
      this.days?.close();
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
    const at = Math.min(this.latestArrival(event, handled), ended);
    return { ...event, at: Math.max(event.earliest, at) };
  }

  /** What the target had not read when the record ended may have come to it after that. */
  private latestArrival(event: HistoryEvent, handled: Instant | "not yet" | undefined): RunTime {
    if (handled === undefined) return event.at;
    return handled === "not yet" ? Math.max(event.at, this.runTime(this.now())) : this.runTime(handled);
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

  private now(): Instant {
    return this.session.agenda.now();
  }

  // ── the record

  private readonly runTime = (instant: Instant): RunTime => instant - this.started;

  private readonly record = (event: HistoryEvent): void => {
    if (this.over) return;
    this.days?.happened();
    if (event.kind === "downlink") this.life.heard();
    if (event.kind === "downlink" || event.kind === "server") this.heardFromServer = true;
    if (event.kind === "downlink" && this.days?.turning === true) {
      this.cutOff(SPOKE_MEANWHILE);
      return;
    }
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
    const read = this.now();
    const punctual = this.runTime(before(read, this.session.measuring.lateness(read)));
    const unsure = this.events.findIndex((event) => recordedAt(event) >= punctual);
    if (unsure >= 0 && !this.over) this.events.length = unsure;
    this.record({ kind: "mark", mark: "cut-off", reason, at: Math.max(0, punctual) });
    this.over = true;
    this.finish();
  }

  // ── interpreter

  private toInterpreter(input: InterpreterInput): void {
    if (!this.over) this.obey(this.interpreter.handle(input, this.now()));
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
    this.days?.look();
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
      at: this.runTime(this.now()),
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
    const at = this.runTime(this.now());
    this.pending += 1;
    const settle = (outcome: RestOutcome): void => {
      this.pending -= 1;
      if (this.over) return;
      this.answered(ticket, at, outcome);
      this.endWhenAnswered();
    };
    if (this.life.isDown) {
      this.life.whenDown(() => {
        this.record({ kind: "rest-request", ticket, request, purpose, at: this.runTime(this.now()) });
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
    const read = this.now();
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

  private hostOptions(): HostOptions {
    return {
      openSocket: () => this.session.openSocket(this.server),
      agenda: this.session.agenda,
      record: this.record,
      runTime: this.runTime,
      lateness: this.lateness,
      uplinkSpan: this.settings.uplinkSpan,
      isServerThere: () => !this.life.isDown,
      onTrouble: (error) => this.fail(error),
      onRefused: () => this.refused(),
    };
  }

  /** A server that restarts refuses for a moment. One that was never there is a mistake of whoever set the run up. */
  private refused(): void {
    if (this.heardFromServer) return;
    const { host, port } = splitAddress(this.server);
    this.fail(new HarnessError("target-not-usable", `nobody listens for CoAP at udp ${host}:${port}`));
  }

  private begin(start: Instant): void {
    this.days?.begin(start);
    const { plan, scope, server, settings } = this;
    beginDevices(this.hosts, { plan, names: this.names.devices, scope, server, settings, start });
  }
}
