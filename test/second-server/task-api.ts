/**
 * The REST side of the second server: device types, devices, tasks and the Device Mirror, as far as a plan asks.
 *
 * Each request becomes an answer and, where a task is created, what begins once the answer has left (the task page:
 * "return immediately before the task begins to run").
 *
 * Spec: docs/semantics.md, choices 7, 8, 11, 18 to 23, 27, 29 to 31.
 */
import { DEVICE, objectRow } from "../../src/protocol/lwm2m/objects.ts";
import type { RestRequest, RestResponse } from "../../src/protocol/server-port.ts";
import { TASK_TYPES, type TaskType } from "../../src/protocol/task-api/states.ts";
import { after, between, fromUnixMillis, type Instant, seconds, toUnixMillis } from "../../src/protocol/time.ts";
import type { Agenda } from "./agenda.ts";
import type { DeviceActor } from "./device-actor.ts";
import {
  type DeviceTask,
  happened,
  isOver,
  shownDeviceTask,
  shownHistory,
  shownTask,
  statusOf,
  type Task,
} from "./device-task.ts";
import type { Habits } from "./habits.ts";
import { type Brought, type Work, workOf } from "./work.ts";

export interface TaskApiOutside {
  readonly agenda: Agenda;
  readonly habits: Habits;
  /** A name that nobody has yet. */
  readonly freshId: () => string;
  /** The actor of a device; made when the device is. */
  readonly actor: (did: string) => DeviceActor;
}

export interface Answer extends RestResponse {
  /** Begins when the answer has left. */
  readonly begins?: () => void;
}

interface DeviceType {
  readonly dtid: string;
  readonly owner: string | undefined;
  taskExpiresAfter: number | undefined;
}

interface Device {
  readonly did: string;
  readonly dtid: string;
  /** Dotted names with their group: value and, in ms, when it came. */
  readonly mirror: Map<string, { readonly value: unknown; readonly ts: number }>;
}

type Fields = Readonly<Record<string, unknown>>;

const WEEK = 604_800;
const LONGEST = 2_592_000;
const TYPE_BOUNDS = { least: 60, most: WEEK };

export class TaskApi {
  private readonly outside: TaskApiOutside;
  private readonly types = new Map<string, DeviceType>();
  private readonly devices = new Map<string, Device>();
  private readonly tasks = new Map<string, Task>();
  private created = 0;

  constructor(outside: TaskApiOutside) {
    this.outside = outside;
  }

  answer({ method, path, query, token, body }: RestRequest): Answer {
    const [area, kind, id = "", part, did = ""] = path;
    const fields = fieldsOf(body);
    if (method === "POST" && area === "devicetypes") return this.addType(fields);
    if (method === "POST" && area === "devices") return this.addDevice(fields);
    if (area !== "devicemgmt") return error(404, "no such resource");
    if (kind === "devicetypes") return this.deviceType(method, id, fields, token);
    if (kind === "devices" && part === "properties") return this.properties(id, query.includeTimestamp === "true");
    if (kind !== "tasks") return error(404, "no such resource");
    if (method === "POST" && path.length === 2) return this.create(fields, token);
    const task = this.tasks.get(id);
    if (task === undefined) return error(404, "no such task");
    if (!this.owns(token, task.dtid)) return error(this.outside.habits.rest.strangersGet, "not yours");
    if (method === "PUT") return this.cancel(task, part === "devices" ? did : undefined, fields);
    if (part === "statuses") return path.length === 5 ? this.history(task, query.did) : this.statuses(task, query);
    return ok({ data: shownTask(task, this.outside.habits.rest) });
  }

  /** A device brought values: the only thing that changes its properties in the mirror. */
  mirror(did: string, brought: Brought): void {
    const ts = toUnixMillis(this.outside.agenda.now);
    for (const [name, value] of brought) this.devices.get(did)?.mirror.set(`deviceProperties.${name}`, { value, ts });
  }

  // ── device types and devices

  private addType({ dtid, owner, taskExpiresAfter }: Fields): Answer {
    const type = { dtid: text(dtid) ?? this.outside.freshId(), owner: text(owner), taskExpiresAfter: undefined };
    this.types.set(type.dtid, type);
    return this.configure(type, taskExpiresAfter, 201);
  }

  private deviceType(method: string, dtid: string, { taskExpiresAfter }: Fields, token: string | undefined): Answer {
    const type = this.types.get(dtid);
    if (type === undefined) return error(404, "no such device type");
    if (!this.owns(token, dtid)) return error(this.outside.habits.rest.strangersGet, "not yours");
    return method === "PUT" ? this.configure(type, taskExpiresAfter, 200) : ok({ data: type });
  }

