/**
 * Which requests of a server are about the firmware of a device, and what they ask.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (object 5: Package, Package URI, Update, Cancel), E.4 (3/0/3).
 */
import { BLOCK1 } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import { decodeInstance, decodeResource } from "../../../protocol/lwm2m/content.ts";
import { type Operation, parseOperation } from "../../../protocol/lwm2m/operations.ts";
import type { ResourceValue } from "../../../protocol/lwm2m/value.ts";

/** A request of the server, as far as it is about firmware. */
export type FirmwareRequest =
  /** Whatever changes nothing: Read, Observe, Discover. */
  | { readonly kind: "look"; readonly object: number }
  /** An image, or its URI. */
  | { readonly kind: "offer"; readonly uri: string | undefined }
  /** Back to Idle: an empty Package or Package URI, a Package of one zero byte, or Cancel. */
  | { readonly kind: "reset" }
  | { readonly kind: "execute" };

const DEVICE = 3;
const VERSION = 3;
const FIRMWARE = 5;
const PACKAGE = 0;
const PACKAGE_URI = 1;
const UPDATE = 2;
const CANCEL = 10;
/** Several resources at once (LwM2M 1.1, Read-Composite): of what it is, is not looked at. */
const FETCH = "0.05";

/** @returns `undefined`: it has nothing to do with firmware */
export function firmwareRequest(message: CoapMessage): FirmwareRequest | undefined {
  if (message.code === FETCH) return { kind: "look", object: FIRMWARE };
  const parsed = parseOperation(message);
  if (!parsed.ok) return undefined;
  const [object, , resource] = parsed.value.path;
  const changes = parsed.value.operation === "write" || parsed.value.operation === "execute";
  if (object === DEVICE && !changes && (resource === undefined || resource === VERSION))
    return { kind: "look", object };
  if (object !== FIRMWARE) return undefined;
  if (!changes) return { kind: "look", object };
  if (parsed.value.operation === "write") return writing(parsed.value, message);
  if (resource === UPDATE) return { kind: "execute" };
  return resource === CANCEL ? { kind: "reset" } : undefined;
}

function writing({ path, format }: Operation, message: CoapMessage): FirmwareRequest | undefined {
  const [, , resource] = path;
  if (resource !== undefined) {
    if (resource === PACKAGE) return isNothing(message) ? { kind: "reset" } : { kind: "offer", uri: undefined };
    if (resource !== PACKAGE_URI) return undefined;
    const value = decodeResource(FIRMWARE, resource, format, message.payload);
    return value.ok ? ofUri(value.value) : { kind: "offer", uri: undefined };
  }
  const values = decodeInstance(FIRMWARE, message.payload);
  const uri = values.ok ? values.value.get(PACKAGE_URI) : undefined;
  return uri === undefined ? { kind: "offer", uri: undefined } : ofUri(uri);
}

const ofUri = (value: ResourceValue): FirmwareRequest =>
  value === "" ? { kind: "reset" } : { kind: "offer", uri: typeof value === "string" ? value : undefined };

/** Nothing, or one zero byte, which is not only the first block of something. */
const isNothing = ({ payload, options }: CoapMessage): boolean =>
  !options.some(({ number }) => number === BLOCK1) &&
  (payload.length === 0 || (payload.length === 1 && payload[0] === 0));
