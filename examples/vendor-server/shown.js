/** Tasks and device tasks as the API shows them. */
import { isOver, lastOf } from "./store.js";

/** What each entry of the log makes of the status of a device task. */
const STATUS = {
  assigned: "QUEUED",
  attempted: "PROCESSING",
  "attempt-failed": "QUEUED",
  "cancel-asked": "CANCEL_REQUESTED",
  succeeded: "SUCCEEDED",
  failed: "FAILED",
  cancelled: "CANCELLED",
};

function shownEntry({ kind, at, attempts = 0, code, message }) {
  const error = code === undefined ? {} : { errorCode: String(code), errorMessage: message };
  return { status: STATUS[kind], ts: at, numAttempts: attempts, ...error };
}

export const shownPart = (part) => ({ did: part.did, ...shownEntry(lastOf(part)) });
export const shownLog = ({ did, log }) => log.map((entry) => ({ did, ...shownEntry(entry) }));

export function statusOf(task) {
  if (task.cancelledOn !== undefined) return "CANCELLED";
  if (task.parts.every(isOver)) return "COMPLETE";
  if (!task.begun && task.scheduledOn !== undefined) return "SCHEDULED";
  return task.parts.some(({ log }) => log.length > 1) ? "PROCESSING" : "QUEUING";
}

export function shownTask(task) {
  const { id, dtid, dids, taskType, property, value, expiresAfter, scheduledOn, createdOn } = task;
  const count = (kind) => task.parts.filter((part) => lastOf(part).kind === kind).length;
  return {
    id,
    dtid,
    dids,
    taskType,
    property,
    taskParameters: { value, expiresAfter, scheduledOn },
    status: statusOf(task),
    statusCounts: {
      totalDevices: task.parts.length,
      numCompleted: task.parts.filter(isOver).length,
      numSucceeded: count("succeeded"),
      numFailed: count("failed"),
      numCancelled: count("cancelled"),
    },
    createdOn,
    modifiedOn: Math.max(createdOn, task.cancelledOn ?? 0, ...task.parts.map((part) => lastOf(part).at)),
  };
}
