/**
 * The firmware images of a plan: what they are, and their bytes. The bytes follow from the plan alone, so that a plan
 * stays small and a run of it the same everywhere.
 */
import { z } from "zod";
import { buildFirmwareImage } from "../protocol/lwm2m/firmware-image.ts";

const Word = z.string().regex(/^[A-Za-z0-9._+-]{1,64}$/);

/** An image that is uploaded before the plan begins. */
export const FirmwareUpload = z.strictObject({
  /** Index of the device type that it is for. */
  type: z.number().int().min(0).default(0),
  /** What a device shows in `/3/0/3` once it runs the image. */
  version: Word,
  /** Bytes of the payload; the image has at most 200 more. */
  size: z.number().int().min(1).max(65_536),
});
export type FirmwareUpload = z.infer<typeof FirmwareUpload>;

/** The name that every image of a plan has. */
export const IMAGE_NAME = "fleetproof-plan";

/** The bytes of an image, as they are uploaded and as a device has to get them. No two bytes in a row of the payload are alike. */
export const imageBytes = ({ version, size }: FirmwareUpload): Uint8Array =>
  buildFirmwareImage({
    name: IMAGE_NAME,
    version,
    payload: Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 0xff),
  });
