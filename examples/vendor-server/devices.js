/**
 * Devices: who is registered, and for each device a worker that sends it what waits, one request at a time.
 *
 * A waiting part of a task is *due* when its device registers or updates, or when it is created while its device is
 * registered and awake; it is sent once for that. What fails waits for the next Register or Update.
 */
import { randomBytes } from "node:crypto";
import { exchange } from "./blocks.js";
import { stringOption, stringsIn } from "./coap.js";
import { outcomeOf, requestFor, targetOf } from "./operations.js";
import { Refused, readRegister, readUpdate } from "./registrations.js";
import { isCancelAsked, isOver, lastOf, partKey } from "./store.js";

const DEFAULT_LIFETIME = 86_400;
const RETENTION = 2_592_000;
const EXPIRED = { kind: "failed", code: 4004, message: "Device task expired" };

export class Devices {
  #store;
  #alarms;
  #coap;
  #options;
  /** By device id. */
  #workers = new Map();
  /** By address: when the device spoke last, in ms of the monotonic clock. */
  #spoke = new Map();

  constructor(store, alarms, options) {
    this.#store = store;
    this.#alarms = alarms;
    this.#options = options;
  }

  /** After the start: what the journal holds goes on. What was in flight has failed. */
  resume(coap) {
    this.#coap = coap;
    const { registrations, tasks } = this.#store.state;
    for (const registration of registrations.values()) this.#watch(registration);
    for (const task of tasks.values()) {
      const interrupted = task.parts.filter((part) => lastOf(part).kind === "attempted");
      for (const part of interrupted) this.#step(part, { kind: "attempt-failed" });
      this.schedule(task);
    }
  }

