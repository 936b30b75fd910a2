/**
 * Notices that may come with every packet, told once in an interval with how often: a flood must not become a flood of
 * lines.
 */
import { after, type Instant, type Micros, seconds } from "../../protocol/time.ts";

export interface RepeatedNotice {
  /** It happened once more: told at once the first time, then when the interval is over. */
  happened(now: Instant): void;
}

/** @param tell gets how often it has happened since it was told before */
export function createRepeatedNotice(tell: (times: number) => void, interval: Micros = seconds(10)): RepeatedNotice {
  let times = 0;
  let quietUntil = 0 as Instant;
  return {
    happened(now) {
      times += 1;
      if (now < quietUntil) return;
      tell(times);
      times = 0;
      quietUntil = after(now, interval);
    },
  };
}
