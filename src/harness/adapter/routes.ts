/**
 * Which verb answers which request of the task API, and how its result looks there.
 */
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { Adapter } from "./adapter.ts";
import type { Capabilities, Capability } from "./capabilities.ts";
import { has } from "./capabilities.ts";
import type {
  CreatedTask,
  DeviceStatus,
  DeviceStatuses,
  HistoryLine,
  PropertyGroups,
  TaskState,
  Verb,
} from "./verbs.ts";

export type Call =
  | {
      readonly kind: "verb";
      readonly verb: Verb;
      readonly parameters: Readonly<Record<string, unknown>>;
      /** @param result as the schema of the verb gives it */
      answer(result: unknown, capabilities: Capabilities): RestResponse;
    }
  /** Nothing that the adapter needs to be asked. */
  | { readonly kind: "answer"; readonly response: RestResponse }
  | { readonly kind: "not-offered"; readonly why: string };

/** Names of the devices of each type that was provisioned, in that order. */
export type DeviceTypes = Map<string, string[]>;

interface Context {
  readonly request: RestRequest;
  readonly adapter: Pick<Adapter, "capabilities" | "verbs">;
  readonly types: DeviceTypes;
  /** What stands at the places of `*`. */
  readonly places: readonly string[];
}

interface Route {
  /** `*`: any segment. */
  readonly path: string;
  readonly call: (context: Context) => Call;
}

export function callFor(request: RestRequest, adapter: Context["adapter"], types: DeviceTypes): Call {
  if (request.token !== undefined || request.anonymous === true)
    return { kind: "not-offered", why: "an adapter does not say who asks" };
  const line = `${request.method} ${request.path.map((segment) => encodeURIComponent(segment)).join("/")}`;
  for (const { path, call } of ROUTES) {
    const places = placesIn(path, line);
    if (places === undefined) continue;
    return call({ request, adapter, types, places });
  }
  return { kind: "not-offered", why: `an adapter has no verb for ${line}` };
}

function placesIn(pattern: string, line: string): readonly string[] | undefined {
  const [wanted, given] = [pattern.split(/[ /]/), line.split(/[ /]/)];
  if (wanted.length !== given.length || wanted.some((part, index) => part !== "*" && part !== given[index]))
    return undefined;
  return wanted.flatMap((part, index) => (part === "*" ? [decodeURIComponent(given[index] ?? "")] : []));
}

/** Each verb that a capability stands for, and what its answer becomes. */
const ROUTES: readonly Route[] = [
  { path: "POST devicetypes", call: provisionType },
  { path: "POST devices", call: provisionDevice },
  { path: "POST devicemgmt/tasks", call: createTask },
  {
    path: "GET devicemgmt/tasks/*",
    call: ({ adapter, places: [taskId = ""] }) =>
      adapter.verbs.has("getTask")
        ? verb("getTask", { taskId }, (result) => data({ id: taskId, ...wholeTask(result as TaskState) }))
        : { kind: "not-offered", why: "the adapter has no getTask" },
  },
  {
    path: "GET devicemgmt/tasks/*/statuses",
    call: ({ request, places: [taskId = ""] }) =>
      verb("deviceStatuses", { taskId }, (result, capabilities) =>
        page(request, taskId, result as DeviceStatuses, capabilities),
      ),
  },
  {
    path: "GET devicemgmt/tasks/*/statuses/history",
    call: ({ request, adapter, places: [taskId = ""] }) =>
      needing("history", adapter, () => {
        const { did } = request.query;
        return verb("taskHistory", { taskId, ...(did === undefined ? {} : { did }) }, (result) =>
          data({ history: (result as readonly HistoryLine[]).map(withoutNulls) }),
        );
      }),
  },
  {
    path: "PUT devicemgmt/tasks/*",
    call: ({ adapter, places: [taskId = ""] }) =>
      needing("cancel", adapter, () => verb("cancelTask", { taskId }, () => data({ id: taskId, status: "CANCELLED" }))),
  },
  {
    path: "PUT devicemgmt/tasks/*/devices/*",
    call: ({ adapter, places: [taskId = "", did = ""] }) =>
      needing("cancel", adapter, () => verb("cancelTask", { taskId, did }, () => data({ did, status: "CANCELLED" }))),
  },
  {
    path: "GET devicemgmt/devices/*/properties",
    call: ({ adapter, places: [did = ""] }) =>
      needing("mirror", adapter, () =>
        verb("properties", { did }, (result) => data(withoutNulls(result as PropertyGroups))),
      ),
  },
];

const verb = (
  name: Verb,
  parameters: Readonly<Record<string, unknown>>,
  answer: Extract<Call, { kind: "verb" }>["answer"],
): Call => ({ kind: "verb", verb: name, parameters, answer });

const needing = (capability: Capability, { capabilities }: Context["adapter"], call: () => Call): Call =>
  has(capabilities, capability) ? call() : { kind: "not-offered", why: `the adapter declares no ${capability}` };

const data = (fields: object): RestResponse => ({ status: 200, body: { data: fields } });

const withoutNulls = (fields: object): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

// ── set-up

function provisionType({ request, types }: Context): Call {
  const dtid = textOf(fieldsOf(request.body).dtid);
  if (!types.has(dtid)) types.set(dtid, []);
  return { kind: "answer", response: { status: 201, body: { data: { dtid } } } };
}

