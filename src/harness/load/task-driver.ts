/**
 * Asks a server for tasks and watches them until they have come to an end on all their devices.
 *
 * The end is seen by looking at the statuses, again and again at growing distances: what is measured is at most 15 %
 * and 50 ms more than it was. Spans count from the intended time of a task.
 */
import { now } from "../../platform/clock.ts";
import type { RestRequest } from "../../protocol/server-port.ts";
import { TaskStatusesEnvelope } from "../../protocol/task-api/responses.ts";
import { after, before, between, type Instant, type Micros, micros, millis } from "../../protocol/time.ts";
import type { HistoryEvent, RestPurpose, RunTime } from "../history/history.ts";
import { createdTaskId, isSuccess } from "../interpreter/rest-requests.ts";
import type { Agenda } from "../live/agenda.ts";
import type { RestClient, RestOutcome } from "../live/rest-client.ts";
import type { LoadTask } from "./arrivals.ts";
import type { Series } from "./series.ts";
import type { Targets } from "./workload.ts";

export interface TaskDriverOptions {
  readonly http: RestClient;
  readonly agenda: Agenda;
  readonly series: Series;
  readonly deviceType: string;
  /** Whether all devices of the device type are run by this process. */
  readonly typeIsOurs: boolean;
  /** Of the firmware images, in the order of the workload. */
  readonly imageIds: readonly string[];
  readonly nameOf: (device: number) => string;
  /** Microseconds from the start of the run. */
  readonly runTime: (instant: Instant) => RunTime;
  /** How long what was read at that moment may have waited for us. */
  readonly lateness: (now: Instant) => Micros;
  /** Sees each request and answer about a task. */
  readonly observe: (task: LoadTask, event: HistoryEvent) => void;
}

interface OpenTask {
  readonly task: LoadTask;
  readonly id: string;
  readonly intended: Instant;
  /** Names of devices on which it has not come to an end, as far as they are known. */
  readonly unsettled: Set<string>;
  /** Names of all its devices as far as they were seen; absent: they are known from the beginning. */
  readonly found: Set<string> | undefined;
  readonly whenDone: () => void;
}

const TASK_TYPES = { read: "R", write: "W", execute: "E" } as const;
const TASKS = ["devicemgmt", "tasks"];
/** The most that a page may have. Source: the cloud's SDK models. */
const PAGE = 100;
/** Looks under way at once: beyond that the looking itself would be the load. */
const LOOKS_AT_ONCE = 64;
const FIRST_LOOK = millis(50);
const LONGEST_WAIT = millis(5_000);

export class TaskDriver {
  private readonly options: TaskDriverOptions;
  private readonly open = new Map<number, OpenTask>();
  private requests = 0;
  private looks = 0;
  private nextTicket = 1;
  private over = false;
  private readonly failed = new Set<string>();

  constructor(options: TaskDriverOptions) {
    this.options = options;
  }

  /** Tasks that were asked for and have not come to an end. */
  get underWay(): number {
    return this.open.size + this.requests;
  }

  /** Names of the devices on which a task failed, or had not come to an end when the time was over. */
  get failing(): ReadonlySet<string> {
    return this.failed;
  }

  /** @param whenDone called once: it has come to an end, or was refused */
  ask(task: LoadTask, intended: Instant, whenDone: () => void): void {
    const { row } = task;
    if (row.operation === "update" || this.over) {
      whenDone();
      return;
    }
    const { series, runTime } = this.options;
    const labels = { operation: row.operation };
    series.count("requested", labels);
    this.requests += 1;
    const image = task.image === undefined ? {} : { image: task.image };
    const purpose: RestPurpose = { kind: "create-task", task: task.number, devices: task.devices, ...image };
    this.send(task, purpose, { method: "POST", path: TASKS, query: {}, body: this.bodyOf(task) }, (outcome) => {
      this.requests -= 1;
      if (this.over) return;
      const span = runTime(now()) - runTime(intended);
      if (outcome.kind === "failure") {
        series.count("unanswered", labels);
        return whenDone();
      }
      const { response } = outcome;
      series.record("task.creation", { ...labels, status: String(response.status) }, span);
      const id = isSuccess(response) ? createdTaskId(response) : undefined;
      if (id === undefined) {
        series.count("refused", { ...labels, status: String(response.status) });
        return whenDone();
      }
      series.count("asked", labels, task.devices.length);
      const unsettled = new Set(task.devices.map(this.options.nameOf));
      const found = row.targets.kind === "filter" ? new Set<string>() : undefined;
      this.open.set(task.number, { task, id, intended, unsettled, found, whenDone });
      this.lookLater(task.number);
    });
  }

  /** Counts what has not come to an end; nothing is asked or counted any more. */
  end(): void {
    this.over = true;
    for (const { task, unsettled } of this.open.values()) {
      this.options.series.count("unsettled", { operation: task.row.operation }, unsettled.size);
      for (const name of unsettled) this.failed.add(name);
    }
  }

  private bodyOf({ row, devices, value, image }: LoadTask): unknown {
    if (row.operation === "update") return undefined;
    const { targets, expiresAfter } = row;
    const parameters = {
      ...(value === undefined ? {} : { value }),
      ...(image === undefined ? {} : { update: { updateId: this.options.imageIds[image] } }),
      ...(expiresAfter === undefined ? {} : { expiresAfter: Math.max(1, Math.round(expiresAfter / 1_000)) }),
    };
    return {
      dtid: this.options.deviceType,
      ...this.targetsOf(targets, devices),
      ...(row.operation === "firmware" ? {} : { taskType: TASK_TYPES[row.operation], property: row.property }),
      ...(Object.keys(parameters).length === 0 ? {} : { taskParameters: parameters }),
    };
  }

