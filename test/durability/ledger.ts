/**
 * What a client and the devices have been told, and whether what a server shows later goes with it.
 *
 * The server is killed and started again in between; each start is an *epoch*. Nothing here knows the server: what it
 * acknowledged must be there, what was over must stay as it was.
 */

export type DeviceStatus = string;

export interface ShownDeviceTask {
  readonly did: string;
  readonly status: DeviceStatus;
  readonly ts: number;
  readonly numAttempts: number;
}

export interface ShownTask {
  readonly id: string;
  readonly status: string;
  readonly statusCounts: Readonly<Record<string, number>>;
  readonly [field: string]: unknown;
}

/** One look at a task: GET …/statuses. */
export interface Look {
  readonly task: ShownTask;
  readonly statuses: readonly ShownDeviceTask[];
}

/** What never changes about a task. */
const FIXED = ["dtid", "dids", "taskType", "property", "taskParameters", "createdOn"] as const;
const OVER: readonly string[] = ["SUCCEEDED", "FAILED", "CANCELLED"];
const isOver = (status: DeviceStatus): boolean => OVER.includes(status);

interface Known {
  readonly created: ShownTask;
  /** By did: as it was shown first when it was over, and in which epoch. */
  readonly over: Map<string, ShownDeviceTask & { readonly epoch: number }>;
  readonly attempts: Map<string, number>;
  /** The server has shown the task as CANCELLED, in answer to a cancellation or later. */
  cancelled: boolean;
  history: readonly string[];
}

export interface Ledger {
  readonly violations: readonly string[];
  /** Ids of tasks that were acknowledged, oldest first. */
  readonly tasks: readonly string[];
  /** Of these, ids of tasks that were not seen to be over for every device. */
  open(): readonly string[];
  acknowledged(task: ShownTask): void;
  /** A cancellation, of the task or of one device, was acknowledged with this. */
  cancelled(id: string, answer: { readonly status: string; readonly did?: string }): void;
  /** The answer to a look at a task. */
  looked(id: string, httpStatus: number, look: Look | undefined, epoch: number): void;
  /** The history of a task, an entry each, as texts. */
  history(id: string, entries: readonly string[]): void;
  /** A device has carried out the Write of this value. */
  executed(did: string, value: string, epoch: number): void;
  /** Further disagreement. */
  violated(what: string): void;
}

/** @param writtenValue the value that a task writes and no other task does; `undefined`: it writes none */
export function createLedger(writtenValue: (task: ShownTask) => string | undefined): Ledger {
  const violations: string[] = [];
  const known = new Map<string, Known>();
  const byValue = new Map<string, string>();
  const executions = new Set<string>();
  const violated = (what: string): void => void violations.push(what);

  const judgeDevice = (id: string, entry: Known, shown: ShownDeviceTask, epoch: number): void => {
    const { did, status, numAttempts } = shown;
    const before = entry.over.get(did);
    if (before !== undefined) {
      const same = before.status === status && before.ts === shown.ts && before.numAttempts === numAttempts;
      if (!same) violated(`${id} ${did}: ${describe(before)} in epoch ${before.epoch}, ${describe(shown)} in ${epoch}`);
      return;
    }
    if (numAttempts < (entry.attempts.get(did) ?? 0)) violated(`${id} ${did}: numAttempts went back to ${numAttempts}`);
    entry.attempts.set(did, numAttempts);
    if (!isOver(status)) return;
    entry.over.set(did, { ...shown, epoch });
    const value = writtenValue(entry.created);
    if (status === "SUCCEEDED" && value !== undefined && !executions.has(`${value} ${did}`)) {
      violated(`${id} ${did}: SUCCEEDED, but the device has never written ${value}`);
    }
  };

  const judge = (id: string, entry: Known, { task, statuses }: Look, epoch: number): void => {
    for (const field of FIXED) {
      const [was, is] = [entry.created[field], task[field]].map((value) => JSON.stringify(value));
      if (was !== is) violated(`${id}: ${field} was ${was} and is ${is}`);
    }
    const sums = JSON.stringify(countsOf(statuses));
    const shownCounts = JSON.stringify(pick(task.statusCounts, COUNTS));
    if (sums !== shownCounts) violated(`${id}: counts ${shownCounts}, but the devices are ${sums}`);
    if (statuses.length !== (task.dids as readonly string[]).length) violated(`${id}: ${statuses.length} devices`);
    if (entry.cancelled && task.status !== "CANCELLED") violated(`${id}: was CANCELLED, is ${task.status}`);
    entry.cancelled ||= task.status === "CANCELLED";
    for (const shown of statuses) judgeDevice(id, entry, shown, epoch);
  };

  return {
    violations,
    get tasks() {
      return [...known.keys()];
    },
    open: () =>
      [...known]
        .filter(([, { created, over }]) => over.size < (created.dids as readonly string[]).length)
        .map(([id]) => id),
    acknowledged(task) {
      if (known.has(task.id)) violated(`${task.id} was given to two tasks`);
      known.set(task.id, { created: task, over: new Map(), attempts: new Map(), cancelled: false, history: [] });
      const value = writtenValue(task);
      if (value !== undefined) byValue.set(value, task.id);
    },
    cancelled(id, { status, did }) {
      const entry = known.get(id);
      if (entry !== undefined && did === undefined && status === "CANCELLED") entry.cancelled = true;
    },
    looked(id, httpStatus, look, epoch) {
      const entry = known.get(id);
      if (entry === undefined) return;
      if (look === undefined) violated(`${id} was acknowledged, and is answered with ${httpStatus}`);
      else judge(id, entry, look, epoch);
    },
    history(id, entries) {
      const entry = known.get(id);
      if (entry === undefined) return;
      if (entry.history.some((text, index) => entries[index] !== text)) violated(`${id}: its history was rewritten`);
      entry.history = entries;
    },
    executed(did, value, epoch) {
      executions.add(`${value} ${did}`);
      const id = byValue.get(value);
      const over = id === undefined ? undefined : known.get(id)?.over.get(did);
      // Within one epoch the order of a datagram and an answer is not known here; across a kill it is.
      if (over !== undefined && over.epoch < epoch) {
        violated(`${id} ${did}: executed in epoch ${epoch}, though ${over.status} was shown in epoch ${over.epoch}`);
      }
    },
    violated,
  };
}

const describe = ({ status, numAttempts }: ShownDeviceTask): string => `${status} (${numAttempts} attempts)`;

const COUNTS = ["totalDevices", "numSucceeded", "numFailed", "numCancelled"] as const;

const pick = (counts: Readonly<Record<string, number>>, names: readonly string[]): object =>
  Object.fromEntries(names.map((name) => [name, counts[name]]));

function countsOf(statuses: readonly ShownDeviceTask[]): object {
  const number = (status: DeviceStatus): number => statuses.filter((shown) => shown.status === status).length;
  return {
    totalDevices: statuses.length,
    numSucceeded: number("SUCCEEDED"),
    numFailed: number("FAILED"),
    numCancelled: number("CANCELLED"),
  };
}
