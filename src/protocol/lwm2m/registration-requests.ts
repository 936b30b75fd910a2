/**
 * The registration interface as a device speaks it: Register, Update and De-register, written. Reading them is in
 * registration.ts.
 *
 * Spec: OMA LwM2M Core §5.3 (registration); Transport, Table 2 (mapping).
 */
import { CONTENT_FORMAT, sortOptions, stringOption, URI_PATH, URI_QUERY, uintOption } from "../coap/options.ts";
import type { CoapContent, CoapOption, Code } from "../coap/types.ts";
import { LINK_FORMAT } from "./content.ts";
import { formatLinks, type Link } from "./link-format.ts";
import { REGISTRATION_PATH } from "./registration.ts";
import { encodeUtf8 } from "./scalar.ts";

/** What a Register says. */
export interface RegisterFields {
  readonly endpoint: string;
  /** Seconds. */
  readonly lifetime?: number | undefined;
  /** Left out: no `lwm2m` is sent, and `Q` goes into the binding as in 1.0. */
  readonly version?: string | undefined;
  readonly binding?: string | undefined;
  readonly queueMode?: boolean | undefined;
  readonly rootPath?: string | undefined;
  readonly objects: readonly Link[];
}

/** What an Update changes; what is left out stays as it is. */
export interface UpdateFields {
  /** Seconds. */
  readonly lifetime?: number | undefined;
  readonly binding?: string | undefined;
  readonly rootPath?: string | undefined;
  readonly objects?: readonly Link[] | undefined;
}

const POST: Code = "0.02";
const DELETE: Code = "0.04";

/** A Register request. Paths of `objects` are below the root, as `parseRegister` gives them. */
export function registerContent(fields: RegisterFields): CoapContent {
  const { endpoint, lifetime, version, binding, queueMode = false } = fields;
  const legacy = version === undefined || version.startsWith("1.0");
  const transports = queueMode && legacy ? `${binding ?? "U"}Q` : binding;
  const query = [
    `ep=${endpoint}`,
    ...(lifetime === undefined ? [] : [`lt=${lifetime}`]),
    ...(version === undefined ? [] : [`lwm2m=${version}`]),
    ...(transports === undefined ? [] : [`b=${transports}`]),
    ...(queueMode && !legacy ? ["Q"] : []),
  ];
  return content(POST, [REGISTRATION_PATH], query, fields.objects, fields.rootPath);
}

/**
 * An Update request; without fields it only refreshes the lifetime.
 *
 * @param location the Location-Path of the 2.01, option by option
 */
export function updateContent(location: readonly string[], fields: UpdateFields = {}): CoapContent {
  const query: string[] = [];
  if (fields.lifetime !== undefined) query.push(`lt=${fields.lifetime}`);
  if (fields.binding !== undefined) query.push(`b=${fields.binding}`);
  return content(POST, location, query, fields.objects, fields.rootPath);
}

/** A De-register request. @param location as for `updateContent` */
export const deregisterContent = (location: readonly string[]): CoapContent => content(DELETE, location, []);

function content(
  code: Code,
  path: readonly string[],
  query: readonly string[],
  objects?: readonly Link[],
  rootPath = "/",
): CoapContent {
  const options: CoapOption[] = path.map((segment) => stringOption(URI_PATH, segment));
  if (objects !== undefined) options.push(uintOption(CONTENT_FORMAT, LINK_FORMAT));
  for (const parameter of query) options.push(stringOption(URI_QUERY, parameter));
  const payload = objects === undefined ? "" : formatLinks(withRoot(objects, rootPath));
  return { code, options: sortOptions(options), payload: encodeUtf8(payload) };
}

function withRoot(objects: readonly Link[], rootPath: string): readonly Link[] {
  if (rootPath === "/") return objects;
  const root: Link = { path: rootPath, attributes: new Map([["rt", "oma.lwm2m"]]) };
  return [root, ...objects.map((link) => ({ ...link, path: `${rootPath}${link.path}` }))];
}
