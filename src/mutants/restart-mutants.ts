/** Defects that show when the server is killed and started again: what it loses, does again, or takes for granted. S-01, S-02. */
import { TABLES } from "../reference-server/records.ts";
import { always } from "./defect.ts";
import type { Mutant } from "./mutant.ts";
import { readingBack, storingLate, writing } from "./store-changes.ts";

const MICROSECONDS = 1_000_000;

/** Row 26: a table that is not read back. */
const withoutTable: (...tables: readonly string[]) => NonNullable<Mutant["rules"]> =
  (...tables) =>
  (note) => ({
    isRestored: (table) => {
      if (!tables.includes(table)) return true;
      note();
      return false;
    },
  });

export const RESTART_MUTANTS: readonly Mutant[] = [
  {
    id: "acknowledges-before-storing",
    sentence: "What was acknowledged last is not stored yet when the server is killed.",
    requirement: "S-01",
    source: "writes that a cache holds back, and no flush before the answer",
    store: storingLate,
  },
  {
    id: "fails-what-was-in-flight",
    sentence: "A device task that was in flight when the server was killed has failed.",
    requirement: "S-01",
    source: "work found half done at the start is taken for broken",
    rules: (note) => ({
      requeues: (failure) => {
        if (failure === "restart") note();
        return failure !== "unfit" && failure !== "restart";
      },
    }),
  },
  {
    id: "leaves-in-flight",
    sentence: "A device task that was in flight when the server was killed stays PROCESSING, and is not tried again.",
    requirement: "S-01",
    source: "a state that only an answer ends, and nobody left who waits for it",
    rules: (note) => ({ endsFlights: always(note, false) }),
  },
  {
    id: "forgets-attempts-at-restart",
    sentence: "The attempts before a restart are not counted.",
    requirement: "R-08",
    source: "counters in memory",
    store: readingBack(TABLES.deviceTask, (fields) =>
      fields.numAttempts === 0 ? fields : { ...fields, numAttempts: 0 },
    ),
  },
  {
    id: "forgets-cancellations",
    sentence: "A cancelled device task waits again after a restart.",
    requirement: "S-01",
    source: "a cancellation that only the work in memory hears of",
    store: readingBack(TABLES.deviceTask, (fields) =>
      fields.status === "CANCELLED" || fields.status === "CANCEL_REQUESTED" ? { ...fields, status: "QUEUED" } : fields,
    ),
  },
  {
    id: "does-finished-tasks-again",
    sentence: "What has succeeded is done once more after a restart.",
    requirement: "S-01",
    source: "a queue that is rebuilt from tasks instead of from what is open",
    store: readingBack(TABLES.deviceTask, (fields) =>
      fields.status === "SUCCEEDED" ? { ...fields, status: "QUEUED" } : fields,
    ),
  },
  {
    id: "loses-waiting-tasks",
    sentence: "Tasks of which nothing has been sent are gone after a restart.",
    requirement: "S-01",
    source: "a queue in memory",
    store: readingBack(TABLES.taskState, (fields) => (fields.status === "PROCESSING" ? undefined : fields)),
  },
  {
    id: "loses-scheduled-tasks",
    sentence: "Tasks that have not begun are gone after a restart.",
    requirement: "S-01",
    source: "timers in memory",
    store: readingBack(TABLES.taskState, (fields) => (fields.status === "SCHEDULED" ? undefined : fields)),
  },
  {
    id: "loses-registrations",
    sentence: "Nobody is registered after a restart, though the profile says that registrations survive.",
    requirement: "S-02",
    source: "registrations in memory, as Leshan keeps them (eclipse-leshan/leshan)",
    rules: withoutTable(TABLES.registration),
  },
  {
    id: "forgets-updates-at-restart",
    sentence: "After a restart the lifetime runs from the Register, whatever Updates came since.",
    requirement: "S-02",
    source: "only the Register is written",
    store: (store, note) => {
      const registeredAt = new Map<string, unknown>();
      return writing(TABLES.registration, (record) => {
        if (record.value === undefined) return record;
        const value = record.value as { readonly updatedAt: unknown };
        const first = registeredAt.get(record.key) ?? value.updatedAt;
        registeredAt.set(record.key, first);
        if (first !== value.updatedAt) note();
        return { ...record, value: { ...value, updatedAt: first } };
      })(store, note);
    },
  },
  {
    id: "knows-who-has-left",
    sentence: "A registration that was removed is in force again after a restart.",
    requirement: "Q-03",
    source: "a De-register that only memory hears of",
    store: writing(TABLES.registration, (record, note) => {
      if (record.value !== undefined) return record;
      note();
      return undefined;
    }),
  },
  {
    id: "loses-mirror",
    sentence: "The Device Mirror is empty after a restart.",
    requirement: "D-02",
    source: "a cache that nobody fills again",
    rules: withoutTable(TABLES.mirror),
  },
  {
    id: "loses-histories",
    sentence: "The histories of tasks are empty after a restart.",
    requirement: "L-01",
    source: "histories in memory",
    rules: withoutTable(TABLES.taskHistory, TABLES.deviceTaskHistory),
  },
  {
    id: "expires-by-default-after-restart",
    sentence: "After a restart every task is active for seven days from its creation.",
    requirement: "E-02",
    source: "the period is not stored, or not read back",
    store: readingBack(TABLES.taskState, (fields) => {
      const { expiresAt } = fields;
      return typeof expiresAt === "number" ? { ...fields, expiresAt: expiresAt + 604_800 * MICROSECONDS } : fields;
    }),
  },
  {
    id: "expires-all-at-restart",
    sentence: "What waits when the server is started again has expired.",
    requirement: "S-01",
    source: "deadlines kept as spans of a clock that starts with the process",
    store: readingBack(TABLES.taskState, (fields) =>
      fields.status === "PROCESSING" || fields.status === "QUEUING" ? { ...fields, expiresAt: 0 } : fields,
    ),
  },
  {
    id: "forgets-configured-type",
    sentence: "A device type has no taskExpiresAfter after a restart.",
    requirement: "E-03",
    source: "configuration in memory",
    store: readingBack(TABLES.deviceType, (fields) => {
      const { taskExpiresAfter, ...others } = fields;
      return taskExpiresAfter === undefined ? fields : others;
    }),
  },
  {
    id: "youngest-first-after-restart",
    sentence: "After a restart the tasks of a device are sent in the wrong order.",
    requirement: "Q-10",
    source: "rows in the order in which a table gives them",
    store: readingBack(TABLES.task, (fields) =>
      typeof fields.sequence === "number" && fields.sequence > 0 ? { ...fields, sequence: -fields.sequence } : fields,
    ),
  },
  {
    id: "tries-all-at-restart",
    sentence: "What was in flight is sent again when the server is started, though the profile says that it waits.",
    requirement: "R-06",
    source: "a start taken for a trigger",
    rules: (note) => ({ triesAtStart: always(note, true) }),
  },
];
