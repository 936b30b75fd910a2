/**
 * The part of a load in which tasks are asked for: at their intended times, or each when an earlier one is done.
 *
 * Beside it the lag of this process is measured: of each task against its intended time, and of the event loop.
 */
import { now } from "../../platform/clock.ts";
import { after, between, type Instant, micros, millis } from "../../protocol/time.ts";
import type { Agenda } from "../live/agenda.ts";
import { intendedTimes, type LoadTask } from "./arrivals.ts";
import type { Series } from "./series.ts";
import type { Workload } from "./workload.ts";

export interface TaskPhaseOptions {
  readonly workload: Workload;
  readonly seed: string;
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

export function beginTasks(options: TaskPhaseOptions): TaskPhase {
  const { workload, agenda, series, taskOf, ask } = options;
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

  const request = (intended: Instant, whenDone: () => void): void => {
    lag(between(intended, now()));
    ask(taskOf(asked++), intended, whenDone);
  };

  const open = (times: Generator<number>): void => {
    const next = times.next();
    if (next.done === true || over) return;
    const intended = after(begun, micros(next.value));
    agenda.once(intended, () => {
      if (over) return;
      request(intended, () => undefined);
      open(times);
    });
  };

  const closed = (at: Instant): void =>
    agenda.once(at, () => {
      // Nobody meant it to begin earlier: its intended time is now.
      if (!over && now() < end) request(now(), () => closed(after(now(), BREATH)));
    });

  const { arrival } = workload;
  if (arrival.kind === "open") open(intendedTimes(arrival, workload.duration * 1_000, options.seed));
  else
    for (let place = 0; place < arrival.atOnce; place++)
      closed(after(begun, millis((arrival.ramp * place) / arrival.atOnce)));

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
