/**
 * A profile: the choices that the task page leaves open, as one server declares them.
 *
 * Every field is optional. A declared choice is judged as a MUST; an undeclared one is judged leniently, but must be
 * one choice within a campaign. `ARTIK` declares all of them and is what the reference server does; the default for
 * anybody else's server is the empty profile. The choices are explained, row by row, in docs/semantics.md.
 */
import { z } from "zod";
import { COAP_DEFAULTS, type CoapParams } from "./coap/params.ts";
import { seconds } from "./time.ts";

const Seconds = z.number().positive();
/** Of the bounds of a period, which may be declared: seconds. */
const Bounds = (about: string) =>
  z
    .strictObject({
      min: Seconds.describe("Seconds, more than 0: the shortest."),
      max: Seconds.describe("Seconds, more than 0: the longest."),
    })
    .optional()
    .describe(about);

/** The schema of a profile file. What is left out is not declared; unknown fields are refused. */
export const Profile = z.strictObject({
  name: z.string().min(1).max(64).default("empty").describe("A name to show in reports, 1 to 64 characters."),

  // ── errors (rows 1–3)
  errorMapping: z
    .enum(["corrected", "literal"])
    .optional()
    .describe(
      "Row 1: `corrected`: CoAP c.dd becomes the error code cdd×10. `literal`: the task page as printed, made a function.",
    ),
  fallbackCodes: z
    .strictObject({
      clientError: z.number().int().describe("Error code for a 4.xx."),
      serverError: z.number().int().describe("Error code for a 5.xx."),
    })
    .optional()
    .describe("Row 2: the error codes for a CoAP 4.xx without a row, and for a 5.xx."),

  // ── queue and retry (rows 4–6, 12–14, 28, 32)
  timerRetry: Seconds.optional().describe(
    "Row 4: seconds, more than 0, after a failed attempt at which the server retries by itself. Undeclared: R-06 forbids it.",
  ),
  responseTimeout: Seconds.optional().describe(
    "Row 5: seconds, more than 0, that the server waits for the response after an empty acknowledgement. `--response-timeout`",
  ),
  order: z.enum(["creation"]).optional().describe("Row 12: in which order a device gets its tasks."),
  awakeWindow: Seconds.optional().describe(
    "Row 13: seconds, more than 0, that a queue-mode device is taken to be awake after its last datagram. Undeclared: Q-07 and Q-08 are not judged. `--awake-window`",
  ),
  updateFromNewAddress: z
    .enum(["accept", "require-register"])
    .optional()
    .describe("Row 14: what an Update from another address than that of the Register gets."),
  drainAfterFailure: z
    .enum(["stop", "continue"])
    .optional()
    .describe("Row 28: what a failed attempt does to the other tasks of the same device within the same trigger."),

  // ── expiry and retention (rows 7–11)
  defaultExpiresAfter: Seconds.optional().describe(
    "Row 7: seconds, more than 0, that apply when neither task nor device type says otherwise.",
  ),
  expiresAfterBounds: Bounds("Row 8: the bounds of `taskParameters.expiresAfter`."),
  taskExpiresAfterBounds: Bounds("Row 8: the bounds of `taskExpiresAfter` of a device type."),
  beyondBounds: z
    .enum(["refused", "shortened"])
    .optional()
    .describe("Row 8: what becomes of a value beyond these bounds. `shortened`: the bound applies."),
  inFlightAtExpiry: z
    .enum(["fail", "answer-counts"])
    .optional()
    .describe("Row 10: what becomes of a task that expires while its request is on its way."),
  lateResponse: z
    .enum(["ignored", "updates-mirror"])
    .optional()
    .describe("Row 10: whether a successful response after the terminal status still changes the Device Mirror."),
  retention: Seconds.optional().describe(
    "Row 11: seconds, more than 0, from its creation for which a task can be read.",
  ),

  // ── registration (rows 15, 16)
  locationAtReRegister: z
    .enum(["new", "reused"])
    .optional()
    .describe("Row 15: the location that a device gets that registers again."),
  defaultLifetime: Seconds.optional().describe("Row 16: seconds, more than 0, when Register has no `lt`, or `lt=0`."),

  // ── who may do what (row 30)
  access: z
    .strictObject({
      owner: z.string().min(1).describe("Token of the owner of the device types."),
      stranger: z.string().min(1).describe("Token of somebody whom the server knows, and who owns none."),
    })
    .optional()
    .describe(
      "Row 30: bearer tokens. They stand in every plan and record, so they are those of test accounts. Undeclared: nobody else ever asks, and A-01 is not judged.",
    ),

  // ── a server that is killed and started again (row 26)
  restart: z
    .strictObject({
      registrations: z
        .enum(["survive", "lost"])
        .optional()
        .describe("Whether a device is still registered when the server is back."),
      inFlight: z
        .enum(["failed-attempt"])
        .optional()
        .describe("A device task in flight counts as an attempt that has failed, and waits for the next trigger."),
    })
    .optional()
    .describe("Row 26: what a server does that is killed and started again."),

  // ── transmission and measuring
  coap: z
    .strictObject({
      ackTimeout: Seconds.default(2).describe(
        "ACK_TIMEOUT, seconds, more than 0: when the server first retransmits. `--ack-timeout`",
      ),
      ackRandomFactor: z.number().min(1).default(1.5).describe("ACK_RANDOM_FACTOR, 1 or more."),
      maxRetransmit: z
        .number()
        .int()
        .min(0)
        .max(16)
        .default(4)
        .describe("MAX_RETRANSMIT, 0 to 16: how often the server retransmits. `--max-retransmit`"),
    })
    .optional()
    .describe("How the server retransmits. Undeclared: by the defaults of RFC 7252 §4.8."),
  reaction: Seconds.default(5).describe(
    "Live: seconds, more than 0, within which the server acts on what it received. The shorter, the more is decided. `--reaction`",
  ),
});

