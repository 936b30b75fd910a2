/**
 * The firmware of a virtual device: what it runs, what it has downloaded, and what its object 5 shows of that.
 *
 * All of it is in flash and survives a reboot. What takes time, or is sent, is in `firmware-run.ts`; what may follow what
 * is in `firmware-machine.ts`.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (Firmware Update).
 */
import type { OutgoingId } from "../../protocol/coap/types.ts";
import { type FirmwareImage, readFirmwareImage } from "../../protocol/lwm2m/firmware-image.ts";
import { FIRMWARE_UPDATE, objectRow, type ResourceRow } from "../../protocol/lwm2m/objects.ts";
import type { ResourceValue } from "../../protocol/lwm2m/value.ts";
import { type Instant, NEVER } from "../../protocol/time.ts";
import type { DeviceModel } from "../model/device.ts";
import { type FirmwareModel, type FirmwareTrouble, LARGEST_IMAGE, PULL_PROTOCOLS } from "../model/firmware.ts";
import {
  stepUpdate,
  type UpdateEvent,
  type UpdateFacts,
  type UpdateResult,
  type UpdateSituation,
  type UpdateStep,
} from "./firmware-machine.ts";
import type { FirmwareEffect } from "./types.ts";

/** What a device keeps of its firmware. */
export interface Firmware {
  readonly model: FirmwareModel;
  /** Which version of object 5 it has. That of LwM2M 1.2 differs from 1.1 in nothing that is done here. */
  readonly lwm2m: "1.0" | "1.1";
  situation: UpdateSituation;
  /** The version that runs. */
  version: string;
  /** What was downloaded; at States 2 and 3 alone. */
  image: Pick<FirmwareImage, "name" | "version"> | undefined;
  /** As last written. */
  uri: string;
  /** How the image comes, at State 1. */
  source: "push" | "pull" | undefined;
  /** Updates that have got to State 1. */
  attempts: number;
  /** The request of a download by CoAP. */
  request: OutgoingId | undefined;
  /** When the download, the wait for the next block, or the installation is over. */
  endsAt: Instant;
  /** It is off because it reboots into its new image. */
  installing: boolean;
}

/** `undefined` for a device without object 5. */
export function newFirmware({ firmware, lwm2m }: DeviceModel): Firmware | undefined {
  if (firmware === undefined) return undefined;
  return {
    model: firmware,
    lwm2m: lwm2m === "1.0" ? "1.0" : "1.1",
    situation: { state: 0, result: 0 },
    version: firmware.version,
    image: undefined,
    uri: "",
    source: undefined,
    attempts: 0,
    request: undefined,
    endsAt: NEVER,
    installing: false,
  };
}

/** Bytes of the largest image that a device takes. */
export const largestImageOf = ({ largestImage = LARGEST_IMAGE }: FirmwareModel): number => largestImage;

/** What an event led to, and what the driver is told of it. */
export interface UpdateHappening extends UpdateStep {
  /** None when the event changed nothing. */
  readonly effects: readonly FirmwareEffect[];
}

/**
 * Lets an event happen. Whatever was going on ends: the caller says what begins.
 *
 * @param cause what failed; of a written URI, why it cannot be used
 */
export function happen(firmware: Firmware, event: UpdateEvent, cause: UpdateResult = 0): UpdateHappening {
  const before = firmware.situation.state;
  const step = stepUpdate(firmware.situation, event, factsOf(firmware, cause));
  if (!step.taken) return { ...step, effects: [] };
  const { state, result } = step.situation;
  firmware.situation = step.situation;
  firmware.endsAt = NEVER;
  if (state === 1 && before !== 1) firmware.attempts += 1;
  if (state === 1) firmware.source = event === "uri-written" ? "pull" : "push";
  else firmware.source = undefined;
  if (state < 2) firmware.image = undefined;
  if (event === "reset") firmware.uri = "";
  return { ...step, effects: [{ kind: "firmware", event, state, result, version: firmware.version }] };
}

function factsOf({ model, lwm2m, source }: Firmware, cause: UpdateResult): UpdateFacts {
  return {
    version: lwm2m,
    cause,
    source,
    takesPackages: model.delivery !== "pull",
    refusesBadPackages: model.refusesBadPackages,
    updatesAtAnyState: model.defects.includes("updates-at-any-state"),
    forgetsImage: model.defects.includes("forgets-image"),
  };
}

const NO_TROUBLE: FirmwareTrouble = { kind: "none" };

/** What is wrong with the present attempt. */
export const troubleOf = ({ model, attempts }: Firmware): FirmwareTrouble => model.troubles[attempts - 1] ?? NO_TROUBLE;

const NOTHING: UpdateHappening = {
  situation: { state: 1, result: 0 },
  answer: "2.04",
  taken: false,
  effects: [],
};

/** All of a package is there: it is examined. A device that stays in Downloading never gets to that. */
export function finishDownload(firmware: Firmware, bytes: Uint8Array): UpdateHappening {
  const trouble = troubleOf(firmware);
  if (trouble.kind === "stays-downloading") {
    firmware.endsAt = NEVER;
    return NOTHING;
  }
  if (trouble.kind === "download-fails") return happen(firmware, "download-failed", trouble.result as UpdateResult);
  const image = readFirmwareImage(bytes);
  if (!image.ok) return happen(firmware, "download-failed", image.error === "foreign" ? 6 : 5);
  const { name, version } = image.value;
  const step = happen(firmware, "downloaded");
  firmware.image = { name, version };
  return step;
}

// ── Resources

const PKG_NAME = 6;
const PKG_VERSION = 7;
const PROTOCOL_SUPPORT = 8;
const BEFORE_1_0 = 4;

const CANCEL: ResourceRow = {
  id: 10,
  name: "cancel",
  operations: "E",
  multiple: false,
  mandatory: false,
  type: "none",
  spec: "since 1.1",
};

const ROWS = (objectRow(FIRMWARE_UPDATE)?.resources ?? []).filter(({ id }) => id !== BEFORE_1_0);

/** The resources that its object 5 has, in the order of their ids. */
export function firmwareRows({ lwm2m, model }: Firmware): readonly ResourceRow[] {
  const rows = pullNumbers(model).length === 0 ? ROWS.filter(({ id }) => id !== PROTOCOL_SUPPORT) : ROWS;
  return lwm2m === "1.0" ? rows : [...rows, CANCEL];
}

/** The value of a readable one. */
export function firmwareValue(firmware: Firmware, resource: number): ResourceValue {
  const { model, situation, image, uri } = firmware;
  switch (resource) {
    case 1:
      return uri;
    case 3:
      return situation.state;
    case 5:
      return situation.result;
    case PKG_NAME:
      return image?.name ?? "";
    case PKG_VERSION:
      return image?.version ?? "";
    case PROTOCOL_SUPPORT:
      return new Map(pullNumbers(model).map((number, at) => [at, number]));
    default:
      return { pull: 0, push: 1, both: 2 }[model.delivery];
  }
}

/** `/3/0/3`: the version that runs; or, of a device that is too early, the one that it is about to install. */
export function shownVersion(firmware: Firmware): string {
  const early = troubleOf(firmware).kind === "version-too-early" && firmware.situation.state === 3;
  return (early ? firmware.image?.version : undefined) ?? firmware.version;
}

const pullNumbers = ({ delivery, protocols }: FirmwareModel): readonly number[] =>
  delivery === "push"
    ? []
    : PULL_PROTOCOLS.filter(({ scheme }) => protocols.includes(scheme)).map(({ number }) => number);
