/**
 * A task that was refused does not exist: nothing is sent for it, and no server property is written. What that breaks
 * is said by why it was refused: A-01, because somebody else than the owner asked for it; L-04, because it was beyond the bounds.
 */

import type { Checker } from "../checker.ts";
import type { OracleContext } from "../context.ts";
import { operationOfTask } from "../exchanges/operation-key.ts";
import { outlivesRecord } from "../tasks/beginning.ts";
import { valueText } from "../text.ts";
import type { TaskView } from "../views/task-view.ts";
import { sameValue } from "./mirror.ts";

/** A-01, L-04: nothing is done for a task that was refused. */
export const refusedTasksLeaveNoTrace: Checker = {
  requirements: ["A-01", "L-04"],
  on: {
    "task-refused": ({ task, event }, judge, context) => {
      const why = reasonOf(context, task);
      const sent = task.devices.flatMap(({ attempts }) => attempts)[0];
      if (why === undefined || sent === undefined) return;
      judge.violate(why.requirement, nothingSent(task, why), "a request was sent", [sent.event, event]);
    },
    attempt: ({ device, exchange, firmware, candidates, settled, event }, judge, context) => {
      if (candidates.length > 0 || settled !== undefined || exchange.updates.length > 0) return;
      const offers = firmware?.kind === "offer" || firmware?.kind === "execute";
      const task = device.refused.find((refused) =>
        refused.image === undefined ? asksFor(refused, exchange.operation) : offers,
      );
      const why = task === undefined ? undefined : reasonOf(context, task);
      if (task === undefined || why === undefined) return;
      judge.violate(why.requirement, nothingSent(task, why), "a request was sent", [task.event, event]);
    },
    "mirror-seen": ({ device, properties, event }, judge, context) => {
      for (const task of device.refused) {
        const why = reasonOf(context, task);
        const { taskType, property, value, ref } = task;
        if (why === undefined || taskType !== "W" || !property.startsWith("serverProperties.")) continue;
        if (device.mirror.has(property) || !sameValue(properties.get(property), value)) continue;
        judge.violate(
          why.requirement,
          `${property} of device ${device.index} is not written by task ${ref}, ${why.text}`,
          valueText(value),
          [task.event, event],
        );
      }
    },
  },
};

const asksFor = ({ taskType, property, value }: TaskView, operation: string | undefined): boolean =>
  operation !== undefined && operationOfTask(taskType, property, value) === operation;

interface Reason {
  readonly requirement: "A-01" | "L-04";
  readonly text: string;
}

function reasonOf(context: OracleContext, task: TaskView): Reason | undefined {
  const { by, activePeriod } = task;
  if (by === "stranger") return { requirement: "A-01", text: "which a stranger asked for" };
  if (by === "nobody") return { requirement: "A-01", text: "which was asked for without a token" };
  if (activePeriod.source === "L-04") return { requirement: "L-04", text: "which was beyond the bounds" };
  if (outlivesRecord(context, task) === "yes") return { requirement: "L-04", text: "which was to begin too late" };
  return undefined;
}

const nothingSent = ({ ref }: TaskView, { text }: Reason): string => `nothing is sent for task ${ref}, ${text}`;