export type Profile = z.infer<typeof Profile>;

/** Nothing declared: how a server is judged of which we know nothing. */
export const EMPTY_PROFILE: Profile = Profile.parse({});

/** What the reference server does. */
export const ARTIK = {
  name: "artik",
  errorMapping: "corrected",
  fallbackCodes: { clientError: 4000, serverError: 5000 },
  responseTimeout: 120,
  order: "creation",
  awakeWindow: 93,
  updateFromNewAddress: "accept",
  drainAfterFailure: "stop",
  defaultExpiresAfter: 604_800,
  expiresAfterBounds: { min: 1, max: 2_592_000 },
  taskExpiresAfterBounds: { min: 60, max: 604_800 },
  beyondBounds: "refused",
  inFlightAtExpiry: "fail",
  lateResponse: "ignored",
  retention: 2_592_000,
  locationAtReRegister: "new",
  defaultLifetime: 86_400,
  access: { owner: "owner-of-the-type", stranger: "somebody-else" },
  restart: { registrations: "survive", inFlight: "failed-attempt" },
  coap: { ackTimeout: 2, ackRandomFactor: 1.5, maxRetransmit: 4 },
  reaction: 5,
} as const satisfies Profile;

/** A profile with every choice made, as a server needs it. `timerRetry` stays absent: the reference server has none. */
export type CompleteProfile = {
  readonly [K in Exclude<keyof Profile, "timerRetry">]-?: Exclude<Profile[K], undefined>;
} & Pick<Profile, "timerRetry">;

/** Fills what a profile leaves open with what the reference server does. */
export const completeProfile = (profile: Profile): CompleteProfile => {
  const declared = Object.fromEntries(Object.entries(profile).filter(([, value]) => value !== undefined));
  return { ...ARTIK, ...declared } as CompleteProfile;
};

/** The transmission parameters that a profile declares, or those of RFC 7252 §4.8. */
export function coapParams({ coap, responseTimeout }: Profile): CoapParams {
  return {
    ...COAP_DEFAULTS,
    ...(coap === undefined ? {} : { ...coap, ackTimeout: seconds(coap.ackTimeout) }),
    ...(responseTimeout === undefined ? {} : { responseTimeout: seconds(responseTimeout) }),
  };
}
