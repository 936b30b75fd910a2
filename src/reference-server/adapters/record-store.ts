/**
 * What a durable store can do, and how what an older version wrote becomes what this one reads.
 *
 * Small on purpose: a server keeps its state in memory, so a store is read once, at the start, and only written then.
 * An answer may be immediate or a promise; the commit queue treats both alike. The server's own view of a store is
 * `StorageEffect`; see commit-queue.ts for the way from one to the other.
 */
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { digestOf } from "../../platform/secrets.ts";
import type { StoredChange, StoredRecord } from "../../protocol/server-port.ts";
import type { Store } from "../memory-store.ts";

export interface RecordStore {
  /** For messages: the file, or the database without its password. */
  readonly name: string;
  /** All records, or those of one table; those of a table in the order in which they came into being. */
  read(table: string): Awaitable<readonly StoredRecord[]>;
  /** All of them or none; the last change of a record counts. They are on disk when it settles. */
  commit(changes: readonly StoredChange[]): Awaitable<void>;
  /** Calls back when the store is lost although nothing was asked of it. */
  onLost(listener: (cause: unknown) => void): void;
  /** Lets go of it, so that another server may have it. May be called twice. */
  close(): Awaitable<void>;
}

type Awaitable<T> = T | Promise<T>;

/** One step from a version of the stored form to the next. */
export interface Migration {
  /** What is different afterwards. */
  readonly about: string;
  /** What must change among the records. Runs in the transaction that notes the new version. */
  readonly changes: (records: readonly StoredRecord[]) => readonly StoredChange[];
}

/** From version 1 to 2, from 2 to 3, and so on. Rows stay for ever. */
export const MIGRATIONS: readonly Migration[] = [
  {
    about: "the tokens of owners and devices are kept as digests",
    changes: (records) => [
      ...records.filter(({ table }) => table === "device-type").flatMap((record) => digested(record, "owner")),
      ...records.filter(({ table }) => table === "device").flatMap((record) => digested(record, "token")),
    ],
  },
];

function digested({ table, key, value }: StoredRecord, field: string): readonly StoredChange[] {
  if (typeof value !== "object" || value === null) return [];
  const secret: unknown = Object.entries(value).find(([name]) => name === field)?.[1];
  return typeof secret === "string" ? [{ table, key, value: { ...value, [field]: digestOf(secret) } }] : [];
}

/** The version that a program with these migrations writes. 0 is a store without anything in it. */
export const versionAfter = (migrations: readonly Migration[]): number => migrations.length + 1;

/**
 * The steps that lead from a stored version to that of this program.
 *
 * @throws UsageError `bad-file`: a newer program wrote it
 */
export function stepsFrom(stored: number, migrations: readonly Migration[], name: string): readonly Migration[] {
  const own = versionAfter(migrations);
  if (stored > own) {
    throw new UsageError(
      "bad-file",
      `--data: ${name} was written by a newer fleetproof: its version is ${stored}, this program knows ${own}. Nothing was changed; install the newer fleetproof, or start with other --data`,
    );
  }
  return migrations.slice(Math.max(0, stored - 1));
}

/** @throws HarnessError `store-not-usable` when the text is not JSON */
export function parseStored(name: string, table: string, key: string, text: string): StoredRecord {
  try {
    return { table, key, value: JSON.parse(text) as unknown };
  } catch (cause) {
    throw new HarnessError("store-not-usable", `${name}: the record ${table} ${key} is damaged: it is not JSON`, {
      cause,
    });
  }
}

/** Keys may hold what text columns do not take, such as U+0000; JSON knows how to write it, and changes nothing else. */
export const keyText = (key: string): string => JSON.stringify(key).slice(1, -1);
export const keyOf = (text: string): string => JSON.parse(`"${text}"`) as string;

/** The memory store as one that is never lost, for whoever takes any kind. */
export function recordStoreOf(store: Store): RecordStore {
  return {
    name: "memory",
    read(table) {
      const answer = store.perform({ kind: "query", ticket: 0, table });
      return answer.kind === "rows" ? answer.rows : [];
    },
    commit: (records) => void store.perform({ kind: "persist", ticket: 0, records }),
    onLost: () => undefined,
    close: () => undefined,
  };
}
