/**
 * The schema of a history on disk: what a line may hold. Bytes are hex there and become bytes here.
 *
 * The types stand in history.ts. Each shape names every field of its type, so that a field added there and forgotten
 * here does not compile.
 */
import { z } from "zod";
import { UPDATE_EVENTS } from "../../simulator/device/firmware-machine.ts";
import type {
  DeliveryEvent,
  DeviceEvent,
  DownlinkEvent,
  DownloadEvent,
  EffectEvent,
  FirmwareEvent,
  HistoryEvent,
  HistoryHeader,
  MarkEvent,
  RestAnswerEvent,
  RestFailureEvent,
  RestPurpose,
  RestRequestEvent,
  ServerEvent,
  UnreachableEvent,
  UplinkEvent,
} from "./history.ts";

export const HISTORY_FORMAT_VERSION = 1;

type Shape<T> = Record<keyof T, z.ZodType>;

const Index = z.number().int().min(0);
/** Microseconds from the start of the run. */
const Time = z.number().int();

const Bytes = z
  .string()
  .regex(/^(?:[0-9a-f]{2})*$/, "must be hex digits, two for a byte")
  .transform((hex): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex")));

const base = { at: Time, earliest: z.exactOptional(Time) };

const Uplink = z.strictObject({
  ...base,
  kind: z.literal("uplink"),
  device: Index,
  address: z.string(),
  bytes: Bytes,
  sentAt: Time,
  lost: z.exactOptional(z.literal(true)),
  copy: z.exactOptional(z.literal(true)),
} satisfies Shape<UplinkEvent>);

const Downlink = z.strictObject({
  ...base,
  kind: z.literal("downlink"),
  device: z.exactOptional(Index),
  address: z.string(),
  bytes: Bytes,
  arrivals: z.array(Time),
} satisfies Shape<DownlinkEvent>);

const Unreachable = z.strictObject({
  ...base,
  kind: z.literal("unreachable"),
  device: Index,
  address: z.string(),
} satisfies Shape<UnreachableEvent>);

const Delivery = z.strictObject({
  ...base,
  kind: z.literal("delivery"),
  device: Index,
  bytes: Bytes,
} satisfies Shape<DeliveryEvent>);

const Effect = z.strictObject({
  ...base,
  kind: z.literal("effect"),
  device: Index,
  effect: z.enum(["read", "written", "executed"]),
  path: z.string(),
  value: z.unknown().optional(),
  messageId: z.number().int().min(0).max(65_535),
  token: z.string(),
} satisfies Shape<EffectEvent>);

const Device = z.strictObject({
  ...base,
  kind: z.literal("device"),
  device: Index,
  event: z.enum(["offline", "online", "asleep", "awake", "reboot", "boot", "address"]),
  address: z.exactOptional(z.string()),
} satisfies Shape<DeviceEvent>);

const Firmware = z.strictObject({
  ...base,
  kind: z.literal("firmware"),
  device: Index,
  event: z.enum(UPDATE_EVENTS),
  state: Index,
  result: Index,
  version: z.string(),
} satisfies Shape<FirmwareEvent>);

const Download = z.strictObject({
  ...base,
  kind: z.literal("download"),
  device: Index,
  url: z.string(),
  result: Index,
} satisfies Shape<DownloadEvent>);

/** The fields of the purpose that has this kind, alone or among others. */
type PurposeFields<Kind, Purposes = RestPurpose> = Purposes extends { readonly kind: infer Kinds }
  ? Kind extends Kinds
    ? keyof Purposes
    : never
  : never;
type PurposeShape<Kind> = Record<PurposeFields<Kind>, z.ZodType>;

const as = { as: z.exactOptional(z.enum(["stranger", "nobody"])) };

const Purpose = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("create-task"),
    task: Index,
    devices: z.array(Index),
    image: z.exactOptional(Index),
    ...as,
  } satisfies PurposeShape<"create-task">),
  z.strictObject({
    kind: z.enum(["poll-task", "poll-statuses", "cancel-task"]),
    task: Index,
    ...as,
  } satisfies PurposeShape<"poll-task" | "poll-statuses" | "cancel-task">),
  z.strictObject({
    kind: z.literal("poll-history"),
    task: Index,
    device: z.exactOptional(Index),
    ...as,
  } satisfies PurposeShape<"poll-history">),
  z.strictObject({
    kind: z.literal("cancel-device-task"),
    task: Index,
    device: Index,
    ...as,
  } satisfies PurposeShape<"cancel-device-task">),
  z.strictObject({ kind: z.literal("poll-mirror"), device: Index } satisfies PurposeShape<"poll-mirror">),
  z.strictObject({ kind: z.literal("configure-type"), type: Index } satisfies PurposeShape<"configure-type">),
  z.strictObject({
    kind: z.literal("answer-update"),
    task: Index,
    device: Index,
    answer: z.enum(["ACCEPTED", "REJECTED"]),
    ...as,
  } satisfies PurposeShape<"answer-update">),
  z.strictObject({
    kind: z.literal("upload-image"),
    image: Index,
  } satisfies PurposeShape<"upload-image">),
  z.strictObject({ kind: z.literal("set-up") } satisfies PurposeShape<"set-up">),
]) satisfies z.ZodType<RestPurpose>;

