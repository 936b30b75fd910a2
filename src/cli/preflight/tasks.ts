/** Tasks of `preflight`: asking for one, and reading what is said of its device. */
import type { Adapter } from "../../harness/adapter/adapter.ts";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { RestProbeOutcome } from "./probes.ts";

export interface TaskCheck {
  /** Absent: the target speaks the task API. */
  readonly adapter?: Pick<Adapter, "capabilities"> | undefined;
  /** Of the device type, and of the device. */
  readonly name: string;
  send(method: string, path: readonly string[], extra?: Partial<RestRequest>): Promise<RestProbeOutcome>;
  /** Milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A task that was created, or why there is none. */
export type NewTask =
  /** `createdOn`: what the answer tells of it. */
  | { readonly id: string; readonly createdOn: unknown }
  /** `refused`: the server said no. Else nothing is known of the server. */
  | { readonly problem: string; readonly refused: boolean };

export const TASKS: readonly string[] = ["devicemgmt", "tasks"];
/** Milliseconds that a server has to show what it was told. */
const SOON = 1_000;
const BETWEEN_LOOKS = 100;

/** @param fields of the request, besides or instead of the usual ones */
export const create = (check: TaskCheck, property: string, fields: object = {}): Promise<RestProbeOutcome> =>
  check.send("POST", TASKS, { body: { dtid: check.name, dids: [check.name], taskType: "R", property, ...fields } });

export async function newTask(check: TaskCheck, property: string, fields: object = {}): Promise<NewTask> {
  const outcome = await create(check, property, fields);
  const asked = check.adapter === undefined ? "POST /devicemgmt/tasks" : "createTask";
  if (outcome.kind === "failure") return { problem: outcome.reason, refused: false };
  const { id, createdOn } = fieldsIn(fieldsIn(outcome.response.body).data);
  const said = `${asked}: ${answerText(outcome.response)}`;
  if (outcome.response.status >= 400) return { problem: said, refused: true };
  return typeof id === "string" ? { id, createdOn } : { problem: `${said}, without data.id`, refused: false };
}

/** @returns what the statuses of a task say of the device; or what is wrong with them */
export async function lineOf(check: TaskCheck, id: string): Promise<Fields | string> {
  const outcome = await check.send("GET", [...TASKS, id, "statuses"]);
  return outcome.kind === "failure" ? outcome.reason : lineIn(outcome.response, check);
}

function lineIn({ status, body }: RestResponse, check: TaskCheck): Fields | string {
  const asked = check.adapter === undefined ? "GET /devicemgmt/tasks/{tid}/statuses" : "deviceStatuses";
  if (status >= 400) return `${asked} of a task that was just created is refused with ${status}`;
  const lines = fieldsIn(fieldsIn(body).data).statuses;
  const own = Array.isArray(lines) ? lines.map(fieldsIn).find((line) => line.did === check.name) : undefined;
  return own ?? `${asked} tells ${shown(lines)}: there is no line of the task's device, ${check.name}`;
}

/** The line as soon as it is so, or as it is in the end. @param patience milliseconds */
export async function lineOnce(
  check: TaskCheck,
  id: string,
  wanted: (line: Fields) => boolean,
  patience = SOON,
): Promise<Fields | string> {
  for (let waited = 0; ; waited += BETWEEN_LOOKS) {
    const line = await lineOf(check, id);
    if (typeof line === "string" || wanted(line) || waited >= patience) return line;
    await check.pause(BETWEEN_LOOKS);
  }
}

export const fieldsIn = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

const MOST_TEXT = 100;

export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

const MOST_ANSWER = 160;

export const answerText = ({ status, body }: RestResponse): string =>
  `HTTP ${status}${body === undefined ? "" : ` ${JSON.stringify(body).slice(0, MOST_ANSWER)}`}`;

/** How to find out who is wrong, where nobody but the owner of both can. */
export const askTheServer = (id: string): string =>
  `What does the server itself say of task ${id}? If the same, it is the server.`;
