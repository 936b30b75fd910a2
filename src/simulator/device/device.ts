/**
 * A virtual LwM2M device, sans-I/O: registers, keeps itself registered, sleeps, answers, and misbehaves as planned.
 *
 * The driver passes `now`, performs the effects in their order, and calls at `deadline`. The simulated world and the
 * live runner drive this same code. The device knows neither the network's faults nor what the server makes of it.
 *
 * Requests are ignored until the Register was answered (OMA LwM2M Core §5.5), without being remembered: a copy that
 * arrives afterwards is answered. Spec: OMA LwM2M Core §5.3, §5.4; Transport; RFC 7252.
 */
import { after, type Instant, millis, NEVER } from "../../protocol/time.ts";
import { answerDeadline, onAcknowledgement, onRequest, sendPendingAnswers } from "./answering.ts";
import { plannedBehaviours } from "./behaviour.ts";
import { obey } from "./commands.ts";
import { newFirmware } from "./firmware.ts";
import {
  abandonDownload,
  beginDownload,
  beginInstallation,
  firmwareDeadline,
  firmwareWhenDue,
  onDownloadAnswer,
  onDownloadFailed,
  onFetched,
} from "./firmware-run.ts";
import {
  bootWhenDue,
  caresForBlocks,
  connectivityDeadline,
  endpointOf,
  followConnectivity,
  offlineWindows,
  reboot,
  setOnline,
  sleepDeadline,
  sleepWhenDue,
} from "./power.ts";
import { keepRegistered, onFailed, onResponse, registrationDeadline, update } from "./registration.ts";
import { type Device, isListening, newEndpoint, newRegistration, rulesOf, take, transmit, type Work } from "./state.ts";
import type { DeviceEffect, DeviceInput, VirtualDevice, VirtualDeviceOptions } from "./types.ts";

const NOTHING: readonly DeviceEffect[] = Object.freeze([]);

/** A device that is switched on at `start`, and silent until `registersAt` or a command. */
export const createVirtualDevice = (options: VirtualDeviceOptions): VirtualDevice => new DevicePort(newDevice(options));

/** A class, since an object literal with accessors costs 0.8 kB for each of ten thousand devices. */
class DevicePort implements VirtualDevice {
  private readonly device: Device;

  constructor(device: Device) {
    this.device = device;
  }

  get deadline(): Instant {
    return this.device.deadline;
  }

  get listening(): boolean {
    return isListening(this.device);
  }

  get registered(): boolean {
    return this.device.registration.location !== undefined;
  }

  handle(input: DeviceInput, now: Instant): readonly DeviceEffect[] {
    const { device } = this;
    handle(device, input, now);
    const { effects } = device;
    if (effects.length === 0) return NOTHING;
    device.effects = [];
    return effects;
  }
}

function newDevice(options: VirtualDeviceOptions): Device {
  const { name, model, faults, start, registersAt } = options;
  const device: Device = {
    options,
    rules: rulesOf(options),
    name,
    lifetime: model.lifetime,
    binding: model.queueMode ? "UQ" : "U",
    longTexts: model.longTexts,
    written: undefined,
    queueMode: model.queueMode,
    rootPath: model.rootPath ?? "/",
    firmware: newFirmware(model),
    behaviours: plannedBehaviours(faults, start),
    spent: undefined,
    registration: newRegistration(model.lwm2m, registersAt === undefined ? NEVER : after(start, millis(registersAt))),
    on: true,
    boots: 0,
    bootsAt: NEVER,
    offlineWindows: offlineWindows(faults, start),
    windowsPassed: 0,
    online: true,
    asleep: false,
    endpoint: newEndpoint(options, 0),
    lastSentAt: undefined,
    lastMessageId: 0,
    openRequests: 0,
    unacknowledged: undefined,
    pending: [],
    pendingResets: [],
    lastAnswer: undefined,
    strayResponses: 0,
    lastRequest: undefined,
    work: [],
    effects: [],
    deadline: NEVER,
  };
  if (device.firmware !== undefined || caresForBlocks(device)) device.endpoint = endpointOf(device);
  device.deadline = nextDeadline(device);
  return device;
}

/** A deadline that is due is served before the input. */
function handle(device: Device, input: DeviceInput, now: Instant): void {
  if (device.deadline <= now) serveDeadlines(device, now);
  if (input.kind === "datagram") receive(device, input, now);
  else if (input.kind === "command") obey(device, input.command, now);
  else if (input.kind === "connectivity") setOnline(device, input.online, now);
  else if (input.kind === "fetched") onFetched(device, input.number, input.outcome);
  performWork(device, now);
  device.deadline = nextDeadline(device);
}

function serveDeadlines(device: Device, now: Instant): void {
  followConnectivity(device, now);
  performWork(device, now);
  bootWhenDue(device, now);
  performWork(device, now);
  if (device.endpoint.deadline <= now) take(device, device.endpoint.tick(now));
  performWork(device, now);
  sendPendingAnswers(device, now);
  performWork(device, now);
  firmwareWhenDue(device, now);
  performWork(device, now);
  keepRegistered(device, now);
  performWork(device, now);
  sleepWhenDue(device, now);
}

function nextDeadline(device: Device): Instant {
  return Math.min(
    connectivityDeadline(device),
    device.on ? NEVER : device.bootsAt,
    device.endpoint.deadline,
    answerDeadline(device),
    firmwareDeadline(device),
    registrationDeadline(device),
    sleepDeadline(device),
  ) as Instant;
}

function receive(device: Device, { from, bytes }: Extract<DeviceInput, { kind: "datagram" }>, now: Instant): void {
  if (!isListening(device)) return;
  onAcknowledgement(device, bytes);
  if (isRequest(bytes) && device.registration.location === undefined) return;
  take(device, device.endpoint.receive(from, bytes, now));
}

/** Code class 0, but not Empty. Spec: RFC 7252 §3. */
function isRequest(bytes: Uint8Array): boolean {
  const code = bytes[1] ?? 0;
  return code > 0 && code < 0x20;
}

/** What happens may make more happen; it is performed in the order in which it came up. */
function performWork(device: Device, now: Instant): void {
  for (let work = device.work.shift(); work !== undefined; work = device.work.shift()) perform(device, work, now);
}

function perform(device: Device, work: Work, now: Instant): void {
  switch (work.kind) {
    case "send":
      transmit(device, work.to, work.bytes, now);
      break;
    case "request":
      onRequest(device, work.id, work.message, now);
      abandonDownload(device, now);
      break;
    case "response":
      onResponse(device, work.id, work.message, now);
      onDownloadAnswer(device, work.id, work.message);
      break;
    case "failed":
      onFailed(device, work.id, now);
      onDownloadFailed(device, work.id, work.reason);
      break;
    case "afterwards":
      afterAnswer(device, work.what, now);
  }
}

function afterAnswer(device: Device, what: Extract<Work, { readonly kind: "afterwards" }>["what"], now: Instant): void {
  if (what === "reboot") reboot(device, now);
  else if (what === "update") update(device, now);
  else if (what === "download") beginDownload(device, now);
  else beginInstallation(device, now);
}
