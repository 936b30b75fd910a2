/** A worker's wait for the moment at which all workers of a run begin. It is told by the clock of Redis, which all see. */
import { now } from "../../platform/clock.ts";
import { pause } from "../../platform/timers.ts";
import { before, between, type Instant, type Micros } from "../../protocol/time.ts";
import type { RedisLink } from "./redis-link.ts";

export interface CommonStart {
  /** May be told again. */
  start(at: number): void;
  /** Settles then; at once when that is over, or the signal is aborted. */
  readonly wait: () => Promise<void>;
}

export function createCommonStart(link: Pick<RedisLink, "time">, signal: AbortSignal): CommonStart {
  let tell: (at: Instant | undefined) => void = () => undefined;
  const told = new Promise<Instant | undefined>((resolve) => {
    tell = resolve;
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  return {
    start: (at) => tell(at as Instant),
    async wait() {
      const at = await told;
      if (at === undefined) return;
      const asked = now();
      const there = await link.time();
      // Redis looked at its clock somewhere between the question and the answer.
      const ahead = between(before(now(), (between(asked, now()) / 2) as Micros), there);
      await pause(between(now(), before(at, ahead)), signal);
    },
  };
}
