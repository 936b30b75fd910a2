/**
 * The decisions about firmware updates, each a function of its own: part of the rules of the reference server. Ids are those
 * of the requirements catalogue.
 *
 * Source: docs/semantics.md row 24; docs/ota.md.
 */
import type { DeviceOperation, MirrorChange } from "../device-operations.ts";
import type { DeviceTask, TaskError } from "../entities.ts";
import type { FirmwareImage } from "./images.ts";
import { type Event, type Next, nextOf, type State, type Step } from "./procedure.ts";
import { type Abilities, eventOf, type Offer, operationOf } from "./requests.ts";
import { isWaitingForUser } from "./turns.ts";

export interface FirmwareRules {
  /** O-01: whether an update fails at once, given that it begins now. */
  readonly refusesUpdate: (deviceTask: DeviceTask) => boolean;
  /** O-02: whether nothing may be sent before the user of the device has answered. */
  readonly waitsForUser: (deviceTask: DeviceTask) => boolean;
  /** O-02: the device tasks that a user's answer is for. */
  readonly answeredFor: (deviceTask: DeviceTask) => readonly DeviceTask[];
  /** O-02: the error of an update that was rejected; `undefined`: it goes on. */
  readonly errorOfRejection: TaskError | undefined;
  /** O-03: the request that a step is. */
  readonly firmwareOperation: (step: Step, image: FirmwareImage, offer: Offer | undefined) => DeviceOperation;
  /** O-04, O-05: what the answer to a step means; `undefined`: nothing. */
  readonly firmwareEvent: (
    step: Step,
    said: readonly MirrorChange[],
    version: string,
    isExecuted: boolean,
  ) => Event | undefined;
  /** O-03, O-04, O-05: what comes after it. */
  readonly firmwareNext: (step: Step, state: State | undefined, event: Event) => Next | undefined;
  /** O-06: what the device is taken to understand, given what it said. */
  readonly firmwareAbilities: (said: Abilities) => Abilities;
  /** O-06: how the image is offered, given what would be right. */
  readonly firmwareOffer: (offer: Offer) => Offer;
  /** O-05, O-07: what the answer to a step brings to the mirror. */
  readonly firmwareMirrored: (said: readonly MirrorChange[], step: Step) => readonly MirrorChange[];
  /** O-07: whether a device that works by itself is asked now and then. */
  readonly pollsFirmware: boolean;
}

export const FIRMWARE_RULES: FirmwareRules = {
  refusesUpdate: ({ device }) => device.registration === undefined,
  waitsForUser: isWaitingForUser,
  answeredFor: (deviceTask) => [deviceTask],
  errorOfRejection: { code: "4006", message: "Task rejected by the user" },
  firmwareOperation: operationOf,
  firmwareEvent: eventOf,
  firmwareNext: nextOf,
  firmwareAbilities: (said) => said,
  firmwareOffer: (offer) => offer,
  firmwareMirrored: (said) => said,
  pollsFirmware: true,
};
