/**
 * Where a device downloads its image: the URI that it is told, and the CoAP resource behind a `coap` one.
 *
 * The resource needs no token, as its name cannot be guessed. Blocks are cut by the CoAP endpoint (Block2).
 *
 * Spec: OMA object 5, resources 1 and 8; RFC 7252 §6.1 (coap URIs); docs/semantics.md row 24; O-06.
 */
import { CONTENT_FORMAT, ETAG, stringOptions, URI_PATH, uintOption } from "../../protocol/coap/options.ts";
import type { CoapContent, CoapMessage } from "../../protocol/coap/types.ts";
import { OPAQUE } from "../../protocol/lwm2m/content.ts";
import type { FirmwareImage, ImageTable } from "./images.ts";

/** First segment of the CoAP resource. */
const COAP_FOLDER = "fw";
/** Below the base path of the REST API. */
const HTTP_FOLDER = "updates/urls";

interface ProtocolRow {
  /** A value of /5/0/8. */
  readonly value: number;
  /** Beginning of a location of this server. */
  readonly scheme: string;
  readonly folder: string;
}

/** Schemes by the values of Protocol Support. Object 5, resource 8. */
const PROTOCOLS: readonly ProtocolRow[] = [
  { value: 0, scheme: "coap:", folder: COAP_FOLDER },
  { value: 1, scheme: "coaps:", folder: COAP_FOLDER },
  { value: 2, scheme: "http:", folder: HTTP_FOLDER },
  { value: 3, scheme: "https:", folder: HTTP_FOLDER },
];
/** A device that does not say understands CoAP. */
const UNSAID: readonly number[] = [0];

/**
 * The URI for a device; `undefined` when it understands none that this server has. O-06.
 *
 * @param protocols values of /5/0/8; `undefined`: the device has no such resource
 */
export function uriFor(
  { file }: FirmwareImage,
  locations: readonly string[],
  protocols: readonly number[] = UNSAID,
): string | undefined {
  for (const location of locations) {
    const row = PROTOCOLS.find(({ value, scheme }) => protocols.includes(value) && location.startsWith(scheme));
    if (row !== undefined) return `${location}/${row.folder}/${file}`;
  }
  return undefined;
}

/** The answer to a request for an image; `undefined`: the request is for something else. */
export function imageResponse(images: ImageTable, message: CoapMessage): CoapContent | undefined {
  const [folder, file = "", ...more] = stringOptions(message, URI_PATH);
  if (folder !== COAP_FOLDER || more.length > 0) return undefined;
  const image = images.at(file);
  if (image === undefined) return { code: "4.04", options: [], payload: NO_PAYLOAD };
  if (message.code !== "0.01") return { code: "4.05", options: [], payload: NO_PAYLOAD };
  const options = [{ number: ETAG, value: etagOf(image) }, uintOption(CONTENT_FORMAT, OPAQUE)];
  return { code: "2.05", options, payload: image.bytes };
}

const NO_PAYLOAD = new Uint8Array(0);

/** Eight bytes of the checksum. */
const etagOf = ({ checksum }: FirmwareImage): Uint8Array => new Uint8Array(Buffer.from(checksum.slice(0, 16), "hex"));
