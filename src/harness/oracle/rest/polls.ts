/**
 * Reads what is answered when a task is polled: the task, its device task statuses, its history.
 *
 * What such an answer shows is read in shown-task.ts, shown-statuses.ts and shown-history.ts.
 */
import type { RestResponse } from "../../../protocol/server-port.ts";
import type { RestPurpose } from "../../history/history.ts";
import type { OracleContext } from "../context.ts";
import type { TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";
import { seeHistory } from "./shown-history.ts";
import { seeStatuses } from "./shown-statuses.ts";
import { seeTaskAlone } from "./shown-task.ts";

/** What was asked of the record. */
type RecordPurpose = Extract<RestPurpose, { readonly kind: "poll-task" | "poll-statuses" | "poll-history" }>;

const WHAT = { "poll-task": "task", "poll-statuses": "statuses", "poll-history": "history" } as const;

/** Reads the answer to a GET of a task, its statuses or its history. */
export function seeRecord(
  context: OracleContext,
  task: TaskView,
  purpose: RecordPurpose,
  response: RestResponse,
  window: Window,
  event: number,
): void {
  const { status } = response;
  const what = WHAT[purpose.kind];
  context.emit({ kind: "record-asked", task, what, httpStatus: status, window, event });
  // A POST that was refused, or is not answered, leaves nothing to show.
  if (status !== 200 || task.state !== "created") return;
  if (purpose.kind === "poll-history") seeHistory(context, task, purpose.device, response, window, event);
  else if (purpose.kind === "poll-statuses") seeStatuses(context, task, response, window, event);
  else seeTaskAlone(context, task, response, window, event);
}
