/**
 * How many requests a token may make: in a minute that slides, and in a day of UTC. Counts and headers only; who is
 * refused is told by the HTTP front.
 *
 * The minute is kept in seconds, so it is at most one second too long. A request that is refused does not count.
 *
 * Source: the cloud's rate limits and their headers `X-Rate-Limit-Limit`, `-Remaining` and `-Reset`, each `minute/day`,
 * a reset in seconds since the Unix epoch.
 */
import { type Instant, toUnixMillis } from "../../protocol/time.ts";

export interface RateLimit {
  readonly perMinute: number;
  readonly perDay: number;
}

export interface RateDecision {
  readonly isAllowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RateLimiter {
  /** Counts a request of this token, unless it is refused. Requests without a token share one count. */
  take(token: string | undefined, now: Instant): RateDecision;
}

interface Usage {
  /** Requests by second, oldest first; only of the last minute. */
  readonly seconds: { readonly at: number; count: number }[];
  day: number;
  ofDay: number;
}

const MINUTE = 60;
const DAY = 86_400;
/** Whoever makes up tokens cannot fill the memory: the count that was begun first is forgotten. */
const MOST_TOKENS = 10_000;

export function createRateLimiter({ perMinute, perDay }: RateLimit): RateLimiter {
  const usages = new Map<string, Usage>();

  const usageOf = (token: string): Usage => {
    const known = usages.get(token);
    if (known !== undefined) return known;
    const [oldest] = usages.keys();
    if (usages.size >= MOST_TOKENS && oldest !== undefined) usages.delete(oldest);
    const usage: Usage = { seconds: [], day: 0, ofDay: 0 };
    usages.set(token, usage);
    return usage;
  };

  return {
    take(token = "", instant) {
      const now = Math.floor(toUnixMillis(instant) / 1_000);
      const usage = usageOf(token);
      forgetPast(usage, now);
      const isAllowed = ofMinute(usage) < perMinute && usage.ofDay < perDay;
      if (isAllowed) count(usage, now);
      const minuteEnds = (usage.seconds[0]?.at ?? now) + MINUTE;
      const dayEnds = (usage.day + 1) * DAY;
      const left = [Math.max(0, perMinute - ofMinute(usage)), Math.max(0, perDay - usage.ofDay)];
      const retryAt = usage.ofDay >= perDay ? dayEnds : minuteEnds;
      return {
        isAllowed,
        headers: {
          "X-Rate-Limit-Limit": `${perMinute}/${perDay}`,
          "X-Rate-Limit-Remaining": left.join("/"),
          "X-Rate-Limit-Reset": `${minuteEnds}/${dayEnds}`,
          ...(isAllowed ? {} : { "Retry-After": String(retryAt - now) }),
        },
      };
    },
  };
}

function forgetPast(usage: Usage, now: number): void {
  while (usage.seconds[0] !== undefined && usage.seconds[0].at + MINUTE <= now) usage.seconds.shift();
  const day = Math.floor(now / DAY);
  if (day === usage.day) return;
  usage.day = day;
  usage.ofDay = 0;
}

const ofMinute = ({ seconds }: Usage): number => seconds.reduce((sum, { count: ofSecond }) => sum + ofSecond, 0);

function count(usage: Usage, now: number): void {
  const last = usage.seconds.at(-1);
  if (last?.at === now) last.count += 1;
  else usage.seconds.push({ at: now, count: 1 });
  usage.ofDay += 1;
}
