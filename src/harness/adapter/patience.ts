/** How long an adapter has for an answer. */
import { type Micros, seconds } from "../../protocol/time.ts";

export const ADAPTER_PATIENCE: Micros = seconds(10);

/** A machine that is busy with other work is as slow as a wrong adapter: the user may give more time. */
export const tooLate = (patience: Micros): string =>
  `no answer within ${patience / 1_000_000} s; --adapter-timeout gives it longer`;