  private targetsOf(targets: Targets, devices: readonly number[]): object {
    if (targets.kind === "all" && this.options.typeIsOurs) return {};
    return targets.kind === "filter" ? { filter: targets.filter } : { dids: devices.map(this.options.nameOf) };
  }

  private send(
    task: LoadTask,
    purpose: RestPurpose,
    request: RestRequest,
    settle: (outcome: RestOutcome) => void,
  ): void {
    const { http, observe, runTime, lateness } = this.options;
    const ticket = this.nextTicket++;
    const askedAt = runTime(now());
    observe(task, { kind: "rest-request", ticket, request, purpose, at: askedAt });
    http.send(request, (outcome) => {
      const read = now();
      const at = runTime(read);
      const earliest = Math.max(askedAt, runTime(before(read, lateness(read))));
      if (outcome.kind === "answer")
        observe(task, { kind: "rest-answer", ticket, response: outcome.response, at, earliest });
      else
        observe(task, { kind: "rest-failure", ticket, reason: `${outcome.reason}: ${outcome.detail}`, at, earliest });
      settle(outcome);
    });
  }

  // ── looking

  private lookLater(number: number): void {
    const open = this.open.get(number);
    if (open === undefined) return;
    const at = now();
    const age = Math.max(0, between(open.intended, at));
    const pages = Math.max(1, Math.ceil((open.found?.size ?? open.task.devices.length) / PAGE));
    const wait = Math.min(LONGEST_WAIT, Math.max(FIRST_LOOK, age * 0.15)) * pages;
    this.options.agenda.once(after(at, micros(wait)), () => {
      if (this.over) return;
      if (this.looks >= LOOKS_AT_ONCE) this.lookLater(number);
      else this.look(open, 0);
    });
  }

  private look(open: OpenTask, offset: number): void {
    const { series } = this.options;
    const { task, id } = open;
    const asked = now();
    this.looks += 1;
    const query = { count: String(PAGE), ...(offset === 0 ? {} : { offset: String(offset) }) };
    const request = { method: "GET", path: [...TASKS, id, "statuses"], query };
    this.send(task, { kind: "poll-statuses", task: task.number }, request, (outcome) => {
      this.looks -= 1;
      if (this.over) return;
      const status = outcome.kind === "answer" ? String(outcome.response.status) : outcome.reason;
      series.record("poll", { status }, between(asked, now()));
      const shown = outcome.kind === "answer" ? this.read(open, outcome.response.body) : NOTHING_SHOWN;
      const isLast = offset + PAGE >= shown.total;
      if (!isLast && (open.unsettled.size > 0 || open.found !== undefined)) return this.look(open, offset + PAGE);
      this.afterLook(open, shown);
    });
  }

  /** @returns how many devices the task has and whether it is over, as the server says */
  private read(open: OpenTask, body: unknown): Shown {
    const parsed = TaskStatusesEnvelope.safeParse(body);
    if (!parsed.success) return NOTHING_SHOWN;
    const { series, runTime } = this.options;
    const { operation } = open.task.row;
    const span = runTime(now()) - runTime(open.intended);
    const { status: taskStatus, statuses = [] } = parsed.data.data;
    for (const { did, status, errorCode } of statuses) {
      this.find(open, did);
      const end = ENDS[status];
      if (end === undefined || !open.unsettled.delete(did)) continue;
      const code = end === "failed" ? (errorCode ?? "none") : end;
      if (end === "failed") this.failed.add(did);
      series.record("device.completion", { operation, code }, span);
      series.count("settled", { operation });
      series.count(end, end === "failed" ? { operation, code } : { operation });
    }
    return { total: parsed.data.total ?? 0, over: taskStatus !== undefined && OVER.includes(taskStatus) };
  }

  /** A device of which only the server knows that it matches a filter. */
  private find({ task, found, unsettled }: OpenTask, did: string): void {
    if (found === undefined || found.has(did)) return;
    found.add(did);
    unsettled.add(did);
    this.options.series.count("asked", { operation: task.row.operation });
  }

  private afterLook(open: OpenTask, { total, over }: Shown): void {
    const { task, intended, unsettled, found, whenDone } = open;
    // Who a filter means is known when the server shows the task as over, with all its devices.
    const someUnknown = found !== undefined && (!over || found.size < total);
    if (unsettled.size > 0 || someUnknown) {
      this.lookLater(task.number);
      return;
    }
    this.open.delete(task.number);
    const { series, runTime } = this.options;
    series.record("task.completion", { operation: task.row.operation }, runTime(now()) - runTime(intended));
    whenDone();
  }
}

/** A page of statuses: how many devices the task has, and whether it has come to an end. */
interface Shown {
  readonly total: number;
  readonly over: boolean;
}
const NOTHING_SHOWN: Shown = { total: 0, over: false };
/** Statuses in which a task stays. Source: docs/semantics.md, "States". */
const OVER: readonly string[] = ["COMPLETE", "CANCELLED"];

/** Statuses in which a device task stays. Source: docs/semantics.md, "States". */
const ENDS: Readonly<Record<string, "succeeded" | "failed" | "cancelled" | undefined>> = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  CANCELLED: "cancelled",
};
