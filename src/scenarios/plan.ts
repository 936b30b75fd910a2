/**
 * A plan: everything that one run does, as pure JSON. It replays without the generator that made it, on another
 * machine and in later versions. Times are milliseconds from the start of the plan.
 *
 * Operations name tasks by `ref`, a number of their own, and devices by their index modulo the size of the fleet, so
 * that any subset of operations, faults and devices is a valid plan again: an operation on a task that was never
 * created is skipped. Reading the state is an operation too (`poll`).
 */
import { z } from "zod";
import { Profile } from "../protocol/profile.ts";
import { TASK_TYPES } from "../protocol/task-api/states.ts";
import { Change, DeviceModel, Lwm2mVersion, OddRequest, RegisterDefect } from "../simulator/model/device.ts";
import { Fault } from "../simulator/model/fault.ts";
import { FirmwareUpload } from "./firmware-images.ts";

/** The format that this version writes and reads. */
export const PLAN_FORMAT_VERSION = 1;

const Milliseconds = z.number().int().min(0);
const at = { at: Milliseconds };
const device = { device: z.number().int().min(0) };
const task = { task: z.number().int().min(0) };
/**
 * Whose token the request carries; absent: the owner's of the device types; `nobody`: none at all. Skipped where the
 * profile does not say who owns them.
 */
const as = { as: z.enum(["stranger", "nobody"]).optional() };

export const Operation = z.discriminatedUnion("kind", [
  // ── by REST
  z.strictObject({
    ...at,
    kind: z.literal("create-task"),
    ...task,
    taskType: z.enum(TASK_TYPES),
    property: z.string().min(1),
    value: z.string().optional(),
    /** Indices of target devices, or `all` devices of the type. */
    devices: z.union([z.array(z.number().int().min(0)).min(1), z.literal("all")]),
    /** Index of the device type. */
    type: z.number().int().min(0).default(0),
    /** Seconds. */
    expiresAfter: z.number().int().min(1).optional(),
    /** When it is to begin, as `at`; in the past of the operation: at once. Absent: the same. */
    scheduledOn: Milliseconds.optional(),
    ...as,
  }),
  /** A firmware update; skipped where its image was not taken. */
  z.strictObject({
    ...at,
    kind: z.literal("create-update"),
    ...task,
    /** Index of the image; the device type is that of the image. */
    image: z.number().int().min(0),
    /** Indices of target devices, or `all` devices of the type. */
    devices: z.union([z.array(z.number().int().min(0)).min(1), z.literal("all")]),
    /** Each device's user is asked first. */
    needsAcceptance: z.literal(true).optional(),
    /** Seconds. */
    expiresAfter: z.number().int().min(1).optional(),
    /** As for other tasks. */
    scheduledOn: Milliseconds.optional(),
    ...as,
  }),
  /** What the user of a device says to an update that waits for it. */
  z.strictObject({
    ...at,
    kind: z.literal("answer-update"),
    ...task,
    ...device,
    answer: z.enum(["ACCEPTED", "REJECTED"]),
    ...as,
  }),
  /** Task, device task statuses of the task. */
  z.strictObject({ ...at, kind: z.literal("poll"), ...task, ...as }),
  /** History of the task, and of each of its devices. */
  z.strictObject({ ...at, kind: z.literal("poll-history"), ...task, ...as }),
  /** Properties of the device (the Device Mirror), with timestamps. */
  z.strictObject({ ...at, kind: z.literal("poll-mirror"), ...device }),
  z.strictObject({ ...at, kind: z.literal("cancel-task"), ...task, ...as }),
  z.strictObject({ ...at, kind: z.literal("cancel-device-task"), ...task, ...device, ...as }),
  /** PUT of the device type's `taskExpiresAfter`, seconds. */
  z.strictObject({
    ...at,
    kind: z.literal("configure-type"),
    type: z.number().int().min(0),
    taskExpiresAfter: z.number().int(),
  }),

  // ── by who runs the server
  /** Its process is killed, and started again from what is stored. Skipped where nobody can do that to the server. */
  z.strictObject({
    ...at,
    kind: z.literal("restart-server"),
    downFor: Milliseconds,
    /**
     * It dies in its next step that stores something, before that is stored or right after; at the latest a second
     * after `at`. Absent: at once.
     */
    dies: z.enum(["before-storing", "after-storing"]).optional(),
  }),

  // ── by the device
  /** Registers (again): a new Register, whatever the state. What it changes holds from now on. */
  z.strictObject({
    ...at,
    kind: z.literal("register"),
    ...device,
    ...Change,
    /** Seconds. */
    lifetime: z.number().int().min(1).optional(),
    lwm2m: Lwm2mVersion.optional(),
  }),
  z.strictObject({
    ...at,
    kind: z.literal("update"),
    ...device,
    /** Seconds. From now on the device's lifetime: said in this Update, and in later Registers. Absent: `lt` is left out. */
    lifetime: z.number().int().min(1).optional(),
    /** Told by its binding, and from LwM2M 1.1 on by a Register, since there only a Register can; its root by its objects. */
    ...Change,
  }),
  z.strictObject({ ...at, kind: z.literal("deregister"), ...device }),
  /** Loses all but its flash: registration, deduplication, exchanges. Registers again after `bootTime`. */
  z.strictObject({ ...at, kind: z.literal("reboot"), ...device }),
  /** Gets a new address (NAT rebinding). Says so by an Update when `update` is set. */
  z.strictObject({ ...at, kind: z.literal("change-address"), ...device, update: z.boolean() }),
  /** Sends an Update to a location that it had before its last Register; nothing when it never had one. */
  z.strictObject({ ...at, kind: z.literal("stale-update"), ...device }),
  /** Sends a Register that the server has to refuse, whatever the state; its own registration is not meant. */
  z.strictObject({ ...at, kind: z.literal("malformed-register"), ...device, defect: RegisterDefect }),
  /** Sends one of them; skipped where it needs a registration and has none. Its own registration is not meant. */
  z.strictObject({ ...at, kind: z.literal("odd-request"), ...device, form: OddRequest }),
  /** Sends a response that answers nothing: unknown token, or the token of the last exchange once more. */
  z.strictObject({
    ...at,
    kind: z.literal("stray-response"),
    ...device,
    token: z.enum(["unknown", "last"]),
    type: z.enum(["CON", "NON", "ACK"]),
    /** That of the last request that it got; skipped when there was none. Absent: one that nothing else has. */
    messageId: z.literal("asked").optional(),
    /** Absent: that of the last answer, or 2.05. */
    code: z
      .string()
      .regex(/^[245]\.\d\d$/)
      .optional(),
  }),
]);
export type Operation = z.infer<typeof Operation>;
export type OperationKind = Operation["kind"];
/** What makes a task. */
export type Creation = Extract<Operation, { kind: "create-task" | "create-update" }>;
export const isCreation = (operation: Operation): operation is Creation =>
  operation.kind === "create-task" || operation.kind === "create-update";
