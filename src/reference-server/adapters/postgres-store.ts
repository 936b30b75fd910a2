/**
 * A store in a PostgreSQL database: a schema of its own, `fleetproof`, which one server at a time has to itself.
 *
 * One connection does everything. It holds an advisory lock, which PostgreSQL lets go of when the connection ends, so a
 * killed server leaves none behind, and its successor waits until the last commit of the killed one is decided. A lost
 * connection is not opened again: what its last commit has become is not known, so the server has to stop and read.
 */
import pg from "pg";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { pause } from "../../platform/timers.ts";
import type { StoredChange, StoredRecord } from "../../protocol/server-port.ts";
import { millis } from "../../protocol/time.ts";
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

/** Locks are numbers; any two servers on one database must mean the same. "FltP". */
const LOCK = 0x46_6c_74_50;
/** Milliseconds to wait for the database. */
const CONNECT_WITHIN = 10_000;
/** Times to ask for the lock, and the pause between them: a killed server's connection may take a moment to end. */
const LOCK_ATTEMPTS = 25;
const LOCK_PAUSE = millis(200);

const LAYOUT = [
  "CREATE SCHEMA fleetproof",
  "CREATE TABLE fleetproof.meta (version integer NOT NULL)",
  "INSERT INTO fleetproof.meta (version) VALUES (0)",
  `CREATE TABLE fleetproof.record (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "table" text NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    UNIQUE ("table", key)
  )`,
];

export interface PostgresOptions {
  readonly migrations?: readonly Migration[];
}

/**
 * @param url `postgres://user:password@host:port/database`; what it leaves out, the PG… environment variables may say
 * @throws UsageError `bad-file`: the schema `fleetproof` is somebody else's, or a newer version's; `bad-value`: no URL
 * @throws HarnessError `store-in-use`, `store-not-usable`
 */
export async function openPostgresStore(url: string, options: PostgresOptions = {}): Promise<RecordStore> {
  const name = withoutPassword(url);
  const client = newClient(url, name);
  const connection = watched(client);
  try {
    await client.connect();
    await lock(client, name);
    await prepare(client, name, options.migrations ?? MIGRATIONS);
    return storeOn(client, name, connection);
  } catch (cause) {
    await connection.close();
    if (cause instanceof UsageError || cause instanceof HarnessError) throw cause;
    throw new HarnessError("store-not-usable", `--data: ${name} cannot be used: ${reason(cause)}`, { cause });
  }
}

function newClient(url: string, name: string): pg.Client {
  try {
    return new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: CONNECT_WITHIN,
      keepAlive: true,
      application_name: "fleetproof",
    });
  } catch (cause) {
    throw new UsageError(
      "bad-value",
      `--data: ${name} is no address of a database; write postgres://user@host:5432/name`,
      {
        cause,
      },
    );
  }
}

interface Connection {
  onLost(listener: (cause: unknown) => void): void;
  close(): Promise<void>;
}

/** A connection that breaks says so at any time, and would end the process if nobody listened. */
function watched(client: pg.Client): Connection {
  const listeners: ((cause: unknown) => void)[] = [];
  let closing: Promise<void> | undefined;
  const lost = (cause: unknown): void => {
    if (closing === undefined) for (const listener of listeners) listener(cause);
  };
  client.on("error", lost);
  client.on("end", () => lost(new Error("the connection has ended")));
  return {
    onLost: (listener) => void listeners.push(listener),
    close() {
      closing ??= client.end().catch(() => undefined);
      return closing;
    },
  };
}

async function lock(client: pg.Client, name: string): Promise<void> {
  for (let attempt = 0; attempt < LOCK_ATTEMPTS; attempt += 1) {
    const { rows } = await client.query<{ got: boolean }>("SELECT pg_try_advisory_lock($1) AS got", [LOCK]);
    if (rows[0]?.got === true) return;
    await pause(LOCK_PAUSE);
  }
  throw new HarnessError(
    "store-in-use",
    `--data: ${name} is in use by another server; stop that first, or choose another database`,
  );
}

