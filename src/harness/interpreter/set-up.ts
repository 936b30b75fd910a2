/**
 * What a plan needs on the server before it begins: device types, devices, and firmware images.
 *
 * A server that refuses a device type or a device cannot be tested with the plan. One that refuses an image can: the
 * plan then does without its updates.
 */

import { IMAGE_NAME, imageBytes } from "../../scenarios/firmware-images.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { RestPurpose } from "../history/history.ts";
import type { Tokens } from "./rest-requests.ts";
import type { RunNames } from "./run-names.ts";

/** A POST. */
export interface SetUpRequest {
  readonly purpose: RestPurpose;
  readonly path: readonly string[];
  readonly body: unknown;
}

/** In the order in which they have to be made. */
export function setUpRequests(plan: Plan, names: RunNames, { owner }: Tokens): readonly SetUpRequest[] {
  const owned = owner === undefined ? {} : { owner };
  const types = plan.deviceTypes.map((type, index) => ({
    purpose: PROVISIONING,
    path: ["devicetypes"],
    body: {
      dtid: names.deviceTypes[index],
      name: names.deviceTypes[index],
      devicePropertiesEnabled: true,
      ...owned,
      ...type,
    },
  }));
  const devices = plan.fleet.map((device, index) => ({
    purpose: PROVISIONING,
    path: ["devices"],
    body: {
      did: names.devices[index],
      dtid: names.deviceTypes[device.type % plan.deviceTypes.length],
      name: names.devices[index],
    },
  }));
  return [...types, ...devices, ...uploads(plan, names)];
}

const PROVISIONING: RestPurpose = { kind: "set-up" };

const uploads = ({ images = [], deviceTypes }: Plan, names: RunNames): readonly SetUpRequest[] =>
  images.map((upload, image) => ({
    purpose: { kind: "upload-image", image },
    path: ["updates"],
    body: {
      dtid: names.deviceTypes[upload.type % deviceTypes.length],
      version: upload.version,
      name: IMAGE_NAME,
      image: Buffer.from(imageBytes(upload)).toString("base64"),
    },
  }));
