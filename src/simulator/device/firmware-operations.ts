/**
 * What Write and Execute on object 5 (Firmware Update) do at once, and their answers. Reading it is as with any object.
 *
 * Spec: OMA LwM2M Core Appendix E.6; Transport, Table 7 (codes).
 */
import type { CoapMessage, Code } from "../../protocol/coap/types.ts";
import { decodeInstance, decodeResource, OPAQUE, TEXT, TLV } from "../../protocol/lwm2m/content.ts";
import { FIRMWARE_UPDATE, type ResourceRow } from "../../protocol/lwm2m/objects.ts";
import type { Operation } from "../../protocol/lwm2m/operations.ts";
import type { LwM2mPath, ResourceValue } from "../../protocol/lwm2m/value.ts";
import { PULL_PROTOCOLS } from "../model/firmware.ts";
import { type Firmware, finishDownload, firmwareRows, happen, type UpdateHappening } from "./firmware.ts";
import type { UpdateResult } from "./firmware-machine.ts";
import { argumentsOf, content, errorContent, happened, type Outcome, refuse } from "./outcome.ts";
import { readPackageUri } from "./package-uri.ts";

const PACKAGE = 0;
const PACKAGE_URI = 1;
const UPDATE = 2;

const rowOf = (firmware: Firmware, resource: number): ResourceRow | undefined =>
  firmwareRows(firmware).find(({ id }) => id === resource);

// ── Write

/** Package or Package URI, by itself or as the one resource of the instance. */
export function writeFirmware(firmware: Firmware, operation: Operation, message: CoapMessage): Outcome {
  const [, , resource] = operation.path;
  return resource === undefined
    ? writeInstance(firmware, operation, message)
    : writeResource(firmware, resource, operation, message);
}

function writeResource(firmware: Firmware, resource: number, operation: Operation, message: CoapMessage): Outcome {
  if (rowOf(firmware, resource)?.operations.includes("W") !== true) return refuse("4.05");
  const { format } = operation;
  if (resource === PACKAGE && (format === undefined || format === OPAQUE)) {
    return writePackage(firmware, message.payload, message);
  }
  if (format !== undefined && format !== TEXT && format !== TLV) return refuse("4.15");
  const value = decodeResource(FIRMWARE_UPDATE, resource, format, message.payload);
  return value.ok ? writeValue(firmware, resource, value.value, message) : refuse("4.00", value.error);
}

function writeInstance(firmware: Firmware, { format }: Operation, message: CoapMessage): Outcome {
  if (format === undefined) return refuse("4.00", "Content-Format is missing");
  if (format !== TLV) return refuse("4.15");
  const values = decodeInstance(FIRMWARE_UPDATE, message.payload);
  if (!values.ok) return refuse("4.00", values.error);
  const [first, ...more] = values.value;
  if (first === undefined || more.length > 0) return refuse("4.00", "either Package or Package URI");
  const [resource, value] = first;
  const row = rowOf(firmware, resource);
  if (row === undefined) return refuse("4.04");
  return row.operations.includes("W") ? writeValue(firmware, resource, value, message) : refuse("4.05");
}

const writeValue = (firmware: Firmware, resource: number, value: ResourceValue, message: CoapMessage): Outcome =>
  resource === PACKAGE_URI
    ? writeUri(firmware, value as string, message)
    : writePackage(firmware, value as Uint8Array, message);

/** The whole package; when it came in blocks, the first of them has begun the download. */
function writePackage(firmware: Firmware, bytes: Uint8Array, message: CoapMessage): Outcome {
  // The image is not shown: it may have a quarter of a megabyte.
  if (isNothing(bytes)) return outcomeOf(happen(firmware, "reset"), [5, 0, PACKAGE], message, undefined);
  const goesOn = firmware.situation.state === 1 && firmware.source === "push";
  const begun = goesOn ? undefined : happen(firmware, "package-begins");
  if (begun !== undefined && !begun.taken) return refuse(begun.answer);
  const finished = finishDownload(firmware, bytes);
  const effects = [...(begun?.effects ?? []), ...finished.effects];
  return outcomeOf({ ...finished, effects }, [5, 0, PACKAGE], message, undefined);
}

/** Nothing, or one zero byte. */
const isNothing = (bytes: Uint8Array): boolean => bytes.length === 0 || (bytes.length === 1 && bytes[0] === 0);

function writeUri(firmware: Firmware, uri: string, message: CoapMessage): Outcome {
  const path: LwM2mPath = [5, 0, PACKAGE_URI];
  if (uri === "") return outcomeOf(happen(firmware, "reset"), path, message, uri);
  const step = happen(firmware, "uri-written", uriFault(firmware, uri));
  if (step.taken) firmware.uri = uri;
  const outcome = outcomeOf(step, path, message, uri);
  return step.taken && step.situation.state === 1 ? { ...outcome, afterwards: "download" } : outcome;
}

/** Update Result of a URI that cannot be used; 0 for one that can. */
function uriFault({ model }: Firmware, text: string): UpdateResult {
  const uri = readPackageUri(text);
  if (uri === undefined) return 7;
  const known = PULL_PROTOCOLS.find(({ scheme }) => scheme === uri.scheme);
  return known === undefined || model.delivery === "push" || !model.protocols.includes(known.scheme) ? 9 : 0;
}

// ── Execute

/** Execute on a resource of 5/0: Update, or Cancel; anything else is refused with 4.05. */
export function executeFirmware(firmware: Firmware, resource: number | undefined, message: CoapMessage): Outcome {
  const row = resource === undefined ? undefined : rowOf(firmware, resource);
  if (row?.operations !== "E") return refuse("4.05");
  const step = happen(firmware, row.id === UPDATE ? "execute" : "cancel");
  if (step.answer !== "2.04") return refuse(step.answer);
  const effect = happened("executed", [5, 0, row.id], message, argumentsOf(message));
  const outcome: Outcome = { answer: content("2.04"), happened: [effect], firmware: step.effects };
  return row.id === UPDATE && step.taken ? { ...outcome, afterwards: "install" } : outcome;
}

function outcomeOf(
  { answer, effects }: Pick<UpdateHappening, "answer" | "effects">,
  path: LwM2mPath,
  message: CoapMessage,
  value: unknown,
): Outcome {
  const written = answer === SUCCESS ? [happened("written", path, message, value)] : [];
  return { answer: answer === SUCCESS ? content(SUCCESS) : errorContent(answer), happened: written, firmware: effects };
}

const SUCCESS: Code = "2.04";
