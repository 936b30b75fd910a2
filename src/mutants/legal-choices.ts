/** Servers that declare another choice than the reference server, and do what they declare. */
import { ARTIK, type CompleteProfile, EMPTY_PROFILE, type Profile } from "../protocol/profile.ts";
import type { LegalVariant } from "./mutant.ts";

/** The reference server's profile with other values; the server follows it. */
const declaring = (name: string, choices: Partial<CompleteProfile>): Profile => ({ ...ARTIK, name, ...choices });

export const LEGAL_CHOICES: readonly LegalVariant[] = [
  {
    id: "declares-nothing",
    sentence: "The reference server itself, of which nothing is known.",
    choice: "the empty profile, docs/semantics.md",
    profile: EMPTY_PROFILE,
  },
  {
    id: "literal-error-table",
    sentence: "Errors are mapped as the task page prints them.",
    choice: "row 1: literal",
    profile: declaring("literal", { errorMapping: "literal" }),
  },
  {
    id: "own-fallback-codes",
    sentence: "Codes without a row become 4020 and 5030.",
    choice: "row 2: declared",
    profile: declaring("own-fallback-codes", { fallbackCodes: { clientError: 4020, serverError: 5030 } }),
  },
  {
    id: "timer-retry",
    sentence: "The server tries again 30 s after a failed attempt.",
    choice: "row 4: a declared timer",
    profile: declaring("timer-retry", { timerRetry: 30 }),
  },
  {
    id: "quick-timer-retry",
    sentence: "The server tries again 5 s after a failed attempt.",
    choice: "row 4: a declared timer",
    profile: declaring("quick-timer-retry", { timerRetry: 5 }),
  },
  {
    id: "short-response-timeout",
    sentence: "Silence after an empty ACK is a failed attempt after 20 s.",
    choice: "row 5: declared",
    profile: declaring("short-response-timeout", { responseTimeout: 20 }),
  },
  {
    id: "long-response-timeout",
    sentence: "Silence after an empty ACK is a failed attempt after ten minutes.",
    choice: "row 5: declared",
    profile: declaring("long-response-timeout", { responseTimeout: 600 }),
  },
  {
    id: "one-day-by-default",
    sentence: "A task for which nothing else is set is active for a day.",
    choice: "row 7: declared",
    profile: declaring("one-day-by-default", { defaultExpiresAfter: 86_400 }),
  },
  {
    id: "narrow-bounds",
    sentence: "A task is active for at most a week, a value of the device type is at least a minute and at most a day.",
    choice: "row 8: declared",
    profile: declaring("narrow-bounds", {
      expiresAfterBounds: { min: 1, max: 604_800 },
      taskExpiresAfterBounds: { min: 60, max: 86_400 },
    }),
  },
  {
    id: "answer-counts-at-expiry",
    sentence: "A device task in flight at expiry ends by its answer.",
    choice: "row 10: answer-counts",
    profile: declaring("answer-counts-at-expiry", { inFlightAtExpiry: "answer-counts" }),
  },
  {
    id: "late-response-updates-mirror",
    sentence: "A successful response after expiry still changes the Device Mirror.",
    choice: "row 10: lateResponse",
    profile: declaring("late-response-updates-mirror", { lateResponse: "updates-mirror" }),
  },
  {
    id: "shortens-long-periods",
    sentence: "A period beyond the bounds is shortened instead of refused.",
    choice: "row 8: beyondBounds",
    profile: declaring("shortens-long-periods", { beyondBounds: "shortened" }),
  },
  {
    id: "sixty-days-of-records",
    sentence: "Tasks can be read for sixty days.",
    choice: "row 11: declared",
    profile: declaring("sixty-days-of-records", { retention: 5_184_000 }),
  },
  {
    id: "short-awake-window",
    sentence: "A queue-mode device is taken to sleep 30 s after its last datagram.",
    choice: "row 13: declared",
    profile: declaring("short-awake-window", { awakeWindow: 30 }),
  },
  {
    id: "register-at-new-address",
    sentence: "An Update from a new address is answered 4.04, so that the device registers.",
    choice: "row 14: require-register",
    profile: declaring("register-at-new-address", { updateFromNewAddress: "require-register" }),
  },
  {
    id: "location-reused",
    sentence: "A Register of a registered endpoint gets the location that it had.",
    choice: "row 15: reused",
    profile: declaring("location-reused", { locationAtReRegister: "reused" }),
  },
  {
    id: "short-default-lifetime",
    sentence: "A registration without lifetime lives for an hour.",
    choice: "row 16: declared",
    profile: declaring("short-default-lifetime", { defaultLifetime: 3_600 }),
  },
  {
    id: "goes-on-after-failure",
    sentence: "A failed attempt does not stop the drain of its device.",
    choice: "row 28: continue",
    profile: declaring("goes-on-after-failure", { drainAfterFailure: "continue" }),
  },
  {
    id: "slow-timer-retry",
    sentence: "The server tries again five minutes after a failed attempt, and goes on with the others at once.",
    choice: "rows 4 and 28: a declared timer, and continue",
    profile: declaring("slow-timer-retry", { timerRetry: 300, drainAfterFailure: "continue" }),
  },
  {
    id: "answer-counts-and-mirrors",
    sentence:
      "A device task in flight at expiry ends by its answer, and a successful response after that still counts.",
    choice: "row 10: answer-counts and lateResponse",
    profile: declaring("answer-counts-and-mirrors", {
      inFlightAtExpiry: "answer-counts",
      lateResponse: "updates-mirror",
    }),
  },
  {
    id: "minimum-of-a-minute",
    sentence:
      "A task is active for at least a minute, a device type's value is five minutes to a day; more is shortened.",
    choice: "row 8: declared",
    profile: declaring("minimum-of-a-minute", {
      expiresAfterBounds: { min: 60, max: 604_800 },
      taskExpiresAfterBounds: { min: 300, max: 86_400 },
      beyondBounds: "shortened",
    }),
  },
  {
    id: "long-awake-window",
    sentence: "A queue-mode device is taken to sleep five minutes after its last datagram.",
    choice: "row 13: declared",
    profile: declaring("long-awake-window", { awakeWindow: 300 }),
  },
  {
    id: "long-default-lifetime",
    sentence: "A registration without lifetime lives for a week, keeps its location, and does not follow an address.",
    choice: "rows 14, 15 and 16: declared",
    profile: declaring("long-default-lifetime", {
      defaultLifetime: 604_800,
      locationAtReRegister: "reused",
      updateFromNewAddress: "require-register",
    }),
  },
];