const Request = z.strictObject({
  method: z.string(),
  path: z.array(z.string()),
  query: z.record(z.string(), z.string()),
  token: z.string().optional(),
  anonymous: z.literal(true).optional(),
  body: z.unknown().optional(),
} satisfies Shape<RestRequestEvent["request"]>);

const Response = z
  .strictObject({
    status: z.number().int(),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.unknown().optional(),
  } satisfies Shape<RestAnswerEvent["response"]>)
  // JSON leaves out a body that is undefined; the type has it always.
  .transform((response) => ({ ...response, body: response.body }));

const RestRequest = z.strictObject({
  ...base,
  kind: z.literal("rest-request"),
  ticket: Index,
  request: Request,
  purpose: z.exactOptional(Purpose),
} satisfies Shape<RestRequestEvent>);

const RestAnswer = z.strictObject({
  ...base,
  kind: z.literal("rest-answer"),
  ticket: Index,
  response: Response,
} satisfies Shape<RestAnswerEvent>);

const RestFailure = z.strictObject({
  ...base,
  kind: z.literal("rest-failure"),
  ticket: Index,
  reason: z.string(),
} satisfies Shape<RestFailureEvent>);

const Server = z.strictObject({
  ...base,
  kind: z.literal("server"),
  event: z.enum(["down", "up"]),
} satisfies Shape<ServerEvent>);

const Mark = z.strictObject({
  ...base,
  kind: z.literal("mark"),
  mark: z.enum(["start", "quiet", "end", "cut-off"]),
  reason: z.exactOptional(z.string()),
} satisfies Shape<MarkEvent>);

const EVENTS = [
  Uplink,
  Downlink,
  Unreachable,
  Delivery,
  Effect,
  Device,
  Firmware,
  Download,
  RestRequest,
  RestAnswer,
  RestFailure,
  Server,
  Mark,
] as const;

/** One line after the first. */
export const HistoryEventLine: z.ZodType<HistoryEvent> = z.discriminatedUnion("kind", EVENTS, {
  error: `expected one of ${EVENTS.map(({ shape }) => shape.kind.value).join(", ")}`,
});

/** The first line. */
export const HistoryHeaderLine: z.ZodType<HistoryHeader> = z.strictObject({
  formatVersion: z.literal(HISTORY_FORMAT_VERSION),
  plan: z.string(),
  mode: z.enum(["sim", "live"]),
  startedAt: z.number(),
  devices: z.array(z.string()),
  deviceTypes: z.array(z.string()),
} satisfies Shape<HistoryHeader>);
