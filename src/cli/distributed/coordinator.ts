/**
 * A distributed run as a command sees it: waits for its workers, gives them jobs, and takes everything away afterwards.
 *
 * It is lost when Redis is gone or no worker is left: then everything that is under way settles as stopped, and the
 * command ends with what it has. Ctrl-C asks the workers to end what they do, and waits for their answers a while.
 */
import type { MembersNews } from "../../harness/distributed/members.ts";
import type { Announcement } from "../../harness/distributed/messages.ts";
import { HarnessError } from "../../platform/errors.ts";
import { uniqueName } from "../../platform/hash.ts";
import { pause } from "../../platform/timers.ts";
import { after, type Micros, seconds, toSeconds } from "../../protocol/time.ts";
import { type Gathering, openGathering } from "./gathering.ts";
import { type Job, type JobEnd, type JobQueue, openJobQueue } from "./job-queue.ts";
import { KEY_PREFIX } from "./names.ts";
import { openRedisLink, type RedisLink } from "./redis-link.ts";
import { removeKeys } from "./run-keys.ts";

export interface DistributedSettings {
  readonly redis: URL;
  /** How many have to take part. */
  readonly workers: number;
  /** How long they may take to come, at the start and when none is left. */
  readonly waitFor: Micros;
}

export interface RunOptions extends DistributedSettings {
  readonly version: string;
  /** How the user calls this program. */
  readonly program: string;
  readonly work: string;
  readonly locks: Announcement["locks"];
  /** How long workers may take to end what they do after Ctrl-C. */
  readonly stopWithin: Micros;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** How long Redis may be away. Default 5 s. */
  readonly patience?: Micros;
}

export interface DistributedRun {
  readonly workers: number;
  /** Aborted, with a HarnessError as reason, when the run cannot go on. */
  readonly lost: AbortSignal;
  /** Lets all workers begin at the same moment, soon. */
  startTogether(): Promise<void>;
  run(job: Job): Promise<JobEnd>;
  close(): Promise<void>;
}

const PATIENCE = seconds(5);

/** Of jobs that can be given to another worker at any time. A job that silences so many is at fault itself. */
export const REPEATABLE: Announcement["locks"] = { duration: 6_000, check: 1_000, mayStall: 9 };
/** Of measurements: a second attempt measures something else. */
export const MEASURING: Announcement["locks"] = { duration: 30_000, check: 5_000, mayStall: 0 };

/**
 * @throws HarnessError `queue-not-usable`: no Redis there, or one that forgets keys; `worker-lost`: not enough workers
 *   came; `interrupted`: Ctrl-C before they did
 */
export async function openDistributedRun(options: RunOptions): Promise<DistributedRun> {
  const link = await openRedisLink(options.redis, options.patience ?? PATIENCE);
  const run = uniqueName().slice(0, 16);
  try {
    await refuseForgetful(link);
    const queue = await openJobQueue(link, {
      run,
      mayStall: options.locks.mayStall,
      onSilent: () => options.say("a worker fell silent; its job is given to another"),
    });
    const gathering = await openGathering(link, {
      ...options,
      run,
      onNews: (news) => options.say(newsText(news, options)),
    });
    const parts: Parts = { options, link, id: run, queue, gathering };
    try {
      await gather(parts);
      return begin(parts);
    } catch (error) {
      await closeAll(parts);
      throw error;
    }
  } catch (error) {
    link.close();
    throw error;
  }
}

function newsText({ kind, name, version }: MembersNews, options: RunOptions): string {
  switch (kind) {
    case "joined":
      return `worker ${name} takes part`;
    case "ready":
      return `worker ${name} is ready`;
    case "left":
      return `worker ${name} has left`;
    case "silent":
      return `worker ${name} fell silent`;
    case "refused":
      return `worker ${name} is refused: it runs Fleetproof ${version}, this is ${options.version}`;
  }
}

/** @throws HarnessError `queue-not-usable`: a Redis that drops keys when its memory is full would drop jobs */
async function refuseForgetful({ commands, shown }: RedisLink): Promise<void> {
  const memory = await commands.info("memory");
  const value = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(memory)?.[1] ?? "";
  if (value("maxmemory") === "0" || value("maxmemory_policy") === "noeviction") return;
  throw new HarnessError(
    "queue-not-usable",
    `${shown} drops keys when its memory is full (maxmemory-policy ${value("maxmemory_policy")}): set it to noeviction`,
  );
}