async function prepare(client: pg.Client, name: string, migrations: readonly Migration[]): Promise<void> {
  // Turned off, a commit would be acknowledged before it is on disk; a stronger setting of the operator stays.
  await client.query(
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
  );
  await inTransaction(client, async () => {
    const stored = await storedVersion(client, name);
    const steps = stepsFrom(stored ?? 0, migrations, name);
    if (stored === undefined) for (const statement of LAYOUT) await client.query(statement);
    for (const { changes } of steps) await write(client, changes(await readAll(client, name)));
    await client.query("UPDATE fleetproof.meta SET version = $1", [versionAfter(migrations)]);
  });
}

/** `undefined`: the schema is not there yet. */
async function storedVersion(client: pg.Client, name: string): Promise<number | undefined> {
  const { rows } = await client.query<{ schema: string | null; meta: string | null }>(
    "SELECT to_regnamespace('fleetproof')::text AS schema, to_regclass('fleetproof.meta')::text AS meta",
  );
  if (rows[0]?.schema === null) return undefined;
  const found =
    rows[0]?.meta === null ? [] : (await client.query<{ version: number }>("SELECT version FROM fleetproof.meta")).rows;
  if (found[0] !== undefined) return found[0].version;
  throw new UsageError(
    "bad-file",
    `--data: the schema fleetproof in ${name} is not one of a fleetproof server. Nothing was changed; choose another database`,
  );
}

function storeOn(client: pg.Client, name: string, connection: Connection): RecordStore {
  return {
    name,
    read: async (table) => (await readAll(client, name)).filter((record) => table === "*" || record.table === table),
    commit: (changes) => inTransaction(client, () => write(client, changes)),
    onLost: connection.onLost,
    close: connection.close,
  };
}

async function inTransaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query("BEGIN");
  try {
    await work();
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function readAll(client: pg.Client, name: string): Promise<readonly StoredRecord[]> {
  const { rows } = await client.query<[string, string, string]>({
    text: 'SELECT "table", key, value FROM fleetproof.record ORDER BY position',
    rowMode: "array",
  });
  return rows.map(([table, key, value]) => parseStored(name, table, keyOf(key), value));
}

/** Two statements, however many changes there are. */
async function write(client: pg.Client, changes: readonly StoredChange[]): Promise<void> {
  const { removed, written } = netOf(changes);
  if (removed.length > 0) {
    await client.query(
      `DELETE FROM fleetproof.record AS record USING unnest($1::text[], $2::text[]) AS gone ("table", key)
       WHERE record."table" = gone."table" AND record.key = gone.key`,
      [removed.map(({ table }) => table), removed.map(({ key }) => keyText(key))],
    );
  }
  if (written.length > 0) {
    await client.query(
      `INSERT INTO fleetproof.record ("table", key, value)
       SELECT "table", key, value FROM unnest($1::text[], $2::text[], $3::text[])
         WITH ORDINALITY AS new ("table", key, value, place) ORDER BY place
       ON CONFLICT ("table", key) DO UPDATE SET value = excluded.value`,
      [
        written.map(({ table }) => table),
        written.map(({ key }) => keyText(key)),
        written.map(({ value }) => JSON.stringify(value)),
      ],
    );
  }
}

/** What is to be removed first, then what is to be written: each record once. One statement may not touch a row twice. */
function netOf(changes: readonly StoredChange[]) {
  const removed = new Map<string, StoredChange>();
  const written = new Map<string, StoredChange>();
  for (const change of changes) {
    const place = JSON.stringify([change.table, change.key]);
    if (change.value !== undefined) {
      written.set(place, change);
    } else {
      written.delete(place);
      removed.set(place, change);
    }
  }
  return { removed: [...removed.values()], written: [...written.values()] };
}

/** For messages; a password in an error or a log is a leak. */
export const withoutPassword = (url: string): string =>
  url.replace(/^([^:]+:\/\/[^:@/?]*):[^@/]*@/, "$1@").replaceAll(/([?&]password=)[^&]*/g, "$1…");

const reason = (cause: unknown): string => {
  if (cause instanceof AggregateError) return cause.errors.map(reason).join("; ");
  return cause instanceof Error ? cause.message : String(cause);
};