  #step(part, what) {
    this.#store.record("part", { task: part.task, did: part.did, ...what });
  }

  #workerOf(did) {
    const known = this.#workers.get(did);
    if (known !== undefined) return known;
    const worker = { did, waiting: [], due: new Set(), flight: undefined, isBusy: false };
    this.#workers.set(did, worker);
    return worker;
  }

  #isReachable({ did }) {
    const registration = this.#store.state.registrations.get(did);
    if (registration === undefined || !registration.queue) return registration !== undefined;
    const spoke = this.#spoke.get(registration.address) ?? -Infinity;
    return performance.now() < spoke + this.#options.awakeWindow;
  }

  // ── the worker

  /** The device is there: all that waits is due. */
  #trigger(worker) {
    const parts = this.#options.defect === "one-task-per-update" ? worker.waiting.slice(0, 1) : worker.waiting;
    for (const part of parts) if (part !== worker.flight?.part) worker.due.add(part);
    void this.#drain(worker);
  }

  async #drain(worker) {
    if (worker.isBusy) return;
    worker.isBusy = true;
    for (let part = this.#next(worker); part !== undefined; part = this.#next(worker))
      await this.#attempt(worker, part);
    worker.isBusy = false;
  }

  #next(worker) {
    if (!this.#isReachable(worker)) worker.due.clear();
    return worker.waiting.find((part) => worker.due.has(part));
  }

  async #attempt(worker, part) {
    const { registrations, tasks } = this.#store.state;
    const { address, root } = registrations.get(worker.did);
    const task = tasks.get(part.task);
    const dropped = new AbortController();
    worker.due.delete(part);
    worker.flight = { part, drop: () => dropped.abort() };
    this.#step(part, { kind: "attempted" });
    const end = await exchange(this.#coap, address, requestFor(task, root), dropped.signal);
    worker.flight = undefined;
    if (isOver(part)) return;
    if (end.kind === "response") this.#answered(worker, part, outcomeOf(task, end, this.#options.defect));
    else this.#failedAttempt(worker, part);
  }

  #answered(worker, part, { values = [], ...outcome }, group = "deviceProperties") {
    this.#step(part, outcome);
    if (values.length > 0) this.#store.record("mirror", { did: worker.did, group, values });
    this.#release(worker, part);
  }

  /** Nobody answered: the task waits again, and so do those behind it. */
  #failedAttempt(worker, part) {
    worker.due.clear();
    if (isCancelAsked(part)) {
      this.#step(part, { kind: "cancelled" });
      this.#release(worker, part);
      return;
    }
    this.#step(part, { kind: "attempt-failed" });
    if (this.#options.defect === "retry-by-timer") setTimeout(() => this.#trigger(worker), 500);
  }

  #release(worker, part) {
    worker.waiting = worker.waiting.filter((other) => other !== part);
    worker.due.delete(part);
    this.#alarms.clear(`expiry ${partKey(part)}`);
  }

  // ── tasks

  /** A task that exists begins, now or when it is scheduled. */
  schedule(task) {
    const beginsOn = Math.max(task.createdOn, task.scheduledOn ?? 0);
    for (const part of task.parts.filter((one) => !isOver(one))) {
      this.#alarms.set(`expiry ${partKey(part)}`, beginsOn + task.expiresAfter * 1000, () => this.#expire(part));
    }
    this.#alarms.set(`removal ${task.id}`, task.createdOn + RETENTION * 1000, () => this.#remove(task));
    if (beginsOn > Date.now()) this.#alarms.set(`begin ${task.id}`, beginsOn, () => this.#begin(task));
    else this.#begin(task);
  }

  #begin(task) {
    if (!task.begun) this.#store.record("begun", { task: task.id });
    const target = targetOf(task);
    for (const part of task.parts.filter((one) => !isOver(one))) {
      const worker = this.#workerOf(part.did);
      const values = [[target.name, task.value]];
      if (target.kind === "server") this.#answered(worker, part, { kind: "succeeded", values }, "serverProperties");
      else this.#enqueue(worker, part);
    }
  }

  #enqueue(worker, part) {
    const { tasks } = this.#store.state;
    worker.waiting.push(part);
    worker.waiting.sort((a, b) => tasks.get(a.task).number - tasks.get(b.task).number);
    if (this.#isReachable(worker)) worker.due.add(part);
    void this.#drain(worker);
  }

  #expire(part) {
    const worker = this.#workerOf(part.did);
    const isAbsent = !this.#store.state.registrations.has(part.did);
    if (isAbsent && this.#options.defect === "absent-devices-never-expire") return;
    this.#step(part, isCancelAsked(part) ? { kind: "cancelled" } : EXPIRED);
    this.#release(worker, part);
    if (worker.flight?.part === part) worker.flight.drop();
  }

  cancel(part) {
    if (isOver(part)) return;
    const worker = this.#workerOf(part.did);
    if (worker.flight?.part !== part) {
      this.#step(part, { kind: "cancelled" });
      this.#release(worker, part);
    } else if (!isCancelAsked(part)) this.#step(part, { kind: "cancel-asked" });
  }

  #remove(task) {
    for (const part of task.parts.filter((one) => !isOver(one))) this.#expire(part);
    this.#store.record("task-removed", { task: task.id });
  }

  // ── registrations

  /** Any datagram tells that the device is awake. */
  heard(address) {
    this.#spoke.set(address, performance.now());
  }

  serve(message, address) {
    try {
      return this.#serve(message, address);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { code: error.code, payload: Buffer.from(error.message) };
    }
  }

  #serve(message, address) {
    const [first, id, ...deeper] = stringsIn(message, "Uri-Path");
    if (first !== "rd") throw new Refused("4.04", "only /rd is here");
    if (id === undefined && message.code === "0.02") return this.#register(message, address);
    const all = [...this.#store.state.registrations.values()];
    const known = all.find((registration) => registration.id === id && deeper.length === 0);
    if (known === undefined) throw new Refused("4.04", "no such registration");
    if (message.code === "0.02") return this.#update(message, address, known);
    if (message.code !== "0.04") throw new Refused("4.05", "only Update and De-register are here");
    this.#unregister(known);
    return { code: "2.02" };
  }

  #register(message, address) {
    const registration = { ...readRegister(message), address, since: Date.now(), id: randomBytes(5).toString("hex") };
    if (!this.#store.state.devices.has(registration.ep)) throw new Refused("4.03", "unknown endpoint client name");
    this.#breakOff(registration.ep);
    const location = ["rd", registration.id].map((segment) => stringOption("Location-Path", segment));
    return { code: "2.01", options: location, afterwards: this.#keep(registration) };
  }

  #update(message, address, known) {
    const registration = { ...known, ...readUpdate(message, known), address, since: Date.now() };
    if (known.address !== address) this.#breakOff(known.ep);
    return { code: "2.04", afterwards: this.#keep(registration) };
  }

  /** An exchange relies on the registration under which it began. */
  #breakOff(did) {
    this.#workers.get(did)?.flight?.drop();
  }

  /** @returns what to do when the answer has left */
  #keep(registration) {
    this.#store.record("registration", { registration });
    this.#watch(registration);
    return () => this.#trigger(this.#workerOf(registration.ep));
  }

  #watch(registration) {
    const { ep, lifetime, since } = registration;
    const end = since + (lifetime || DEFAULT_LIFETIME) * 1000;
    this.#alarms.set(`lifetime ${ep}`, end, () => this.#unregister(registration));
  }

  #unregister({ ep }) {
    this.#alarms.clear(`lifetime ${ep}`);
    this.#store.record("unregistered", { ep });
    this.#breakOff(ep);
  }
}
