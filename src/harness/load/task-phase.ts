/**
 * The part of a load in which tasks are asked for: at their intended times, or each when an earlier one is done.
 *
 * Beside it the lag of this process is measured: of each task against its intended time, and of the event loop.
 */
import { now } from "../../platform/clock.ts";
import { after, between, type Instant, micros, millis } from "../../protocol/time.ts";
import type { Agenda } from "../live/agenda.ts";
import type { Shard } from "../record/shards.ts";
import { intendedTimes, isOurs, type LoadTask, placesOf } from "./arrivals.ts";
import type { Series } from "./series.ts";
import type { Workload } from "./workload.ts";

export interface TaskPhaseOptions {
  readonly workload: Workload;
  readonly seed: string;
  readonly shard: Shard;
  readonly agenda: Agenda;
  readonly series: Series;
  readonly taskOf: (number: number) => LoadTask;
  /** Asks for a task, now. `whenDone` is called once. */
  readonly ask: (task: LoadTask, intended: Instant, whenDone: () => void) => void;
  /** The last task has been asked for. */
  readonly onEnd: () => void;
}

export interface TaskPhase {
  /** Tasks that were asked for. */
  readonly asked: number;
  /** Ends it early; `onEnd` is not called. */
  stop(): void;
}

/** Between two tasks of one place in a closed loop: a server that refuses everything must not be flooded. */
const BREATH = millis(10);
const TICK = millis(50);
/** Tasks of other processes that are passed over in one go: the event loop has to go on. */
const PASSED_AT_ONCE = 1_000;

export function beginTasks(options: TaskPhaseOptions): TaskPhase {
  const { workload, agenda, series, shard, taskOf, ask } = options;
  const begun = now();
  const end = after(begun, millis(workload.duration));
  let asked = 0;
  let over = false;

  const lag = (span: number): void => series.record("generator.lag", {}, Math.max(0, span));
  const tick = (at: Instant): void =>
    agenda.once(at, (instant) => {
      if (over) return;
      // A process that was away for a second missed twenty ticks, not one.
      for (let late = between(at, instant) as number; late >= 0; late -= TICK) lag(late);
      tick(after(instant, TICK));
    });
  tick(after(begun, TICK));

  const request = (task: LoadTask, intended: Instant, whenDone: () => void): void => {
    lag(between(intended, now()));
    asked += 1;
    ask(task, intended, whenDone);
  };

  const open = (times: Generator<number>, first: number): void => {
    for (let number = first; number < first + PASSED_AT_ONCE; number++) {
      const next = times.next();
      if (next.done === true || over) return;
      const task = taskOf(number);
      const intended = after(begun, micros(next.value));
      const isLastOfMany = number === first + PASSED_AT_ONCE - 1;
      if (!isOurs(task) && !isLastOfMany) continue;
      agenda.once(intended, () => {
        if (over) return;
        if (isOurs(task)) request(task, intended, () => undefined);
        open(times, number + 1);
      });
      return;
    }
  };

  let drawn = 0;
  const closed = (at: Instant): void =>
    agenda.once(at, () => {
      if (over || now() >= end) return;
      const task = taskOf(shard.index + shard.of * drawn++);
      const again = (): void => closed(after(now(), BREATH));
      // Nobody meant it to begin earlier: its intended time is now.
      if (isOurs(task)) request(task, now(), again);
      else again();
    });

  const { arrival } = workload;
  if (arrival.kind === "open") open(intendedTimes(arrival, workload.duration * 1_000, options.seed), 0);
  else
    for (let place = 0; place < placesOf(arrival.atOnce, shard); place++)
      closed(after(begun, millis((arrival.ramp * (shard.index + shard.of * place)) / arrival.atOnce)));

  agenda.once(end, () => {
    if (over) return;
    over = true;
    options.onEnd();
  });
  return {
    get asked() {
      return asked;
    },
    stop() {
      over = true;
    },
  };
}
