/**
 * What `preflight` asks of an adapter besides what it asks of any target: whether it tells what it is asked, passes on what
 * it is given, and can do what it declares. The device of the check has de-registered: nothing may have happened to it.
 *
 * Nearly all that goes wrong here is the adapter's fault, and says nothing about the server.
 */

import type { Adapter } from "../../harness/adapter/adapter.ts";
import { type Capability, has } from "../../harness/adapter/capabilities.ts";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { PreflightStep, RestProbeOutcome } from "./steps.ts";

export interface AdapterCheck {
  readonly adapter: Pick<Adapter, "capabilities">;
  /** Of the device type, and of the device. */
  readonly name: string;
  send(method: string, path: readonly string[], extra?: Partial<RestRequest>): Promise<RestProbeOutcome>;
  /** Milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

interface CheckRow {
  readonly name: string;
  /** Absent: any adapter can do it. */
  readonly needs?: Capability;
  readonly run: (check: AdapterCheck) => Promise<Ending>;
}

type Ending = Pick<PreflightStep, "outcome" | "detail" | "requirement">;

const TASKS = ["devicemgmt", "tasks"];
/** Milliseconds that a server has to show what it was told. */
const SOON = 1_000;
const BETWEEN_LOOKS = 100;
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
    steps.push({ name, ...(await run(check)) });
  }
  return steps;
}

const ok = (detail: string): Ending => ({ outcome: "ok", detail });
const fault = (detail: string): Ending => ({ outcome: "set-up fault", detail });

// ── what there is not

async function unknownTask({ send, name }: AdapterCheck): Promise<Ending> {
  const outcome = await send("GET", [...TASKS, `${name}-no-task`, "statuses"]);
  if (outcome.kind === "failure") return fault(`${outcome.reason}; what the server refuses is an answer`);
  const { status, body } = outcome.response;
  if (status >= 400 && status < 500) return ok(`HTTP ${status}`);
  return fault(`deviceStatuses answered ${shown(body)} for a task that there is not: refuse it with 404`);
}

async function unknownDevice(check: AdapterCheck): Promise<Ending> {
  const outcome = await create(check, { dids: [`${check.name}-nobody`] });
  if (outcome.kind === "failure") return fault(`${outcome.reason}; what the server refuses is an answer`);
  const { status } = outcome.response;
  if (status >= 400 && status < 500) return ok(`HTTP ${status}`);
  if (status >= 500) return fault(`HTTP ${status}: what the server refuses has a status below 500`);
  return { outcome: "not offered", detail: "a task for a device that nobody provisioned was taken" };
}

// ── what there is

async function pendingStatuses(check: AdapterCheck): Promise<Ending> {
  const line = await lineOfNewTask(check);
  if (typeof line === "string") return fault(line);
  if (line.status === "REQUESTED" || line.status === "QUEUED") return ok(String(line.status));
  return fault(`deviceStatuses says ${shown(line.status)} of a device that is not registered, and so waits`);
}

async function attempts(check: AdapterCheck): Promise<Ending> {
  const line = await lineOfNewTask(check);
  if (typeof line === "string") return fault(line);
  return line.numAttempts === undefined
    ? fault("capabilities.attempts is declared, and deviceStatuses tells no numAttempts")
    : ok(`numAttempts is ${shown(line.numAttempts)}`);
}

async function cancels(check: AdapterCheck): Promise<Ending> {
  const id = await newTask(check);
  if (id === undefined) return fault("createTask gave no task");
  const outcome = await check.send("PUT", [...TASKS, id], { body: { status: "CANCELLED" } });
  if (outcome.kind === "failure") return fault(outcome.reason);
  const { status } = outcome.response;
  if (status >= 400) return fault(`capabilities.cancel is declared, and cancelTask is refused with ${status}`);
  const line = await lineOnce(check, id, (each) => each.status === "CANCELLED" || each.status === "CANCEL_REQUESTED");
  if (typeof line === "string") return fault(line);
  return line.status === "CANCELLED" || line.status === "CANCEL_REQUESTED"
    ? ok(String(line.status))
    : fault(`capabilities.cancel is declared, and a cancelled device stays ${shown(line.status)}`);
}

