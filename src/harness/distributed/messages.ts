/**
 * What the coordinator of a distributed run and its workers tell each other, beside jobs and their answers: plain data
 * that is repeated every moment. So nothing is lost with a message, and nothing of it stays behind.
 *
 * Both sides may be of another version of Fleetproof: what is needed to find that out is read first, and never changes.
 */
import { z } from "zod";

/** Key of a run, and part of the names of its keys and channels. */
const RunId = z.string().regex(/^[a-z0-9-]{1,64}$/);
const WorkerId = z.string().min(1).max(64);
const Version = z.string().min(1).max(64);

/** What both sides of every version say. */
const Outside = z.object({ run: RunId, version: Version });

export const Announcement = z.strictObject({
  run: RunId,
  /** Of the coordinator. */
  version: Version,
  /** What is to be done, for people. */
  work: z.string().max(40),
  /** `stopping`: what is under way ends as soon as it can, with what there is. */
  state: z.enum(["gathering", "working", "stopping", "over"]),
  /** Ids of the workers that take part. */
  members: z.array(WorkerId),
  /** More workers may take part. */
  open: z.boolean(),
  /** When all begin, by the clock of Redis: microseconds since the Unix epoch. Absent: nobody waits for it, or not yet. */
  startAt: z.number().int().positive().optional(),
  locks: z.strictObject({
    /** Milliseconds for which a worker that is silent keeps its job. */
    duration: z.number().int().positive(),
    /** Milliseconds between two looks for workers that fell silent. */
    check: z.number().int().positive(),
    /** How often a job may be taken from a worker that fell silent, and given to another. */
    mayStall: z.number().int().nonnegative(),
  }),
});
export type Announcement = z.infer<typeof Announcement>;

export const WorkerMessage = z.strictObject({
  run: RunId,
  /** Of the worker. */
  version: Version,
  worker: WorkerId,
  /** For people. */
  name: z.string().min(1).max(80),
  state: z.enum(["offers", "ready", "refuses", "leaves"]),
});
export type WorkerMessage = z.infer<typeof WorkerMessage>;

/** An announcement; of another version, whatever else it says: no more than that; `undefined` for what is none. */
export type HeardAnnouncement =
  | { readonly kind: "announcement"; readonly announcement: Announcement }
  | { readonly kind: "other-version"; readonly run: string; readonly version: string };

export function readAnnouncement(text: string, version: string): HeardAnnouncement | undefined {
  const value = jsonOf(text);
  const outside = Outside.safeParse(value);
  if (!outside.success) return undefined;
  if (outside.data.version !== version) return { kind: "other-version", ...outside.data };
  const parsed = Announcement.safeParse(value);
  return parsed.success ? { kind: "announcement", announcement: parsed.data } : undefined;
}

/** @returns `undefined` for what is none, or belongs to another run */
export function readWorkerMessage(text: string, run: string): WorkerMessage | undefined {
  const parsed = WorkerMessage.safeParse(jsonOf(text));
  return parsed.success && parsed.data.run === run ? parsed.data : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
