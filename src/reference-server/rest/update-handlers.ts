/**
 * Firmware images by REST: upload, list, read, delete, and the download for devices.
 *
 * Source: docs/semantics.md rows 24, 29, 30; docs/ota.md.
 */
import { z } from "zod";
import { err, ok, type Result } from "../../protocol/result.ts";
import type { Context } from "../context.ts";
import { limitReached } from "../engine-limits.ts";
import { addImage, deleteImage, type FirmwareImage, isInUse, LARGEST_IMAGE, MOST_IMAGE_BYTES } from "../ota/images.ts";
import type { Access } from "./access.ts";
import {
  type Answer,
  answer,
  type Call,
  conflict,
  data,
  forbidden,
  type Handler,
  invalid,
  notFound,
  tooLarge,
} from "./answer.ts";
import { imageModel } from "./models.ts";
import { pageOf } from "./paging.ts";
import { DTID, PAGING, readQuery, SORTING } from "./query.ts";
import type { Handlers } from "./router.ts";
import { parseBody } from "./validation.ts";

const Word = z.string().min(1, "Required parameter").max(255, "Maximum length 255");

/** Body of POST /updates, when it is JSON. */
export const UpdateRequest = z.object({
  dtid: Word.describe("Device type."),
  version: Word.describe("What the device reports as its firmware version once the image is installed."),
  name: Word.optional(),
  image: z.base64("Not base64").min(1, "Required parameter").describe("The bytes, as base64."),
});

const textOf = (about: string) => ({ about, schema: Word, read: (text: string): unknown => text }) as const;

/** Metadata of POST /updates, when its body is the image itself. */
export const UPLOAD_QUERY = {
  dtid: textOf("Device type; needed when the body is the image itself, as are the others."),
  version: textOf("What the device reports as its firmware version once the image is installed."),
  name: textOf("A name for people."),
} as const;

export const UPDATES_QUERY = { dtid: DTID, ...PAGING, ...SORTING } as const;

export type UpdateHandlers = Pick<
  Handlers,
  "add-update" | "list-updates" | "get-update" | "delete-update" | "download-update"
>;

interface Upload {
  readonly dtid: string;
  readonly version: string;
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
}

export function createUpdateHandlers(context: Context, access: Access): UpdateHandlers {
  /** For paths with `:updateId`. */
  const withImage =
    (handle: (image: FirmwareImage, call: Call) => Answer): Handler =>
    (call) => {
      const image = context.images.get(call.parameters.updateId ?? "");
      if (image === undefined) return notFound();
      return access.mayUse(image.type, call) ? handle(image, call) : forbidden();
    };

  return {
    "add-update": (call) => {
      const upload = readUpload(call);
      if (!upload.ok) return upload.error;
      const { dtid, ...draft } = upload.value;
      return access.ofType(dtid, call, (type) => {
        if (draft.bytes.length > LARGEST_IMAGE) return tooLarge(`An image may have ${LARGEST_IMAGE} bytes`);
        if (context.images.bytes + draft.bytes.length > MOST_IMAGE_BYTES) {
          return limitReached("bytes of firmware images", MOST_IMAGE_BYTES);
        }
        return answer(201, { data: imageModel(addImage(context, { ...draft, type }, call.now)) });
      });
    },
    "list-updates": (call) => {
      const wanted = readQuery(UPDATES_QUERY, call.request.query);
      if (!wanted.ok) return wanted.error;
      return access.ofType(wanted.value.dtid, call, (type) => {
        const { items, ...numbers } = pageOf(context.images.ofType(type), wanted.value);
        return answer(200, { ...numbers, data: { updates: items.map(imageModel) } });
      });
    },
    "get-update": withImage((image) => data(imageModel(image))),
    "delete-update": withImage((image) => {
      if (isInUse(context, image)) return conflict("updateId", "is used by a task that is not over");
      deleteImage(context, image);
      return data(imageModel(image));
    }),
    "download-update": ({ parameters }) => {
      const image = context.images.at(parameters.file ?? "");
      return image === undefined
        ? notFound()
        : answer(200, image.bytes, { "Content-Type": "application/octet-stream" });
    },
  };
}

function readUpload({ request: { body, query } }: Call): Result<Upload, Answer> {
  if (body instanceof Uint8Array) {
    const { dtid, version, name } = query;
    const fields = parseBody(UpdateRequest.omit({ image: true }), { dtid, version, name });
    return fields.ok ? ok({ ...fields.value, name: fields.value.name, bytes: body }) : fields;
  }
  if (body === undefined) return err(invalid("body", "Give the image"));
  const fields = parseBody(UpdateRequest, body);
  if (!fields.ok) return fields;
  const { image, name, ...rest } = fields.value;
  return ok({ ...rest, name, bytes: new Uint8Array(Buffer.from(image, "base64")) });
}
