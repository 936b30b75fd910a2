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

/** The schema of a profile file. What is left out is not declared; unknown fields are refused. */
export const Profile = z.strictObject({
  /** A name to show in reports. */
  name: z.string().min(1).max(64).default("empty"),

  // ── errors (rows 1–3)
  /** Row 1. `corrected`: CoAP c.dd → cdd×10. `literal`: the task page as printed, made a function. */
  errorMapping: z.enum(["corrected", "literal"]).optional(),
  /** Row 2: the error code for a CoAP 4.xx without a row, and for a 5.xx. */
  fallbackCodes: z.strictObject({ clientError: z.number().int(), serverError: z.number().int() }).optional(),

  // ── queue and retry (rows 4–6, 12–14, 28, 32)
  /** Row 4: seconds after a failed attempt at which the server retries by itself. Undeclared: R-06 forbids it. */
  timerRetry: Seconds.optional(),
  /** Row 5: seconds after an empty ACK without a response. */
  responseTimeout: Seconds.optional(),
  /** Row 12. */
  order: z.enum(["creation"]).optional(),
  /** Row 13: seconds that a queue-mode device is taken to be awake after its last datagram. */
  awakeWindow: Seconds.optional(),
  /** Row 14. */
  updateFromNewAddress: z.enum(["accept", "require-register"]).optional(),
  /** Row 28: what a failed attempt does to the other tasks of the same device within the same trigger. */
  drainAfterFailure: z.enum(["stop", "continue"]).optional(),

  // ── expiry and retention (rows 7–11)
  /** Row 7: seconds that apply when neither task nor device type says otherwise. */
  defaultExpiresAfter: Seconds.optional(),
  /** Row 8. */
  expiresAfterBounds: z.strictObject({ min: Seconds, max: Seconds }).optional(),
  taskExpiresAfterBounds: z.strictObject({ min: Seconds, max: Seconds }).optional(),
  /** Row 8: what becomes of a value beyond these bounds. `shortened`: the bound applies. */
  beyondBounds: z.enum(["refused", "shortened"]).optional(),
  /** Row 10. */
  inFlightAtExpiry: z.enum(["fail", "answer-counts"]).optional(),
  /** Row 10: whether a successful response after the terminal status still changes the Device Mirror. */
  lateResponse: z.enum(["ignored", "updates-mirror"]).optional(),
  /** Row 11: seconds from creation. */
  retention: Seconds.optional(),

  // ── registration (rows 15, 16)
  /** Row 15. */
  locationAtReRegister: z.enum(["new", "reused"]).optional(),
  /** Row 16: seconds, when Register has no `lt` or `lt=0`. */
  defaultLifetime: Seconds.optional(),

  // ── who may do what (row 30)
  /**
   * Bearer tokens of the owner of the device types, and of somebody else whom the server knows but who owns none.
   * They stand in every plan and record, so they are those of test accounts. Undeclared: nobody else ever asks.
   */
  access: z.strictObject({ owner: z.string().min(1), stranger: z.string().min(1) }).optional(),

  // ── a server that is killed and started again (row 26)
  /** `inFlight`: a device task in flight counts as an attempt that has failed, and waits for the next trigger. */
  restart: z
    .strictObject({
      registrations: z.enum(["survive", "lost"]).optional(),
      inFlight: z.enum(["failed-attempt"]).optional(),
    })
    .optional(),

  // ── transmission and measuring
  /** Seconds. RFC 7252 §4.8 defaults when undeclared. */
  coap: z
    .strictObject({
      ackTimeout: Seconds.default(2),
      ackRandomFactor: z.number().min(1).default(1.5),
      maxRetransmit: z.number().int().min(0).max(16).default(4),
    })
    .optional(),
  /** Live: seconds within which the server acts on what it received. */
  reaction: Seconds.default(5),
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
