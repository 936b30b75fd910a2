/**
 * What a request of the registration interface says: which of the three it is, to which location, and whether servers
 * agree on what becomes of it.
 *
 * Spec: OMA LwM2M Core §5.3; Transport, Table 2; docs/semantics.md, "Registers that are refused, and paths below a root".
 */
import { stringOptions, URI_PATH, URI_QUERY } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import { parseRegister, parseUpdate } from "../../../protocol/lwm2m/registration.ts";
import type { RegistrationRequest, RegistrationRequestKind } from "../views/registration-view.ts";
import { registerDefect, updateDefect } from "./register-defects.ts";

/** What of a request can be read in its message alone. */
export type RequestForm = Pick<
  RegistrationRequest,
  "kind" | "location" | "leeway" | "defect" | "lifetime" | "queueMode" | "rootPath" | "version"
>;

/** Registrations are made below it. Spec: Transport, Table 2. */
const ROOT = "rd";

/**
 * @param name the endpoint client name of the device that sends it
 * @param version of LwM2M, of the registration that is in force
 * @returns `undefined` for what is none of the three
 */
export function formOfRequest(
  message: CoapMessage,
  name: string,
  version: string | undefined,
): RequestForm | undefined {
  const path = stringOptions(message, URI_PATH);
  const kind = kindOf(message, path);
  if (kind === undefined) return undefined;
  return {
    kind,
    location: kind === "register" ? path.join("/") : path.join("/").replace(/^\/+/, ""),
    leeway: kind === "register" ? leewayOfRegister(message, name) : isOddlySpelled(path) ? "either" : undefined,
    defect: kind === "register" ? registerDefect(message) : kind === "update" ? updateDefect(message) : undefined,
    ...parameters(kind, message, version),
  };
}

function kindOf(message: CoapMessage, path: readonly string[]): RegistrationRequestKind | undefined {
  if (message.code === "0.04") return "deregister";
  if (message.code !== "0.02") return undefined;
  return path.length === 1 && path[0] === ROOT ? "register" : "update";
}

/** A location comes back as it was given; in one option, or with a slash too many, a server understands it or not. */
const isOddlySpelled = (path: readonly string[]): boolean =>
  path.some((segment) => segment === "" || segment.includes("/"));

/** All of LwM2M is Confirmable, but it is not said what becomes of a Register that is not (Transport, URI mapping). */
function leewayOfRegister(message: CoapMessage, name: string): RequestForm["leeway"] {
  const endpoint = stringOptions(message, URI_QUERY).find((query) => query.startsWith("ep="));
  if (endpoint !== undefined && endpoint !== "ep=" && endpoint !== `ep=${name}`) return "stranger";
  return message.type === "NON" ? "either" : undefined;
}

function parameters(
  kind: RegistrationRequestKind,
  message: CoapMessage,
  version: string | undefined,
): Pick<RequestForm, "lifetime" | "queueMode" | "rootPath" | "version"> {
  if (kind === "deregister") return NOTHING_SAID;
  if (kind === "update") {
    const parsed = parseUpdate(message, version);
    if (!parsed.ok) return NOTHING_SAID;
    const { lifetime, queueMode, rootPath } = parsed.value;
    return { lifetime, queueMode, rootPath, version: undefined };
  }
  const parsed = parseRegister(message);
  if (!parsed.ok) return NOTHING_SAID;
  const { lifetime, queueMode, rootPath, version: said } = parsed.value;
  return { lifetime, queueMode, rootPath, version: said };
}

const NOTHING_SAID = { lifetime: undefined, queueMode: undefined, rootPath: undefined, version: undefined } as const;
