/**
 * What a worker of distributed runs can do: a table of jobs. Each takes data that came from Redis, and gives plain data.
 */

import { readPlansJob, readShrinkJob } from "../../harness/distributed/plan-messages.ts";
import type { ShardProgress } from "../../harness/distributed/shard-messages.ts";
import type { PlanRunner, ServerRecipe } from "../../harness/execution/plan-runner.ts";
import type { Services } from "../services.ts";
import { runFleetShard, runLoadShard } from "./shard-jobs.ts";

export type WorkerServices = Pick<
  Services,
  "version" | "program" | "openPlanRunner" | "runFleet" | "runLoad" | "randomSeed" | "now"
>;

/** What a job may use. */
export interface JobContext {
  readonly services: WorkerServices;
  /** Name of this worker. */
  readonly worker: string;
  /** Aborted when the run stops: an answer with what there is by then is wanted. */
  readonly stop: AbortSignal;
  /** Aborted when this worker is to end. */
  readonly leave: AbortSignal;
  /** Threads for plans of this server: the same ones for all jobs of a run. */
  plansOn(server: ServerRecipe): PlanRunner;
  /** Settles at the moment at which all workers of the run begin, or when it stops. */
  start(): Promise<void>;
  /** Tells the coordinator what it may show. */
  progress(progress: ShardProgress): void;
}

/** Another worker is to begin it anew. */
export const GIVE_BACK = Symbol("give back");

type WorkerJob = (data: unknown, context: JobContext) => Promise<unknown>;

export const WORKER_JOBS: Readonly<Record<string, WorkerJob>> = {
  plans(data, context) {
    const { server, job } = readPlansJob(data);
    return context.plansOn(server).plans(job);
  },
  /** May take half a minute, and would end with another plan if it were cut short here. */
  async shrink(data, { plansOn, leave }) {
    const { server, job } = readShrinkJob(data);
    const left = new Promise<typeof GIVE_BACK>((resolve) => {
      if (leave.aborted) resolve(GIVE_BACK);
      leave.addEventListener("abort", () => resolve(GIVE_BACK), { once: true });
    });
    return Promise.race([plansOn(server).shrink(job), left]);
  },
  load: runLoadShard,
  fleet: runFleetShard,
};
