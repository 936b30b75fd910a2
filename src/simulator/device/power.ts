/**
 * When a virtual device is there at all: reboots, windows without connectivity, and the sleep of queue mode.
 *
 * Spec: OMA LwM2M Transport, Queue Mode (awake for some time after the last message sent).
 */
import type { CoapEndpoint } from "../../protocol/coap/endpoint.ts";
import { after, type Instant, millis, NEVER } from "../../protocol/time.ts";
import type { Fault } from "../model/fault.ts";
import { onBlock } from "./block-behaviour.ts";
import { onPackageBlock } from "./firmware-push.ts";
import { firmwareComesUp, firmwareGoesDown } from "./firmware-reboot.ts";
import { comeBack, loseRegistration, register } from "./registration.ts";
import { type Device, newEndpoint, type OfflineWindow } from "./state.ts";

const ALWAYS_ONLINE: readonly OfflineWindow[] = [];

/** The windows of `offline` faults in order, those that touch each other joined. */
export function offlineWindows(faults: readonly Fault[], start: Instant): readonly OfflineWindow[] {
  const own = faults.filter((fault) => fault.kind === "offline" && fault.until > fault.from);
  if (own.length === 0) return ALWAYS_ONLINE;
  const windows: OfflineWindow[] = [];
  for (const { from, until } of [...own].sort((a, b) => a.from - b.from)) {
    const opens = after(start, millis(from));
    const closes = after(start, millis(until));
    const last = windows.at(-1);
    if (last === undefined || last.closes < opens) windows.push({ opens, closes });
    else if (last.closes < closes) windows[windows.length - 1] = { opens: last.opens, closes };
  }
  return windows;
}

/** When the next window opens or closes. */
export function connectivityDeadline({ offlineWindows, windowsPassed, online }: Device): Instant {
  const window = offlineWindows[windowsPassed];
  if (window === undefined) return NEVER;
  return online ? window.opens : window.closes;
}

/** Goes offline and comes back, as far as that is due. Its own timers run on meanwhile. */
export function followConnectivity(device: Device, now: Instant): void {
  while (connectivityDeadline(device) <= now) {
    if (device.online) goOffline(device);
    else {
      device.windowsPassed += 1;
      comeOnline(device, now);
    }
  }
}

/** What its driver says about its connectivity. Windows of its own and this do not go together. */
export function setOnline(device: Device, online: boolean, now: Instant): void {
  if (device.online === online) return;
  if (online) comeOnline(device, now);
  else goOffline(device);
}

function goOffline(device: Device): void {
  device.online = false;
  device.effects.push({ kind: "state", event: "offline" });
}

function comeOnline(device: Device, now: Instant): void {
  device.online = true;
  device.effects.push({ kind: "state", event: "online" });
  if (device.on) comeBack(device, now);
}

/** @param lasts milliseconds until the power is back */
export function cutPower(device: Device, now: Instant, lasts: number): void {
  if (device.on) reboot(device, now, lasts);
  const back = after(now, millis(lasts));
  if (device.bootsAt < back) device.bootsAt = back;
}

/**
 * Loses all but its flash: registration, deduplication, exchanges, answers that were to come.
 *
 * @param bootTime milliseconds until it is up again
 */
export function reboot(device: Device, now: Instant, bootTime = device.options.model.bootTime): void {
  device.effects.push({ kind: "state", event: "reboot" });
  device.on = false;
  device.asleep = false;
  device.boots += 1;
  device.bootsAt = after(now, millis(bootTime));
  device.endpoint = endpointOf(device);
  device.lastSentAt = undefined;
  device.openRequests = 0;
  device.unacknowledged = undefined;
  device.pending = [];
  device.pendingResets = [];
  device.lastAnswer = undefined;
  device.lastRequest = undefined;
  device.work.length = 0;
  loseRegistration(device);
  firmwareGoesDown(device);
}

/** The endpoint of the present boot. Packages are looked at block by block, and so is what a plan says of blocks. */
export const endpointOf = (device: Device): CoapEndpoint =>
  newEndpoint(device.options, device.boots, {
    takesBlock: device.firmware && ((message, block, now) => onPackageBlock(device, message, block, now)),
    looksAtBlock: caresForBlocks(device)
      ? (id, message, block, of, now) => onBlock(device, id, message, block, of, now)
      : undefined,
  });

/** Whether its endpoint has to show it single blocks. */
export const caresForBlocks = ({ behaviours }: Device): boolean =>
  behaviours.some(({ match }) => match.block !== undefined);

/** Is up again, and registers. */
export function bootWhenDue(device: Device, now: Instant): void {
  if (device.on || now < device.bootsAt) return;
  device.on = true;
  device.bootsAt = NEVER;
  device.effects.push({ kind: "state", event: "boot" });
  firmwareComesUp(device);
  register(device, now);
}

/**
 * When a queue-mode device falls asleep: `awakeFor` after its last message. Never while it waits for an answer, owes
 * one, or waits for the ACK of one.
 */
export function sleepDeadline(device: Device): Instant {
  const { options, on, online, asleep, lastSentAt, openRequests, pending, pendingResets, unacknowledged } = device;
  if (!device.queueMode || !on || !online || asleep || lastSentAt === undefined) return NEVER;
  if (openRequests > 0 || pending.length > 0 || pendingResets.length > 0) return NEVER;
  let sleepsAt = after(lastSentAt, millis(options.model.awakeFor));
  for (const until of unacknowledged?.values() ?? []) if (until > sleepsAt) sleepsAt = until;
  return sleepsAt;
}

/** Lets a device fall asleep whose time has come. */
export function sleepWhenDue(device: Device, now: Instant): void {
  if (sleepDeadline(device) > now) return;
  device.asleep = true;
  device.unacknowledged = undefined;
  device.effects.push({ kind: "state", event: "asleep" });
}
