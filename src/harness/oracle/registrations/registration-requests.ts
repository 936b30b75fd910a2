/**
 * Reads what a device asks of the server: Register, Update and De-register, and their copies. What follows is decided
 * when they are answered: registration-answers.ts.
 *
 * Rules: docs/semantics.md, choices 13 to 16; OMA LwM2M Core §5.3.
 */
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import type { OracleContext } from "../context.ts";
import { registeredDuring } from "../exchanges/attempts.ts";
import type { Certainty } from "../facts.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { RegistrationRequest } from "../views/registration-view.ts";
import type { Window } from "../window.ts";
import { mayBeInForce, mayBeRefreshed } from "./crossing.ts";
import { noteOtherRequest, reusesMessageId } from "./message-ids.ts";
import { formOfRequest } from "./request-forms.ts";

/** Requests kept per device: enough to recognise copies, bounded for long runs. */
const REMEMBERED = 16;

/** Register, Update or De-register, or one more copy of it. */
export function readRegistrationRequest(
  context: OracleContext,
  device: DeviceView,
  message: CoapMessage,
  address: string,
  window: Window,
  event: number,
): void {
  // After EXCHANGE_LIFETIME the same message id is another message (RFC 7252 §4.5).
  const copy = device.requests.findLast(
    (r) =>
      r.messageId === message.messageId &&
      r.address === address &&
      r.token === message.token &&
      window.earliest <= r.window.latest + context.exchangeLifetime,
  );
  if (copy !== undefined) {
    copy.copies++;
    if (copy.answer !== undefined) copy.openCopy ??= { window, event };
    copy.lastCopy = window;
    if (copy.kind === "update") {
      device.updateCopy = event;
      maybeRefreshed(device, copy, window);
    }
    return;
  }
  const before = device.registration;
  const form = formOfRequest(message, device.name, before?.version);
  const reused = reusesMessageId(context, device, message, address, window);
  if (form === undefined) noteOtherRequest(device, message.messageId, message.token, address, window);
  if (form === undefined || reused) return;
  const { kind, location } = form;
  forgetOldRequests(context, device, window);
  const alive = aliveness(context, device, location, window);
  if (kind === "update" && alive !== "no") mayBeRefreshed(device, location, window);
  const request: RegistrationRequest = {
    ...form,
    confirmable: message.type === "CON",
    messageId: message.messageId,
    token: message.token,
    address,
    window,
    event,
    before,
    alive,
    mayBeCopy: device.formerRequests.some(
      (former) => former.messageId === message.messageId && former.address === address,
    ),
    copies: 1,
    openCopy: undefined,
    lastCopy: window,
    missed: false,
    answer: undefined,
    overtakenBy: undefined,
  };
  device.requests.push(request);
  if (form.defect !== undefined || form.leeway === "stranger") device.malformed = { request, window, event };
}

/** A server may act on the copy of an Update like on another one: an Update is idempotent (RFC 7252 §4.5). */
function maybeRefreshed(
  device: DeviceView,
  { location, answer, queueMode }: RegistrationRequest,
  window: Window,
): void {
  const { registration } = device;
  if (answer?.code !== "2.04" || registration === undefined || registration.location !== location) return;
  const { earliest, latest } = registration.refreshed;
  const otherwise = queueMode !== undefined && queueMode !== registration.queueMode;
  device.registration = {
    ...registration,
    refreshed: { earliest, latest: Math.max(latest, window.latest) },
    // For who is asleep or not, nothing is owed; for who is not or asleep, nothing is forbidden.
    ...(otherwise ? { queueMode: true, queueModeOpen: true } : {}),
  };
}

function forgetOldRequests(context: OracleContext, device: DeviceView, now: Window): void {
  for (let oldest = device.requests[0]; oldest !== undefined; oldest = device.requests[0]) {
    const over =
      (oldest.answer !== undefined || oldest.missed) &&
      now.earliest > oldest.lastCopy.latest + context.exchangeLifetime;
    if (!over && device.requests.length < REMEMBERED) return;
    device.requests.shift();
  }
}

/** Whether the server should know the location. */
function aliveness(context: OracleContext, device: DeviceView, location: string, window: Window): Certainty {
  // A Register or De-register that is still on its way may be handled before or after.
  if (device.requests.some((r) => r.answer === undefined && !r.missed && r.kind !== "update")) return "maybe";
  if (mayBeInForce(device, location)) return "maybe";
  return device.registration?.location === location ? registeredDuring(context, device, window) : "no";
}
