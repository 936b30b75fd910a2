/**
 * The profiles that come with the package, by name. A vendor's own profile is a JSON file of the same shape.
 */
import { ARTIK, EMPTY_PROFILE, type Profile } from "../../protocol/profile.ts";
import { err, ok, type Result } from "../../protocol/result.ts";

export const SHIPPED_PROFILES = {
  /** What the reference server does: every choice of docs/semantics.md made. */
  artik: ARTIK,
  /** The same, with the printed error table made a function (choice 1). */
  literal: { ...ARTIK, name: "literal", errorMapping: "literal" },
  /** Nothing declared: how a server is judged of which nothing is known. */
  empty: EMPTY_PROFILE,
  /** The reference server with CoAP times scaled down, so that a lost device costs a live run seconds, not 93 s. */
  live: {
    ...ARTIK,
    name: "live",
    coap: { ackTimeout: 0.3, ackRandomFactor: 1.5, maxRetransmit: 1 },
    responseTimeout: 1.5,
    awakeWindow: 3,
    reaction: 2,
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ShippedProfileName = keyof typeof SHIPPED_PROFILES;

export const SHIPPED_PROFILE_NAMES = Object.keys(SHIPPED_PROFILES) as readonly ShippedProfileName[];

/** Finds a shipped profile; the error lists the names that there are. */
export function shippedProfile(name: string): Result<Profile, string> {
  const found = SHIPPED_PROFILE_NAMES.find((known) => known === name);
  return found === undefined
    ? err(`no shipped profile is called "${name}"; there are ${SHIPPED_PROFILE_NAMES.join(", ")}`)
    : ok(SHIPPED_PROFILES[found]);
}
