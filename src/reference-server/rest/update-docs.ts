/** What a reader of the API is told about firmware images: answers as schemas, and the endpoints in words. */
import { z } from "zod";
import { count, paging, timestamp } from "./answer-schemas.ts";
import type { EndpointDocs } from "./endpoint-docs.ts";
import { UPDATES_QUERY, UPLOAD_QUERY, UpdateRequest } from "./update-handlers.ts";

const Update = z.strictObject({
  updateId: z.string(),
  dtid: z.string().describe("Device type."),
  version: z.string().describe("What the device reports as its firmware version once the image is installed."),
  name: z.string().optional(),
  size: count("Bytes."),
  checksum: z.string().describe("SHA-256 of the bytes, hex."),
  createdOn: timestamp("Upload"),
});

export const UpdateEnvelope = z.strictObject({ data: Update });
export const UpdateListEnvelope = z.strictObject({ ...paging, data: z.strictObject({ updates: z.array(Update) }) });

const UPDATE_ANSWER = { name: "UpdateEnvelope", schema: UpdateEnvelope, status: 200 } as const;

export const UPDATE_DOCS: Readonly<
  Record<"add-update" | "list-updates" | "get-update" | "delete-update" | "download-update", EndpointDocs>
> = {
  "add-update": {
    title: "Upload a firmware image",
    about:
      "For the devices of a device type; at most 16 MiB. The body is JSON with the image as base64, or the image itself, declared as `application/octet-stream`, with the other fields in the query.",
    query: UPLOAD_QUERY,
    body: {
      name: "UpdateRequest",
      schema: UpdateRequest,
      example: { dtid: "thermometer", version: "2.0", image: "ZmlybXdhcmU=" },
    },
    answer: { ...UPDATE_ANSWER, status: 201 },
    refusals: [400, 404],
  },
  "list-updates": {
    title: "List the firmware images of a device type",
    about: "A page of them.",
    query: UPDATES_QUERY,
    answer: { name: "UpdateListEnvelope", schema: UpdateListEnvelope, status: 200 },
    refusals: [400, 404],
  },
  "get-update": {
    title: "Read about a firmware image",
    about: "Not its bytes.",
    answer: UPDATE_ANSWER,
    refusals: [404],
  },
  "delete-update": {
    title: "Delete a firmware image",
    about: "Refused while a task that is not over uses it.",
    answer: UPDATE_ANSWER,
    refusals: [404, 409],
  },
  "download-update": {
    title: "Download a firmware image",
    about: "What a device is told to fetch. Needs no token: the last segment cannot be guessed.",
    answer: {
      name: "FirmwareImage",
      schema: z.string().describe("The bytes."),
      status: 200,
      mediaType: "application/octet-stream",
    },
    refusals: [404],
  },
};
