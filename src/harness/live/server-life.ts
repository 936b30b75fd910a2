/**
 * The server's process during one live run: when it is killed and started again, and what of that is recorded.
 *
 * Between the kill and the first sign of the next process nothing is sent to it: who is not there hears nothing, and
 * what a process reads that is just starting nobody could tell. What the killed one had still sent is read before it
 * counts as down. Starting takes its time; plan time stands still for as long as that is more than the plan allows for.
 */
import { after, between, type Instant, type Micros, millis, seconds } from "../../protocol/time.ts";
import type { HistoryEvent, RunTime } from "../history/history.ts";
import type { RestartEffect } from "../interpreter/operation-requests.ts";
import type { Agenda } from "./agenda.ts";
import type { RestartableServer } from "./restartable-server.ts";

export interface ServerLifeOptions {
  /** Absent: nobody can kill the server, and it lives for ever. */
  readonly server: RestartableServer | undefined;
  readonly agenda: Agenda;
  readonly record: (event: HistoryEvent) => void;
  /** Microseconds from the start of the run. */
  readonly runTime: (instant: Instant) => RunTime;
  /** It can be asked again, so much later than planned. */
  readonly onUp: (overdue: Micros) => void;
  /** It could not be killed or started: the run is worth nothing. */
  readonly onTrouble: (error: unknown) => void;
}

export interface ServerLife {
  /** Nothing is to be sent to it now. */
  readonly isDown: boolean;
  /** It should be up by now, and is not: the plan waits for it. */
  readonly isOverdue: boolean;
  restart(operation: RestartEffect["operation"]): void;
  /** Something was sent to it. It may be what it is to die of. */
  asked(): void;
  /** Something has come from it: so it is up, whether it has said so or not. */
  heard(): void;
  /** Calls as soon as the record says that it is down: what fails because of that is recorded after it. */
  whenDown(task: () => void): void;
  /** When the process had ended that had got something at that moment; `undefined`: it has not ended since. */
  endedAfter(moment: RunTime): RunTime | undefined;
  /** The run is over: nothing is called or recorded any more. */
  close(): void;
}

type Phase = "up" | "doomed" | "dying" | "down" | "starting";

/** What a process had sent when it ended lies in our sockets, and is read within this time. */
const DRAIN = millis(50);
/** A server that is to die of what it is asked, and is asked nothing for so long, dies all the same. */
const DIES_WITHIN = seconds(1);
/** From outside nobody sees when it stores something: soon after it was asked, probably before or after it has. */
const DIES_AFTER: Readonly<Record<NonNullable<RestartEffect["operation"]["dies"]>, Micros>> = {
  "before-storing": millis(1),
  "after-storing": millis(4),
};

export const createServerLife = (options: ServerLifeOptions): ServerLife => new Life(options);

class Life implements ServerLife {
  private readonly options: ServerLifeOptions;
  private phase: Phase = "up";
  private downFor: Micros = millis(0);
  /** How soon after it is asked something it dies; `undefined`: it has been asked, or dies of nothing. */
  private diesAfter: Micros | undefined;
  private killed: Instant;
  private startedAgain: Instant;
  private saidUp = true;
  private readonly ends: RunTime[] = [];
  private readonly waiting: (() => void)[] = [];
  private closed = false;

  constructor(options: ServerLifeOptions) {
    this.options = options;
    this.killed = options.agenda.now();
    this.startedAgain = this.killed;
  }

  get isDown(): boolean {
    return this.phase !== "up" && this.phase !== "doomed";
  }

  get isOverdue(): boolean {
    return this.isDown && this.options.agenda.now() >= this.due;
  }

  restart({ downFor, dies }: RestartEffect["operation"]): void {
    if (this.options.server === undefined || this.phase !== "up") return;
    this.downFor = millis(downFor);
    if (dies === undefined) {
      this.kill(this.options.server);
      return;
    }
    this.phase = "doomed";
    this.diesAfter = DIES_AFTER[dies];
    this.later(after(this.options.agenda.now(), DIES_WITHIN), () => this.meetDoom());
  }

  asked(): void {
    if (this.phase !== "doomed" || this.diesAfter === undefined) return;
    this.later(after(this.options.agenda.now(), this.diesAfter), () => this.meetDoom());
    this.diesAfter = undefined;
  }

  heard(): void {
    if (this.phase === "starting") this.sayUp();
  }

  whenDown(task: () => void): void {
    if (this.phase === "dying") this.waiting.push(task);
    else task();
  }

  endedAfter(moment: RunTime): RunTime | undefined {
    return this.ends.find((end) => end >= moment);
  }

  close(): void {
    this.closed = true;
  }

  /** When the plan has it up again. */
  private get due(): Instant {
    return after(this.killed, this.downFor);
  }

  private meetDoom(): void {
    if (this.phase === "doomed" && this.options.server !== undefined) this.kill(this.options.server);
  }

  private kill(server: RestartableServer): void {
    this.phase = "dying";
    this.killed = this.options.agenda.now();
    server.kill().then(() => {
      this.ends.push(this.options.runTime(this.options.agenda.now()));
      this.later(after(this.options.agenda.now(), DRAIN), () => this.goDown(server));
    }, this.options.onTrouble);
  }

  private goDown(server: RestartableServer): void {
    const { record, runTime } = this.options;
    this.phase = "down";
    record({ kind: "server", event: "down", at: runTime(this.options.agenda.now()), earliest: runTime(this.killed) });
    for (const task of this.waiting.splice(0)) task();
    this.later(this.due, () => this.start(server));
  }

  private start(server: RestartableServer): void {
    this.phase = "starting";
    this.saidUp = false;
    this.startedAgain = this.options.agenda.now();
    server.start().then(() => {
      if (!this.closed) this.comeUp();
    }, this.options.onTrouble);
  }

  private comeUp(): void {
    this.sayUp();
    this.phase = "up";
    this.options.onUp(between(this.due, this.options.agenda.now()));
  }

  private sayUp(): void {
    if (this.saidUp) return;
    this.saidUp = true;
    const { record, runTime } = this.options;
    record({
      kind: "server",
      event: "up",
      at: runTime(this.options.agenda.now()),
      earliest: runTime(this.startedAgain),
    });
  }

  private later(at: Instant, task: () => void): void {
    this.options.agenda.once(at, () => {
      if (!this.closed) task();
    });
  }
}
