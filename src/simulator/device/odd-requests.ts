/**
 * Requests of the registration interface as untidy devices send them: Non-confirmable, to wrong places, unreadable.
 *
 * None of them has a place in the device's own registration, so their answers change nothing.
 *
 * Spec: OMA LwM2M Core §5.3; Transport, Tables 2 and 6.
 */
import { encodeMessage } from "../../protocol/coap/message.ts";
import { sortOptions, stringOption, URI_PATH, URI_QUERY } from "../../protocol/coap/options.ts";
import type { CoapContent } from "../../protocol/coap/types.ts";
import { deregisterContent, updateContent } from "../../protocol/lwm2m/registration-requests.ts";
import type { Instant } from "../../protocol/time.ts";
import type { OddRequest } from "../model/device.ts";
import { withParameter } from "./malformed-register.ts";
import { ownRegister } from "./registration.ts";
import { type Device, request, transmit } from "./state.ts";
import { strayMessageId, unknownToken } from "./stray-numbers.ts";

type Located = Exclude<
  OddRequest,
  "non-confirmable-register" | "unknown-endpoint" | "unknown-deregister" | "bare-deregister"
>;

/** Below it registrations are made. */
const ROOT = "rd";

/** How the location of an Update is spelled. */
const PATHS: Readonly<Record<Located, (location: readonly string[]) => readonly string[]>> = {
  "unreadable-update": (location) => location,
  "deeper-update": (location) => [...location, "more"],
  "foreign-root-update": (location) => ["other", ...location.slice(1)],
  "joined-update": (location) => [location.join("/")],
  "joined-absolute-update": (location) => [`/${location.join("/")}`],
  "slashed-update": (location) => ["", ...location],
};

/** @returns whether it was sent: not where it needs a registration, and there is none */
export function sendOddRequest(device: Device, form: OddRequest, now: Instant): boolean {
  if (form === "non-confirmable-register") {
    sendOnce(device, ownRegister(device), now);
    return true;
  }
  const content = contentOf(device, form);
  if (content !== undefined) request(device, content, now);
  return content !== undefined;
}

function contentOf(device: Device, form: Exclude<OddRequest, "non-confirmable-register">): CoapContent | undefined {
  if (form === "unknown-endpoint") return withParameter(ownRegister(device), "ep", `${device.name}-stranger`);
  if (form === "bare-deregister") return deregisterContent([ROOT]);
  const { location } = device.registration;
  if (location === undefined) return undefined;
  if (form === "unknown-deregister") return deregisterContent([...location.slice(0, -1), `not-${location.at(-1)}`]);
  const update = updateContent([]);
  const path = PATHS[form](location).map((segment) => stringOption(URI_PATH, segment));
  const query = form === "unreadable-update" ? [stringOption(URI_QUERY, "lt=soon")] : [];
  return { ...update, options: sortOptions([...path, ...query]) };
}

/** In a Non-confirmable message, past the endpoint, which sends requests Confirmable only. */
function sendOnce(device: Device, content: CoapContent, now: Instant): void {
  const { lastMessageId } = device;
  const messageId = strayMessageId(device);
  const token = unknownToken(device);
  device.strayResponses += 1;
  transmit(device, device.options.server, encodeMessage({ type: "NON", messageId, token, ...content }), now);
  device.lastMessageId = lastMessageId;
}
