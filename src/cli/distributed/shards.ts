/**
 * The shards of one load or fleet, one job each, from the common start to their answers. A shard whose worker is gone
 * ends the run, for what it has measured is gone too; or it is run again from its beginning, when the user wants that.
 */
import { readShardProgress, type ShardProgress } from "../../harness/distributed/shard-messages.ts";
import { HarnessError } from "../../platform/errors.ts";
import type { DistributedRun } from "./coordinator.ts";
import { answerOf } from "./plans.ts";

export type ShardSecond = Extract<ShardProgress, { kind: "second" }>;

export interface ShardsOptions<Answer> {
  /** A row of worker-jobs.ts. */
  readonly job: "load" | "fleet";
  /** Of each shard, in their order. */
  readonly data: readonly unknown[];
  readonly rerunLost: boolean;
  readonly read: (answer: unknown) => Answer;
  /** Called with what each shard said last, as often as one says something. */
  readonly onSecond: (seconds: readonly ShardSecond[]) => void;
  readonly say: (line: string) => void;
}

export interface ShardsEnd<Answer> {
  /** Of the shards that came to their end. */
  readonly answers: readonly { readonly shard: number; readonly answer: Answer }[];
  /** What each shard said last. */
  readonly last: readonly ShardSecond[];
  /** Why the others did not; absent: all did. */
  readonly trouble?: unknown;
}

export async function runShards<Answer>(
  run: DistributedRun,
  options: ShardsOptions<Answer>,
): Promise<ShardsEnd<Answer>> {
  const { data } = options;
  const answers: { readonly shard: number; readonly answer: Answer }[] = [];
  const hearer = createHearer(run, options);
  const jobs = data.map(async (_, shard) => {
    const answer = await oneShard(run, shard, options, hearer);
    answers.push({ shard, answer });
  });
  // Settled once more below: a second one that fails is nobody's.
  for (const job of jobs) job.catch(() => undefined);
  try {
    await Promise.all(jobs);
    return { answers: inOrder(answers), last: hearer.last() };
  } catch (trouble) {
    return { answers: inOrder(answers), last: hearer.last(), trouble };
  }
}

const inOrder = <A extends { readonly shard: number }>(answers: readonly A[]): readonly A[] =>
  [...answers].sort((a, b) => a.shard - b.shard);

interface Hearer {
  readonly started: boolean;
  last(): readonly ShardSecond[];
  /** Who is at it, or was. */
  workerOf(shard: number): string | undefined;
  hear(shard: number, progress: unknown): void;
}

function createHearer<Answer>(run: DistributedRun, { data, onSecond, say }: ShardsOptions<Answer>): Hearer {
  /** By whom. */
  const prepared = new Map<number, string>();
  const seconds = new Map<number, ShardSecond>();
  let started = false;
  return {
    get started() {
      return started;
    },
    last: () => [...seconds.values()],
    workerOf: (shard) => prepared.get(shard),
    hear(shard, value) {
      const progress = readShardProgress(value);
      if (progress?.kind === "silence")
        say(`shard ${shard}: ${progress.server} does not answer a CoAP ping; going on all the same`);
      if (progress?.kind === "second") {
        seconds.set(shard, progress);
        onSecond([...seconds.values()]);
      }
      if (progress?.kind !== "prepared") return;
      prepared.set(shard, progress.worker);
      if (started || prepared.size < data.length) return;
      started = true;
      say(`all ${data.length} shards are prepared; they begin together`);
      // Without Redis nobody begins, and the run is lost.
      run.startTogether().catch(() => undefined);
    },
  };
}

async function oneShard<Answer>(
  run: DistributedRun,
  shard: number,
  { job, data, rerunLost, read, say }: ShardsOptions<Answer>,
  hearer: Hearer,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? `shard-${shard}` : `shard-${shard}-again-${attempt}`;
    const name = `shard ${shard}/${data.length}`;
    const end = await run.run({
      name: job,
      id,
      data: data[shard],
      onProgress: (progress) => hearer.hear(shard, progress),
    });
    if (end.kind === "stopped") {
      if (run.lost.reason instanceof HarnessError)
        throw new HarnessError(run.lost.reason.code, `${run.lost.reason.message}; ${name} did not come to its end`);
      throw new HarnessError("interrupted", `${name} was given up before it came to an end`);
    }
    if (end.kind !== "silent") return read(answerOf(end, name));
    // The queue may name who took the job after that.
    const lost = `${name} is lost: worker ${hearer.workerOf(shard) ?? end.worker ?? "?"} fell silent`;
    // The others wait for it at the start, and no worker is free to take it.
    if (!rerunLost || !hearer.started)
      throw new HarnessError(
        "worker-lost",
        `${lost}, and what it measured is gone${rerunLost ? "" : " (--rerun-lost runs it again)"}`,
      );
    say(`${lost}; it is run again by the next worker that is free, and so not together with the others`);
  }
}
