/** `--profile` and the options that tell the times of a target. */

import { issueText } from "../harness/record/formats.ts";
import { UsageError } from "../platform/errors.ts";
import { Profile } from "../protocol/profile.ts";
import { SHIPPED_PROFILE_NAMES, shippedProfile } from "../scenarios/profiles/shipped-profiles.ts";
import { Duration, integer, type OptionRow, PositiveDuration, Text } from "./command.ts";
import { readNamedJson } from "./named-files.ts";
import type { TargetChoice } from "./targets.ts";

export const TIME_OPTIONS: readonly OptionRow[] = [
  {
    name: "ack-timeout",
    value: "DURATION",
    about: "time after which the target first retransmits (ACK_TIMEOUT of CoAP)",
    presetText: "as the profile says",
  },
  {
    name: "max-retransmit",
    value: "N",
    about: "how often the target retransmits, 0 to 16 (MAX_RETRANSMIT of CoAP)",
    presetText: "as the profile says",
  },
  {
    name: "response-timeout",
    value: "DURATION",
    about: "how long the target waits for the response after an empty acknowledgement",
    presetText: "as the profile says",
  },
];

/** Times by which a target is judged, beside those of its CoAP: for commands that judge one. */
export const JUDGED_TIME_OPTIONS: readonly OptionRow[] = [
  {
    name: "awake-window",
    value: "DURATION",
    about: "how long the target takes a queue-mode device for awake after its last datagram; needed for Q-07 and Q-08",
    presetText: "as the profile says",
  },
  {
    name: "reaction",
    value: "DURATION",
    about: "within which the target acts on what it received; the shorter, the more is decided",
    presetText: "as the profile says, or 5s",
  },
];

export const JudgedTimeSchemas = {
  "awake-window": PositiveDuration.optional(),
  reaction: PositiveDuration.optional(),
};

export const TimeSchemas = {
  "ack-timeout": PositiveDuration.optional(),
  "max-retransmit": integer(0, 16).optional(),
  "response-timeout": Duration.optional(),
};

export interface TimeValues {
  /** Milliseconds. */
  readonly "ack-timeout"?: number | undefined;
  readonly "max-retransmit"?: number | undefined;
  /** Milliseconds. */
  readonly "response-timeout"?: number | undefined;
  /** Milliseconds. */
  readonly "awake-window"?: number | undefined;
  /** Milliseconds. */
  readonly reaction?: number | undefined;
}

export const PROFILE_OPTION: OptionRow = {
  name: "profile",
  value: "NAME|FILE|JSON",
  about: `the choices that the target declares: ${SHIPPED_PROFILE_NAMES.join(", ")}, a JSON file, or the JSON itself`,
  presetText: "artik in simulation, live for reference-live, empty for other targets",
};
export const ProfileName = Text.optional();

/** What a target is judged by when nothing is said: all choices for our own server, none for anybody else's. */
const PRESET_PROFILES: Readonly<Record<TargetChoice["kind"], string>> = {
  sim: "artik",
  "reference-live": "live",
  http: "empty",
  adapter: "empty",
};

/** @throws UsageError when the file cannot be read or is no profile */
export async function readProfile(
  name: string | undefined,
  kind: TargetChoice["kind"],
  times: TimeValues,
): Promise<Profile> {
  return withTimes(await namedProfile(name ?? PRESET_PROFILES[kind]), times);
}

async function namedProfile(name: string): Promise<Profile> {
  if (name.startsWith("{")) return checkProfile("the JSON given", inlineJson(name));
  const shipped = shippedProfile(name);
  if (shipped.ok) return shipped.value;
  if (!/[./\\]/.test(name)) {
    throw new UsageError("bad-value", `--profile: ${shipped.error}; a file needs its path, such as ./${name}.json`);
  }
  return checkProfile(name, await readNamedJson("profile", name));
}

function inlineJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError("bad-value", `--profile: not JSON: ${cause instanceof Error ? cause.message : ""}`, { cause });
  }
}

function checkProfile(where: string, value: unknown): Profile {
  const parsed = Profile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError("bad-file", `--profile: ${where}: ${issueText(parsed.error, { value, schema: Profile })}`);
}

/** The profile with the times from the command line in it. */
export function withTimes(profile: Profile, times: TimeValues): Profile {
  const ackTimeout = times["ack-timeout"];
  const maxRetransmit = times["max-retransmit"];
  const responseTimeout = times["response-timeout"];
  const awakeWindow = times["awake-window"];
  const { reaction } = times;
  const given = {
    ...(ackTimeout === undefined ? {} : { ackTimeout: ackTimeout / 1_000 }),
    ...(maxRetransmit === undefined ? {} : { maxRetransmit }),
  };
  const rfc = { ackTimeout: 2, ackRandomFactor: 1.5, maxRetransmit: 4 };
  return {
    ...profile,
    ...(Object.keys(given).length === 0 ? {} : { coap: { ...rfc, ...profile.coap, ...given } }),
    ...(responseTimeout === undefined ? {} : { responseTimeout: responseTimeout / 1_000 }),
    ...(awakeWindow === undefined ? {} : { awakeWindow: awakeWindow / 1_000 }),
    ...(reaction === undefined ? {} : { reaction: reaction / 1_000 }),
  };
}

/** What pays to be declared of a server that declares no times: a line of advice; `undefined`: it has declared them. */
export function timesHint({ coap, responseTimeout, awakeWindow }: Profile): string | undefined {
  const slow = [
    ...(coap === undefined ? ["--ack-timeout 300ms --max-retransmit 1"] : []),
    ...(responseTimeout === undefined ? ["--response-timeout 2s"] : []),
    ...(awakeWindow === undefined ? ["--awake-window 3s"] : []),
  ];
  if (slow.length === 0) return undefined;
  return `plans wait for the times that the server declares: where yours has others than RFC 7252, say so, such as ${slow.join(" ")}`;
}
