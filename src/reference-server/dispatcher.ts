/**
 * Which device task is tried when: triggers, the drain of one device's queue, one exchange at a time.
 *
 * A device has an *agenda*: the device tasks to be tried within the current trigger, oldest first. A trigger puts all
 * that is queued on it, a new task puts only itself there. An answer goes on with the agenda, a failed attempt clears
 * it; what was on it waits for the next trigger. An Update that comes during an exchange widens the agenda, but when
 * that exchange then fails the agenda is cleared all the same (row 28 leaves this open).
 *
 * Source: task page, "Task execution"; docs/semantics.md rows 4, 6, 12, 13, 14, 15, 28, 32 and "Failed attempt, or answer?".
 */

import type { Address } from "../protocol/address.ts";
import type { CoapEndpoint } from "../protocol/coap/endpoint.ts";
import type { CoapMessage, OutgoingId } from "../protocol/coap/types.ts";
import { after, earliest, type Instant, NEVER } from "../protocol/time.ts";
import { requeue, settle } from "./attempt-ends.ts";
import type { Context } from "./context.ts";
import { createDeadlines } from "./deadlines.ts";
import type { Device, DeviceTask } from "./entities.ts";
import { Flights, type Perform } from "./flights.ts";
import { refuseUnregistered } from "./ota/acceptance.ts";
import { createFirmwareTasks, type FirmwareTasks } from "./ota/firmware-task.ts";
import { createPolls } from "./ota/polls.ts";
import { isFirmwareUpdate, isHeldBack, isInFlight, isResting, nextUpdate } from "./ota/turns.ts";
import type { AttemptFailure, Loss, Occasion } from "./server-rules.ts";
import { insert, moveDeviceTask, noteDeviceTask } from "./tasks.ts";
import { isTerminal } from "./transitions.ts";

export interface Dispatcher {
  /** When a retry by timer is due, if the profile declares `timerRetry`, or a firmware update asks its device again. */
  readonly deadline: Instant;
  tick(now: Instant): void;
  /** A new device task: queues it, unless it has had its end already. */
  admit(deviceTask: DeviceTask, now: Instant): void;
  /** Tries a device task that was admitted, if its device can be reached now. Row 4. */
  tryNow(deviceTask: DeviceTask, now: Instant): void;
  /** Something happened that may be a trigger. */
  occasion(device: Device, occasion: Occasion, now: Instant): void;
  responded(id: OutgoingId, response: CoapMessage, now: Instant): void;
  /** The CoAP endpoint gave up. */
  failed(id: OutgoingId, failure: AttemptFailure, now: Instant): void;
  /** The registration ended: exchanges in flight are failed attempts. Row 15. */
  lost(device: Device, loss: Loss, now: Instant): void;
  /** The device has a new address: exchanges in flight go there. Rows 14, 32. */
  moved(device: Device, now: Instant): void;
  /**
   * Drops the exchange of a device task, whatever its status; the agenda waits for `resume`. Rows 10, 11.
   *
   * @returns whether there was one
   */
  drop(deviceTask: DeviceTask, now: Instant): boolean;
  /** Goes on with a device's agenda after a `drop`. */
  resume(device: Device, now: Instant): void;
  /** The device task was cancelled; a firmware update without an open exchange is over at once. */
  cancelled(deviceTask: DeviceTask, now: Instant): void;
}

export const createDispatcher = (context: Context, endpoint: () => CoapEndpoint, perform: Perform): Dispatcher =>
  new Agendas(context, endpoint, perform);

class Agendas implements Dispatcher {
  private readonly context: Context;
  private readonly flights: Flights;
  /** Devices whose turn did not come because of the others; empty unless a rule limits exchanges over all devices. */
  private readonly waiting = new Set<Device>();
  private readonly retries = createDeadlines<Device>((device) => device.retryAt);
  private readonly polls = createPolls();
  private readonly firmware: FirmwareTasks;

  constructor(context: Context, endpoint: () => CoapEndpoint, perform: Perform) {
    this.context = context;
    this.firmware = createFirmwareTasks(context);
    this.flights = new Flights(context, endpoint, perform, this.firmware);
  }

  get deadline(): Instant {
    return earliest(this.retries.next, this.polls.next);
  }

  tick(now: Instant): void {
    for (let device = this.retries.take(now); device !== undefined; device = this.retries.take(now)) {
      device.retryAt = NEVER;
      this.occasion(device, "timer", now);
    }
    for (let due = this.polls.take(now); due !== undefined; due = this.polls.take(now)) {
      this.enlist(due);
      this.pump(due.device, now);
    }
  }

