/**
 * What making plans small costs, and may cost, on a live target: how long a run takes, how many go on at once, and how
 * far from the edge the times of a plan stay.
 */
import { coapParams } from "../../protocol/profile.ts";
import { toMillis } from "../../protocol/time.ts";
import { type Plan, restartsServer } from "../../scenarios/plan.ts";
import type { Executor } from "../execution/target.ts";
import type { History } from "../history/history.ts";
import { passesDays, turnedDuration } from "../live/passing-days.ts";
import { createStarts, type Starts } from "../live/starts.ts";
import { SERVERS_AT_ONCE } from "../live/turns.ts";
import type { Finding } from "../record/finding.ts";
import type { SolidShrinkOptions } from "../shrink/solid-shrink.ts";

/** Milliseconds that a live run may take beyond its plan, for set-up and the last answers. */
const LIVE_MARGIN = 1_000;
/** Milliseconds for starting a server. */
const START_MARGIN = 1_500;

/**
 * Milliseconds that a live run of a plan takes, about.
 *
 * @param turnsClock the clock of the target is turned where the plan waits for long
 */
export function durationOf(plan: Plan, turnsClock = false): number {
  const until = turnsClock && passesDays(plan) ? turnedDuration(plan) : plan.until;
  const restarts = plan.operations.filter(({ kind }) => kind === "restart-server").length;
  return until + LIVE_MARGIN + (restarts === 0 ? 0 : (1 + restarts) * START_MARGIN);
}

/** Runs of one failure at the same time. */
export const MOST_AT_ONCE = 24;

/** @param atOnce runs at the same time; a server that is killed is another process for each run */
export const liveShrinking = (
  plan: Plan,
  atOnce = MOST_AT_ONCE,
): Pick<SolidShrinkOptions<unknown>, "durationOf" | "leastWait" | "atOnce"> => ({
  // Plans that pass days stay as they are: each run of one would need the target for itself.
  durationOf: (candidate) => durationOf(candidate),
  leastWait: leastWaitOf(plan),
  atOnce: restartsServer(plan) ? SERVERS_AT_ONCE : atOnce,
});

/**
 * Milliseconds, the least that a shrunk live plan waits where something may happen: what the server may take to act, and
 * the longest time after which a lost datagram is repeated.
 */
function leastWaitOf({ profile }: Plan): number {
  const { ackTimeout, ackRandomFactor } = coapParams(profile);
  return Math.ceil(profile.reaction * 1_000 + toMillis(ackTimeout) * ackRandomFactor);
}

/** Milliseconds since the plan began. */
export function shownBy({ events }: Finding, { events: all }: History): number {
  const start = all.find((event) => event.kind === "mark" && event.mark === "start")?.at ?? 0;
  const latest = Math.max(start, ...events.map((index) => all[index]?.at ?? start));
  return Math.ceil((latest - start) / 1_000);
}

/** Runs for making plans small wait until the target, and this process, have caught up. */
export const startsOn = (executor: Executor, stopped: () => boolean): Starts =>
  createStarts({ behind: () => executor.behind(), late: () => executor.late(), stopped });
