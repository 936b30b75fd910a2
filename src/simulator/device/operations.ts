/**
 * What a well-behaved device does with a request: the operation carried out on its values, and the answer.
 *
 * Nothing about time, registration or message exchange; wrong behaviour on purpose is in `behaviour.ts`.
 *
 * Spec: OMA LwM2M Core §5.4 (operations), §7.1 (which code when); Transport, Tables 3 and 7; RFC 7252 §5.4.1.
 */
import { isCritical, stringOptions, URI_PATH, unknownCriticalOptions } from "../../protocol/coap/options.ts";
import type { CoapMessage } from "../../protocol/coap/types.ts";
import {
  decodeInstance,
  decodeResource,
  encodeInstance,
  encodeResource,
  isMultiple,
  LINK_FORMAT,
  TEXT,
  TLV,
} from "../../protocol/lwm2m/content.ts";
import { formatLinks } from "../../protocol/lwm2m/link-format.ts";
import { DEVICE, FIRMWARE_UPDATE, type ResourceRow, SECURITY, SERVER } from "../../protocol/lwm2m/objects.ts";
import { type Operation, parseOperation } from "../../protocol/lwm2m/operations.ts";
import { decodeTlv, encodeTlv } from "../../protocol/lwm2m/tlv.ts";
import type { InstanceValues, LwM2mPath } from "../../protocol/lwm2m/value.ts";
import { executeFirmware, writeFirmware } from "./firmware-operations.ts";
import { argumentsOf, content, happened, type Outcome, refuse } from "./outcome.ts";
import {
  forget,
  instanceOf,
  keep,
  LIFETIME,
  resetToFactory,
  resourceValue,
  supportedRow,
  supportedRows,
  taskApiValue,
  type ValueOwner,
} from "./values.ts";

/** Critical options that have a meaning for this device, besides those that no request has: no blocks, no conditions. */
const UNDERSTOOD: readonly number[] = [3, 7, 11, 15, 17];

/**
 * Carries a request out. What it changes it changes at once, in `owner`.
 *
 * @param rootPath the alternate path of the device: below any other there is nothing
 */
export function carryOut(owner: ValueOwner, message: CoapMessage, rootPath = "/"): Outcome {
  if (hasForeignOption(message)) return refuse("4.02");
  if (stringOptions(message, URI_PATH)[0] === String(SECURITY)) return refuse("4.01");
  const parsed = parseOperation(message);
  if (!parsed.ok) return refuse(parsed.error);
  const operation = parsed.value;
  if (operation.rootPath !== rootPath || !exists(owner, operation.path)) return refuse("4.04");
  switch (operation.operation) {
    case "read":
    case "observe":
    case "cancel-observe":
      return read(owner, operation, message);
    case "discover":
      return {
        answer: content("2.05", LINK_FORMAT, new TextEncoder().encode(linksBelow(owner, operation.path))),
        happened: [],
      };
    case "write":
      return write(owner, operation, message);
    case "execute":
      return execute(owner, operation.path, message);
    case "create":
    case "delete":
    case "write-attributes":
      return refuse("4.05");
  }
}

const hasForeignOption = (message: CoapMessage): boolean =>
  unknownCriticalOptions(message).length > 0 ||
  message.options.some(({ number }) => isCritical(number) && !UNDERSTOOD.includes(number));

function exists(owner: ValueOwner, [object, instance, resource]: LwM2mPath): boolean {
  if (supportedRows(owner, object) === undefined || (instance ?? 0) !== 0) return false;
  return resource === undefined || supportedRow(owner, object, resource) !== undefined;
}

// ── Read

/** Without Accept the device chooses: text for a single value, TLV for more. */
function read(owner: ValueOwner, { path, accept }: Operation, message: CoapMessage): Outcome {
  const [object, , resource] = path;
  if (resource === undefined) {
    if (accept !== undefined && accept !== TLV) return refuse("4.06");
    const values = instanceOf(owner, object);
    const bytes = encodeInstance(object, values);
    const payload = path.length === 1 ? inInstance(bytes) : bytes;
    return {
      answer: content("2.05", TLV, payload),
      happened: [happened("read", path, message, namedValues(owner, object, values))],
    };
  }
  const row = supportedRow(owner, object, resource) as ResourceRow;
  if (!row.operations.includes("R")) return refuse("4.05");
  const value = resourceValue(owner, object, resource);
  const format = accept ?? (isMultiple(value) ? TLV : TEXT);
  const payload = encodeResource(object, resource, value, format);
  if (!payload.ok) return refuse("4.06");
  return {
    answer: content("2.05", format, payload.value),
    happened: [happened("read", path, message, taskApiValue(row, value))],
  };
}