  admit(deviceTask: DeviceTask, now: Instant): void {
    refuseUnregistered(this.context, deviceTask, now);
    if (!moveDeviceTask(this.context, deviceTask, "queue", now)) return;
    insert(deviceTask.device.pending, deviceTask, this.context.rules.comesBefore);
    const refusal = this.context.rules.refusalOf(deviceTask.device);
    if (refusal !== undefined) moveDeviceTask(this.context, deviceTask, "fail", now, refusal);
  }

  tryNow(deviceTask: DeviceTask, now: Instant): void {
    const { rules } = this.context;
    const { device } = deviceTask;
    if (!this.isReady(deviceTask) || !rules.triesNewTask(device, deviceTask.task)) return;
    this.enlist(deviceTask);
    this.occasion(device, "new-task", now);
    this.pump(device, now);
  }

  occasion(device: Device, occasion: Occasion, now: Instant): void {
    const { rules } = this.context;
    if (!rules.isTrigger(occasion)) return;
    if (device.pending.length === 0 && device.agenda.length === 0) return;
    device.agenda = [];
    for (const deviceTask of device.pending.filter((candidate) => this.isReady(candidate))) {
      const fate = rules.atTrigger(deviceTask, occasion);
      if (fate === "try") device.agenda.push(deviceTask);
      if (fate === "fail") moveDeviceTask(this.context, deviceTask, "fail", now, rules.errorOfFailure("no-response"));
    }
    this.pump(device, now);
  }

  responded(id: OutgoingId, response: CoapMessage, now: Instant): void {
    const flight = this.flights.get(id);
    if (flight === undefined) return;
    if (!this.context.rules.isFinal(response.code)) {
      this.failed(id, "no-response", now);
      return;
    }
    this.flights.end(flight);
    if (isFirmwareUpdate(flight.deviceTask)) this.proceed(flight.deviceTask, response, now);
    else settle(this.context, flight.deviceTask, response, now);
    if (!this.context.rules.goesOnAfterAnswer(flight.deviceTask.device)) flight.deviceTask.device.agenda = [];
    this.resume(flight.deviceTask.device, now);
  }

  failed(id: OutgoingId, failure: AttemptFailure, now: Instant): void {
    const flight = this.flights.get(id);
    if (flight === undefined) return;
    this.flights.end(flight);
    if (this.context.rules.repeatsAtOnce(failure, flight.deviceTask)) {
      this.flights.send(flight.deviceTask, flight.to, now);
      return;
    }
    requeue(this.context, flight.deviceTask, failure, now);
    this.afterFailure(flight.deviceTask.device, now);
  }

  lost(device: Device, loss: Loss, now: Instant): void {
    const { rules } = this.context;
    device.agenda = [];
    this.waiting.delete(device);
    for (const flight of rules.dropsExchange(loss) ? [...device.flights] : []) {
      this.flights.cancel(flight, now);
      requeue(this.context, flight.deviceTask, loss, now);
    }
    for (const deviceTask of rules.pendingSurvives(loss) ? [] : [...device.pending]) {
      moveDeviceTask(this.context, deviceTask, "fail", now, rules.errorOfFailure(loss));
    }
  }

  moved(device: Device, now: Instant): void {
    const { context } = this;
    const { rules, profile } = context;
    if (rules.atNewAddress === "keep") return;
    for (const flight of [...device.flights]) {
      this.flights.cancel(flight, now);
      const to = rules.destination(device, now, profile);
      if (rules.atNewAddress === "requeue" || to === undefined) requeue(context, flight.deviceTask, "replaced", now);
      else this.resend(flight.deviceTask, to, now);
    }
  }

  drop(deviceTask: DeviceTask, now: Instant): boolean {
    const flight = deviceTask.device.flights.find((candidate) => candidate.deviceTask === deviceTask);
    if (flight === undefined) return false;
    this.flights.cancel(flight, now);
    return true;
  }

  resume(device: Device, now: Instant): void {
    this.pump(device, now);
    for (const other of [...this.waiting]) {
      this.waiting.delete(other);
      this.pump(other, now);
    }
  }

  cancelled(deviceTask: DeviceTask, now: Instant): void {
    if (!isFirmwareUpdate(deviceTask)) return;
    const { device } = deviceTask;
    if (isInFlight(deviceTask)) return;
    moveDeviceTask(this.context, deviceTask, "failed-attempt", now);
    if (isTerminal(deviceTask.status)) this.afterUpdate(device, now);
  }

