/** What a Register or Update says, and what follows: G-07 (defects), G-08 (the alternate path). */
import { decodeMessage } from "../../../protocol/coap/message.ts";
import { stringOptions, URI_PATH } from "../../../protocol/coap/options.ts";
import type { Checker } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { name } from "../text.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { RegistrationRequest } from "../views/registration-view.ts";

/** "a Register of device 0 whose lifetime is no number", and the like. */
function naming({ kind, defect, leeway }: RegistrationRequest, { index }: DeviceView): string {
  const what = kind === "update" ? "an Update" : "a Register";
  if (leeway === "stranger") return `${what} at the address of device ${index} under another name`;
  return defect === undefined ? `${what} of device ${index} that was refused` : `${what} of device ${index} ${defect}`;
}

/** A Register or Update with a defect is refused, changes nothing and lets nothing go. */
export const refusesMalformedRegisters: Checker = {
  requirements: ["G-07"],
  on: {
    "registration-answered": ({ device, request, code, first, event }, judge) => {
      if (request.defect === undefined || !first) return;
      if (/^[45]\./.test(code)) judge.pass("G-07");
      else {
        const expected = `${naming(request, device)} is refused`;
        judge.violate("G-07", expected, code, [request.event, event]);
      }
    },
    // RFC 7252 §4.2 lets a receiver reject what it cannot process by a Reset, too.
    "registration-unanswered": ({ request }, judge) => {
      if (request.defect !== undefined) judge.undecided("G-07");
    },
    attempt: ({ device, exchange, registered, unanswered, event }, judge, context) => {
      const { malformed, trigger } = device;
      if (malformed === undefined || unanswered !== undefined || (trigger?.event ?? -1) > malformed.event) return;
      if (followsTo(malformed.request, device, exchange, context)) {
        const expected = `requests to device ${device.index} go to ${device.registration?.address}: ${naming(malformed.request, device)} changes nothing`;
        judge.violate("G-07", expected, `a request to ${exchange.address}`, [malformed.event, event]);
        return;
      }
      if (registered !== "no" && !repeatedBy(malformed, device, exchange, context)) return;
      const what = exchange.task === undefined ? "a request" : name(exchange.task);
      const expected = `${naming(malformed.request, device)} lets nothing go`;
      judge.violate("G-07", expected, `${what} was sent`, [malformed.event, event]);
    },
  },
};

/** The request goes to where the refused one came from, and to where the device is not registered. */
function followsTo(
  refused: RegistrationRequest,
  { registration }: DeviceView,
  { address }: Exchange,
  { live }: OracleContext,
): boolean {
  // Live, a Register may be overtaken by another one, unseen by us. Those that moved it since are triggers.
  if (registration === undefined || live) return false;
  return address === refused.address && address !== registration.address && !registration.formerAddresses.has(address);
}

/** A failed attempt that is repeated just after the malformed Register, with no other trigger since. */
function repeatedBy(
  malformed: NonNullable<DeviceView["malformed"]>,
  { trigger, updateCopy }: DeviceView,
  { task, started }: Exchange,
  { bound, profile }: OracleContext,
): boolean {
  const last = task?.attempts.at(-1);
  if (task === undefined || last === undefined || task.blurred !== undefined) return false;
  if (last.event > malformed.event || profile.timerRetry !== undefined) return false;
  const triggered = Math.max(trigger?.event ?? -1, updateCopy);
  return triggered < last.event && started.earliest <= malformed.window.latest + bound;
}

const ID = /^\d+$/;

/** Every request to a device begins with the alternate path that it declared, or with none. */
export const keepsAlternatePath: Checker = {
  requirements: ["G-08"],
  on: {
    attempt: ({ device, exchange, event }, judge) => {
      const { registration, requests } = device;
      const request = decodeMessage(exchange.bytes);
      if (registration === undefined || !request.ok) return;
      // What is not below the root, such as /.well-known/core, names no object.
      const path = stringOptions(request.value, URI_PATH);
      const object = path.findIndex((segment) => ID.test(segment));
      if (object < 0) return;
      const registering =
        device.rivals.size > 0 ||
        requests.some(
          ({ answer, missed, defect, rootPath, kind }) =>
            answer === undefined &&
            !missed &&
            defect === undefined &&
            (kind === "register" || (kind === "update" && rootPath !== undefined)),
        );
      const prefix = `/${path.slice(0, object).join("/")}`;
      if (registering) judge.undecided("G-08");
      else if (prefix !== registration.rootPath) {
        const expected = `requests to device ${device.index} begin with its path ${registration.rootPath}`;
        judge.violate("G-08", expected, `/${path.join("/")}`, [event]);
      } else if (prefix !== "/") judge.pass("G-08");
    },
  },
};
