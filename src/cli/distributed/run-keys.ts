/**
 * The keys of one run in Redis: they expire by themselves, unless somebody who takes part puts it off. So what a command
 * leaves behind that was killed is gone a while later, and nobody has to look for it.
 */
import { pause } from "../../platform/timers.ts";
import { type Micros, seconds, toMillis } from "../../protocol/time.ts";
import { KEY_PREFIX } from "./names.ts";
import type { RedisLink } from "./redis-link.ts";

/** Much longer than any pause that a busy machine makes, and than Redis may be away. */
export const KEYS_LIVE = seconds(600);
const RENEW_EVERY: Micros = seconds(20);

/** What the queue keeps for a run. Its other keys end on their own, and by that it knows when to look for silent workers. */
const PARTS: readonly string[] = ["meta", "id", "wait", "active", "marker", "events", "stalled", "failed"];

type Redis = Pick<RedisLink, "commands" | "packages">;

/**
 * Puts off the end of a run's keys. Asks for them by name: a Redis of other people's may hold millions.
 *
 * @param jobs ids of those under way
 */
export async function renewKeys({ commands, packages }: Redis, run: string, jobs: readonly string[]): Promise<void> {
  const names = new packages.bullmq.QueueKeys(KEY_PREFIX);
  const asked = commands.pipeline();
  for (const part of [...PARTS, ...jobs]) asked.pexpire(names.toKey(run, part), toMillis(KEYS_LIVE));
  await asked.exec();
}

/** Until the signal. While Redis is away nothing is said: its return is watched elsewhere. */
export async function keepKeys(
  link: Redis,
  run: string,
  jobs: () => readonly string[],
  over: AbortSignal,
): Promise<void> {
  while (!over.aborted) {
    if (link.commands.status === "ready") await renewKeys(link, run, jobs()).catch(() => undefined);
    await pause(RENEW_EVERY, over);
  }
}

/** Takes away what is there of a run. */
export async function removeKeys({ commands }: Pick<RedisLink, "commands">, run: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await commands.scan(cursor, "MATCH", `${KEY_PREFIX}:${run}:*`, "COUNT", 1_000);
    if (keys.length > 0) await commands.del(...keys);
    cursor = next;
  } while (cursor !== "0");
}