  /** Whether there is something to be asked for a device task, as far as it is concerned. */
  private isReady(deviceTask: DeviceTask): boolean {
    if (isResting(deviceTask)) return true;
    const { isDispatchable, waitsForUser } = this.context.rules;
    return isDispatchable(deviceTask.status) && !isHeldBack(deviceTask, waitsForUser);
  }

  private enlist(deviceTask: DeviceTask): void {
    const { agenda } = deviceTask.device;
    if (!agenda.includes(deviceTask)) insert(agenda, deviceTask, this.context.rules.comesBefore);
  }

  /** Goes on with the agenda as far as possible. */
  private pump(device: Device, now: Instant): void {
    const { rules, profile } = this.context;
    for (let next = device.agenda[0]; next !== undefined; next = device.agenda[0]) {
      if (!this.isReady(next)) {
        device.agenda.shift();
        continue;
      }
      if (!rules.mayStart(device.flights.length, this.flights.size)) {
        if (device.flights.length === 0) this.waiting.add(device);
        return;
      }
      const to = rules.destination(device, now, profile);
      if (to === undefined) {
        next.numAttempts = rules.attemptsAfter(next.numAttempts, "asleep");
        device.agenda = [];
        return;
      }
      device.agenda.shift();
      if (isResting(next)) this.goOn(next, to, now);
      else this.attempt(next, to, now);
    }
  }

  private attempt(deviceTask: DeviceTask, to: Address, now: Instant): void {
    const before = deviceTask.numAttempts;
    deviceTask.numAttempts = this.context.rules.attemptsAfter(before, "attempt");
    if (moveDeviceTask(this.context, deviceTask, "attempt", now)) {
      this.firmware.begin(deviceTask);
      this.flights.send(deviceTask, to, now);
    } else deviceTask.numAttempts = before;
  }

  /** The next request of a device task that has several. */
  private goOn(deviceTask: DeviceTask, to: Address, now: Instant): void {
    deviceTask.numAttempts = this.context.rules.attemptsAfter(deviceTask.numAttempts, "step");
    this.flights.send(deviceTask, to, now);
  }

  /** The exchange goes to the new address, unless that ends the device task: one that is cancelled in flight. */
  private resend(deviceTask: DeviceTask, to: Address, now: Instant): void {
    moveDeviceTask(this.context, deviceTask, "resend", now);
    if (isTerminal(deviceTask.status)) return;
    deviceTask.numAttempts = this.context.rules.attemptsAfter(deviceTask.numAttempts, "resend");
    noteDeviceTask(this.context, deviceTask);
    this.firmware.begin(deviceTask);
    this.flights.send(deviceTask, to, now);
  }

  private afterFailure(device: Device, now: Instant): void {
    const { rules, profile } = this.context;
    const delay = rules.retryDelay(profile);
    if (delay !== undefined) {
      device.retryAt = after(now, delay);
      this.retries.watch(device);
    }
    if (!rules.goesOnAfterFailure(profile)) device.agenda = [];
    this.resume(device, now);
  }

  /** Settles a device task of several requests, or goes on with it. */
  private proceed(deviceTask: DeviceTask, response: CoapMessage, now: Instant): void {
    const { context } = this;
    const { device } = deviceTask;
    if (isTerminal(deviceTask.status)) return;
    const progress = this.firmware.answered(deviceTask, response, now);
    if (progress.kind === "done") moveDeviceTask(context, deviceTask, "succeed", now);
    else if (progress.kind === "failed") moveDeviceTask(context, deviceTask, "fail", now, progress.error);
    // Cancelled, or expired, in between: what was to come does not.
    else if (deviceTask.status !== "PROCESSING") moveDeviceTask(context, deviceTask, "failed-attempt", now);
    else if (deviceTask.task.expired) moveDeviceTask(context, deviceTask, "expire", now, context.rules.expiryError);
    else if (progress.kind === "next") device.agenda.unshift(deviceTask);
    else this.polls.watch(deviceTask, progress.until);
    if (isTerminal(deviceTask.status)) this.afterUpdate(device, now);
  }

  /** A device has one firmware update at a time; the next one has waited for the end of this. */
  private afterUpdate(device: Device, now: Instant): void {
    const next = nextUpdate(device, this.context.rules.waitsForUser);
    if (next !== undefined) this.tryNow(next, now);
  }
}
