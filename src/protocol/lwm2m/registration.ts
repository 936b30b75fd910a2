/**
 * The registration interface: Register, Update and De-register, read from CoAP messages. Writing them is in
 * registration-requests.ts.
 *
 * Reading is tolerant where real devices differ (no `lwm2m`, `b=UQ` with 1.1, extra parameters, no Content-Format,
 * Non-confirmable) and refuses what the standard calls an error. Who may register, and what happens to a
 * registration, is not decided here.
 *
 * Spec: OMA LwM2M Core §5.3 (registration), Tables 7 and 8; Transport, Tables 2 and 6 (mapping, response codes).
 */
import { LOCATION_PATH, optionCount, stringOptions, URI_PATH, URI_QUERY } from "../coap/options.ts";
import type { CoapMessage, Code } from "../coap/types.ts";
import { err, ok, type Result } from "../result.ts";
import { type Link, parseLinks } from "./link-format.ts";
import { decodeUtf8 } from "./scalar.ts";

/** The answer to a registration request that is refused; the diagnostic is its payload. */
export interface RegistrationError {
  readonly code: Code;
  readonly diagnostic: string;
}

/** What a device says when it registers. Spec: Core §5.3.1. */
export interface Register {
  readonly endpoint: string;
  /** Seconds as sent, 0..2^31; `undefined` when the device left it out. What 0 and absence mean, the server knows. */
  readonly lifetime: number | undefined;
  /** As sent; `1.0` when the device left it out. */
  readonly version: string;
  /** Transports without the `Q`, which is in `queueMode`. `U` when the device left it out. */
  readonly binding: string;
  readonly queueMode: boolean;
  /** `/`, or the alternate path (`/lwm2m`) that goes before every path on this device. */
  readonly rootPath: string;
  /** Content formats that the device announced with its root (`ct`), in its order. */
  readonly contentFormats: readonly number[];
  /** Objects and instances, with paths below the root: `/3/0`. */
  readonly objects: readonly Link[];
}

/** What a device changes: fields that it left out stay as they are. */
export interface Update {
  readonly lifetime?: number;
  readonly binding?: string;
  readonly queueMode?: boolean;
  /** There exactly when `objects` is. */
  readonly rootPath?: string;
  readonly objects?: readonly Link[];
}

const POST: Code = "0.02";
const DELETE: Code = "0.04";
const CREATED: Code = "2.01";
/** Below this path servers take registrations. Spec: Transport, Table 2. */
export const REGISTRATION_PATH = "rd";
const MAX_LIFETIME = 2 ** 31;
const NEWEST_MINOR = 2;

const badRequest = (diagnostic: string): { readonly ok: false; readonly error: RegistrationError } =>
  err({ code: "4.00", diagnostic });

/** True for POST /rd, whatever else is in it. */
export function isRegister(message: CoapMessage): boolean {
  if (message.code !== POST || optionCount(message, URI_PATH) !== 1) return false;
  return stringOptions(message, URI_PATH)[0] === REGISTRATION_PATH;
}

/**
 * The location of a registration, option by option, empty segments included: a device sends it back as it came.
 *
 * @returns the Location-Path of a 2.01, or the whole Uri-Path of an Update or De-register below `rd`; else `undefined`
 */
export function registrationLocation(message: CoapMessage): readonly string[] | undefined {
  if (message.code === CREATED) {
    const location = stringOptions(message, LOCATION_PATH);
    return location.length === 0 ? undefined : location;
  }
  if (message.code !== POST && message.code !== DELETE) return undefined;
  const path = stringOptions(message, URI_PATH);
  const below = path.length > 1 ? path[0] === REGISTRATION_PATH : /^\/?rd\/./.test(path[0] ?? "");
  return below ? path : undefined;
}

/**
 * Reads a Register request.
 *
 * @returns the registration, or 4.00 (a mandatory parameter is missing, a parameter or the object list is malformed) or
 *   4.12 (another major version, or a newer one than 1.2)
 * @see OMA LwM2M Core §5.3.1; Transport, Table 6
 */
export function parseRegister(message: CoapMessage): Result<Register, RegistrationError> {
  const parameters = readParameters(message);
  if (!parameters.ok) return parameters;
  const { ep, lwm2m } = parameters.value;
  const version = checkVersion(lwm2m ?? "1.0");
  if (!version.ok) return version;
  if (ep === undefined || ep === "") return badRequest("endpoint name (ep) is missing");
  if (ep.includes("\u{fffd}")) return badRequest("endpoint name (ep) is not UTF-8");
  const listed = readObjects(message.payload);
  if (!listed.ok) return listed;
  if (listed.value.objects.length === 0) return badRequest("the object list is empty");
  const { lifetime, binding = "U", queue } = parameters.value;
  return ok({
    endpoint: ep,
    lifetime,
    version: version.value,
    binding: withoutQueue(binding),
    queueMode: queue || binding.includes("Q"),
    ...listed.value,
  });
}

/**
 * Reads an Update request. Whether its location exists is for the caller to say (4.04).
 *
 * @param version of the registration, when known: in 1.0 a binding without `Q` ends queue mode; since 1.1 queue mode is
 *   fixed by Register, so there (and when unknown) such a binding says nothing about it
 * @see OMA LwM2M Core §5.3.2
 */
