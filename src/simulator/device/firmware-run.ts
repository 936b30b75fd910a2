/**
 * What a firmware update does in time: pulling the image, waiting for blocks that do not come, installing, rebooting.
 *
 * By CoAP the image is asked of the server, in blocks. By HTTP the driver fetches it, where it can; else no
 * byte goes anywhere: it takes a while, and gives the image that the model names. The `download` effect says how it ended.
 *
 * Spec: OMA LwM2M Core Appendix E.6; RFC 7959 §2.4 (Block2).
 */
import { maxTransmitWait } from "../../protocol/coap/params.ts";
import type { CoapMessage, ExchangeFailure, OutgoingId } from "../../protocol/coap/types.ts";
import { buildFirmwareImage } from "../../protocol/lwm2m/firmware-image.ts";
import { after, type Instant, millis, NEVER } from "../../protocol/time.ts";
import { type Firmware, finishDownload, happen, largestImageOf, troubleOf, type UpdateHappening } from "./firmware.ts";
import type { UpdateResult } from "./firmware-machine.ts";
import { type PackageUri, packageRequest, readPackageUri } from "./package-uri.ts";
import { reboot } from "./power.ts";
import { type Device, request, take } from "./state.ts";
import type { FetchOutcome } from "./types.ts";

/** When what is going on is over. Nothing goes on while the device is off. */
export const firmwareDeadline = ({ firmware, on }: Device): Instant =>
  firmware === undefined || !on ? NEVER : firmware.endsAt;

/** Ends what is due. */
export function firmwareWhenDue(device: Device, now: Instant): void {
  const { firmware } = device;
  if (firmware === undefined || firmwareDeadline(device) > now) return;
  firmware.endsAt = NEVER;
  if (firmware.situation.state === 3) finishInstallation(device, firmware, now);
  else if (firmware.source === "pull") finishPull(device, firmware, imageByHttp(firmware));
  else device.effects.push(...happen(firmware, "download-failed", CONNECTION_LOST).effects);
}

const CONNECTION_LOST = 4;
const NOT_ENOUGH_FLASH = 2;
const INVALID_URI = 7;
const UPDATE_FAILED = 8;

// ── Pull

/** The answer to the write of a Package URI has left. */
export function beginDownload(device: Device, now: Instant): void {
  const { firmware } = device;
  const uri = firmware === undefined ? undefined : readPackageUri(firmware.uri);
  if (firmware === undefined || uri === undefined || firmware.source !== "pull") return;
  if (troubleOf(firmware).kind === "reboots-in-download") {
    reboot(device, now);
    return;
  }
  const { downloadTime } = firmware.model;
  if (uri.scheme !== "coap") {
    if (device.options.fetches === true) fetchImage(device, firmware);
    else firmware.endsAt = after(now, millis(downloadTime));
  } else if (isServer(device, uri)) firmware.request = request(device, packageRequest(uri), now);
  // Nobody is there: found out when the last retransmission has gone unanswered.
  else firmware.endsAt = after(now, maxTransmitWait(device.options.coap));
}

function fetchImage(device: Device, firmware: Firmware): void {
  const { uri: url, attempts: number, model } = firmware;
  device.effects.push({ kind: "fetch", number, url, largest: largestImageOf(model) });
}

/** The driver has fetched an image, or could not. What came while the device was off or offline did not reach it. */
export function onFetched(device: Device, number: number, outcome: FetchOutcome): void {
  const { firmware } = device;
  if (firmware?.source !== "pull" || firmware.attempts !== number || !device.on) return;
  const came = device.online ? outcome : LOST;
  finishPull(device, firmware, came.kind === "image" ? came.bytes : RESULTS[came.kind]);
}

const LOST: FetchOutcome = { kind: "lost" };
const RESULTS = { refused: INVALID_URI, "too-large": NOT_ENOUGH_FLASH, lost: CONNECTION_LOST } as const;

/** A device has no resolver: every name is that of its server. */
const isServer = ({ options }: Device, { authority, named }: PackageUri): boolean =>
  named || authority === options.server;

/** An own request was answered; if it was that for the image, the download is over. */
export function onDownloadAnswer(device: Device, id: OutgoingId, { code, payload }: CoapMessage): void {
  const { firmware } = device;
  if (firmware?.request !== id) return;
  firmware.request = undefined;
  if (code.startsWith("2.")) finishPull(device, firmware, payload);
  else finishPull(device, firmware, code.startsWith("4.") ? INVALID_URI : CONNECTION_LOST);
}

/** The same, and it was not answered. */
export function onDownloadFailed(device: Device, id: OutgoingId, reason: ExchangeFailure): void {
  const { firmware } = device;
  if (firmware?.request !== id) return;
  firmware.request = undefined;
  finishPull(device, firmware, reason === "unfit" ? NOT_ENOUGH_FLASH : CONNECTION_LOST);
}

/** A reset, a cancellation or an early Execute has made the image unwanted. */
export function abandonDownload(device: Device, now: Instant): void {
  const { firmware } = device;
  if (firmware?.request === undefined || firmware.source === "pull") return;
  take(device, device.endpoint.cancel(firmware.request, now));
  firmware.request = undefined;
  device.openRequests -= 1;
}

/** @param got the bytes, or why there are none */
function finishPull(device: Device, firmware: Firmware, got: Uint8Array | UpdateResult): void {
  const url = firmware.uri;
  const end = typeof got === "number" ? failPull(firmware, got) : finishDownload(firmware, got);
  if (end.taken) device.effects.push({ kind: "download", url, result: end.situation.result });
  device.effects.push(...end.effects);
}

function failPull(firmware: Firmware, result: UpdateResult): UpdateHappening {
  const trouble = troubleOf(firmware);
  if (trouble.kind === "stays-downloading") return finishDownload(firmware, new Uint8Array(0));
  return happen(
    firmware,
    "download-failed",
    trouble.kind === "download-fails" ? (trouble.result as UpdateResult) : result,
  );
}

function imageByHttp({ model, uri }: Firmware): Uint8Array | UpdateResult {
  const { httpImage } = model;
  if (httpImage === undefined || readPackageUri(uri)?.scheme === "coap") return CONNECTION_LOST;
  return buildFirmwareImage({ ...httpImage, payload: new Uint8Array(0) });
}

// ── Installation

/** The answer to the Execute has left. */
export function beginInstallation({ firmware }: Device, now: Instant): void {
  if (firmware?.situation.state !== 3 || troubleOf(firmware).kind === "stays-updating") return;
  firmware.endsAt = after(now, millis(firmware.model.installTime));
}

function finishInstallation(device: Device, firmware: Firmware, now: Instant): void {
  const trouble = troubleOf(firmware);
  const cause = installationFault(firmware);
  if (cause !== 0) {
    device.effects.push(...happen(firmware, "installation-failed", cause).effects);
    return;
  }
  firmware.installing = true;
  reboot(device, now, trouble.kind === "slow-reboot" ? trouble.bootTime : undefined);
}

/** Without an image there is nothing to install: so ends what was executed at a wrong State. */
function installationFault(firmware: Firmware): UpdateResult {
  const trouble = troubleOf(firmware);
  if (trouble.kind === "installation-fails") return trouble.result as UpdateResult;
  if (trouble.kind === "version-too-early" && trouble.fails) return UPDATE_FAILED;
  return firmware.image === undefined ? UPDATE_FAILED : 0;
}
