/**
 * Worker threads: a pool that does the jobs of worker.ts, and a `PlanRunner` on top of it.
 *
 * A thread of the build runs the build; in the checkout a thread begins with worker-from-sources.mjs. What a thread
 * throws, or its end, is our bug: everything that can go wrong with a server comes back as data.
 */
import { Piscina } from "piscina";
import type { PlanRunner, ServerRecipe } from "../harness/execution/plan-runner.ts";
import { generatePlan } from "../scenarios/generate.ts";
import type { SelfTestRunner } from "./services.ts";
import type * as worker from "./worker.ts";

type Jobs = typeof worker;
type JobName = keyof Jobs;

export interface WorkerPool {
  /** Threads. */
  readonly size: number;
  /** Set when the work is to stop: a job looks at it now and then. */
  readonly stop: worker.StopFlag;
  /** Does a job when a thread is free; jobs are begun in the order in which they are given. */
  run<Name extends JobName>(name: Name, task: Parameters<Jobs[Name]>[0]): Promise<Awaited<ReturnType<Jobs[Name]>>>;
  /** Ends the threads, whatever they do. */
  close(): Promise<void>;
}

/** @param signal when it is aborted, jobs end as soon as they can, with what they have */
export function openWorkerPool(size: number, signal?: AbortSignal): WorkerPool {
  const fromSources = import.meta.url.endsWith(".ts");
  const pool = new Piscina({
    filename: new URL(fromSources ? "./worker-from-sources.mjs" : "./worker.js", import.meta.url).href,
    name: "plans" satisfies JobName,
    minThreads: size,
    maxThreads: size,
    // Whatever loader this process was started with: the thread brings its own.
    ...(fromSources ? { execArgv: [] } : {}),
  });
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const abort = (): void => void Atomics.store(stop, 0, 1);
  if (signal?.aborted === true) abort();
  signal?.addEventListener("abort", abort);
  return {
    size,
    stop,
    run: (name, task) => pool.run(task, { name }),
    async close() {
      signal?.removeEventListener("abort", abort);
      // What a thread still answers is nobody's any more, and without a listener would end this process.
      pool.on("error", () => {});
      await pool.destroy();
    },
  };
}

/** Plans of one chunk: about 0.3 s. */
const CHUNK = 48;

/** Runs plans on threads of their own, which end with it. */
export function openPlanRunner(size: number, server: ServerRecipe, signal?: AbortSignal): PlanRunner {
  const pool = openWorkerPool(size, signal);
  const { stop } = pool;
  return {
    lanes: size,
    chunk: CHUNK,
    plans: (job) =>
      orNamed(pool.run("plans", { server, job, stop }), () => {
        const { seed, profile, families, from } = job;
        const first = generatePlan({ seed, index: from, profile, mode: "sim", families });
        return `running ${job.count} plans from ${first.id} on`;
      }),
    shrink: (job) =>
      orNamed(pool.run("shrink", { server, job, stop }), () => `making ${job.plan.id} small for ${job.requirement}`),
    close: () => pool.close(),
  };
}

/** Runs cases of the self-test on threads of their own, which end with it. */
export function openSelfTest(size: number, signal?: AbortSignal): SelfTestRunner {
  const pool = openWorkerPool(size, signal);
  return {
    lanes: size,
    run: (selfTest) =>
      orNamed(
        pool.run("selfTestCase", { selfTest, stop: pool.stop }),
        () => `testing ${selfTest.id} with ${selfTest.seed}`,
      ),
    close: () => pool.close(),
  };
}

/** @throws Error that tells what the worker was doing when it failed or ended */
async function orNamed<T>(work: Promise<T>, what: () => string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    throw new Error(`a worker failed while ${what()}: ${text}`, { cause });
  }
}
