/**
 * What enters a task server by REST, as the reference server checks it. What comes out is in `responses.ts`.
 *
 * Known fields are checked strictly, unknown ones are dropped. What needs more than the body itself (does the device
 * exist, may the caller do this, what time is it) is not asked here.
 *
 * Source: the cloud's SDK models; docs/semantics.md rows 8, 22, 24, 27, 29.
 */
import { z } from "zod";
import { longest, SIZE_LIMITS } from "./size-limits.ts";
import { TASK_TYPES } from "./states.ts";

/** An inclusive range of seconds. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const INT32_MAX = 2_147_483_647;

/**
 * Makes each schema once: that takes longer than a hundred uses, and every simulated run has a server of its own.
 *
 * @param usual the bounds when none are given
 */
function oncePerBounds<B, S>(usual: B, make: (bounds: B) => S): (bounds?: B) => S {
  const made = new Map<string, S>();
  return (bounds = usual) => {
    const key = JSON.stringify(bounds);
    const known = made.get(key);
    if (known !== undefined) return known;
    const schema = make(bounds);
    made.set(key, schema);
    return schema;
  };
}

/**
 * An id that a caller chooses. Commas separate ids in queries, slashes in paths, and the device id is the endpoint
 * client name, which shares the 255 bytes of a Uri-Query option with `ep=`.
 */
const Id = z.string().regex(/^[^\s,/\p{Cc}\p{Cs}]{1,64}$/u, "Invalid id");

const text = (limit: number) => z.string().min(1).max(limit, longest(limit));

/** Whom a bearer token is made for. */
const UserName = z.string().min(1).max(64);

const within = (bounds: Bounds) =>
  z
    .int("Invalid number of seconds")
    .min(bounds.min, `Minimum value ${bounds.min}`)
    .max(bounds.max, `Maximum value ${bounds.max}`);

const taskParameters = (expiresAfter: Bounds) =>
  z.object({
    value: z
      .string()
      .max(SIZE_LIMITS.value, longest(SIZE_LIMITS.value))
      .optional()
      .describe("What is to be written: text, number, true or false as text; needed for W."),
    expiresAfter: within(expiresAfter).optional().describe("Seconds that the task is active."),
    scheduledOn: z.int().min(0).optional().describe("When the task begins, milliseconds since the Unix epoch."),
    update: z.object({ updateId: Id }).optional().describe("A firmware update."),
  });

/**
 * Body of POST /devicemgmt/tasks.
 *
 * @param expiresAfter seconds that a task may ask for. Source: docs/semantics.md row 8
 */
export const taskRequest = oncePerBounds({ min: 1, max: INT32_MAX } as Bounds, (expiresAfter) =>
  z
    .object({
      dtid: Id,
      dids: z
        .array(Id)
        .min(1, "At least one device id")
        .max(SIZE_LIMITS.dids, `At most ${SIZE_LIMITS.dids} device ids`)
        .optional()
        .describe("Devices; not together with filter."),
      filter: text(SIZE_LIMITS.filter)
        .optional()
        .describe("Pairs key=value, separated by commas, all of which must hold."),
      taskType: z
        .enum(TASK_TYPES)
        .optional()
        .describe("Read, Write or Execute; needed unless it is a firmware update."),
      property: text(SIZE_LIMITS.property)
        .optional()
        .describe(
          "deviceProperties.OBJECT, deviceProperties.OBJECT.NAME or serverProperties.NAME; needed like taskType.",
        ),
      taskParameters: taskParameters(expiresAfter).optional(),
      needsAcceptance: z.boolean().optional().describe("Whether the device's user is asked; firmware updates only."),
    })
    .check((context) => {
      for (const [path, message] of contradictions(context.value)) {
        context.issues.push({ code: "custom", path: [...path], message, input: context.value });
      }
    }),
);

/** The body of POST /devicemgmt/tasks. */
export const TaskRequest = taskRequest();
export type TaskRequest = z.infer<typeof TaskRequest>;

/** What single fields cannot show: rows 22 (targets), 24 (an update names no property) and 29 (W needs a value). */
function contradictions(request: TaskRequestFields): readonly (readonly [readonly string[], string])[] {
  const found: (readonly [readonly string[], string])[] = [];
  const parameters = request.taskParameters;
  if (request.dids !== undefined && request.filter !== undefined) {
    found.push([["filter"], "Give either dids or filter, not both"]);
  }
  if (parameters?.update !== undefined) {
    if (request.property !== undefined) found.push([["property"], "A firmware update names no property"]);
    return found;
  }
  if (request.taskType === undefined) found.push([["taskType"], "Required parameter"]);
  if (request.property === undefined) found.push([["property"], "Required parameter"]);
  if (request.taskType === "W" && parameters?.value === undefined) {
    found.push([["taskParameters", "value"], "Required parameter"]);
  }
  return found;
}

