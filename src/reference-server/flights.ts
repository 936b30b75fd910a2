/**
 * The exchanges that are open for device tasks: one is opened by a request, and ended by whoever knows how it went.
 *
 * Source: docs/semantics.md rows 14, 15, 32.
 */
import type { Address } from "../protocol/address.ts";
import type { CoapEndpoint } from "../protocol/coap/endpoint.ts";
import type { CoapEffect, OutgoingId } from "../protocol/coap/types.ts";
import type { Instant } from "../protocol/time.ts";
import { mirrorWritten } from "./attempt-ends.ts";
import type { Context } from "./context.ts";
import type { DeviceTask, Flight } from "./entities.ts";
import type { FirmwareTasks } from "./ota/firmware-task.ts";
import { writeServerProperty } from "./server-property-task.ts";
import { removeFrom } from "./tasks.ts";

/** Carries out what the CoAP endpoint wants. */
export type Perform = (effects: readonly CoapEffect[], now: Instant) => void;

export class Flights {
  private readonly context: Context;
  private readonly endpoint: () => CoapEndpoint;
  private readonly perform: Perform;
  private readonly firmware: FirmwareTasks;
  private readonly open = new Map<OutgoingId, Flight>();

  constructor(context: Context, endpoint: () => CoapEndpoint, perform: Perform, firmware: FirmwareTasks) {
    this.context = context;
    this.endpoint = endpoint;
    this.perform = perform;
    this.firmware = firmware;
  }

  get size(): number {
    return this.open.size;
  }

  get(id: OutgoingId): Flight | undefined {
    return this.open.get(id);
  }

  /** Sends the request that is due for a device task. */
  send(deviceTask: DeviceTask, to: Address, now: Instant): void {
    const { device } = deviceTask;
    const operation = this.firmware.operationOf(deviceTask);
    const registration = device.registration ?? device.former;
    const rootPath = registration === undefined ? "/" : this.context.rules.rootPathOf(registration);
    const content = this.context.rules.requestOf(operation, rootPath, deviceTask.numAttempts);
    if (content === undefined) {
      writeServerProperty(this.context, deviceTask, now);
      return;
    }
    const { id, effects } = this.endpoint().request(to, content, now);
    const flight = { id, deviceTask, to };
    this.open.set(id, flight);
    device.flights.push(flight);
    if (registration !== undefined && this.context.rules.keepsAwake("request-sent")) registration.heardAt = now;
    mirrorWritten(this.context, deviceTask, "sent", now);
    this.perform(effects, now);
  }

  end(flight: Flight): void {
    this.open.delete(flight.id);
    removeFrom(flight.deviceTask.device.flights, flight);
  }

  /** Ends it, and takes back what the CoAP endpoint would still do for it. */
  cancel(flight: Flight, now: Instant): void {
    this.end(flight);
    this.perform(this.endpoint().cancel(flight.id, now), now);
  }
}