/** A Read of an object names the instance. Spec: Core §6.4.3. */
function inInstance(resources: Uint8Array): Uint8Array {
  const children = decodeTlv(resources);
  return encodeTlv([{ kind: "object-instance", id: 0, children: children.ok ? children.value : [] }]);
}

const namedValues = (owner: ValueOwner, object: number, values: InstanceValues): Record<string, unknown> =>
  Object.fromEntries(
    [...values].map(([id, value]) => {
      const row = supportedRow(owner, object, id) as ResourceRow;
      return [row.name, taskApiValue(row, value)];
    }),
  );

function linksBelow(owner: ValueOwner, [object, instance, resource]: LwM2mPath): string {
  const ids = resource === undefined ? (supportedRows(owner, object) ?? []).map((row) => row.id) : [resource];
  const paths = [`/${object}`, `/${object}/0`, ...ids.map((id) => `/${object}/0/${id}`)];
  const skip = resource !== undefined ? 2 : instance !== undefined ? 1 : 0;
  return formatLinks(paths.slice(skip).map((path) => ({ path, attributes: new Map() })));
}

// ── Write

function write(owner: ValueOwner, operation: Operation, message: CoapMessage): Outcome {
  const [object, , resource] = operation.path;
  if (object === FIRMWARE_UPDATE && owner.firmware) return writeFirmware(owner.firmware, operation, message);
  if (resource === undefined) return writeInstance(owner, object, operation, message);
  const row = supportedRow(owner, object, resource) as ResourceRow;
  if (!row.operations.includes("W")) return refuse("4.05");
  const { format } = operation;
  if (format !== undefined && format !== TEXT && format !== TLV) return refuse("4.15");
  const value = decodeResource(object, resource, format, message.payload);
  if (!value.ok) return refuse("4.00", value.error);
  return store(owner, object, new Map([[resource, value.value]]), message);
}

/** Either everything is written or nothing. Spec: Core §5.4.3, §7.1.2.3. */
function writeInstance(
  owner: ValueOwner,
  object: number,
  { format, partial }: Operation,
  message: CoapMessage,
): Outcome {
  if (format === undefined) return refuse("4.00", "Content-Format is missing");
  if (format !== TLV) return refuse("4.15");
  const values = decodeInstance(object, message.payload);
  if (!values.ok) return refuse("4.00", values.error);
  const rows = [...values.value.keys()].map((id) => supportedRow(owner, object, id));
  if (rows.includes(undefined)) return refuse("4.04");
  if (rows.some((row) => row?.operations.includes("W") !== true)) return refuse("4.05");
  if (!partial) {
    const absent = writableRows(owner, object).filter((row) => !values.value.has(row.id));
    if (absent.some((row) => row.mandatory)) return refuse("4.00", "a mandatory resource is missing");
    for (const row of absent) forget(owner, object, row.id);
  }
  return store(owner, object, values.value, message);
}

const writableRows = (owner: ValueOwner, object: number): readonly ResourceRow[] =>
  (supportedRows(owner, object) ?? []).filter((row) => row.operations.includes("W"));

function store(owner: ValueOwner, object: number, values: InstanceValues, message: CoapMessage): Outcome {
  const effects = [...values].map(([id, value]) => {
    keep(owner, object, id, value);
    return happened(
      "written",
      [object, 0, id],
      message,
      taskApiValue(supportedRow(owner, object, id) as ResourceRow, value),
    );
  });
  // The server is told of a new lifetime by an Update. Spec: Core §5.3.2.
  const lifetimeChanged = object === SERVER && values.has(LIFETIME);
  return { answer: content("2.04"), happened: effects, ...(lifetimeChanged ? { afterwards: "update" } : {}) };
}

// ── Execute

const REBOOT = 4;
const FACTORY_RESET = 5;
const ERROR_CODE = 11;
const RESET_ERROR_CODE = 12;
const UPDATE_TRIGGER = 8;

/** Arguments are accepted and mean nothing to any of these. */
function execute(owner: ValueOwner, path: LwM2mPath, message: CoapMessage): Outcome {
  const [object, , resource] = path;
  if (object === FIRMWARE_UPDATE && owner.firmware) return executeFirmware(owner.firmware, resource, message);
  const row = resource === undefined ? undefined : supportedRow(owner, object, resource);
  if (row?.operations !== "E") return refuse("4.05");
  const effect = happened("executed", path, message, argumentsOf(message));
  const outcome: Outcome = { answer: content("2.04"), happened: [effect] };
  if (object === SERVER) return row.id === UPDATE_TRIGGER ? { ...outcome, afterwards: "update" } : outcome;
  if (row.id === REBOOT) return { ...outcome, afterwards: "reboot" };
  if (row.id === FACTORY_RESET) resetToFactory(owner);
  if (row.id === RESET_ERROR_CODE) keep(owner, DEVICE, ERROR_CODE, new Map([[0, 0]]));
  return outcome;
}
