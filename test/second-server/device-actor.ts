/**
 * One device as the second server sees it: its registration, the tasks that wait for it, and the one request that is
 * on its way. Devices know nothing of each other.
 *
 * A waiting device task is *due* after a trigger (Register, Update, or its own creation while the device is registered
 * and awake) until it is tried. Nothing else makes it due.
 *
 * Spec: docs/semantics.md, choices 4, 10, 12 to 15, 28, and "Failed attempt, or answer?".
 */
import type { RandomStream } from "../../src/protocol/random.ts";
import { after, type Instant, millis } from "../../src/protocol/time.ts";
import type { Agenda, Appointment } from "./agenda.ts";
import { type DeviceTask, happened, isCancelAsked, isOver } from "./device-task.ts";
import type { Habits } from "./habits.ts";
import type { Flight, FlightEnd, Messages } from "./messages.ts";
import type { Registration } from "./registrations.ts";
import { Transfer } from "./transfers.ts";
import { answered, type Brought, discovery, requestFor } from "./work.ts";

export interface ActorOutside {
  readonly agenda: Agenda;
  readonly habits: Habits;
  readonly random: RandomStream;
  readonly messages: Messages;
  readonly mirror: (brought: Brought) => void;
}

/** The request that is on its way. */
interface Errand {
  readonly deviceTask: DeviceTask;
  readonly transfer: Transfer;
  /** An Update came meanwhile. */
  triggered: boolean;
  /** Its task expired, and its answer counts all the same. */
  overdue: boolean;
}

export class DeviceActor {
  registration: Registration | undefined;
  private readonly outside: ActorOutside;
  private waiting: DeviceTask[] = [];
  private readonly due = new Set<DeviceTask>();
  private errand: Errand | undefined;
  private next: Appointment | undefined;
  private lastHeard = 0;
  /** Registration requests whose answer has not left yet: until then nothing is sent (Core §5.4). */
  private answersOpen = 0;
  private greeted = true;
  private greeting: Flight | undefined;

  constructor(outside: ActorOutside) {
    this.outside = outside;
  }

  heard(): void {
    this.lastHeard = this.outside.agenda.now;
  }

  // ── what registrations tell

  /** @returns what to do once the answer to the Register has left */
  registered(registration: Registration): () => void {
    const { registerInFlight } = this.outside.habits.tasks;
    const stays = registerInFlight === "nothing" && this.errand?.transfer.to === registration.address;
    this.registration = registration;
    this.heard();
    if (!stays) this.breakOff();
    if (this.outside.habits.wire.greets === "by-discover") this.greeted = false;
    return this.onceAnswered();
  }

  updated(moved: boolean): () => void {
    this.heard();
    if (moved) this.breakOff();
    return this.onceAnswered();
  }

  unregistered(): void {
    this.registration = undefined;
    this.breakOff();
  }

  private onceAnswered(): () => void {
    this.answersOpen += 1;
    return () => {
      this.answersOpen -= 1;
      if (this.outside.habits.wire.greets === "by-ping") this.greeted = false;
      for (const deviceTask of this.waiting) if (deviceTask !== this.errand?.deviceTask) this.due.add(deviceTask);
      if (this.errand !== undefined) this.errand.triggered = true;
      this.goOn();
    };
  }

  // ── what the task API tells

  assign(deviceTask: DeviceTask): void {
    this.waiting.push(deviceTask);
    if (this.registration === undefined || !this.isAwake()) return;
    this.due.add(deviceTask);
    this.goOn();
  }

  cancel(deviceTask: DeviceTask): void {
    const { agenda, habits } = this.outside;
    const inFlight = this.errand?.deviceTask === deviceTask;
    const asked = inFlight && habits.tasks.cancelInFlight === "answer-counts";
    if (asked && isCancelAsked(deviceTask)) return;
    happened(deviceTask, agenda.now, { kind: asked ? "cancel-asked" : "cancelled" });
    // An exchange that runs on keeps its place: there is one at a time (choice 12).
    if (!inFlight) this.release(deviceTask);
  }

  expire(deviceTask: DeviceTask): void {
    if (isOver(deviceTask)) return;
    const { errand } = this;
    const inFlight = errand?.deviceTask === deviceTask;
    if (inFlight && this.outside.habits.tasks.atExpiry === "answer-counts" && !isCancelAsked(deviceTask)) {
      errand.overdue = true;
      return;
    }
    if (inFlight) this.dropErrand();
    happened(deviceTask, this.outside.agenda.now, { kind: isCancelAsked(deviceTask) ? "cancelled" : "expired" });
    this.release(deviceTask);
    this.goOn();
  }

