/**
 * What `preflight` asks of an adapter besides what it asks of any target: whether it tells what it is asked, passes on what
 * it is given, and can do what it declares. The device of the check has de-registered: nothing may have happened to it.
 *
 * Nearly all that goes wrong here is the adapter's fault, and says nothing about the server.
 */

import type { Adapter } from "../../harness/adapter/adapter.ts";
import { type Capability, has } from "../../harness/adapter/capabilities.ts";
import { PRESENT } from "./device.ts";
import { type Ending, fault, notOffered, ok, type PreflightStep, skipped, step, unclear } from "./step.ts";
import { askTheServer, create, fieldsIn, lineOf, lineOnce, newTask, shown, TASKS, type TaskCheck } from "./tasks.ts";

export interface AdapterCheck extends TaskCheck {
  readonly adapter: Pick<Adapter, "capabilities">;
}

interface CheckRow {
  readonly name: string;
  /** Absent: any adapter can do it. */
  readonly needs?: Capability;
  readonly run: (check: AdapterCheck) => Promise<Ending>;
}

/** Seconds: a longer active period is not waited for. */
const LONGEST_EXPIRY = 3;

const CHECKS: readonly CheckRow[] = [
  { name: "refuses an unknown task", run: unknownTask },
  { name: "refuses an unknown device", run: unknownDevice },
  { name: "tells pending statuses", run: pendingStatuses },
  { name: "counts attempts", needs: "attempts", run: attempts },
  { name: "cancels", needs: "cancel", run: cancels },
  { name: "tells a history", needs: "history", run: history },
  { name: "lets tasks expire", needs: "expiry", run: expires },
];

/** In the order of the table; each does what it can, whatever became of those before it. */
export async function adapterSteps(check: AdapterCheck): Promise<readonly PreflightStep[]> {
  const steps: PreflightStep[] = [];
  for (const { name, needs, run } of CHECKS) {
    if (needs !== undefined && !has(check.adapter.capabilities, needs)) continue;
    steps.push(step(name, await run(check)));
  }
  return steps;
}

// ── what there is not

async function unknownTask({ send, name }: AdapterCheck): Promise<Ending> {
  const outcome = await send("GET", [...TASKS, `${name}-no-task`, "statuses"]);
  if (outcome.kind === "failure") return fault(`${outcome.reason}; what the server refuses is an answer`);
  const { status, body } = outcome.response;
  if (status >= 400 && status < 500) return ok(`deviceStatuses refuses it with ${status}`);
  return fault(`deviceStatuses answered ${shown(body)} for a task that there is not: refuse it with 404`);
}

async function unknownDevice(check: AdapterCheck): Promise<Ending> {
  const outcome = await create(check, PROPERTY, { dids: [`${check.name}-nobody`] });
  if (outcome.kind === "failure") return fault(`${outcome.reason}; what the server refuses is an answer`);
  const { status } = outcome.response;
  if (status >= 400 && status < 500) return ok(`createTask refuses it with ${status}`);
  if (status >= 500) return fault(`HTTP ${status}: what the server refuses has a status below 500`);
  return notOffered("a task for a device that nobody provisioned was taken");
}

// ── what there is

async function pendingStatuses(check: AdapterCheck): Promise<Ending> {
  const created = await newTask(check, PROPERTY);
  if ("problem" in created) return fault(created.problem);
  const line = await lineOf(check, created.id);
  if (typeof line === "string") return fault(line);
  if (line.status === "REQUESTED" || line.status === "QUEUED") return ok(String(line.status));
  return unclear(
    `deviceStatuses says ${shown(line.status)} of a device that is not registered, and so waits. ${askTheServer(created.id)}`,
  );
}

async function attempts(check: AdapterCheck): Promise<Ending> {
  const created = await newTask(check, PROPERTY);
  if ("problem" in created) return fault(created.problem);
  const line = await lineOf(check, created.id);
  if (typeof line === "string") return fault(line);
  return line.numAttempts === undefined
    ? fault("capabilities.attempts is declared, and deviceStatuses tells no numAttempts")
    : ok(`numAttempts is ${shown(line.numAttempts)}`);
}

async function cancels(check: AdapterCheck): Promise<Ending> {
  const created = await newTask(check, PROPERTY);
  if ("problem" in created) return fault(created.problem);
  const { id } = created;
  const outcome = await check.send("PUT", [...TASKS, id], { body: { status: "CANCELLED" } });
  if (outcome.kind === "failure") return fault(outcome.reason);
  const { status } = outcome.response;
  if (status >= 400) return fault(`capabilities.cancel is declared, and cancelTask is refused with ${status}`);
  const line = await lineOnce(check, id, (each) => each.status === "CANCELLED" || each.status === "CANCEL_REQUESTED");
  if (typeof line === "string") return fault(line);
  return line.status === "CANCELLED" || line.status === "CANCEL_REQUESTED"
    ? ok(String(line.status))
    : unclear(`a cancelled device stays ${shown(line.status)}: does cancelTask pass it on? ${askTheServer(id)}`);
}

async function history(check: AdapterCheck): Promise<Ending> {
  const created = await newTask(check, PROPERTY);
  if ("problem" in created) return fault(created.problem);
  const { id } = created;
  const outcome = await check.send("GET", [...TASKS, id, "statuses", "history"], { query: { did: check.name } });
  if (outcome.kind === "failure") return fault(outcome.reason);
  const lines = fieldsIn(fieldsIn(outcome.response.body).data).history;
  if (Array.isArray(lines) && lines.length > 0) return ok(`${lines.length} of a new task`);
  return fault(`capabilities.history is declared, and taskHistory tells ${shown(lines)} of a new task`);
}

async function expires(check: AdapterCheck): Promise<Ending> {
  const seconds = check.adapter.capabilities.expiry?.minSeconds ?? 1;
  if (seconds > LONGEST_EXPIRY) return skipped(`${seconds} s are not waited for`);
  const created = await newTask(check, PROPERTY, { taskParameters: { expiresAfter: seconds } });
  if ("problem" in created) return fault(created.problem);
  const { id } = created;
  await check.pause(seconds * 1_000);
  const line = await lineOnce(check, id, ({ status }) => ENDS.includes(status));
  if (typeof line === "string") return fault(line);
  const { status, errorCode } = line;
  if (status === "FAILED" && errorCode === "4004") return ok(`after ${seconds} s, with 4004`);
  if (status === "FAILED")
    return fault(`capabilities.expiry is declared, and expiry is told as error ${shown(errorCode)}, not 4004`);
  const slip = ENDS.includes(status)
    ? "does deviceStatuses translate the server's word for expiry into another end"
    : "does createTask not pass expiresAfter on";
  return unclear(
    `after ${seconds} s a device is ${shown(status)}, not FAILED: ${slip}, or does the server not let it expire (E-05)? ${askTheServer(id)}`,
  );
}

// ── tools

const PROPERTY = PRESENT.property;
const ENDS: readonly unknown[] = ["SUCCEEDED", "FAILED", "CANCELLED"];