async function history(check: AdapterCheck): Promise<Ending> {
  const id = await newTask(check);
  if (id === undefined) return fault("createTask gave no task");
  const outcome = await check.send("GET", [...TASKS, id, "statuses", "history"], { query: { did: check.name } });
  if (outcome.kind === "failure") return fault(outcome.reason);
  const lines = fieldsIn(fieldsIn(outcome.response.body).data).history;
  if (Array.isArray(lines) && lines.length > 0) return ok(`${lines.length} of a new task`);
  return fault(`capabilities.history is declared, and taskHistory tells ${shown(lines)} of a new task`);
}

async function expires(check: AdapterCheck): Promise<Ending> {
  const seconds = check.adapter.capabilities.expiry?.minSeconds ?? 1;
  if (seconds > LONGEST_EXPIRY) return { outcome: "skipped", detail: `${seconds} s are not waited for` };
  const id = await newTask(check, { taskParameters: { expiresAfter: seconds } });
  if (id === undefined) return fault(`createTask refuses to let a task expire after ${seconds} s`);
  await check.pause(seconds * 1_000);
  const line = await lineOnce(check, id, ({ status }) => status === "FAILED");
  if (typeof line === "string") return fault(line);
  if (line.status !== "FAILED")
    return {
      outcome: "finding",
      requirement: "E-05",
      detail: `after ${seconds} s a device is ${shown(line.status)}, not FAILED; or does createTask not pass expiresAfter on?`,
    };
  if (line.errorCode === "4004") return ok(`after ${seconds} s, with 4004`);
  return fault(`capabilities.expiry is declared, and expiry is told as error ${shown(line.errorCode)}, not 4004`);
}

// ── tools

const create = (check: AdapterCheck, fields: object): Promise<RestProbeOutcome> =>
  check.send("POST", TASKS, {
    body: { dtid: check.name, dids: [check.name], taskType: "R", property: READ, ...fields },
  });

const READ = "deviceProperties.device.manufacturer";

async function newTask(check: AdapterCheck, fields: object = {}): Promise<string | undefined> {
  const outcome = await create(check, fields);
  const id = outcome.kind === "answer" ? fieldsIn(fieldsIn(outcome.response.body).data).id : undefined;
  return typeof id === "string" ? id : undefined;
}

type Line = Readonly<Record<string, unknown>>;

/** @returns what the statuses of a new task say of the device; or what is wrong with them */
async function lineOfNewTask(check: AdapterCheck): Promise<Line | string> {
  const id = await newTask(check);
  return id === undefined ? "createTask gave no task" : lineOf(check, id);
}

async function lineOf(check: AdapterCheck, id: string): Promise<Line | string> {
  const outcome = await check.send("GET", [...TASKS, id, "statuses"]);
  return outcome.kind === "failure" ? outcome.reason : lineIn(outcome.response, check.name);
}

function lineIn({ status, body }: RestResponse, did: string): Line | string {
  if (status >= 400) return `deviceStatuses of a task that was just created is refused with ${status}`;
  const lines = fieldsIn(fieldsIn(body).data).statuses;
  const own = Array.isArray(lines) ? lines.map(fieldsIn).find((line) => line.did === did) : undefined;
  return own ?? `deviceStatuses tells ${shown(lines)}: there is no line of the task's device, ${did}`;
}

/** The line as soon as it is so, or as it is in the end. */
async function lineOnce(check: AdapterCheck, id: string, wanted: (line: Line) => boolean): Promise<Line | string> {
  for (let waited = 0; ; waited += BETWEEN_LOOKS) {
    const line = await lineOf(check, id);
    if (typeof line === "string" || wanted(line) || waited >= SOON) return line;
    await check.pause(BETWEEN_LOOKS);
  }
}

const fieldsIn = (value: unknown): Line => (typeof value === "object" && value !== null ? (value as Line) : {});

const MOST_TEXT = 100;

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
