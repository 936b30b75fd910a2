/**
 * What one plan is made of at all, drawn before anything else: which building blocks, task types and background
 * faults occur, and how often. A plan that can do everything reaches no deep state; one that does a few things a lot
 * does (swarm testing).
 */
import * as fc from "fast-check";
import type { TaskType } from "../protocol/task-api/states.ts";

/** A factor on the weight of one kind of thing; 0 leaves it out. Log-scaled, with a third left out. */
const FACTOR = fc.constantFrom(0, 0, 0, 1, 1, 2, 4, 8, 16);

export const BACKGROUND_FAULTS = ["none", "loss", "duplication", "reordering", "latency"] as const;
export type BackgroundFault = (typeof BACKGROUND_FAULTS)[number];

const weighted = <T>(rows: readonly (readonly [number, T])[]): fc.Arbitrary<T> =>
  fc.oneof(...rows.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** How a device is by nature, before blocks ask for something else. */
const NATURE = fc.record(
  {
    lwm2m: fc.constantFrom("1.0" as const, "1.1" as const),
    /** Seconds; -1 stands for a Register without `lt`, 0 for `lt=0`, which says as much (choice 16). */
    lifetime: fc.constantFrom(-1, -1, 0, 86_400, 86_400, 86_400, 604_800, 604_800, 43_200, 43_200),
    queueMode: weighted([
      [14, false],
      [1, true],
    ]),
    deduplicates: weighted([
      [12, true],
      [1, false],
    ]),
    /** Percent of ACK_TIMEOUT. */
    thinkTime: weighted([
      [12, 0],
      [3, 2],
      [3, 20],
      [1, 130],
    ]),
    /** Percent of its usual boot time, 3 s (live 300 ms). */
    bootTime: fc.constantFrom(30, 100, 300),
    /** Whether it sends Updates by itself where the plan is short enough for that. */
    heartbeat: weighted([
      [14, false],
      [1, true],
    ]),
    /** Its first registration is its own doing, not an operation. */
    selfStarts: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** Blocks for which there is a factor. */
export const MOST_BLOCKS = 160;

/** The largest fleet of a plan. */
export const MOST_DEVICES = 10;
const MOST_LIVE_DEVICES = 3;

const SIMULATED_DEVICES = weighted([
  [2, 1],
  [5, 2],
  [5, 3],
  [3, 4],
  [2, 6],
  [5, MOST_DEVICES],
]);
/** For families that want a crowd. */
const CROWD = weighted([
  [1, 2],
  [2, 4],
  [2, 6],
  [2, MOST_DEVICES],
]);
const LIVE_DEVICES = fc.integer({ min: 1, max: MOST_LIVE_DEVICES });

const BASE = {
  /** One factor per building block, by position in the family's table. */
  factors: fc.tuple(...Array.from({ length: MOST_BLOCKS }, () => FACTOR)),
  reads: FACTOR,
  writes: FACTOR,
  executes: FACTOR,
  background: weighted<BackgroundFault>([
    [12, "none"],
    [2, "loss"],
    [2, "duplication"],
    [2, "reordering"],
    [1, "latency"],
  ]),
  /** The same for a plan that is to have one. */
  certainBackground: fc.constantFrom<BackgroundFault>("loss", "duplication", "reordering", "latency", "none"),
  crowd: CROWD,
  /** How strong the background fault is, of 1000. */
  strength: fc.constantFrom(20, 80, 200, 350),
  /** Of 1000 parts of the pace's latency. */
  latency: fc.constantFrom(0, 50, 250, 1_000),
  natures: fc.tuple(...Array.from({ length: MOST_DEVICES }, () => NATURE)),
  /** Tasks of one device may have equal content, so that requests cannot be told apart. */
  collisions: weighted([
    [39, false],
    [1, true],
  ]),
  /** Dials for what needs one number per plan. */
  dial: fc.nat(999),
  /** Whether the device types differ: 0 is no, else seconds of the second type's taskExpiresAfter. */
  typeExpiry: fc.constantFrom(60, 61, 90, 300, 3_600, 86_400, 604_800),
  typed: fc.nat(99),
};

const SIMULATED = fc.record({ ...BASE, devices: SIMULATED_DEVICES }, { noNullPrototype: true });
const LIVE = fc.record({ ...BASE, devices: LIVE_DEVICES }, { noNullPrototype: true });

export type SwarmDraw = typeof SIMULATED extends fc.Arbitrary<infer T> ? T : never;

/** The arbitrary of a plan's swarm. */
export const swarmDraw = (live: boolean): fc.Arbitrary<SwarmDraw> => (live ? LIVE : SIMULATED);

export interface Swarm extends Omit<SwarmDraw, "typeExpiry" | "typed" | "crowd" | "certainBackground"> {
  /** The task types to draw from, each as often as its weight says; never empty. */
  readonly taskTypes: readonly TaskType[];
  /** Seconds; absent: the plan has one device type only. */
  readonly typeExpiry: number | undefined;
}

/**
 * @param typedPercent in how many of 100 plans there is a second device type, with a taskExpiresAfter
 * @param crowded whether fleets are large and most plans have a background fault
 */
export function swarmOf(draw: SwarmDraw, typedPercent: number, crowded = false): Swarm {
  const { crowd, certainBackground, typed, typeExpiry, ...rest } = draw;
  const weights: readonly (readonly [TaskType, number])[] = [
    ["R", draw.reads],
    ["W", draw.writes],
    ["E", draw.executes],
  ];
  const taskTypes = weights.flatMap(([type, weight]) => Array.from({ length: weight }, () => type));
  return {
    ...rest,
    ...(crowded ? { devices: crowd, background: certainBackground } : {}),
    taskTypes: taskTypes.length === 0 ? ["R", "W", "E"] : taskTypes,
    typeExpiry: typed < typedPercent ? typeExpiry : undefined,
  };
}