  private configure(type: DeviceType, wanted: unknown, status: number): Answer {
    const { beyondBounds } = this.outside.habits.tasks;
    if (wanted === undefined) return { status, body: { data: { dtid: type.dtid } } };
    const fits =
      isSeconds(wanted) && wanted >= TYPE_BOUNDS.least && (wanted <= TYPE_BOUNDS.most || beyondBounds === "shortened");
    if (!fits) return this.refusal("taskExpiresAfter");
    type.taskExpiresAfter = Math.min(wanted, TYPE_BOUNDS.most);
    const { dtid, taskExpiresAfter } = type;
    return { status, body: { data: { dtid, taskExpiresAfter } } };
  }

  private addDevice({ did, dtid }: Fields): Answer {
    const device = { did: text(did) ?? this.outside.freshId(), dtid: text(dtid) ?? "", mirror: new Map() };
    if (!this.types.has(device.dtid)) return this.refusal("dtid");
    this.devices.set(device.did, device);
    return { status: 201, body: { data: { did: device.did, dtid: device.dtid } } };
  }

  hasDevice(did: string): boolean {
    return this.devices.has(did);
  }

  private owns(token: string | undefined, dtid: string): boolean {
    const owner = this.types.get(dtid)?.owner;
    return owner === undefined || owner === token;
  }

  private refusal(field: string, why = "not valid"): Answer {
    return error(this.outside.habits.rest.refusesWith, `${field}: ${why}`);
  }

  // ── tasks

  private create(fields: Fields, token: string | undefined): Answer {
    const type = this.types.get(text(fields.dtid) ?? "");
    if (type === undefined) return this.refusal("dtid", "unknown");
    if (!this.owns(token, type.dtid)) return error(this.outside.habits.rest.strangersGet, "not yours");
    const taskType = TASK_TYPES.find((known) => known === fields.taskType);
    const property = text(fields.property);
    if (taskType === undefined || property === undefined) return this.refusal("taskType, property");
    const parameters = fieldsOf(fields.taskParameters);
    const value = text(parameters.value);
    const work = workOf(taskType, property, value);
    if (!work.ok) return this.refusal("property", work.error);
    const expiresAfter = this.periodOf(parameters.expiresAfter, type);
    if (expiresAfter === undefined) return this.refusal("expiresAfter");
    const beginsAt = this.beginningOf(parameters.scheduledOn);
    if (beginsAt === undefined) return this.refusal("scheduledOn");
    const tooLate = between(this.outside.agenda.now, beginsAt) + seconds(expiresAfter) > seconds(LONGEST);
    if (tooLate && parameters.scheduledOn !== undefined) return this.refusal("scheduledOn", "too late");
    const dids = Array.isArray(fields.dids) ? fields.dids.map(String) : this.devicesOf(type.dtid);
    const foreign = dids.find((did) => this.devices.get(did)?.dtid !== type.dtid);
    if ((dids.length === 0 && fields.dids !== undefined) || foreign !== undefined) return this.refusal("dids", foreign);
    return this.begin({ dtid: type.dtid, taskType, property, value, work: work.value, expiresAfter, beginsAt }, dids);
  }

  private devicesOf(dtid: string): string[] {
    return [...this.devices.values()].filter((device) => device.dtid === dtid).map(({ did }) => did);
  }

  /** Seconds; `undefined`: to be refused. Choices 7 and 8. */
  private periodOf(wanted: unknown, { taskExpiresAfter }: DeviceType): number | undefined {
    if (wanted === undefined) return taskExpiresAfter ?? WEEK;
    if (!isSeconds(wanted) || wanted < 1) return undefined;
    if (wanted <= LONGEST) return wanted;
    return this.outside.habits.tasks.beyondBounds === "shortened" ? LONGEST : undefined;
  }

  /** `undefined`: to be refused. Choice 9. */
  private beginningOf(scheduledOn: unknown): Instant | undefined {
    const { now } = this.outside.agenda;
    if (scheduledOn === undefined) return now;
    if (typeof scheduledOn !== "number" || !Number.isInteger(scheduledOn) || scheduledOn < 0) return undefined;
    return Math.max(now, fromUnixMillis(scheduledOn)) as Instant;
  }

  private begin(
    asked: {
      dtid: string;
      taskType: TaskType;
      property: string;
      value: string | undefined;
      work: Work;
      expiresAfter: number;
      beginsAt: Instant;
    },
    dids: readonly string[],
  ): Answer {
    const { agenda, freshId, habits } = this.outside;
    const devices: DeviceTask[] = [];
    const task: Task = {
      ...asked,
      id: freshId(),
      sequence: this.created++,
      createdAt: agenda.now,
      devices,
      begun: false,
      cancelledAt: undefined,
    };
    devices.push(
      ...[...new Set(dids)].map((did) => ({ task, did, log: [{ kind: "assigned" as const, at: agenda.now }] })),
    );
    this.tasks.set(task.id, task);
    const each = (act: (actor: DeviceActor, deviceTask: DeviceTask) => void) => () => {
      for (const deviceTask of devices) act(this.outside.actor(deviceTask.did), deviceTask);
    };
    agenda.at(
      after(task.beginsAt, seconds(asked.expiresAfter)),
      each((actor, deviceTask) => actor.expire(deviceTask)),
    );
    agenda.at(after(task.createdAt, seconds(LONGEST)), () => {
      this.tasks.delete(task.id);
      each((actor, deviceTask) => actor.forget(deviceTask))();
    });
    const { work } = asked;
    const startNow = each((actor, deviceTask) => {
      if (isOver(deviceTask)) return;
      if (work.kind === "cloud") this.writeHere(deviceTask, work);
      else actor.assign(deviceTask);
    });
    const start = (): void => {
      task.begun = true;
      startNow();
    };
    const begins = (): void => {
      if (task.beginsAt > agenda.now) agenda.at(task.beginsAt, start);
      else start();
    };
    if (work.kind === "cloud" && task.beginsAt <= agenda.now) start();
    const shown = shownTask(task, habits.rest);
    return {
      status: habits.rest.createsWith,
      headers: { Location: `/devicemgmt/tasks/${task.id}` },
      body: { data: shown },
      begins,
    };
  }

