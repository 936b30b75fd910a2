/**
 * What a plan makes a virtual device do.
 */
import { encodeMessage, NO_OPTIONS, NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { CONTENT_FORMAT, uintOption } from "../../protocol/coap/options.ts";
import type { Code } from "../../protocol/coap/types.ts";
import { TEXT } from "../../protocol/lwm2m/content.ts";
import { updateContent } from "../../protocol/lwm2m/registration-requests.ts";
import type { Instant } from "../../protocol/time.ts";
import { malformedRegister } from "./malformed-register.ts";
import { sendOddRequest } from "./odd-requests.ts";
import { cutPower, reboot } from "./power.ts";
import { change, deregister, ownRegister, register, update } from "./registration.ts";
import { type Device, request, transmit } from "./state.ts";
import { strayMessageId, unknownToken } from "./stray-numbers.ts";
import type { DeviceCommand } from "./types.ts";
import { resetToFactory } from "./values.ts";

/** Does it, or tells that it makes no sense now: offline, booting, not registered. */
export function obey(device: Device, command: DeviceCommand, now: Instant): void {
  if (!attempt(device, command, now)) device.effects.push({ kind: "skipped", command: command.kind });
}

function attempt(device: Device, command: DeviceCommand, now: Instant): boolean {
  if (command.kind === "change-address") return changeAddress(device, command.update, now);
  if (command.kind === "power-cut") {
    cutPower(device, now, command.lasts);
    return true;
  }
  if (!device.on) return false;
  if (command.kind === "factory-reset") resetToFactory(device);
  if (command.kind === "reboot" || command.kind === "factory-reset") reboot(device, now);
  else if (command.kind === "register") {
    change(device, command);
    register(device, now);
  } else return device.online && attemptOnline(device, command, now);
  return true;
}

type OnlineCommand = Exclude<
  DeviceCommand,
  { readonly kind: "change-address" | "power-cut" | "reboot" | "factory-reset" | "register" }
>;

function attemptOnline(device: Device, command: OnlineCommand, now: Instant): boolean {
  if (command.kind === "stale-update") return staleUpdate(device, now);
  if (command.kind === "stray-response") return strayResponse(device, command, now);
  if (command.kind === "malformed-register") {
    // The request has no place in the registration, so its answer changes nothing.
    request(device, malformedRegister(ownRegister(device), command.defect), now);
    return true;
  }
  if (command.kind === "odd-request") return sendOddRequest(device, command.form, now);
  return command.kind === "update" ? update(device, now, command) : deregister(device, now);
}

function changeAddress(device: Device, tell: boolean, now: Instant): boolean {
  device.effects.push({ kind: "move" });
  if (tell && device.on) update(device, now);
  return true;
}

/** The request has no place in the registration, so its answer changes nothing. */
function staleUpdate(device: Device, now: Instant): boolean {
  const { formerLocation, location } = device.registration;
  if (formerLocation === undefined || formerLocation.join("/") === location?.join("/")) return false;
  request(device, updateContent(formerLocation), now);
  return true;
}

function strayResponse(
  device: Device,
  stray: Extract<DeviceCommand, { readonly kind: "stray-response" }>,
  now: Instant,
): boolean {
  const { lastMessageId, lastRequest } = device;
  const last = stray.token === "last" ? device.lastAnswer : { token: unknownToken(device), code: "2.05" as const };
  if (last === undefined || (stray.messageId === "asked" && lastRequest === undefined)) return false;
  const ownMessageId = strayMessageId(device);
  const messageId = stray.messageId === "asked" ? (lastRequest ?? ownMessageId) : ownMessageId;
  device.strayResponses += 1;
  const code = (stray.code ?? last.code) as Code;
  const hasContent = code === "2.05";
  const bytes = encodeMessage({
    type: stray.type,
    code,
    messageId,
    token: last.token,
    options: hasContent ? [uintOption(CONTENT_FORMAT, TEXT)] : NO_OPTIONS,
    payload: hasContent ? new TextEncoder().encode("stray") : NO_PAYLOAD,
  });
  transmit(device, device.options.server, bytes, now);
  device.lastMessageId = lastMessageId;
  return true;
}
