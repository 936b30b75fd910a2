/**
 * How long the decisive wait of each requirement group lasts live, with the times that the profile declares.
 *
 * An estimate for planning `--time`: one plan needs about this long, and many run at once.
 */
import type { CoapParams } from "../../protocol/coap/params.ts";
import { maxTransmitWait } from "../../protocol/coap/params.ts";
import { completeProfile, type Profile } from "../../protocol/profile.ts";
import { seconds, toMillis } from "../../protocol/time.ts";
import { REQUIREMENT_GROUPS } from "../../reports/requirement-lines.ts";
import { REQUIREMENTS } from "../../scenarios/requirements.ts";

export interface GroupWait {
  readonly letter: string;
  readonly title: string;
  /** Milliseconds; absent: nothing in this group can be judged live. */
  readonly wait?: number | undefined;
  readonly why: string;
  /** Requirements of the group that only simulation can judge. */
  readonly simulationOnly: number;
  readonly requirements: number;
}

interface Times {
  /** Milliseconds, all. */
  readonly giveUp: number;
  readonly response: number;
  readonly awake: number;
  readonly reaction: number;
}

/** Milliseconds: the shortest active period, or lifetime, that a task or a registration can have. */
const SHORTEST_PERIOD = 1_000;
/** Milliseconds within which a lifetime may end earlier or later. Choice 16, docs/semantics.md. */
const LIFETIME_TOLERANCE = 2_500;

const WAITS: Readonly<Record<string, readonly [(times: Times) => number, string]>> = {
  Q: [(t) => t.awake + t.reaction, "the awake window of a sleeping device, and a reaction"],
  R: [
    (t) => Math.max(t.giveUp, t.response) + 2 * t.reaction,
    "until the target gives up on a silent device, a trigger, a reaction",
  ],
  E: [(t) => SHORTEST_PERIOD + t.reaction, "the shortest active period, and a reaction"],
  M: [(t) => t.reaction, "an answer, and a reaction"],
  G: [
    (t) => SHORTEST_PERIOD + LIFETIME_TOLERANCE + t.reaction,
    "the shortest lifetime with its tolerance, and a reaction",
  ],
  D: [(t) => t.reaction, "an answer, and a reaction"],
  I: [
    (t) => Math.max(t.giveUp, t.response) + t.reaction,
    "until the target gives up on a silent device, and a reaction",
  ],
  O: [(t) => t.giveUp + 2 * t.reaction, "a reboot within an update, and reactions"],
  A: [(t) => t.reaction, "a REST answer"],
  T: [(t) => t.reaction, "an answer, and a reaction"],
  S: [(t) => t.giveUp + t.reaction, "a restart of the target, if somebody can do that, and a reaction"],
};

/** @param notApplicable requirements that the target cannot be asked, each with the reason */
export function groupWaits(
  profile: Profile,
  notApplicable: ReadonlyMap<string, string> = new Map(),
): readonly GroupWait[] {
  const times = timesOf(profile);
  return REQUIREMENT_GROUPS.flatMap(({ letter, title }) => {
    const rows = REQUIREMENTS.filter(({ id, checked }) => id.startsWith(`${letter}-`) && checked === true);
    const simulationOnly = rows.filter(({ live }) => typeof live !== "string" && "simulationOnly" in live).length;
    if (rows.length === 0) return [];
    const row = WAITS[letter];
    const counts = { letter, title, simulationOnly, requirements: rows.length };
    const [reason, ...others] = rows.map(({ id }) => notApplicable.get(id));
    if (reason !== undefined && others.every((other) => other !== undefined)) return [{ ...counts, why: reason }];
    if (row === undefined || simulationOnly === rows.length) return [{ ...counts, why: "judged in simulation only" }];
    return [{ ...counts, wait: Math.ceil(row[0](times)), why: row[1] }];
  });
}

function timesOf(profile: Profile): Times {
  const { coap, responseTimeout, awakeWindow, reaction } = completeProfile(profile);
  const params: CoapParams = {
    ackTimeout: seconds(coap.ackTimeout),
    ackRandomFactor: coap.ackRandomFactor,
    maxRetransmit: coap.maxRetransmit,
    maxLatency: seconds(100),
    responseTimeout: seconds(responseTimeout),
  };
  return {
    giveUp: toMillis(maxTransmitWait(params)),
    response: toMillis(params.responseTimeout),
    awake: awakeWindow * 1_000,
    reaction: reaction * 1_000,
  };
}
