/**
 * What a building block is: a small scene, such as "an exchange is lost, then the device updates", that writes its
 * operations and faults on a sketch at drawn times. Families mix blocks; blocks know no family.
 */
import * as fc from "fast-check";
import type { Profile } from "../../protocol/profile.ts";
import type { RequirementId } from "../requirements.ts";
import type { Lane, Sketch } from "../sketch.ts";
import type { Trigger } from "../steps.ts";

/** The lanes that a block was given, all of one device type, with equal clocks; at least one. */
export type BlockLanes = readonly [Lane, ...Lane[]];

export interface BlockRow<Id extends string, Choices> {
  readonly id: Id;
  readonly sentence: string;
  /** How many devices it would like; it copes with one. */
  readonly lanes: number;
  /** Whether it makes sense in real time; or where the clock of the server can be turned, since it waits for days. */
  readonly live: boolean | "with a turned clock";
  /** What it is meant to provoke; what it really provoked only a run can say. */
  readonly exercises: readonly RequirementId[];
  /** It makes no sense for a profile that does not declare this. */
  readonly needs?: keyof Profile;
  /** For which profiles every family has it, and often: those that declare an unusual choice that it waits for. */
  readonly suits?: (profile: Profile) => boolean;
  /** What is drawn for it. */
  readonly choices: fc.Arbitrary<Choices>;
  readonly compose: (sketch: Sketch, lanes: BlockLanes, choices: Choices) => void;
}

/** A drawn block and where it goes. Pure data. */
export interface Placement {
  readonly block: string;
  readonly lane: number;
  /** Pause before it, of 1000 parts of the pace's gap. */
  readonly gap: number;
  /** 0: it starts while the block before it on that device is still going on. */
  readonly overlap: number;
  readonly choices: unknown;
}

export interface BuildingBlock<Id extends string = string> extends Omit<BlockRow<Id, unknown>, "choices" | "compose"> {
  readonly placement: fc.Arbitrary<Placement>;
  readonly compose: (sketch: Sketch, lanes: BlockLanes, choices: unknown) => void;
}

/** Closes a row over the type of its choices, so that blocks of different choices fit one table. */
export function defineBlock<const Id extends string, Choices>(row: BlockRow<Id, Choices>): BuildingBlock<Id> {
  return {
    ...row,
    placement: fc.record(
      { block: fc.constant(row.id), lane: fc.nat(999), gap: SHARE, overlap: fc.nat(19), choices: row.choices },
      { noNullPrototype: true },
    ),
    compose: (sketch, lanes, choices) => row.compose(sketch, lanes, choices as Choices),
  };
}

/** A record of choices, without null prototypes, so that it survives JSON. */
export const choicesOf = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
  fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;

// ── choices that many blocks share

/** 0..1000: a share of some span, in parts of a thousand. */
export const SHARE = fc.nat(1_000);

export const TASK = choicesOf({ type: fc.nat(999), property: fc.nat(999) });

/** Update and Register mostly: they are what the task page names. */
export const TRIGGER: fc.Arbitrary<Trigger> = fc.constantFrom(
  "update",
  "update",
  "update",
  "register",
  "register",
  "register",
  "reboot",
  "new-address",
);

/** Where an event lies relative to a deadline. At the exact instant the outcome is open by rule, hence rarely. */
export const NEAR = fc.constantFrom(
  "just-before",
  "just-before",
  "before",
  "before",
  "at",
  "just-after",
  "just-after",
  "after",
  "after",
  "after",
);
export type Near = "before" | "just-before" | "at" | "just-after" | "after";

/**
 * The moment that lies so relative to a deadline, never before `earliest`.
 *
 * @param span how far "before" and "after" may lie away, milliseconds
 */
export function near(
  sketch: Sketch,
  deadline: number,
  where: Near,
  share: number,
  span: number,
  earliest: number,
): number {
  const { clear, mode } = sketch.pace;
  // Live, nothing closer to a deadline than half of `clear` can be told from the deadline itself.
  const little =
    mode === "live" ? Math.floor(clear / 2 + (share * clear) / 2_000) : 1 + Math.floor((share * 300) / 1_000);
  const far = clear + Math.floor((share * span) / 1_000);
  const offset = {
    before: -far,
    "just-before": -little,
    at: mode === "live" ? little : 0,
    "just-after": little,
    after: far,
  }[where];
  return Math.max(earliest, deadline + offset);
}

/**
 * A drawn moment at which the server repeats a request that nobody acknowledges, or gives it up, as a span from its
 * first datagram: the server draws the first gap, so it lies within [ACK_TIMEOUT, ACK_TIMEOUT × ACK_RANDOM_FACTOR] times
 * 1, 3, 7, 15, 31. Spec: RFC 7252 §4.2.
 */
export function transmissionMoment(sketch: Sketch, dial: number, share: number): number {
  const { ackTimeout, ackRandomFactor, maxRetransmit } = sketch.pace;
  const earliest = ackTimeout * (2 ** (1 + (dial % (maxRetransmit + 1))) - 1);
  return Math.floor(earliest + (share * earliest * (ackRandomFactor - 1)) / 1_000);
}
