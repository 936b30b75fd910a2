/**
 * What a task asks of a device, as a request, and what the device's response makes of it.
 *
 * A text that is no value of its resource goes to the device as it is: the device's answer decides (choice 29).
 *
 * Spec: OMA LwM2M Transport, Tables 1 to 4; docs/semantics.md, choices 1, 2, 3, 17, 25, 29, 31.
 */
import { CONTENT_FORMAT, sortOptions, stringOption, uintOption, uintValue } from "../../src/protocol/coap/options.ts";
import type { CoapContent, CoapMessage, Code } from "../../src/protocol/coap/types.ts";
import {
  decodeInstance,
  decodeResource,
  encodeInstance,
  encodeResource,
  LINK_FORMAT,
  TEXT,
  TLV,
} from "../../src/protocol/lwm2m/content.ts";
import { DEVICE, type ResourceRow, resourceRow } from "../../src/protocol/lwm2m/objects.ts";
import { executeContent, readContent, writeContent } from "../../src/protocol/lwm2m/operations.ts";
import { encodeUtf8 } from "../../src/protocol/lwm2m/scalar.ts";
import type { InstanceValues, LwM2mPath, ResourceValue } from "../../src/protocol/lwm2m/value.ts";
import { err, ok, type Result } from "../../src/protocol/result.ts";
import { fromApiObjectText, fromApiText, resolveProperty, toApiValue } from "../../src/protocol/task-api/properties.ts";
import type { TaskType } from "../../src/protocol/task-api/states.ts";
import type { Happening } from "./device-task.ts";
import type { TaskHabits, WireHabits } from "./habits.ts";

/** Names of the mirror below their group, and values. */
export type Brought = ReadonlyMap<string, unknown>;

export type Work =
  | { readonly kind: "cloud"; readonly name: string; readonly value: string }
  | { readonly kind: "read"; readonly row: ResourceRow | undefined }
  | { readonly kind: "write"; readonly row: ResourceRow | undefined; readonly text: string; readonly brings: Brought }
  | { readonly kind: "execute"; readonly row: ResourceRow };

/** @returns the work, or what is wrong with the request */
export function workOf(taskType: TaskType, property: string, value: string | undefined): Result<Work, string> {
  const resolved = resolveProperty(property);
  if (!resolved.ok) return resolved;
  if (taskType === "W" && value === undefined) return err("a Write needs taskParameters.value");
  const text = value ?? "";
  if (resolved.value.kind === "server")
    return taskType === "W"
      ? ok({ kind: "cloud", name: resolved.value.name, value: text })
      : err("only W fits a server property");
  const row = resolved.value.kind === "resource" ? resolved.value.row : undefined;
  if (taskType === "R") return ok({ kind: "read", row });
  if (taskType === "E")
    return row === undefined ? err("a whole object cannot be executed") : ok({ kind: "execute", row });
  if (row === undefined) {
    const values = fromApiObjectText(DEVICE, text);
    return values.ok ? ok({ kind: "write", row, text, brings: named(values.value) }) : values;
  }
  const typed = fromApiText(row, text);
  const brings = typed.ok ? named(new Map([[row.id, typed.value]])) : new Map([[`device.${row.name}`, text]]);
  return ok({ kind: "write", row, text, brings });
}

/** The request to a device with that root; `undefined` for what needs no device. */
export function requestFor(work: Work, rootPath: string, habits: WireHabits): CoapContent | undefined {
  const content = contentFor(work, rootPath, habits);
  if (content === undefined || !habits.namesItself) return content;
  const itself = [stringOption(URI_HOST, "192.0.2.1"), uintOption(URI_PORT, 5683)];
  return { ...content, options: sortOptions([...content.options, ...itself]) };
}

/** Asks a device which objects it has; what it answers changes nothing. */
export const discovery = (rootPath: string): CoapContent => readContent([DEVICE], LINK_FORMAT, rootPath);

const URI_HOST = 3;
const URI_PORT = 7;

