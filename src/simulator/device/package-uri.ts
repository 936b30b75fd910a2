/**
 * Package URIs, as a device reads them: by which protocol, from whom, and what to ask for.
 *
 * Spec: OMA LwM2M Core Appendix E.6, resource 5/0/1; RFC 7252 §6.4 (decomposing URIs into options).
 */
import { NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { sortOptions, stringOption, URI_PATH, URI_QUERY } from "../../protocol/coap/options.ts";
import type { CoapContent } from "../../protocol/coap/types.ts";

/** What a device reads in a Package URI. */
export interface PackageUri {
  /** In lower case. */
  readonly scheme: string;
  /** `host:port`, the port as written or the default of `coap`. */
  readonly authority: string;
  /** The host is a name, not a literal address. */
  readonly named: boolean;
  /** Decoded. */
  readonly path: readonly string[];
  readonly query: readonly string[];
}

const LONGEST = 255;
const COAP_PORT = 5_683;
const URI =
  /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(\[[0-9A-Fa-f:.]+\]|[^/?#:@[\]\s]+)(?::(\d{1,5}))?(\/[^?#\s]*)?(?:\?([^#\s]*))?$/;
const LITERAL = /^(\d+\.\d+\.\d+\.\d+|\[.*\])$/;

/** @returns `undefined` for what is no URI that an image could be at */
export function readPackageUri(text: string): PackageUri | undefined {
  const [, scheme, host, port, path = "/", query] = URI.exec(text) ?? [];
  if (scheme === undefined || host === undefined || text.length > LONGEST) return undefined;
  try {
    return {
      scheme: scheme.toLowerCase(),
      authority: `${host}:${port ?? COAP_PORT}`,
      named: !LITERAL.test(host),
      path: path === "/" ? [] : path.slice(1).split("/").map(decodeURIComponent),
      query: query === undefined ? [] : query.split("&").map(decodeURIComponent),
    };
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
}

/** The GET for it. No Uri-Host: the server that is asked is the one that the device is registered with. */
export const packageRequest = ({ path, query }: PackageUri): CoapContent => ({
  code: "0.01",
  options: sortOptions([
    ...path.map((segment) => stringOption(URI_PATH, segment)),
    ...query.map((part) => stringOption(URI_QUERY, part)),
  ]),
  payload: NO_PAYLOAD,
});
