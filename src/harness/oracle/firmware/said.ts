/**
 * What a device says about its firmware in its answers, whoever asked for it.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (5/0/3, 5/0/5), E.4 (3/0/3).
 */
import { codeClass } from "../../../protocol/coap/codes.ts";
import { decodeMessage } from "../../../protocol/coap/message.ts";
import { CONTENT_FORMAT, uintValue } from "../../../protocol/coap/options.ts";
import type { CoapMessage } from "../../../protocol/coap/types.ts";
import { decodeInstance, decodeResource } from "../../../protocol/lwm2m/content.ts";
import { parseOperation } from "../../../protocol/lwm2m/operations.ts";
import type { InstanceValues } from "../../../protocol/lwm2m/value.ts";
import { mayBeDropped } from "../exchanges/patience.ts";
import { propertyName } from "../tasks/mirror.ts";
import type { DeviceView } from "../views/device-view.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { Window } from "../window.ts";
import { type FirmwareRequest, firmwareRequest } from "./requests.ts";
import { runningUpdates } from "./turns.ts";
import type { FirmwareSaid, UpdateView } from "./views.ts";

const DEVICE = 3;
const VERSION = 3;
const FIRMWARE = 5;
const STATE = 3;
const RESULT = 5;
/** Update Results that are failures. Core Appendix E.6, 5/0/5. */
const FAILURES = { first: 2, last: 9 } as const;
/** Answers about firmware kept per device. */
const REMEMBERED = 64;

/**
 * Notes the response of an exchange, or a notification after it.
 *
 * @param doubtful the server may not have taken it
 */
export function noteFirmwareAnswer(
  exchange: Exchange,
  response: CoapMessage,
  doubtful: boolean,
  window: Window,
  event: number,
): void {
  const { device, updates } = exchange;
  const request = decodeMessage(exchange.bytes);
  if (!request.ok) return;
  const asked = firmwareRequest(request.value);
  const isSuccess = codeClass(response.code) === 2;
  const read = isSuccess && asked?.kind === "look" ? valuesRead(request.value, response) : undefined;
  for (const { update } of updates) if (update !== undefined) noteForUpdate(update, isSuccess, read, window, event);
  if (isSuccess && updates.length > 0 && request.value.code === "0.01") noteMirrored(device, request.value, read);
  const certain = !doubtful && !mayBeDropped(exchange, window);
  noteTaken(device, exchange, asked, isSuccess, certain);
  if (!isSuccess || asked?.kind !== "look" || read === undefined) return;
  const said = { ...meaningOf(read), certain, askedAt: exchange.event, window, event };
  if (said.state === undefined && said.result === undefined && said.version === undefined && !said.unclear) return;
  device.firmware.said.push(said);
  if (device.firmware.said.length > REMEMBERED) device.firmware.said.shift();
  noteFailedResult(device, said);
}

/** A server that may have given up before the answer came does not know that the device has taken an image, or an Execute. */
function noteTaken(
  { firmware }: DeviceView,
  { event }: Exchange,
  asked: FirmwareRequest | undefined,
  isSuccess: boolean,
  certain: boolean,
): void {
  if (!certain) return;
  if (asked?.kind === "offer" && isSuccess && firmware.offered?.event === event)
    firmware.offered = { ...firmware.offered, answered: true };
  if (asked?.kind === "execute" && firmware.executed?.event === event)
    firmware.executed = { ...firmware.executed, answered: true };
}

function noteForUpdate(
  update: UpdateView,
  isSuccess: boolean,
  read: ReadValues | undefined,
  window: Window,
  event: number,
): void {
  update.lastAnswer = { window, event };
  if (!isSuccess || read?.values === undefined) update.hadError ||= !isSuccess || read !== undefined;
}

interface ReadValues {
  readonly object: number;
  /** `undefined`: they cannot be read here. */
  readonly values: InstanceValues | undefined;
}

function valuesRead(request: CoapMessage, response: CoapMessage): ReadValues | undefined {
  const parsed = parseOperation(request);
  // Several resources at once.
  if (!parsed.ok) return { object: FIRMWARE, values: undefined };
  if (parsed.value.operation === "discover" || parsed.value.operation === "write-attributes") return undefined;
  const [object, , resource] = parsed.value.path;
  if (resource === undefined) {
    const values = decodeInstance(object, response.payload);
    return { object, values: values.ok ? values.value : undefined };
  }
  const value = decodeResource(object, resource, uintValue(response, CONTENT_FORMAT), response.payload);
  return { object, values: value.ok ? new Map([[resource, value.value]]) : undefined };
}

function meaningOf({ object, values }: ReadValues): Pick<FirmwareSaid, "state" | "result" | "version" | "unclear"> {
  const number = (resource: number): number | undefined => {
    const value = object === FIRMWARE ? values?.get(resource) : undefined;
    return typeof value === "number" ? value : undefined;
  };
  const version = object === DEVICE ? values?.get(VERSION) : undefined;
  return {
    state: number(STATE),
    result: number(RESULT),
    version: typeof version === "string" ? version : undefined,
    unclear: values === undefined,
  };
}

/** From now on a Read of an update may have changed these properties: what an ordinary one brought is not certain any more. */
function noteMirrored(device: DeviceView, request: CoapMessage, read: ReadValues | undefined): void {
  const parsed = parseOperation(request);
  if (!parsed.ok) return;
  const [object, , resource] = parsed.value.path;
  if (resource === undefined && read?.values === undefined) {
    device.mirrorBlurred = true;
    return;
  }
  const resources = resource === undefined ? [...(read?.values?.keys() ?? [])] : [resource];
  for (const id of resources) {
    const name = propertyName(object, id);
    if (name === undefined) continue;
    device.mirror.delete(name);
    device.firmware.mirrored.add(name);
  }
}

/**
 * A failure of an image that the device has surely taken is that of the update that offered it, or that had it executed.
 * One that was there when the server began anew, not knowing what became of its last offer, may be that of another.
 */
function noteFailedResult({ firmware }: DeviceView, { result, certain, window, event }: FirmwareSaid): void {
  if (!certain || result === undefined || result < FAILURES.first || result > FAILURES.last) return;
  const origin = firmware.truth?.at(-1);
  const [only, ...others] = runningUpdates(firmware, window);
  const first = only?.update?.firstRequest;
  const cause =
    firmware.offered !== undefined && firmware.offered.event > (first ?? -1) ? firmware.offered : firmware.executed;
  if (only?.update === undefined || others.length > 0 || origin === undefined || first === undefined) return;
  if (cause?.answered !== true || cause.event < first) return;
  if (origin.result === result && origin.event > cause.event) only.update.failedResult ??= { result, window, event };
}
