/**
 * Tasks with a `scheduledOn`: T-05. Nothing is sent for one before it begins, and it is SCHEDULED no longer than until
 * then. That it begins is a debt like others (queue.ts, owedAttempts); when it expires is judged by expiry.ts, that it is
 * not SCHEDULED again by status-of-task.ts.
 *
 * Which status it shows while it waits is not judged: the text names SCHEDULED and says no more.
 * Source: task API, `scheduledOn`; docs/semantics.md, States and choice 9.
 */

import type { Checker, Judge } from "../checker.ts";
import { beforeItsTime } from "../tasks/beginning.ts";
import { time } from "../text.ts";
import type { Exchange } from "../views/exchange-view.ts";
import type { TaskView } from "../views/task-view.ts";

/** T-05: nothing is sent before `scheduledOn`, and the task is SCHEDULED no longer than until then. */
export const beginsWhenScheduled: Checker = {
  requirements: ["T-05"],
  on: {
    attempt: ({ exchange, candidates }, judge) => {
      const [first] = candidates;
      if (first?.task.state !== "created") return;
      if (candidates.every(({ task }) => beforeItsTime(task, exchange.started))) tooEarly(first.task, exchange, judge);
    },
    // Live, the first datagram may overtake the answer to the POST, and only that tells when the task is to begin.
    "task-created": ({ task }, judge) => {
      const early = task.devices
        .flatMap(({ attempts }) => attempts)
        .find((exchange) => beforeItsTime(task, exchange.started));
      if (early !== undefined) tooEarly(task, early, judge);
    },
    "statuses-seen": ({ task, status, window, event }, judge, context) => {
      if (status === undefined || task.state !== "created") return;
      const begins = task.activeFrom.latest;
      const over = window.earliest > begins + context.bound;
      if (status === "SCHEDULED" && over)
        judge.violate("T-05", `task ${task.ref} has begun at ${time(begins)}`, status, [task.event, event]);
      else if (status === "SCHEDULED" ? beforeItsTime(task, window) : over && task.scheduledOn !== undefined)
        judge.pass("T-05");
    },
  },
};

function tooEarly(task: TaskView, exchange: Exchange, judge: Judge): void {
  judge.violate(
    "T-05",
    `nothing is sent for task ${task.ref} before ${time(task.activeFrom.earliest)}, when it is to begin`,
    `a request at ${time(exchange.started.latest)}`,
    [task.event, exchange.event],
  );
}
