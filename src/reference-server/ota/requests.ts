/**
 * The steps of a firmware update as operations on the device, and what the values that it answers mean for the table.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (object 5) and E.4 (3/0/3); docs/semantics.md row 24.
 */
import { OPAQUE, TEXT } from "../../protocol/lwm2m/content.ts";
import { encodeUtf8 } from "../../protocol/lwm2m/scalar.ts";
import type { LwM2mPath } from "../../protocol/lwm2m/value.ts";
import { err, ok, type Result } from "../../protocol/result.ts";
import type { TaskType } from "../../protocol/task-api/states.ts";
import type { DeviceOperation, MirrorChange } from "../device-operations.ts";
import { uriFor } from "./downloads.ts";
import type { FirmwareImage } from "./images.ts";
import { type Event, STATES, type State, type Step } from "./procedure.ts";
import type { Delivery, FirmwareSettings } from "./settings.ts";

const OBJECT: LwM2mPath = [5, 0];
const PACKAGE: LwM2mPath = [5, 0, 0];
const PACKAGE_URI: LwM2mPath = [5, 0, 1];
const UPDATE: LwM2mPath = [5, 0, 2];
const STATE: LwM2mPath = [5, 0, 3];
const RESULT: LwM2mPath = [5, 0, 5];
const VERSION: LwM2mPath = [3, 0, 3];

/** A Package of one zero byte resets. Object 5, resource 0. */
const NO_PACKAGE = new Uint8Array(1);

/** How the image comes to the device. */
export type Offer = { readonly kind: "push" } | { readonly kind: "pull"; readonly uri: string };

/** What a device said about itself: values of /5/0/9 and /5/0/8, where it has them. */
export interface Abilities {
  readonly deliveryMethod: number | undefined;
  readonly protocols: readonly number[] | undefined;
}

/** Values of /5/0/9. */
const DELIVERIES: readonly (readonly Delivery[])[] = [["pull"], ["push"], ["pull", "push"]];

/** The way for this device; a sentence when there is none. */
export function chooseOffer(
  image: FirmwareImage,
  { deliveryMethod, protocols }: Abilities,
  { delivery, locations }: FirmwareSettings,
): Result<Offer, string> {
  const possible = DELIVERIES[deliveryMethod ?? 2] ?? [];
  const uri = possible.includes("pull") ? uriFor(image, locations(), protocols) : undefined;
  const pull = uri === undefined ? undefined : ({ kind: "pull", uri } as const);
  const push = possible.includes("push") ? ({ kind: "push" } as const) : undefined;
  const chosen = delivery === "push" ? (push ?? pull) : (pull ?? push);
  if (chosen !== undefined) return ok(chosen);
  return err(
    possible.length === 0
      ? `the device names delivery method ${deliveryMethod}`
      : "the device downloads by itself, but by no protocol under which this server can be reached",
  );
}

const read = (path: LwM2mPath): DeviceOperation => ({ kind: "read", path });
const write = (path: LwM2mPath, format: number, payload: Uint8Array): DeviceOperation => ({
  kind: "write",
  path,
  format,
  payload,
  written: [],
});

/** @param offer needed by `reset` and `offer`, which come after the survey */
export function operationOf(step: Step, image: FirmwareImage, offer: Offer | undefined): DeviceOperation {
  const isPush = offer === undefined || offer.kind === "push";
  switch (step) {
    case "survey":
      return read(OBJECT);
    case "reset":
      return isPush ? write(PACKAGE, OPAQUE, NO_PACKAGE) : write(PACKAGE_URI, TEXT, encodeUtf8(""));
    case "offer":
      return isPush ? write(PACKAGE, OPAQUE, image.bytes) : write(PACKAGE_URI, TEXT, encodeUtf8(offer.uri));
    case "state":
    case "again":
    case "installed-state":
      return read(STATE);
    case "result":
    case "installed-result":
      return read(RESULT);
    case "execute":
      return { kind: "execute", path: UPDATE };
    case "version":
      return read(VERSION);
  }
}

/** What a step asks, in the words of tasks: which code is a success hangs on it. */
export const taskTypeOf = ({ kind }: DeviceOperation): TaskType =>
  kind === "read" ? "R" : kind === "execute" ? "E" : "W";

const FIRMWARE = "firmwareUpdate";
const saidAbout = (said: readonly MirrorChange[], name: string): unknown =>
  said.find((change) => change.name === name)?.value;

/** What the device said about the State; `undefined`: nothing that is one. */
export function stateIn(said: readonly MirrorChange[]): State | undefined {
  const value = saidAbout(said, `${FIRMWARE}.state`);
  return typeof value === "number" ? STATES[value] : undefined;
}

/** The Update Result; `undefined`: nothing that is one. */
export function resultIn(said: readonly MirrorChange[]): number | undefined {
  const value = saidAbout(said, `${FIRMWARE}.updateResult`);
  return typeof value === "number" && value >= 0 ? value : undefined;
}

export const versionIn = (said: readonly MirrorChange[]): unknown => saidAbout(said, "device.firmwareVersion");

/** Absent resources are `undefined`, which has a meaning of its own. */
export function abilitiesIn(said: readonly MirrorChange[]): Abilities {
  const deliveryMethod = saidAbout(said, `${FIRMWARE}.deliveryMethod`);
  const protocols = saidAbout(said, `${FIRMWARE}.protocolSupport`);
  return {
    deliveryMethod: typeof deliveryMethod === "number" ? deliveryMethod : undefined,
    protocols: Array.isArray(protocols) ? protocols.filter((value) => typeof value === "number") : undefined,
  };
}

/**
 * What the answer to a step means; `undefined`: it has not what was asked for.
 *
 * @param version of the image
 * @param isExecuted whether an Execute of this image has left
 */
export function eventOf(
  step: Step,
  said: readonly MirrorChange[],
  version: string,
  isExecuted: boolean,
): Event | undefined {
  switch (step) {
    case "reset":
    case "offer":
    case "execute":
      return "changed";
    case "survey":
    case "state":
    case "again":
    case "installed-state":
      return stateIn(said);
    case "result":
      return resultEvent(resultIn(said), isExecuted);
    case "installed-result":
      return resultEvent(resultIn(said), true);
    case "version":
      return versionIn(said) === version ? "expected" : "unexpected";
  }
}

const INITIAL = 0;
const SUCCESS = 1;
const DEFERRED = 11;

function resultEvent(result: number | undefined, isExecuted: boolean): Event | undefined {
  if (result === undefined) return undefined;
  if (result === INITIAL) return "initial";
  if (result === SUCCESS) return isExecuted ? "success" : "stale";
  return result === DEFERRED ? "deferred" : "failure";
}
