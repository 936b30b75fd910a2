/**
 * Which Register is not even looked at further: that of a device which does not prove who it is, and that of a new one
 * where no more are enrolled. Nothing has changed when it is refused.
 *
 * Where the transport has proved who sends, that must be the endpoint client name. Where it proves nothing, as UDP, a
 * device proves itself by the attribute `token=` of its Register, as the cloud's clients over TCP do. Update and
 * De-register are let in by their location, which nobody can guess, and by the identity that registered.
 *
 * Source: docs/security.md; OMA LwM2M Transport §5.2.8 (endpoint name and identity must agree), Table 6 (4.03).
 */
import { digestOf } from "../platform/secrets.ts";
import { stringOptions, URI_QUERY } from "../protocol/coap/options.ts";
import type { CoapContent, CoapMessage } from "../protocol/coap/types.ts";
import { isRegister, parseRegister } from "../protocol/lwm2m/registration.ts";
import { encodeUtf8 } from "../protocol/lwm2m/scalar.ts";
import type { Context } from "./context.ts";
import { busy } from "./engine-limits.ts";
import type { Registration } from "./entities.ts";

/**
 * @param identity that the transport has proved; `undefined`: none
 * @returns what the request gets instead of an answer of the registration interface, if anything
 */
export type Admission = (message: CoapMessage, identity?: string) => CoapContent | undefined;

export function createAdmission(context: Context, requiresToken: boolean): Admission {
  const { bearerTokens, devices, limits } = context;
  const asksNothing = !requiresToken && limits.devices === Number.POSITIVE_INFINITY;
  return (message, identity) => {
    if ((asksNothing && identity === undefined) || !isRegister(message)) return undefined;
    const request = parseRegister(message);
    // What is no Register is refused as always.
    if (!request.ok) return undefined;
    const { endpoint } = request.value;
    if (identity !== undefined) {
      if (identity !== endpoint) return NOT_PROVEN;
    } else if (requiresToken) {
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

/** Whether a request for a registration comes from whoever it belongs to, as far as anything was ever proved. */
export const isOwn = ({ device, identity: registered }: Registration, identity: string | undefined): boolean =>
  identity === undefined ? registered === undefined : identity === device.did;

/** Does not say whether the endpoint is known. */
export const NOT_PROVEN: CoapContent = {
  code: "4.03",
  options: [],
  payload: encodeUtf8("endpoint and token or identity do not belong together"),
};
const FULL: CoapContent = busy("no more devices are enrolled");
