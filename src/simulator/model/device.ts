/**
 * What a virtual device is, as data: how it registers, how long it sleeps, how it answers. Part of a plan.
 */
import { z } from "zod";
import { FirmwareModel } from "./firmware.ts";

const Milliseconds = z.number().int().min(0);

/** RFC 7959 §2.2 */
const BlockSize = z.literal([16, 32, 64, 128, 256, 512, 1_024]);

/** What a device may say in `lwm2m` of its Register. */
export const Lwm2mVersion = z.enum(["1.0", "1.1", "1.2"]);
export type Lwm2mVersion = z.infer<typeof Lwm2mVersion>;

/** The schema of one device of a plan. Times are milliseconds unless said otherwise. */
export const DeviceModel = z.strictObject({
  /** `lt` of Register in seconds; absent: the parameter is left out. Then, and for 0, the device counts 86400. */
  lifetime: z.number().int().min(0).optional(),
  /** The version that it registers with; one that is refused with 4.12 is followed by the one before it. */
  lwm2m: Lwm2mVersion.default("1.0"),
  /** Sleeps `awakeFor` after its last message; says so by `b=UQ` (1.0) or `Q` (since 1.1). */
  queueMode: z.boolean().default(false),
  /** Milliseconds that a queue-mode device listens after the last message that it sent. */
  awakeFor: Milliseconds.default(93_000),
  /** Milliseconds between a successful answer to Register or Update and the next Update; absent: none by itself. */
  updateEvery: Milliseconds.optional(),
  /** Keeps answers for EXCHANGE_LIFETIME and repeats them for duplicates (RFC 7252 §4.5); false: handles each copy anew. */
  deduplicates: z.boolean().default(true),
  /** Milliseconds from the answer to Execute /3/0/4 (or a `reboot` operation) until the device registers again. */
  bootTime: Milliseconds.default(3_000),
  /** Milliseconds from the empty ACK to the separate response to any request; 0: at once, piggybacked. What is asked is done before. */
  thinkTime: Milliseconds.default(0),
  /** The alternate path that it declares with its objects: `/lwm2m`, without a number in it; absent: `/`. */
  rootPath: z
    .string()
    .regex(/^(\/[A-Za-z][A-Za-z0-9_-]*)+$/)
    .optional(),
  /** Bytes of the blocks in which it answers, and takes what is written (RFC 7959): a power of two; absent: 1024. */
  blockSize: BlockSize.optional(),
  /** Letters of its timezone and its manufacturer as they came from the factory, at least; absent: a few. */
  longTexts: z.number().int().min(1).max(16_384).optional(),
  /** Object 5, Firmware Update; absent: the device has none. */
  firmware: FirmwareModel.optional(),
});

/** What a device may change about itself, from now on. Absent: it stays as it is. */
export const Change = {
  /** As in the model; `/`: none any more. */
  rootPath: z
    .string()
    .regex(/^(\/|(\/[A-Za-z][A-Za-z0-9_-]*)+)$/)
    .optional(),
  queueMode: z.boolean().optional(),
} as const;
export type DeviceModel = z.infer<typeof DeviceModel>;

/** What is wrong with a Register that has to be refused. Spec: OMA LwM2M Core §5.3.1; Transport, Table 6. */
export const REGISTER_DEFECTS = [
  "no-endpoint",
  "empty-endpoint",
  /** `lwm2m=9.9` */
  "foreign-version",
  /** `lt=soon` */
  "lifetime-no-number",
  /** No payload. */
  "no-objects",
  /** A payload that holds no link. */
  "garbled-objects",
] as const;
/** One of `REGISTER_DEFECTS`. */
export const RegisterDefect = z.enum(REGISTER_DEFECTS);
export type RegisterDefect = z.infer<typeof RegisterDefect>;

/**
 * Requests of the registration interface that a tidy device does not send: servers have to refuse them, or may. Their
 * answers mean nothing to the device.
 */
