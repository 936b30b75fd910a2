/**
 * Which Register is not even looked at further: that of a device which does not prove who it is, and that of a new one
 * where no more are enrolled. Nothing has changed when it is refused.
 *
 * A device proves itself by the attribute `token=` of its Register, as the cloud's clients over TCP do, since UDP
 * without DTLS knows nobody. Update and De-register are let in by their location alone, which nobody can guess.
 *
 * Source: docs/security.md; OMA LwM2M Transport, Table 6 (4.03).
 */
import { digestOf } from "../platform/secrets.ts";
import { stringOptions, URI_QUERY } from "../protocol/coap/options.ts";
import type { CoapContent, CoapMessage } from "../protocol/coap/types.ts";
import { isRegister, parseRegister } from "../protocol/lwm2m/registration.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import type { Context } from "./context.ts";
import { busy } from "./engine-limits.ts";

/** @returns what the request gets instead of an answer of the registration interface, if anything */
export type Admission = (message: CoapMessage) => CoapContent | undefined;

export function createAdmission(context: Context, requiresToken: boolean): Admission {
  const { bearerTokens, devices, limits } = context;
  if (!requiresToken && limits.devices === Number.POSITIVE_INFINITY) return () => undefined;
  return (message) => {
    if (!isRegister(message)) return undefined;
    const request = parseRegister(message);
    // What is no Register is refused as always.
    if (!request.ok) return undefined;
    const { endpoint } = request.value;
    if (requiresToken) {
      const token = tokenOf(message);
      if (token === undefined || !bearerTokens.isOfDevice(digestOf(token), endpoint)) return NOT_PROVEN;
    }
    if (context.open && !devices.has(endpoint) && devices.size >= limits.devices) return FULL;
    return undefined;
  };
}

const TOKEN = "token=";

function tokenOf(message: CoapMessage): string | undefined {
  const given = stringOptions(message, URI_QUERY).filter((query) => query.startsWith(TOKEN));
  return given.length === 1 ? given[0]?.slice(TOKEN.length) : undefined;
}

/** Does not say whether the endpoint is known. */
const NOT_PROVEN: CoapContent = {
  code: "4.03",
  options: [],
  payload: encodeUtf8("endpoint and token do not belong together"),
};
const FULL: CoapContent = busy("no more devices are enrolled");
