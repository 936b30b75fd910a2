/**
 * The firmware images of a workload: which there are, and how they get to the server before the first task.
 *
 * An image is what the workload file says about it: its version and its size. Its bytes follow from these two.
 */
import { HarnessError } from "../../platform/errors.ts";
import { type FirmwareUpload, IMAGE_NAME, imageBytes } from "../../scenarios/firmware-images.ts";
import { uploadedImageId } from "../interpreter/rest-requests.ts";
import type { RestClient } from "../live/rest-client.ts";
import { post } from "./provision.ts";
import type { Workload, WorkloadRow } from "./workload.ts";

type FirmwareRow = Extract<WorkloadRow, { readonly operation: "firmware" }>;

const isFirmware = (row: WorkloadRow): row is FirmwareRow => row.operation === "firmware";
const isSame = (one: FirmwareUpload, { version, size }: FirmwareRow): boolean =>
  one.version === version && one.size === size;

/** In the order of the file, each once. */
export function imagesOf({ tasks }: Pick<Workload, "tasks">): readonly FirmwareUpload[] {
  const images: FirmwareUpload[] = [];
  for (const row of tasks.filter(isFirmware)) {
    if (!images.some((image) => isSame(image, row))) images.push({ type: 0, version: row.version, size: row.size });
  }
  return images;
}

/** Place of the image of a row among those of the workload; `undefined`: the row is about none. */
export function imageOf(row: WorkloadRow, images: readonly FirmwareUpload[]): number | undefined {
  return isFirmware(row) ? images.findIndex((image) => isSame(image, row)) : undefined;
}

/**
 * Uploads them, one after the other.
 *
 * @returns their ids on the server
 * @throws HarnessError `target-not-usable`: one is refused, not answered, or answered without an id
 */
export async function uploadImages(
  http: RestClient,
  deviceType: string,
  images: readonly FirmwareUpload[],
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const image of images) {
    const bytes = Buffer.from(imageBytes(image)).toString("base64");
    const body = { dtid: deviceType, version: image.version, name: IMAGE_NAME, image: bytes };
    const id = uploadedImageId(await post(http, ["updates"], body));
    if (id === undefined) {
      const what = `the firmware image of version ${image.version}`;
      throw new HarnessError("target-not-usable", `POST /updates answered ${what} without data.updateId`);
    }
    ids.push(id);
  }
  return ids;
}