export const ODD_REQUESTS = [
  /** A Register in a Non-confirmable message. */
  "non-confirmable-register",
  /** A Register under an endpoint client name that nobody provisioned. */
  "unknown-endpoint",
  /** An Update with `lt=soon`. */
  "unreadable-update",
  /** A De-register of a location that never was one. */
  "unknown-deregister",
  /** An Update to its location with one segment more. */
  "deeper-update",
  /** An Update to its location below another root than `/rd`. */
  "foreign-root-update",
  /** An Update with its location in one option, slashes included. */
  "joined-update",
  /** The same with a slash in front. */
  "joined-absolute-update",
  /** An Update to its location with an empty segment in front. */
  "slashed-update",
  /** A De-register that names no location: `DELETE /rd`. */
  "bare-deregister",
] as const;
/** One of `ODD_REQUESTS`. */
export const OddRequest = z.enum(ODD_REQUESTS);
export type OddRequest = z.infer<typeof OddRequest>;

/** How a device answers requests that match, instead of what its objects would say. */
export const Behaviour = z.discriminatedUnion("kind", [
  /** An error response with an optional diagnostic payload (RFC 7252 §5.5.2), and nothing done. */
  z.strictObject({
    kind: z.literal("error"),
    code: z.string().regex(/^[45]\.\d\d$/),
    diagnostic: z.string().max(200).optional(),
  }),
  /** Done at once, but answered with this success and content, whether it fits the request or not. */
  z.strictObject({
    kind: z.literal("success"),
    code: z.string().regex(/^2\.0[1-5]$/),
    /** Content-Format; absent: the option is left out. */
    format: z.number().int().min(0).max(65_535).optional(),
    /** Hex; absent: none. */
    payload: z
      .string()
      .regex(/^([0-9a-f]{2}){0,64}$/)
      .optional(),
  }),
  /** Done at once, with an empty ACK; the real response as a separate Confirmable message `delay` later, 0 included. */
  z.strictObject({ kind: z.literal("slow"), delay: Milliseconds }),
  /** Done at once; the response leaves `delay` later in a message of its own, and no copy is ever acknowledged. */
  z.strictObject({ kind: z.literal("answer-before-ack"), type: z.enum(["CON", "NON"]), delay: Milliseconds }),
  /** Neither acknowledges nor answers, nor does what is asked. */
  z.strictObject({ kind: z.literal("silent") }),
  /** Empty ACK, then nothing; nor does it what is asked. */
  z.strictObject({ kind: z.literal("acknowledge-only") }),
  /** RST, and nothing done. */
  z.strictObject({ kind: z.literal("reset") }),
  /** Empty ACK, and an RST to the same message `delay` later; nothing done. */
  z.strictObject({ kind: z.literal("acknowledge-then-reset"), delay: Milliseconds }),
  /** Neither acknowledges nor answers, but reboots. */
  z.strictObject({ kind: z.literal("reboots") }),
  /** Where `block` matches a Write: takes the block, and asks for smaller ones from now on (RFC 7959 §2.5). */
  z.strictObject({ kind: z.literal("smaller-blocks"), size: BlockSize }),
  /** Where `block` matches a Write: 4.13, and what came of the body is forgotten; `size`: it may be sent in such blocks. */
  z.strictObject({ kind: z.literal("too-large"), size: BlockSize.optional() }),
  /** Where `block` matches a Read: what is read has changed meanwhile, and so has its ETag; the block is one of the new value. */
  z.strictObject({ kind: z.literal("changes") }),
]);
export type Behaviour = z.infer<typeof Behaviour>;

/** Which requests a behaviour is for: absent fields match everything. */
export const RequestMatch = z.strictObject({
  operation: z.enum(["read", "write", "execute"]).optional(),
  /** Path without the leading slash, as a prefix by whole segments: `3/0/15`, `3/0`. A Read of `3/0` is not one of `3/0/15`. */
  path: z
    .string()
    .regex(/^\d+(\/\d+)*$/)
    .optional(),
  /**
   * Requests for, or with, a single block of a body alone, from this number on; 0 is none of a Read. An error, or a
   * success, then answers the block, and makes the device forget the body. Of `slow` and `answer-before-ack` the answer
   * leaves at once. Absent: requests as a whole.
   */
  block: z.number().int().min(0).optional(),
  /** The first one alone that matches. */
  once: z.literal(true).optional(),
});
export type RequestMatch = z.infer<typeof RequestMatch>;