interface Parts {
  readonly options: RunOptions;
  readonly link: RedisLink;
  readonly id: string;
  readonly queue: JobQueue;
  readonly gathering: Gathering;
}

/** @throws HarnessError `worker-lost`, `interrupted` */
async function gather({ options, link, gathering }: Parts): Promise<void> {
  const { workers, waitFor, signal, program, say } = options;
  const asked = workers === 1 ? "1 worker" : `${workers} workers`;
  say(`waiting for ${asked}: ${program} worker --redis ${link.shown}`);
  const either = AbortSignal.any([signal, link.lost]);
  if (await gathering.until(({ workers: all }) => countReady(all) >= workers, waitFor, either)) return;
  link.lost.throwIfAborted();
  if (signal.aborted) throw new HarnessError("interrupted", "interrupted before the workers were there");
  throw new HarnessError(
    "worker-lost",
    `${asked} were asked for and ${gathering.ready} came within ${toSeconds(waitFor)} s: start more with ${program} worker --redis ${link.shown}`,
  );
}

const countReady = (workers: ReadonlyMap<string, { readonly ready: boolean }>): number =>
  [...workers.values()].filter(({ ready }) => ready).length;

function begin(parts: Parts): DistributedRun {
  const { options, link, queue, gathering } = parts;
  const over = new AbortController();
  const stop = (): void => {
    gathering.state("stopping");
    void pause(options.stopWithin, over.signal).then(() => queue.abandon());
  };
  const lose = (): void => {
    options.say((link.lost.reason as HarnessError).message);
    queue.abandon();
  };
  gathering.state("working");
  options.signal.addEventListener("abort", stop);
  if (options.signal.aborted) stop();
  link.lost.addEventListener("abort", lose);
  if (link.lost.aborted) lose();
  link.onReturn(() => void loseIfForgotten(parts));
  void keepManned(parts, over.signal);
  return {
    workers: options.workers,
    lost: link.lost,
    startTogether: async () => gathering.start(after(await link.time(), START_AFTER)),
    run: (job) => queue.run(job),
    async close() {
      if (over.signal.aborted) return;
      over.abort();
      options.signal.removeEventListener("abort", stop);
      link.lost.removeEventListener("abort", lose);
      await closeAll(parts);
    },
  };
}

/** A Redis that was started again has forgotten the jobs. */
async function loseIfForgotten({ link, id }: Parts): Promise<void> {
  const known = await link.commands.exists(`${KEY_PREFIX}:${id}:meta`).catch(() => 1);
  if (known === 0) link.lose("it was started again and has forgotten the run");
}

/** Gives up when no worker takes part for too long. */
async function keepManned({ options, link, gathering }: Parts, over: AbortSignal): Promise<void> {
  const either = AbortSignal.any([over, link.lost]);
  while (!either.aborted) {
    await gathering.until(({ workers }) => workers.size === 0, WHILE_IT_RUNS, either);
    if (either.aborted || gathering.taking > 0) continue;
    options.say(`no worker is left; waiting ${toSeconds(options.waitFor)} s for another`);
    const manned = await gathering.until(({ workers }) => workers.size > 0, options.waitFor, either);
    if (!manned && !either.aborted) link.lose("no worker is left");
  }
}

/** Time for the announcement to reach every worker. */
const START_AFTER = seconds(1);
const WHILE_IT_RUNS = seconds(3_600);
/** For the workers to leave, and with that for all. */
const LEAVE_WITHIN = seconds(1.5);
const CLOSE_WITHIN = seconds(5);

/** Says that it is over, and takes away whatever the run has left in Redis. */
async function closeAll({ link, id, queue, gathering }: Omit<Parts, "options">): Promise<void> {
  const done = new AbortController();
  const work = async (): Promise<void> => {
    gathering.state("over");
    await gathering.until(({ workers }) => workers.size === 0, LEAVE_WITHIN, done.signal);
    await removeKeys(link, id);
    await queue.close();
  };
  queue.abandon();
  // Without Redis each step would wait for ever; but what reads the queue has to know that it is over.
  if (link.commands.status === "ready")
    await Promise.race([work().catch(() => undefined), pause(CLOSE_WITHIN, done.signal)]);
  else queue.close().catch(() => undefined);
  done.abort();
  gathering.close();
  link.close();
}
