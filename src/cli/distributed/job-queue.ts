/**
 * The coordinator's side of the queue of one run: gives a job to whichever worker is free, and settles when its answer
 * is there. Answers have keys of their own, by run and job, and are taken away when they are read.
 */
import type { Queue } from "bullmq";
import { z } from "zod";
import { looked, TROUBLE } from "../../harness/distributed/plan-messages.ts";
import type { Trouble } from "../../harness/execution/plan-runner.ts";
import { answerKey, KEY_PREFIX } from "./names.ts";
import type { RedisLink } from "./redis-link.ts";
import { keepKeys, renewKeys } from "./run-keys.ts";

export type JobEnd =
  | { readonly kind: "done"; readonly worker: string; readonly answer: unknown }
  | { readonly kind: "trouble"; readonly worker: string; readonly trouble: Trouble }
  /** The worker fell silent too often. */
  | { readonly kind: "silent"; readonly worker: string | undefined }
  /** The run ended first. */
  | { readonly kind: "stopped" };

const Answer = z.union([
  z.strictObject({ kind: z.literal("done"), worker: z.string(), answer: z.unknown() }),
  z.strictObject({ kind: z.literal("trouble"), worker: z.string(), trouble: TROUBLE }),
]);
export type Answer = Extract<JobEnd, { kind: "done" | "trouble" }>;

export interface Job {
  /** What a worker does: a row of worker-jobs.ts. */
  readonly name: string;
  /** Unique in the run. */
  readonly id: string;
  readonly data: unknown;
  readonly onProgress?: (progress: unknown) => void;
}

export interface JobQueue {
  run(job: Job): Promise<JobEnd>;
  /** Settles whatever is under way as `stopped`. */
  abandon(): void;
  close(): Promise<void>;
}

/** Milliseconds of one waiting read. A little more is how long it keeps the process when Redis is gone. */
const READ_FOR = 1_000;

interface Waiting {
  readonly settle: (end: JobEnd | Promise<JobEnd>) => void;
  readonly onProgress: Job["onProgress"];
}

export interface JobQueueOptions {
  readonly run: string;
  /** How often a job may be taken from a worker that fell silent. */
  readonly mayStall: number;
  /** One was, and is given to another. */
  readonly onSilent: () => void;
}

export async function openJobQueue(link: RedisLink, { run, mayStall, onSilent }: JobQueueOptions): Promise<JobQueue> {
  const { Queue, QueueEvents } = link.packages.bullmq;
  const shared = { connection: link.commands, prefix: KEY_PREFIX };
  const queue = new Queue(run, shared);
  // From the first event on: one that comes before the first reading is not to be missed.
  const events = new QueueEvents(run, { ...shared, lastEventId: "0", blockingTimeout: READ_FOR });
  const waiting = new Map<string, Waiting>();
  let abandoned = false;
  queue.on("error", () => undefined);
  events.on("error", () => undefined);
  const settle = (id: string, end: () => Promise<JobEnd>): void => {
    waiting.get(id)?.settle(end());
    waiting.delete(id);
  };
  events.on("completed", ({ jobId }) => settle(jobId, () => takeAnswer(link, run, jobId)));
  const silent = (id: string): void => settle(id, async () => ({ kind: "silent", worker: await workerOf(queue, id) }));
  events.on("failed", ({ jobId }) => silent(jobId));
  const stalls = new Map<string, number>();
  // The queue would let it fail only when a worker is free to take it, and they may all be busy for long.
  events.on("stalled", ({ jobId }) => {
    const count = (stalls.get(jobId) ?? 0) + 1;
    stalls.set(jobId, count);
    if (count > mayStall) silent(jobId);
    else onSilent();
  });
  events.on("progress", ({ jobId, data }) => waiting.get(jobId)?.onProgress?.(data));
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const over = new AbortController();
  void keepKeys(link, run, () => [...waiting.keys()], over.signal);
  return {
    async run({ name, id, data, onProgress }) {
      if (abandoned) return { kind: "stopped" };
      const end = new Promise<JobEnd>((resolve) => void waiting.set(id, { settle: resolve, onProgress }));
      // While Redis is away this waits; when it does not come back, `abandon` settles the job.
      queue
        .add(name, data, { jobId: id, attempts: 1, removeOnComplete: true })
        .then(() => renewKeys(link, run, [id]))
        .catch(() => undefined);
      return end;
    },
    abandon() {
      abandoned = true;
      over.abort();
      for (const { settle: resolve } of waiting.values()) resolve({ kind: "stopped" });
      waiting.clear();
    },
    async close() {
      await Promise.all([events.close(), queue.close()]);
    },
  };
}

async function takeAnswer(link: RedisLink, run: string, id: string): Promise<JobEnd> {
  const key = answerKey(run, id);
  const text = await link.commands.get(key);
  await link.commands.del(key);
  return looked<Answer>(Answer, text === null ? undefined : JSON.parse(text), `the answer to ${id}`);
}

async function workerOf(queue: Queue, id: string): Promise<string | undefined> {
  return (await queue.getJob(id))?.processedBy;
}