function provisionDevice({ request, types }: Context): Call {
  const { did, dtid } = fieldsOf(request.body);
  const device = { did: textOf(did), dtid: textOf(dtid) };
  return verb("provision", { devices: [device] }, () => {
    types.set(device.dtid, [...(types.get(device.dtid) ?? []).filter((known) => known !== device.did), device.did]);
    return { status: 201, body: { data: device } };
  });
}

// ── tasks

/** What `createTask` is asked. */
export interface TaskRequest {
  /** Names of the target devices: device ids, which are their endpoint client names. */
  readonly dids: readonly string[];
  /** Read, Write, Execute. */
  readonly taskType: "R" | "W" | "E";
  /** `deviceProperties.device.timezone`, or `deviceProperties.device` for all of an object. */
  readonly property: string;
  /** What is to be written. */
  readonly value?: string;
  /** Seconds that the task is active; absent: as long as the server likes. Only with the capability `expiry`. */
  readonly expiresAfter?: number;
  /** When it begins, milliseconds since the Unix epoch; absent: at once. Only with the capability `schedule`. */
  readonly scheduledOn?: number;
}

function createTask({ request, adapter: { capabilities }, types }: Context): Call {
  const body = fieldsOf(request.body);
  const parameters = fieldsOf(body.taskParameters);
  const { expiresAfter, scheduledOn, value } = parameters;
  const property = textOf(body.property);
  if (body.filter !== undefined) return { kind: "not-offered", why: "an adapter is given devices, not a filter" };
  if (parameters.update !== undefined)
    return { kind: "not-offered", why: "an adapter has no verb for firmware images" };
  const lacks = missingFor(capabilities, { expiresAfter, scheduledOn, property });
  if (lacks !== undefined) return { kind: "not-offered", why: lacks };
  const asked = {
    dids: Array.isArray(body.dids) ? body.dids : (types.get(textOf(body.dtid)) ?? []),
    taskType: body.taskType,
    property,
    ...(value === undefined ? {} : { value }),
    ...(expiresAfter === undefined ? {} : { expiresAfter }),
    ...(scheduledOn === undefined ? {} : { scheduledOn }),
  };
  return verb("createTask", { request: asked }, (result) => {
    const created = result as CreatedTask;
    const fields = typeof created === "string" ? { id: created } : withoutNulls(created);
    return { status: 201, body: { data: { ...fields, status: "REQUESTED" } } };
  });
}

/** Why such a task cannot be asked for; `undefined`: it can. */
function missingFor(
  capabilities: Capabilities,
  asked: { readonly expiresAfter: unknown; readonly scheduledOn: unknown; readonly property: string },
): string | undefined {
  const { expiresAfter, scheduledOn, property } = asked;
  const { expiry } = capabilities;
  if (expiresAfter !== undefined && (expiry === undefined || Number(expiresAfter) < expiry.minSeconds))
    return expiry === undefined ? "the adapter declares no expiry" : `no task expires before ${expiry.minSeconds} s`;
  if (scheduledOn !== undefined && !capabilities.schedule) return "the adapter declares no schedule";
  if (property.startsWith("serverProperties.") && !capabilities.serverProperties)
    return "the adapter declares no serverProperties";
  return undefined;
}

function wholeTask({ expiresAfter, statusCounts, ...rest }: TaskState): Readonly<Record<string, unknown>> {
  return {
    ...withoutNulls(rest),
    ...(statusCounts === undefined || statusCounts === null ? {} : { statusCounts: withoutNulls(statusCounts) }),
    ...(expiresAfter === undefined || expiresAfter === null ? {} : { taskParameters: { expiresAfter } }),
  };
}

/** What a verb's answer lacks of what the adapter declares; `undefined`: nothing. */
export const lacks = (asked: Verb, result: unknown, { counts }: Capabilities): string | undefined =>
  asked === "deviceStatuses" && counts && !whole(result as DeviceStatuses).statusCounts
    ? "capabilities.counts is declared, so its answer is { statuses, statusCounts }, both of one moment"
    : undefined;

const whole = (shown: DeviceStatuses): Exclude<DeviceStatuses, readonly unknown[]> =>
  Array.isArray(shown) ? { statuses: shown } : shown;

/** The error code by which expiry is told from an answer. */
const EXPIRED = "4004";

function page({ query }: RestRequest, id: string, shown: DeviceStatuses, capabilities: Capabilities): RestResponse {
  const { statuses: all, status, statusCounts } = whole(shown);
  const counted = capabilities.counts && statusCounts ? { statusCounts: withoutNulls(statusCounts) } : {};
  const ofTask = withoutNulls({ status, ...counted });
  const offset = Number(query.offset ?? 0);
  const count = Number(query.count ?? all.length);
  const statuses = all.slice(offset, offset + count).map((line) => shownStatus(line, capabilities));
  return {
    status: 200,
    body: { total: all.length, offset, count: statuses.length, data: { id, ...ofTask, statuses } },
  };
}

/** What is not declared is not shown: the server is not judged by it. */
function shownStatus(line: DeviceStatus, { attempts, errorCodes }: Capabilities): Readonly<Record<string, unknown>> {
  const { numAttempts, errorCode, errorMessage, ...rest } = line;
  const code = errorCode === undefined || errorCode === null ? undefined : String(errorCode);
  const told = errorCodes || code === EXPIRED;
  return withoutNulls({
    ...rest,
    ...(attempts ? { numAttempts } : {}),
    ...(told ? { errorCode: code, errorMessage } : {}),
  });
}