  /** A server property concerns nobody else. */
  private writeHere(deviceTask: DeviceTask, { name, value }: Extract<Work, { kind: "cloud" }>): void {
    const { now } = this.outside.agenda;
    this.devices.get(deviceTask.did)?.mirror.set(`serverProperties.${name}`, { value, ts: toUnixMillis(now) });
    happened(deviceTask, now, { kind: "succeeded" });
  }

  private cancel(task: Task, did: string | undefined, { status }: Fields): Answer {
    if (status !== "CANCELLED") return this.refusal("status");
    const { agenda, actor, habits } = this.outside;
    const chosen = did === undefined ? task.devices : task.devices.filter((deviceTask) => deviceTask.did === did);
    const [first] = chosen;
    if (first === undefined && did !== undefined) return error(404, "no such device in this task");
    if (did === undefined && statusOf(task, habits.rest) !== "COMPLETE") task.cancelledAt ??= agenda.now;
    for (const deviceTask of chosen) if (!isOver(deviceTask)) actor(deviceTask.did).cancel(deviceTask);
    const whole = did === undefined || first === undefined;
    const data = whole ? shownTask(task, habits.rest) : shownDeviceTask(first.did, first.log, habits.rest);
    return ok({ data });
  }

  // ── what is asked about tasks

  private statuses(task: Task, query: RestRequest["query"]): Answer {
    const { rest } = this.outside.habits;
    const offset = Number(query.offset ?? 0);
    const page = task.devices.toReversed().slice(offset, offset + Number(query.count ?? 100));
    const statuses = page.map(({ did, log }) => shownDeviceTask(did, log, rest));
    const total = task.devices.length;
    return ok({ total, offset, count: statuses.length, data: { ...shownTask(task, rest), statuses } });
  }

  private history(task: Task, did: string | undefined): Answer {
    const { rest } = this.outside.habits;
    if (did !== undefined) {
      const deviceTask = task.devices.find((candidate) => candidate.did === did);
      return ok({ data: { history: deviceTask === undefined ? [] : shownHistory(deviceTask, rest) } });
    }
    const { modifiedOn } = shownTask(task, rest);
    const now = { status: statusOf(task, rest), ts: modifiedOn };
    const first = { status: "REQUESTED", ts: toUnixMillis(task.createdAt) };
    return ok({ data: { history: now.status === first.status ? [first] : [first, now] } });
  }

  private properties(did: string, includeTimestamp: boolean): Answer {
    const device = this.devices.get(did);
    if (device === undefined) return error(404, "no such device");
    const data: Record<string, unknown> = { systemProperties: { did }, serverProperties: {}, deviceProperties: {} };
    for (const [name, { value, ts }] of device.mirror) {
      const shown = this.shownValue(name, value);
      place(data, name.split("."), includeTimestamp ? { value: shown, ts } : shown);
    }
    return ok({ data });
  }

  private shownValue(name: string, value: unknown): unknown {
    const { numbersAs, timeIn } = this.outside.habits.rest;
    const inSeconds = timeIn === "seconds" && TIMES.includes(name) && typeof value === "number";
    const scaled = inSeconds ? value / 1_000 : value;
    const asText = (one: unknown): unknown => (numbersAs === "strings" && typeof one === "number" ? String(one) : one);
    return Array.isArray(scaled) ? scaled.map(asText) : asText(scaled);
  }
}

/** Names of the properties that are points in time. */
const TIMES: readonly string[] = (objectRow(DEVICE)?.resources ?? [])
  .filter(({ type }) => type === "time")
  .map(({ name }) => `deviceProperties.device.${name}`);

function place(into: Record<string, unknown>, [name = "", ...deeper]: readonly string[], value: unknown): void {
  if (deeper.length === 0) into[name] = value;
  else {
    into[name] ??= {};
    place(into[name] as Record<string, unknown>, deeper, value);
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const error = (status: number, message: string): Answer => ({ status, body: { error: { code: status, message } } });
const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});
const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
const isSeconds = (value: unknown): value is number => typeof value === "number" && Number.isInteger(value);
