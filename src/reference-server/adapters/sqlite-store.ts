/**
 * A store in one SQLite file. A commit is on disk when it returns, also when the power fails in the next moment.
 *
 * The connection blocks while it commits; that costs nothing that would not wait anyway, since every answer waits for
 * the commit. One process has the file to itself: SQLite's own lock, which ends with the process however that ends.
 * Which file it takes, and which not, is in sqlite-file.ts.
 */
import Database from "libsql";
import { HarnessError } from "../../platform/errors.ts";
import type { StoredChange, StoredRecord } from "../../protocol/server-port.ts";
import {
  keyOf,
  keyText,
  MIGRATIONS,
  type Migration,
  parseStored,
  type RecordStore,
  stepsFrom,
  versionAfter,
} from "./record-store.ts";
import { APPLICATION_ID, recogniseFile } from "./sqlite-file.ts";

/** Milliseconds to wait for a server that is just about to close the file. */
const PATIENCE = 2_000;
/** The write-ahead log is cut back to this many bytes after a large transaction. */
const LOG_LIMIT = 16 * 1024 * 1024;

const LAYOUT = `CREATE TABLE record (
  position INTEGER PRIMARY KEY,
  "table" TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  UNIQUE ("table", key)
)`;

export interface SqliteOptions {
  readonly migrations?: readonly Migration[];
}

/**
 * Opens a file, or makes it; its directory must be there.
 *
 * @throws UsageError `bad-file`: it belongs to something else, a newer version wrote it, or its directory is missing
 * @throws HarnessError `store-in-use`, `store-not-usable`, `file-not-readable`
 */
export async function openSqliteStore(file: string, options: SqliteOptions = {}): Promise<RecordStore> {
  const migrations = options.migrations ?? MIGRATIONS;
  // First by its bytes alone: opening a database can already write to it.
  const absolute = await recogniseFile(file, migrations);
  let database: Database.Database | undefined;
  try {
    database = new Database(absolute, { timeout: PATIENCE });
    prepare(database, file, migrations);
    return storeOn(database, file);
  } catch (cause) {
    // Somebody else's lock cannot be given back, and asking for it would take as long again.
    if (isBusy(cause)) database?.close();
    else if (database !== undefined) letGo(database);
    throw openingError(file, cause);
  }
}

function prepare(database: Database.Database, file: string, migrations: readonly Migration[]): void {
  // Kept from the first access until close: a second server on the file is refused, not interleaved.
  database.pragma("locking_mode = EXCLUSIVE");
  database.exec("BEGIN EXCLUSIVE");
  let isMigrated = false;
  try {
    const [stored] = database.prepare("PRAGMA user_version").raw().get() as [number];
    const steps = stepsFrom(stored, migrations, file);
    isMigrated = stored !== 0 && steps.length > 0;
    if (stored === 0) {
      database.exec(LAYOUT);
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    }
    const write = writerOf(database);
    for (const { changes } of steps) changes(readAll(database, file)).forEach(write);
    if (stored !== versionAfter(migrations)) database.exec(`PRAGMA user_version = ${versionAfter(migrations)}`);
    database.exec("COMMIT");
  } catch (error) {
    if (database.inTransaction) database.exec("ROLLBACK");
    throw error;
  }
  // What was replaced may be a secret, and would stay in the free corners of the pages.
  if (isMigrated) database.exec("VACUUM");
  // Only now, so that a file that is being made is either empty or has our mark in its first page.
  database.pragma("journal_mode = WAL");
  // FULL waits for the disk at every commit. With NORMAL the log is only flushed at checkpoints: a crash of the process
  // would lose nothing, a power failure some commits that were acknowledged.
  database.pragma("synchronous = FULL");
  database.pragma(`journal_size_limit = ${LOG_LIMIT}`);
}

function storeOn(database: Database.Database, name: string): RecordStore {
  const write = writerOf(database);
  let open = true;
  return {
    name,
    read: (table) => readAll(database, name).filter((record) => table === "*" || record.table === table),
    commit(changes) {
      database.exec("BEGIN IMMEDIATE");
      try {
        for (const change of changes) write(change);
        database.exec("COMMIT");
      } catch (error) {
        // A full disk has ended the transaction already.
        if (database.inTransaction) database.exec("ROLLBACK");
        throw error;
      }
    },
    onLost: () => undefined,
    close() {
      if (open) letGo(database);
      open = false;
    },
  };
}

/**
 * The library closes a database in truth only when its statements have been collected as garbage, so the lock is given
 * back by name. Leaving WAL also brings everything into the one file, which can be copied then.
 */
function letGo(database: Database.Database): void {
  try {
    database.pragma("journal_mode = DELETE");
    database.pragma("locking_mode = NORMAL");
    // The lock goes with the next access.
    database.prepare("SELECT 1 FROM sqlite_schema").raw().all();
  } catch {
    // It was never ours, or the disk is full: the log stays beside the file and is read at the next start.
  }
  database.close();
}

function writerOf(database: Database.Database): (change: StoredChange) => void {
  const put = database.prepare(
    `INSERT INTO record ("table", key, value) VALUES (?, ?, ?) ON CONFLICT ("table", key) DO UPDATE SET value = excluded.value`,
  );
  const remove = database.prepare(`DELETE FROM record WHERE "table" = ? AND key = ?`);
  return ({ table, key, value }) => {
    if (value === undefined) remove.run(table, keyText(key));
    else put.run(table, keyText(key), JSON.stringify(value));
  };
}

function readAll(database: Database.Database, name: string): readonly StoredRecord[] {
  const rows = database.prepare(`SELECT "table", key, value FROM record ORDER BY position`).raw().all();
  return (rows as [string, string, string][]).map(([table, key, value]) => parseStored(name, table, keyOf(key), value));
}

const isBusy = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "SQLITE_BUSY";

function openingError(file: string, cause: unknown): unknown {
  if (isBusy(cause)) {
    return new HarnessError(
      "store-in-use",
      `--data: ${file} is in use by another process, probably a server that runs; stop that first, or choose another file`,
      { cause },
    );
  }
  // What was thrown here on purpose says enough; the rest is SQLite's.
  if (!(cause instanceof Error) || cause.name === "UsageError" || cause.name === "HarnessError") return cause;
  return new HarnessError("store-not-usable", `--data: ${file} cannot be used: ${cause.message}`, { cause });
}
