/** What became of the device tasks of one run, by the oracle's model: a row of the campaign's `tasks.json` for each. */
import type { OracleContext } from "../oracle/context.ts";
import type { DeviceTaskView } from "../oracle/views/task-view.ts";
import type { EndedTask } from "../record/task-record.ts";

/** Those of which the oracle lost track, and firmware updates, are left out. */
export const endedTasks = (context: Pick<OracleContext, "devices">): readonly EndedTask[] =>
  context.devices.flatMap(({ tasks }) =>
    tasks.filter(({ blurred, update }) => blurred === undefined && update === undefined).map(endedTask),
  );

function endedTask({ settled, attempts, task }: DeviceTaskView): EndedTask {
  if (settled === undefined) return { end: "open", attempts: attempts.length };
  const microseconds = Math.max(0, settled.window.earliest - task.activeFrom.earliest);
  return { end: settled.how, attempts: attempts.length, milliseconds: Math.round(microseconds / 1_000) };
}
