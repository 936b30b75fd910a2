/**
 * What a finding about a live server rests on besides what was seen: the times that its profile declares.
 *
 * A server that was started with other times than those declared is accused wrongly, and nothing in the history shows
 * it. So the finding itself says what was taken for granted, and how to tell the truth. In simulation the profile is
 * what the server was made with.
 */
import type { Profile } from "../../protocol/profile.ts";

interface Ground {
  /** What the profile declares, as the end of a sentence; `undefined`: nothing. */
  readonly declared: (profile: Profile) => string | undefined;
  /** What holds where nothing is declared. */
  readonly otherwise: string;
  /** Options that tell it without a profile. */
  readonly options: readonly string[];
}

const TRANSMISSION: Ground = {
  declared: ({ coap }) =>
    coap === undefined
      ? undefined
      : `ackTimeout ${coap.ackTimeout} s, ackRandomFactor ${coap.ackRandomFactor} and maxRetransmit ${coap.maxRetransmit}`,
  otherwise: "ACK_TIMEOUT 2 s and MAX_RETRANSMIT 4 (RFC 7252 §4.8)",
  options: ["--ack-timeout", "--max-retransmit"],
};
const RESPONSE: Ground = {
  declared: ({ responseTimeout }) =>
    responseTimeout === undefined ? undefined : `responseTimeout ${responseTimeout} s`,
  otherwise: "any time for a response after an empty ACK",
  options: ["--response-timeout"],
};
const TIMER: Ground = {
  declared: ({ timerRetry }) => (timerRetry === undefined ? undefined : `timerRetry ${timerRetry} s`),
  otherwise: "no retry by timer (timerRetry)",
  options: [],
};
const AWAKE: Ground = {
  declared: ({ awakeWindow }) => (awakeWindow === undefined ? undefined : `awakeWindow ${awakeWindow} s`),
  otherwise: "no awake window",
  options: [],
};

/** By requirement. Others rest on choices that no clock of ours has a part in, and their sentences name them. */
const GROUNDS: ReadonlyMap<string, readonly Ground[]> = new Map([
  ["Q-07", [AWAKE]],
  ["R-01", [TRANSMISSION]],
  ["R-02", [RESPONSE]],
  ["R-06", [TRANSMISSION, RESPONSE, TIMER]],
  ["R-07", [TRANSMISSION]],
]);

/** What is put behind the expectation of a finding; empty for a requirement that rests on no declared time. */
export function declaredGrounds(profile: Profile, requirement: string): string {
  const grounds = GROUNDS.get(requirement);
  if (grounds === undefined) return "";
  const declared = grounds.flatMap((ground) => ground.declared(profile) ?? []);
  const presumed = grounds.filter((ground) => ground.declared(profile) === undefined).map((each) => each.otherwise);
  const says = [
    ...(declared.length === 0 ? [] : [`declares ${declared.join(", ")}`]),
    ...(presumed.length === 0 ? [] : [`leaves open, so that this is presumed: ${presumed.join(", ")}`]),
  ].join(", and ");
  const options = ["--profile", ...grounds.flatMap((ground) => ground.options)].join(", ");
  return ` (the profile ${profile.name} ${says}; if the server does otherwise, say so by ${options})`;
}
