/**
 * The steps that building blocks around firmware updates are written with, and about when what happens in an update
 * that nothing disturbs: it is many exchanges, and a device that works by itself in between.
 */
import type { FirmwareModel } from "../simulator/model/firmware.ts";
import type { Outsider } from "./plan.ts";
import type { Lane, Sketch } from "./sketch.ts";
import { bootTime, latencyOf } from "./steps.ts";

/** Gives the index of a new image for the device type of a lane. Its version is that of no other image. */
export function addImage(sketch: Sketch, { type }: Lane, size: number): number {
  sketch.images.push({ type, version: `2.${sketch.images.length}`, size });
  return sketch.images.length - 1;
}

export interface UpdateOptions {
  readonly needsAcceptance?: boolean;
  /** Seconds. */
  readonly expiresAfter?: number | undefined;
  /** When it is to begin, milliseconds from the start of the plan. Absent: at once. */
  readonly scheduledOn?: number | undefined;
  /** The target is given as `all` devices of the type. */
  readonly all?: boolean;
  /** By whom it is asked for; absent: by the owner of the device type. */
  readonly as?: Outsider;
}

/** Creates the update of these devices; gives its `ref`. */
export function createUpdate(
  sketch: Sketch,
  lanes: readonly Lane[],
  at: number,
  image: number,
  { needsAcceptance, expiresAfter, scheduledOn, all, as }: UpdateOptions = {},
): number {
  const task = sketch.nextTask;
  sketch.nextTask += 1;
  sketch.operations.push({
    at,
    kind: "create-update",
    task,
    image,
    devices: all === true ? "all" : lanes.map((lane) => lane.device),
    ...(needsAcceptance === true ? { needsAcceptance } : {}),
    ...(expiresAfter === undefined ? {} : { expiresAfter }),
    ...(scheduledOn === undefined ? {} : { scheduledOn }),
    ...(as === undefined ? {} : { as }),
  });
  return task;
}

export function answerUpdate(
  sketch: Sketch,
  task: number,
  lane: Lane,
  at: number,
  answer: "ACCEPTED" | "REJECTED",
  as?: Outsider,
): void {
  sketch.operations.push({
    at,
    kind: "answer-update",
    task,
    device: lane.device,
    answer,
    ...(as === undefined ? {} : { as }),
  });
}

// ── about when

/**
 * After how many milliseconds a server looks again at a device that works by itself: a guess, for nothing says how often.
 * Live it is the device that speaks up, again and again.
 */
const looksAfter = ({ pace: { mode, beat } }: Sketch): number => (mode === "live" ? 2 * beat : 10_000);
/** Bytes of a block when nobody asks for smaller ones. */
const USUAL_BLOCK = 1_024;
/** What stands in an image before its payload. */
const HEADER = 64;

const pulls = ({ delivery, protocols }: FirmwareModel): boolean =>
  delivery !== "push" && protocols.some((scheme) => scheme === "coap");

/** Moments of an update that begins at 0, milliseconds. */
export interface UpdateTimes {
  /** From the first to the last block. */
  readonly transfer: readonly [from: number, until: number];
  /** The device has the image, and is told to install it somewhere in between. */
  readonly execute: readonly [from: number, until: number];
  readonly installed: number;
  /** It has registered again. */
  readonly registered: number;
  /** The server knows of the success. */
  readonly over: number;
}

/** @param latency of the link, milliseconds each way */
export function updateTimes(sketch: Sketch, lane: Lane, image: number, latency = latencyOf(sketch)): UpdateTimes {
  const nature = sketch.swarm.natures[lane.device];
  const think = ((nature?.thinkTime ?? 0) * sketch.pace.ackTimeout) / 100;
  const answer = Math.ceil(2 * latency + think) + 1;
  const bytes = (sketch.images[image]?.size ?? 0) + HEADER;
  const { firmware, blockSize = USUAL_BLOCK } = lane.model;
  const pulled = firmware !== undefined && pulls(firmware);
  const begins = 2 * answer;
  // It is the server that says how large the blocks of a pull are, and it takes its time to notice that all have come.
  const transfer = pulled ? Math.ceil(bytes / USUAL_BLOCK) * 2 * latency : Math.ceil(bytes / blockSize) * answer;
  const got = begins + transfer;
  const seen = got + (pulled ? looksAfter(sketch) : 0) + 2 * answer;
  const installed = seen + answer + (firmware?.installTime ?? 0);
  const registered = installed + bootTime(sketch, lane) + answer;
  return {
    transfer: [begins, got],
    execute: [got, seen],
    installed,
    registered,
    over: registered + looksAfter(sketch) + 4 * answer,
  };
}
