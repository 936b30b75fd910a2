/**
 * How a firmware image stands in the store: one record about it, and its bytes in records of a bounded size each.
 *
 * A store reads and writes whole records as text, so that an image in one piece would be held several times over.
 */
import { z } from "zod";
import { toBase64 } from "../../protocol/lwm2m/content.ts";
import type { StoredRecord } from "../../protocol/server-port.ts";
import type { DeviceType } from "../entities.ts";
import type { FirmwareImage } from "./images.ts";

/** Bytes of an image in one record. */
export const CHUNK_SIZE = 256 * 1024;

export const UpdateRecord = z.object({
  updateId: z.string(),
  dtid: z.string(),
  version: z.string(),
  name: z.string().optional(),
  checksum: z.string(),
  file: z.string(),
  size: z.int().min(0),
  createdOn: z.number(),
});

/** Base64. */
export const UpdateChunkRecord = z.object({ bytes: z.string() });

/** Key: update id. */
export const imageRecord = ({ updateId, type, version, name, checksum, file, bytes, createdOn }: FirmwareImage) => {
  const record = { updateId, dtid: type.dtid, version, checksum, file, size: bytes.length, createdOn };
  return name === undefined ? record : { ...record, name };
};

/** Key of a chunk: update id and position. */
export const imageChunkKey = ({ updateId }: { readonly updateId: string }, position: number): string =>
  `${updateId}/${position}`;

/** The bytes of an image as records, in their order. */
export const imageChunks = ({ bytes }: { readonly bytes: Uint8Array }) =>
  Array.from({ length: Math.ceil(bytes.length / CHUNK_SIZE) }, (_, position) => ({
    bytes: toBase64(bytes.subarray(position * CHUNK_SIZE, (position + 1) * CHUNK_SIZE)),
  }));

/**
 * The images in a store, in the order in which they were stored.
 *
 * @throws Error when bytes of one are missing
 */
export function storedImages(
  records: readonly StoredRecord[],
  chunks: readonly StoredRecord[],
  deviceTypes: ReadonlyMap<string, DeviceType>,
): readonly FirmwareImage[] {
  const chunkAt = new Map(chunks.map(({ key, value }) => [key, value]));
  return records.flatMap(({ value }) => {
    const { dtid, size, name, ...record } = UpdateRecord.parse(value);
    const type = deviceTypes.get(dtid);
    if (type === undefined) return [];
    const bytes = new Uint8Array(size);
    for (let position = 0; position * CHUNK_SIZE < size; position += 1) {
      const chunk = UpdateChunkRecord.parse(chunkAt.get(imageChunkKey(record, position)));
      bytes.set(Buffer.from(chunk.bytes, "base64"), position * CHUNK_SIZE);
    }
    return [{ ...record, name, type, bytes }];
  });
}