/** Somebody who does not own the device type: with a token of their own, or with none. */
export type Outsider = NonNullable<Extract<Operation, { kind: "poll" }>["as"]>;

export const DeviceTypeModel = z.strictObject({
  /** Seconds; absent: the device type has none. */
  taskExpiresAfter: z.number().int().min(1).optional(),
});

export const PlannedDevice = DeviceModel.extend({
  /** Index of the device type. */
  type: z.number().int().min(0).default(0),
  /** When the device is switched on and registers for the first time; absent: only when an operation says so. */
  registersAt: Milliseconds.optional(),
});
export type PlannedDevice = z.infer<typeof PlannedDevice>;

export const Plan = z.strictObject({
  formatVersion: z.literal(PLAN_FORMAT_VERSION),
  /** Unique within a campaign, and the stem of the names of devices: `queue-17`. */
  id: z.string().regex(/^[a-z0-9-]{1,48}$/),
  family: z.string(),
  /** Keys every random decision of the run: message ids, tokens, link faults, jitter. */
  simSeed: z.string().min(1).max(64),
  profile: Profile,
  deviceTypes: z.array(DeviceTypeModel).min(1),
  fleet: z.array(PlannedDevice).min(1),
  /** Uploaded after the devices were provisioned. Absent: none, and no operation creates an update. */
  images: z.array(FirmwareUpload).optional(),
  /** One-way latency of every link. */
  latency: Milliseconds,
  operations: z.array(Operation),
  faults: z.array(Fault),
  /** After this moment nothing is wrong any more: what is still pending must settle. */
  quietFrom: Milliseconds,
  /** When the run ends. */
  until: Milliseconds,
});
export type Plan = z.infer<typeof Plan>;

/** The server's process is killed in it, at least once. */
export const restartsServer = ({ operations }: Plan): boolean =>
  operations.some(({ kind }) => kind === "restart-server");
