/** `--start-at`: processes that begin at the same moment, by the clocks of their machines. */
import { z } from "zod";
import { spanWords } from "../../harness/record/span-words.ts";
import { readTimeOfDay } from "../../platform/clock.ts";
import { UsageError } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import { millis, toUnixMillis } from "../../protocol/time.ts";
import type { CommandIo } from "../io.ts";
import type { Services } from "../services.ts";

/** Further away it is a mistake. */
const FURTHEST = 86_400_000;

/** A time of day in ISO 8601 with its zone; milliseconds since the Unix epoch after parsing. */
export const StartTime = z.string().transform((text, context) => {
  const time = readTimeOfDay(text);
  if (time !== undefined) return toUnixMillis(time);
  context.addIssue(`"${text}" is no time such as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00.500+01:00`);
  return z.NEVER;
});

/** @throws UsageError `bad-value`: more than a day away */
export function refuseFarStart(start: number | undefined, now: number): void {
  if (start === undefined || start - now <= FURTHEST) return;
  throw new UsageError("bad-value", "--start-at is more than a day away");
}

/** Ends at that time, or when the user has enough. Who is late begins at once, and says so. */
export async function waitForStart(
  start: number | undefined,
  services: Pick<Services, "now">,
  io: CommandIo,
): Promise<void> {
  if (start === undefined) return;
  const wait = start - services.now();
  if (wait < 0) io.err(`late: --start-at was ${spanWords(-wait * 1_000)} ago; beginning at once\n`);
  else await pause(millis(wait), io.signal);
}