export function parseUpdate(message: CoapMessage, version?: string): Result<Update, RegistrationError> {
  const parameters = readParameters(message);
  if (!parameters.ok) return parameters;
  const { lifetime, binding } = parameters.value;
  const queueMode = binding === undefined ? undefined : queueModeOf(binding, version);
  const changes = {
    ...(lifetime === undefined ? {} : { lifetime }),
    ...(binding === undefined ? {} : { binding: withoutQueue(binding) }),
    ...(queueMode === undefined ? {} : { queueMode }),
  };
  if (message.payload.length === 0) return ok(changes);
  const listed = readObjects(message.payload);
  if (!listed.ok) return listed;
  const { rootPath, objects } = listed.value;
  return objects.length === 0 ? badRequest("the object list is empty") : ok({ ...changes, rootPath, objects });
}

function queueModeOf(binding: string, version: string | undefined): boolean | undefined {
  if (binding.includes("Q")) return true;
  return version?.startsWith("1.0") ? false : undefined;
}

const withoutQueue = (binding: string): string => binding.replace("Q", "");

interface Parameters {
  readonly ep: string | undefined;
  readonly lwm2m: string | undefined;
  readonly lifetime: number | undefined;
  readonly binding: string | undefined;
  readonly queue: boolean;
}

/** Reads the Uri-Query options that the standard knows; others are ignored, as Table 7 leaves room for them. */
function readParameters(message: CoapMessage): Result<Parameters, RegistrationError> {
  const queries = stringOptions(message, URI_QUERY);
  if (queries.length === 0) return NO_PARAMETERS;
  const given = new Map<string, string | undefined>();
  for (const query of queries) {
    const equals = query.indexOf("=");
    const name = equals < 0 ? query : query.slice(0, equals);
    if (!KNOWN_PARAMETERS.includes(name)) continue;
    if (given.has(name)) return badRequest(`parameter ${name} is there twice`);
    given.set(name, equals < 0 ? undefined : query.slice(equals + 1));
  }
  for (const [name, value] of given) {
    if (name === "Q" ? value !== undefined : value === undefined) {
      return badRequest(name === "Q" ? "parameter Q takes no value" : `parameter ${name} has no value`);
    }
  }
  const lt = given.get("lt");
  const binding = given.get("b");
  if (lt !== undefined && !(/^\d+$/.test(lt) && Number(lt) <= MAX_LIFETIME)) {
    return badRequest("lifetime (lt) is not a number of seconds in 0..2147483648");
  }
  if (binding !== undefined && !isBinding(binding)) return badRequest("binding (b) is not one of U, T, S, N with Q");
  return ok({
    ep: given.get("ep"),
    lwm2m: given.get("lwm2m"),
    lifetime: lt === undefined ? undefined : Number(lt),
    binding,
    queue: given.has("Q"),
  });
}

/** Most messages are Updates that say nothing else. */
const NO_PARAMETERS = ok<Parameters>({
  ep: undefined,
  lwm2m: undefined,
  lifetime: undefined,
  binding: undefined,
  queue: false,
});

const KNOWN_PARAMETERS: readonly string[] = ["ep", "lt", "lwm2m", "b", "Q", "sms"];

/** Letters of 1.0 (UQ, US, UQS…) and of 1.1 (UT, UN…) alike, each at most once, `Q` not alone. Core, Table 8. */
const isBinding = (binding: string): boolean =>
  /^[UTSN][UTSNQ]*$/.test(binding) && new Set(binding).size === binding.length;

/** Accepts 1.0, 1.1 and 1.2, with or without a third number (1.0.0 is seen). Spec: Core §5.3.1. */
function checkVersion(version: string): Result<string, RegistrationError> {
  const match = /^(\d+)\.(\d+)(\.\d+)?$/.exec(version);
  if (match === null) return badRequest("version (lwm2m) is not major.minor");
  const supported = Number(match[1]) === 1 && Number(match[2]) <= NEWEST_MINOR;
  return supported ? ok(version) : err({ code: "4.12", diagnostic: "versions 1.0 to 1.2 are supported" });
}

interface ObjectList {
  readonly rootPath: string;
  readonly contentFormats: readonly number[];
  readonly objects: readonly Link[];
}

/** Finds the root, and the links below it that are objects or instances; other links are ignored. Core §6.2.3. */
function readObjects(payload: Uint8Array): Result<ObjectList, RegistrationError> {
  const text = decodeUtf8(payload);
  if (!text.ok) return badRequest(`object list: ${text.error}`);
  const links = parseLinks(text.value);
  if (!links.ok) return badRequest(`object list: ${links.error}`);
  const root = links.value.find(isRoot);
  const prefix = (root?.path ?? "/").replace(/\/$/, "");
  if (!/^(\/[^/]+)*$/.test(prefix) || /\/\d+(\/|$)/.test(prefix)) {
    return badRequest("the alternate path must be absolute and without a number");
  }
  const objects = links.value
    .filter((link) => link.path.startsWith(prefix) && OBJECT_PATH.test(link.path.slice(prefix.length)))
    .map((link) => ({ ...link, path: link.path.slice(prefix.length) }));
  return ok({ rootPath: prefix === "" ? "/" : prefix, contentFormats: announcedFormats(root), objects });
}

const OBJECT_PATH = /^\/\d{1,5}(\/\d{1,5})?$/;

const words = (value: string | true | undefined): readonly string[] =>
  typeof value === "string" ? value.split(/\s+/) : [];

/** The root says `rt="oma.lwm2m"`; `</>` is a root without saying so. */
const isRoot = (link: Link): boolean => words(link.attributes.get("rt")).includes("oma.lwm2m") || link.path === "/";

const announcedFormats = (root: Link | undefined): readonly number[] =>
  words(root?.attributes.get("ct"))
    .filter((word) => /^\d{1,5}$/.test(word))
    .map(Number);