interface TaskRequestFields {
  readonly dids?: readonly string[] | undefined;
  readonly filter?: string | undefined;
  readonly taskType?: string | undefined;
  readonly property?: string | undefined;
  readonly taskParameters?: { readonly value?: string | undefined; readonly update?: unknown } | undefined;
}

/** Body of PUT /devicemgmt/tasks/{tid} and …/devices/{did}: cancelling is all that a caller may do to a status. */
export const TaskUpdateRequest = z.object({ status: z.literal("CANCELLED") });
export type TaskUpdateRequest = z.infer<typeof TaskUpdateRequest>;

/** Body of POST /devicemgmt/tasks/{tid}/devices/{did}/acceptance. */
export const AcceptanceRequest = z.object({ acceptanceStatus: z.enum(["ACCEPTED", "REJECTED"]) });
export type AcceptanceRequest = z.infer<typeof AcceptanceRequest>;

/** Seconds that a device type may be configured with. */
export interface DeviceTypeBounds {
  readonly pmin: Bounds;
  readonly pmax: Bounds;
  readonly taskExpiresAfter: Bounds;
}

/** The limits of the cloud, as its Swift SDK documents them. */
export const DEVICE_TYPE_BOUNDS: DeviceTypeBounds = {
  pmin: { min: 60, max: 3_600 },
  pmax: { min: 3_600, max: 86_400 },
  taskExpiresAfter: { min: 60, max: 604_800 },
};

const deviceTypeSettings = (bounds: DeviceTypeBounds) => ({
  devicePropertiesEnabled: z.boolean().optional().describe("Whether tasks may concern device properties."),
  pmin: within(bounds.pmin).optional().describe("Least time between notifications, seconds."),
  pmax: within(bounds.pmax).optional().describe("Greatest time between notifications, seconds."),
  taskExpiresAfter: within(bounds.taskExpiresAfter).optional().describe("Active period of its tasks, seconds."),
});

/** `pmax` is not below `pmin` where a body gives both; against what was configured before, the cloud's bounds see to it. */
const ordered = (body: { readonly pmin?: number | undefined; readonly pmax?: number | undefined }): boolean =>
  body.pmin === undefined || body.pmax === undefined || body.pmax >= body.pmin;
const NOT_ORDERED = { path: ["pmax"], message: "pmax must not be below pmin" };

/** Body of PUT /devicemgmt/devicetypes/{dtid}: fields left out stay as they are. */
export const deviceTypesInfoUpdate = oncePerBounds(DEVICE_TYPE_BOUNDS, (bounds) =>
  z.object(deviceTypeSettings(bounds)).refine(ordered, NOT_ORDERED),
);
export type DeviceTypesInfoUpdate = z.infer<ReturnType<typeof deviceTypesInfoUpdate>>;

/** Body of POST /v1.1/devicetypes. Source: docs/semantics.md row 27. */
export const deviceTypeRequest = oncePerBounds(DEVICE_TYPE_BOUNDS, (bounds) =>
  z
    .object({
      dtid: Id.optional(),
      name: text(SIZE_LIMITS.name),
      owner: text(SIZE_LIMITS.token).optional().describe("Bearer token of its owner."),
      user: UserName.optional().describe("User who owns it, by the tokens of kind user."),
      ...deviceTypeSettings(bounds),
    })
    .refine(ordered, NOT_ORDERED),
);
export type DeviceTypeRequest = z.infer<ReturnType<typeof deviceTypeRequest>>;

/**
 * Body of POST /devicemgmt/devices/{did}/serverproperties: names and JSON values as the device type's owner likes. How
 * much a device may have altogether is not asked here.
 */
export const ServerProperties = z.record(text(SIZE_LIMITS.property), z.json());
export type ServerProperties = z.infer<typeof ServerProperties>;

/** Body of POST /v1.1/devices. Source: docs/semantics.md row 27. */
export const DeviceRequest = z.object({
  did: Id.optional().describe("Device id, which is the endpoint client name too."),
  dtid: Id.describe("Device type."),
  name: text(SIZE_LIMITS.name).optional(),
  token: text(SIZE_LIMITS.token).optional().describe("Token of the device."),
  serverProperties: ServerProperties.optional(),
});
export type DeviceRequest = z.infer<typeof DeviceRequest>;

/** Body of POST /v1.1/tokens: for whom the bearer token is. */
export const TokenRequest = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("user"), user: UserName.describe("Owns the device types that name this user.") }),
  z.object({ kind: z.literal("device"), did: Id.describe("The device whose record it opens.") }),
  z.object({ kind: z.literal("application"), dtid: Id.describe("The device type whose tasks it may handle.") }),
]);
export type TokenRequest = z.infer<typeof TokenRequest>;

/** The first thing wrong with a body, for an error envelope. `field` is dotted; `body` when it is the body itself. */
export function firstIssue(error: z.ZodError): { readonly field: string; readonly message: string } {
  const issue = error.issues[0];
  if (issue === undefined) return { field: "body", message: "Invalid body" };
  return { field: issue.path.length === 0 ? "body" : issue.path.map(String).join("."), message: issue.message };
}
