/**
 * A worker's part in one run: takes jobs from the run's queue, one at a time, does them, and puts the answers where the
 * coordinator finds them. Ends when the run is over, or when the worker is to end; then what it does is finished or
 * given back first.
 */
import type { Job, Worker } from "bullmq";
import type { Announcement } from "../../harness/distributed/messages.ts";
import type { PlanRunner, ServerRecipe } from "../../harness/execution/plan-runner.ts";
import { HarnessError } from "../../platform/errors.ts";
import { createCommonStart } from "./common-start.ts";
import type { Answer } from "./job-queue.ts";
import { ANSWER_LIVES, answerKey, KEY_PREFIX } from "./names.ts";
import type { RedisLink } from "./redis-link.ts";
import { renewKeys } from "./run-keys.ts";
import { GIVE_BACK, type JobContext, WORKER_JOBS, type WorkerServices } from "./worker-jobs.ts";

export interface SessionOptions {
  readonly name: string;
  readonly services: WorkerServices;
  readonly announcement: Announcement;
  readonly say: (line: string) => void;
}

export interface Session {
  readonly run: string;
  /** Jobs that were done. */
  readonly done: number;
  /** When all begin, by the clock of Redis: microseconds since the Unix epoch. */
  start(at: number): void;
  /** The run stops: what is under way ends with what there is. */
  stop(): void;
  /** Finishes what is under way, or gives it back, and takes no more. */
  leave(): Promise<void>;
  /** Ends at once: nobody waits for an answer any more. */
  abandon(): Promise<void>;
}

export async function openSession(link: RedisLink, options: SessionOptions): Promise<Session> {
  const { name, announcement } = options;
  const { run, locks } = announcement;
  const stop = new AbortController();
  const leave = new AbortController();
  const threads = createThreads(options.services, stop.signal);
  let done = 0;
  let abandoned = false;
  const common = createCommonStart(link, AbortSignal.any([stop.signal, leave.signal]));
  const context = {
    services: options.services,
    stop: stop.signal,
    leave: leave.signal,
    plansOn: threads.plansOn,
    start: common.wait,
  };
  const worker: Worker = new link.packages.bullmq.Worker(
    run,
    async (job, token) => {
      if (await perform(link, job, token, name, context, () => abandoned)) done += 1;
    },
    {
      connection: link.commands,
      prefix: KEY_PREFIX,
      name,
      concurrency: 1,
      lockDuration: locks.duration,
      stalledInterval: locks.check,
      maxStalledCount: locks.mayStall,
      // One waiting read of Redis, and so the longest time for which closing may wait.
      drainDelay: 2,
    },
  );
  worker.on("error", () => undefined);
  await worker.waitUntilReady();
  return {
    run,
    get done() {
      return done;
    },
    start: common.start,
    stop: () => stop.abort(),
    async leave() {
      leave.abort();
      await worker.close();
      await threads.close();
    },
    async abandon() {
      abandoned = true;
      stop.abort();
      leave.abort();
      await Promise.all([worker.close(true).catch(() => undefined), threads.close()]);
    },
  };
}

/** One runner of plans for the whole session: threads are slow to start. */
function createThreads(services: WorkerServices, stop: AbortSignal) {
  let opened: { readonly key: string; readonly runner: PlanRunner } | undefined;
  return {
    plansOn(server: ServerRecipe): PlanRunner {
      const key = JSON.stringify(server);
      if (opened?.key === key) return opened.runner;
      void opened?.runner.close();
      opened = { key, runner: services.openPlanRunner(1, server, stop) };
      return opened.runner;
    },
    close: async (): Promise<void> => opened?.runner.close(),
  };
}

/** @returns whether there is an answer that somebody waits for */
async function perform(
  link: RedisLink,
  job: Job,
  token: string | undefined,
  name: string,
  context: Omit<JobContext, "progress" | "worker">,
  isAbandoned: () => boolean,
): Promise<boolean> {
  const [run, id] = [job.queueName, job.id ?? ""];
  // What taking it has made: its coordinator may be gone before it learns of it.
  renewKeys(link, run, [id]).catch(() => undefined);
  const answer = await answerOf(job, name, {
    ...context,
    worker: name,
    progress: (progress) => void job.updateProgress(progress as object).catch(() => undefined),
  });
  if (answer === GIVE_BACK) {
    await job.moveToWait(token);
    throw new link.packages.bullmq.WaitingError();
  }
  if (isAbandoned()) return false;
  await link.commands.set(answerKey(run, id), JSON.stringify(answer), "EX", ANSWER_LIVES);
  return true;
}

async function answerOf(job: Job, worker: string, context: JobContext): Promise<Answer | typeof GIVE_BACK> {
  try {
    const work = WORKER_JOBS[job.name];
    if (work === undefined) throw new HarnessError("queue-not-usable", `there is no job "${job.name}"`);
    const answer = await work(job.data, context);
    return answer === GIVE_BACK ? GIVE_BACK : { kind: "done", worker, answer };
  } catch (error) {
    if (error instanceof HarnessError)
      return { kind: "trouble", worker, trouble: { kind: "unusable", code: error.code, message: error.message } };
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: "trouble", worker, trouble: { kind: "bug", message } };
  }
}
