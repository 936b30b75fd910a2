/** A runner of plans whose lanes are the workers of a distributed run. Same jobs, same answers, other processes. */

import { readPlansAnswer, readShrinkAnswer } from "../../harness/distributed/plan-messages.ts";
import type { PlanRunner, ServerRecipe, Trouble } from "../../harness/execution/plan-runner.ts";
import { HarnessError } from "../../platform/errors.ts";
import type { DistributedRun } from "./coordinator.ts";
import type { JobEnd } from "./job-queue.ts";

/** Plans of one chunk: about 0.3 s. */
const CHUNK = 48;

export function distributedPlans(run: DistributedRun, server: ServerRecipe): PlanRunner {
  let shrinks = 0;
  return {
    lanes: run.workers,
    chunk: CHUNK,
    async plans(job) {
      const end = await run.run({ name: "plans", id: `plans-${job.from}`, data: { server, job } });
      const what = `plans ${job.from} to ${job.from + job.count - 1}`;
      return end.kind === "stopped" ? { results: [] } : readPlansAnswer(answerOf(end, what));
    },
    async shrink(job) {
      const id = `shrink-${shrinks++}`;
      const end = await run.run({ name: "shrink", id, data: { server, job } });
      if (end.kind === "stopped") return { plan: job.plan, executions: 0, minimal: false };
      return readShrinkAnswer(answerOf(end, `making ${job.plan.id} small for ${job.requirement}`));
    },
    close: () => run.close(),
  };
}

/** @throws HarnessError what the worker could not do, or `worker-lost`; Error: our bug, in the worker */
export function answerOf(end: Exclude<JobEnd, { kind: "stopped" }>, what: string): unknown {
  switch (end.kind) {
    case "done":
      return end.answer;
    case "trouble":
      throw errorOf(end.trouble, `worker ${end.worker}, ${what}`);
    case "silent":
      throw new HarnessError(
        "worker-lost",
        `${what}: worker ${end.worker ?? "?"} fell silent, and so did those before it`,
      );
  }
}

export const errorOf = (trouble: Trouble, where: string): Error =>
  trouble.kind === "bug"
    ? new Error(`${where}: ${trouble.message}`)
    : new HarnessError(trouble.code, `${where}: ${trouble.message}`);
