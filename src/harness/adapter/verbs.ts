/**
 * The verbs of an adapter, one row each: what it is asked, and what it may answer. What goes over the JSON protocol
 * and what a module's functions return are checked by the same schemas.
 *
 * Answers are read strictly, since they are the adapter's and not the server's: a field that nobody knows is a slip.
 * `null` counts as absent.
 */
import { z } from "zod";
import { nearest } from "../../protocol/nearest.ts";
import { DEVICE_TASK_STATUSES, TASK_STATUSES } from "../../protocol/task-api/states.ts";

const Count = z.number().int().min(0);
const ErrorCode = z.union([z.string(), z.number().int()]);
/** Milliseconds since the Unix epoch, by the server's clock. */
const Timestamp = z.number().min(0);

const CreatedTask = z.union([
  z.string().min(1),
  z.strictObject({ id: z.string().min(1), createdOn: Timestamp.nullish() }),
]);
export type CreatedTask = z.infer<typeof CreatedTask>;

const DeviceStatus = z.strictObject({
  did: z.string().min(1),
  status: z.enum(DEVICE_TASK_STATUSES),
  numAttempts: Count.nullish(),
  errorCode: ErrorCode.nullish(),
  errorMessage: z.string().nullish(),
  ts: Timestamp.nullish(),
});
export type DeviceStatus = z.infer<typeof DeviceStatus>;

const StatusCounts = z.strictObject({
  totalDevices: Count.nullish(),
  numCompleted: Count.nullish(),
  numSucceeded: Count.nullish(),
  numFailed: Count.nullish(),
  numCancelled: Count.nullish(),
});
export type StatusCounts = z.infer<typeof StatusCounts>;

/** With what is told of the task as a whole at the same moment: by that it is judged. */
const DeviceStatuses = z.union([
  z.array(DeviceStatus),
  z.strictObject({
    statuses: z.array(DeviceStatus),
    status: z.enum(TASK_STATUSES).nullish(),
    statusCounts: StatusCounts.nullish(),
  }),
]);
export type DeviceStatuses = z.infer<typeof DeviceStatuses>;

const TaskState = z.strictObject({
  status: z.enum(TASK_STATUSES),
  statusCounts: StatusCounts.nullish(),
  createdOn: Timestamp.nullish(),
  /** Seconds that it is active. */
  expiresAfter: z.number().nullish(),
});
export type TaskState = z.infer<typeof TaskState>;

const HistoryLine = z.strictObject({
  status: z.enum([...new Set([...TASK_STATUSES, ...DEVICE_TASK_STATUSES])]),
  did: z.string().nullish(),
  errorCode: ErrorCode.nullish(),
  ts: Timestamp.nullish(),
});
export type HistoryLine = z.infer<typeof HistoryLine>;

const Properties = z.record(z.string(), z.unknown());
const PropertyGroups = z.strictObject({
  serverProperties: Properties.nullish(),
  systemProperties: Properties.nullish(),
  deviceProperties: Properties.nullish(),
});
export type PropertyGroups = z.infer<typeof PropertyGroups>;

/** Nothing is expected of it but that it is done. */
const Done = z.unknown();

interface VerbRow {
  /** Names of what it is asked, in the order of a module's arguments. */
  readonly parameters: readonly string[];
  readonly result: z.ZodType;
}

export const VERBS = {
  provision: { parameters: ["devices"], result: Done },
  createTask: { parameters: ["request"], result: CreatedTask },
  deviceStatuses: { parameters: ["taskId"], result: DeviceStatuses },
  getTask: { parameters: ["taskId"], result: TaskState },
  cancelTask: { parameters: ["taskId", "did"], result: Done },
  properties: { parameters: ["did"], result: PropertyGroups },
  taskHistory: { parameters: ["taskId", "did"], result: z.array(HistoryLine) },
  restart: { parameters: ["phase"], result: Done },
  advanceClock: { parameters: ["milliseconds"], result: Done },
} as const satisfies Readonly<Record<string, VerbRow>>;

export type Verb = keyof typeof VERBS;
export const VERB_NAMES = Object.keys(VERBS) as readonly Verb[];

/** Those without which there is no adapter. */
export const NEEDED_VERBS = ["provision", "createTask", "deviceStatuses"] as const satisfies readonly Verb[];

export type VerbResult<V extends Verb> = z.infer<(typeof VERBS)[V]["result"]>;

/** What is wrong with a value, and where: `[0].status: "DONE" is none of REQUESTED, QUEUED, …`. */
export function shapeProblem(error: z.ZodError, value: unknown): string {
  const [issue] = error.issues.map(deepest);
  if (issue === undefined) return "does not fit";
  const place = placeText(issue.path);
  return `${place === "" ? "" : `${place}: `}${issueWords(issue, valueAt(value, issue.path))}`;
}

/** Where a value may have several shapes, what is wrong with the one that it comes closest to. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const each = issue.errors.flat();
  const inner = each.find(({ path }) => path.length > 0) ?? each[0];
  return inner === undefined ? issue : deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

const placeText = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, part) =>
      typeof inside === "object" && inside !== null
        ? (inside as Readonly<Record<PropertyKey, unknown>>)[part]
        : undefined,
    value,
  );
}

function issueWords(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    return `there is no "${key}"`;
  }
  const shown = quoted(value);
  if (issue.code !== "invalid_value") return `${issue.message}, but it is ${shown}`;
  const known = issue.values.map(String);
  const near = typeof value === "string" ? nearest(value.toUpperCase(), known) : undefined;
  return `${shown} is none of ${known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`;
}

const MOST_TEXT = 80;

/** As a message shows it. */
export function quoted(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = textOf(value);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}

/** A module may return what JSON does not know. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}