  /** Its record is removed. */
  forget(deviceTask: DeviceTask): void {
    if (this.errand?.deviceTask === deviceTask) this.dropErrand();
    this.release(deviceTask);
    this.goOn();
  }

  // ── sending

  private goOn(): void {
    if (this.next !== undefined || this.isBusy() || this.due.size === 0) return;
    const { agenda, habits, random } = this.outside;
    const { from, to } = habits.tasks.dispatchAfterMs;
    const delay = millis(from + (random() % (to - from + 1)));
    this.next = agenda.at(after(agenda.now, delay), () => this.sendNext());
  }

  private sendNext(): void {
    this.next = undefined;
    const { registration } = this;
    if (this.isBusy()) return;
    if (registration === undefined || !this.isAwake()) {
      this.due.clear();
      return;
    }
    if (!this.greeted) {
      this.greet(registration);
      return;
    }
    const newestFirst = this.outside.habits.tasks.order === "newest-first";
    const ordered = [...this.due].sort((a, b) => a.task.sequence - b.task.sequence);
    const deviceTask = newestFirst ? ordered.at(-1) : ordered[0];
    if (deviceTask !== undefined) this.attempt(deviceTask, registration);
  }

  /** Whatever comes of it, the requests go out: when it has ended, or, for a ping, soon. */
  private greet({ address, rootPath }: Registration): void {
    const { agenda, habits, messages } = this.outside;
    const over = (): void => {
      if (this.greeting === undefined) return;
      messages.drop(this.greeting);
      this.greeting = undefined;
      this.sendNext();
    };
    this.greeted = true;
    if (habits.wire.greets === "by-discover") this.greeting = messages.request(address, discovery(rootPath), over);
    else {
      const greeting = messages.ping(address, over);
      this.greeting = greeting;
      agenda.at(after(agenda.now, millis(PATIENCE_WITH_PINGS)), () => {
        if (this.greeting === greeting) over();
      });
    }
  }

  private isBusy(): boolean {
    return this.errand !== undefined || this.greeting !== undefined || this.answersOpen > 0;
  }

  private attempt(deviceTask: DeviceTask, { address, rootPath }: Registration): void {
    const { agenda, habits, messages } = this.outside;
    const content = requestFor(deviceTask.task.work, rootPath, habits.wire);
    this.due.delete(deviceTask);
    if (content === undefined) return;
    happened(deviceTask, agenda.now, { kind: "attempted" });
    const { blocks } = habits.wire;
    const transfer = new Transfer(messages, blocks, address, content, (end) => this.ended(end));
    this.errand = { deviceTask, transfer, triggered: false, overdue: false };
  }

  // ── how a request ends

  private ended(end: FlightEnd): void {
    const { errand } = this;
    if (errand === undefined) return;
    if (end.kind !== "response") {
      this.failed(errand);
      return;
    }
    const { deviceTask } = errand;
    this.errand = undefined;
    if (!isOver(deviceTask)) {
      const { agenda, habits, mirror } = this.outside;
      const { happening, brings } = answered(deviceTask.task.work, end.message, habits.tasks);
      happened(deviceTask, agenda.now, happening);
      mirror(brings);
    }
    this.release(deviceTask);
    this.goOn();
  }

  private failed(errand: Errand): void {
    const { agenda, habits } = this.outside;
    const { deviceTask, overdue, triggered } = errand;
    this.errand = undefined;
    if (overdue) happened(deviceTask, agenda.now, { kind: "expired" });
    else happened(deviceTask, agenda.now, { kind: isCancelAsked(deviceTask) ? "cancelled" : "attempt-failed" });
    if (isOver(deviceTask)) this.release(deviceTask);
    if (habits.tasks.afterFailure === "stop") this.due.clear();
    if (triggered && habits.tasks.updateInFlightCounts) for (const waiting of this.waiting) this.due.add(waiting);
    this.goOn();
  }

  /** The registration that the request relies on is gone, or elsewhere: a failed attempt. */
  private breakOff(): void {
    const { errand, greeting } = this;
    if (greeting !== undefined) this.outside.messages.drop(greeting);
    this.greeting = undefined;
    if (errand === undefined) return;
    errand.transfer.drop();
    this.failed({ ...errand, triggered: false });
  }

  private dropErrand(): void {
    this.errand?.transfer.drop();
    this.errand = undefined;
  }

  private release(deviceTask: DeviceTask): void {
    this.waiting = this.waiting.filter((other) => other !== deviceTask);
    this.due.delete(deviceTask);
  }

  private isAwake(): boolean {
    const asleepFrom = after(this.lastHeard as Instant, millis(this.outside.habits.tasks.awakeWindowMs));
    return this.registration?.queueMode !== true || this.outside.agenda.now < asleepFrom;
  }
}

const PATIENCE_WITH_PINGS = 300;