function contentFor(work: Work, rootPath: string, habits: WireHabits): CoapContent | undefined {
  if (work.kind === "cloud") return undefined;
  const { row } = work;
  const path: LwM2mPath = row === undefined ? [DEVICE, 0] : [DEVICE, 0, row.id];
  if (work.kind === "execute") return executeContent(path, "", rootPath);
  if (work.kind === "write") return writing(path, work, rootPath, habits);
  if (row === undefined) return readContent(habits.readsWhole === "object" ? [DEVICE] : path, TLV, rootPath);
  const accept = habits.readsAs === "tlv" || row.multiple ? TLV : TEXT;
  return readContent(path, habits.readsAs === "device-decides" ? undefined : accept, rootPath);
}

function writing(
  path: LwM2mPath,
  { row, text }: Extract<Work, { kind: "write" }>,
  rootPath: string,
  { writesAs }: WireHabits,
): CoapContent {
  if (row === undefined) {
    const values = fromApiObjectText(DEVICE, text);
    return writeContent(path, TLV, values.ok ? encodeInstance(DEVICE, values.value) : encodeUtf8(text), rootPath);
  }
  const format = writesAs === "tlv" || row.multiple ? TLV : TEXT;
  const typed = fromApiText(row, text);
  if (typed.ok && writesAs === "partial-update" && row.operations.includes("W"))
    return writeContent([DEVICE, 0], TLV, encodeInstance(DEVICE, new Map([[row.id, typed.value]])), rootPath);
  const payload = typed.ok ? encodeResource(DEVICE, row.id, typed.value, format) : typed;
  return payload.ok
    ? writeContent(path, format, payload.value, rootPath)
    : writeContent(path, TEXT, encodeUtf8(text), rootPath);
}

/** What a response makes of its device task, and what it brings to the mirror. */
export function answered(
  work: Work,
  response: CoapMessage,
  habits: TaskHabits,
): { readonly happening: Happening; readonly brings: Brought } {
  const { code } = response;
  if (code.startsWith("4.") || code.startsWith("5.")) return { happening: refusal(response, habits), brings: NOTHING };
  if (code !== (work.kind === "read" ? "2.05" : "2.04")) return misfit(`the device answered ${code}`);
  if (work.kind !== "read")
    return { happening: { kind: "succeeded" }, brings: work.kind === "write" ? work.brings : NOTHING };
  const values = valuesOf(work.row, response);
  return values.ok ? { happening: { kind: "succeeded" }, brings: named(values.value) } : misfit(values.error);
}

const NOTHING: Brought = new Map();
const misfit = (reason: string) => ({
  happening: { kind: "refused", errorCode: 5000, errorMessage: `not understood: ${reason}` } as const,
  brings: NOTHING,
});

function valuesOf(row: ResourceRow | undefined, response: CoapMessage): Result<InstanceValues, string> {
  if (row === undefined) return decodeInstance(DEVICE, response.payload);
  const value = decodeResource(DEVICE, row.id, uintValue(response, CONTENT_FORMAT), response.payload);
  return value.ok ? ok(new Map<number, ResourceValue>([[row.id, value.value]])) : value;
}

const named = (values: InstanceValues): Brought =>
  new Map(
    [...values].flatMap(([id, value]) => {
      const row = resourceRow(DEVICE, id);
      return row === undefined || row.operations === "E" ? [] : [[`device.${row.name}`, toApiValue(DEVICE, id, value)]];
    }),
  );

/** The rows of the page that agree with their numbers. */
const LISTED: readonly Code[] = ["4.00", "4.01", "4.03", "4.04", "4.05", "4.06", "4.15"];
/** The other code that the page prints for them, or the message that it prints beside them. */
const PRINTED: ReadonlyMap<Code, number> = new Map([
  ["4.03", 4040],
  ["4.04", 4000],
  ["4.15", 4060],
]);

function refusal({ code, payload }: CoapMessage, { errorCodes }: TaskHabits): Happening {
  const byNumber = Number(code.replace(".", "")) * 10;
  const fallback = code.startsWith("5.") ? 5000 : 4000;
  const corrected = LISTED.includes(code) ? byNumber : fallback;
  const errorCode = errorCodes === "corrected" ? corrected : (PRINTED.get(code) ?? byNumber);
  const diagnostic = new TextDecoder().decode(payload);
  return {
    kind: "refused",
    errorCode,
    errorMessage: `refused with CoAP ${code}${diagnostic === "" ? "" : ` (${diagnostic})`}`,
  };
}
