/**
 * Firmware images: uploaded, kept, found again. The bytes are anything; what they mean is between owner and device.
 *
 * An image belongs to a device type and never changes. A device gets it under an address of its own that nobody can
 * guess, since a download carries no token.
 *
 * Source: docs/semantics.md row 24; docs/ota.md.
 */
import { sha256 } from "../../platform/hash.ts";
import { type Instant, toUnixMillis } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import type { DeviceType } from "../entities.ts";
import { TABLES } from "../records.ts";
import { imageChunkKey, imageChunks, imageRecord } from "./image-records.ts";

/** The largest image, in bytes. */
export const LARGEST_IMAGE = 16 * 1024 * 1024;

/** Bytes of all images together: they are in memory. */
export const MOST_IMAGE_BYTES = 256 * 1024 * 1024;

export interface FirmwareImage {
  readonly updateId: string;
  readonly type: DeviceType;
  /** What `/3/0/3` says once it is installed. */
  readonly version: string;
  readonly name: string | undefined;
  /** SHA-256 of the bytes, lower-case hex. */
  readonly checksum: string;
  /** 32 hex digits: the last segment of the addresses from which it can be downloaded. */
  readonly file: string;
  readonly createdOn: number;
  readonly bytes: Uint8Array;
}

/** An image as its owner gives it, checked. */
export interface ImageDraft {
  readonly type: DeviceType;
  readonly version: string;
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
}

export interface ImageTable {
  /** Of all images. */
  readonly bytes: number;
  /** In the order of their upload. */
  ofType(type: DeviceType): readonly FirmwareImage[];
  get(updateId: string): FirmwareImage | undefined;
  /** By the last segment of its address. */
  at(file: string): FirmwareImage | undefined;
  /** A new one, or one read back from the store. */
  add(image: FirmwareImage): void;
  delete(image: FirmwareImage): void;
}

export function createImageTable(): ImageTable {
  const byId = new Map<string, FirmwareImage>();
  const byFile = new Map<string, FirmwareImage>();
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    ofType: (type) => [...byId.values()].filter((image) => image.type === type),
    get: (updateId) => byId.get(updateId),
    at: (file) => byFile.get(file),
    add(image) {
      byId.set(image.updateId, image);
      byFile.set(image.file, image);
      bytes += image.bytes.length;
    },
    delete(image) {
      byId.delete(image.updateId);
      byFile.delete(image.file);
      bytes -= image.bytes.length;
    },
  };
}

/** Keeps an image, and stores it. */
export function addImage(context: Context, draft: ImageDraft, now: Instant): FirmwareImage {
  const { images, identifiers, outbox } = context;
  const image: FirmwareImage = {
    ...draft,
    updateId: identifiers.next("update", (id) => images.get(id) !== undefined),
    file: identifiers.next("update-file", (id) => images.at(id) !== undefined),
    checksum: sha256(draft.bytes),
    createdOn: toUnixMillis(now),
  };
  images.add(image);
  outbox.store(TABLES.update, image.updateId, () => imageRecord(image));
  imageChunks(image).forEach((chunk, position) => {
    outbox.store(TABLES.updateChunk, imageChunkKey(image, position), () => chunk);
  });
  return image;
}

/** Forgets an image and what is stored of it. */
export function deleteImage(context: Context, image: FirmwareImage): void {
  context.images.delete(image);
  context.outbox.remove(TABLES.update, image.updateId);
  imageChunks(image).forEach((_, position) => {
    context.outbox.remove(TABLES.updateChunk, imageChunkKey(image, position));
  });
}

/** Whether a task that is not over hands it out. */
export const isInUse = (context: Context, { type, updateId }: FirmwareImage): boolean =>
  context.tasks
    .ofType(type)
    .some(
      ({ operation, tally, status }) =>
        operation.kind === "firmware-update" &&
        operation.updateId === updateId &&
        (status === "SCHEDULED" || tally.QUEUED + tally.REQUESTED + tally.PROCESSING + tally.CANCEL_REQUESTED > 0),
    );
