/**
 * Task creations per second with every one of them committed to a SQLite file, beside bare inserts of the same rows.
 *
 * Bare: no server, the rows of one creation in one transaction, prepared statements, the same file system and pragmas.
 * The server gets its requests without HTTP, so many at a time as the column says; more at a time share a commit.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { now } from "../src/platform/clock.ts";
import { createRandomSource } from "../src/platform/random.ts";
import { coapParams, completeProfile, EMPTY_PROFILE } from "../src/protocol/profile.ts";
import type { RestRequest, StoredChange } from "../src/protocol/server-port.ts";
import { type Ask, createDriver } from "../src/reference-server/adapters/driver.ts";
import { type RecordStore, recordStoreOf } from "../src/reference-server/adapters/record-store.ts";
import { openSqliteStore } from "../src/reference-server/adapters/sqlite-store.ts";
import { createMemoryStore } from "../src/reference-server/memory-store.ts";
import { createReferenceServer } from "../src/reference-server/server.ts";
import { figures, type Measurement, measureInTurns, median, number, printTable, spread } from "./measure.ts";

const TASKS = 4_000;
const ROUNDS = 3;
const CLIENTS = [1, 16, 256] as const;

export async function benchStore(): Promise<void> {
  const parts = [["store", "memory", "16"], ...CLIENTS.map((clients) => ["store", "sqlite", String(clients)])];
  const found = await measureInTurns(parts, ROUNDS);
  const bare = found.slice(1).flatMap((measurements) => figures(measurements, "bare"));
  const row = (name: string, rates: readonly number[], commits: number): readonly string[] => [
    name,
    spread(rates),
    Number.isNaN(commits) ? "–" : number(commits, 1),
    number(median(rates) / median(bare), 2),
  ];
  printTable(
    `store: ${number(TASKS)} tasks for one absent device`,
    ["run", "creations/s (min–max)", "creations per commit", "ratio to bare inserts"],
    [
      row("bare inserts, one transaction each", bare, 1),
      ...parts.map(([, kind, clients], index) => {
        const measurements = found[index] ?? [];
        const commits = kind === "memory" ? Number.NaN : TASKS / median(figures(measurements, "commits"));
        const name = kind === "memory" ? "server, memory" : `server, SQLite, ${clients} at a time`;
        return row(name, figures(measurements, "rate"), commits);
      }),
    ],
  );
  const records = median(figures(found[1] ?? [], "records")) / TASKS;
  console.log(`\n${number(records, 1)} records per creation; each commit waits for the disk. Medians of ${ROUNDS}.`);
}

/** One part: the server first, then, in the same process and directory, the rows that it wrote once more, bare. */
export async function runStore(kind: string, clients: number): Promise<Measurement> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-bench-"));
  try {
    const store =
      kind === "memory" ? recordStoreOf(createMemoryStore()) : await openSqliteStore(path.join(directory, "a.db"));
    const written: (readonly StoredChange[])[] = [];
    const seconds = await createTasks(recording(store, written), clients);
    await store.close();
    const records = written.flat();
    const measured = { rate: TASKS / seconds, commits: written.length, records: records.length };
    if (kind === "memory") return measured;
    return { ...measured, bare: TASKS / (await insertBare(path.join(directory, "b.db"), byTask(records))) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const recording = (store: RecordStore, written: (readonly StoredChange[])[]): RecordStore => ({
  ...store,
  commit(changes) {
    written.push(changes);
    return store.commit(changes);
  },
});

/** Seconds for all tasks, so many requests at a time. */
async function createTasks(store: RecordStore, clients: number): Promise<number> {
  const profile = completeProfile(EMPTY_PROFILE);
  const server = createReferenceServer({ profile, coap: coapParams(profile), random: createRandomSource("store") });
  let seconds = Number.NaN;
  const driver = createDriver(server, {
    store,
    onBug: (error) => {
      throw error;
    },
    send: () => undefined,
    answer: () => undefined,
  });
  await driver.start(async (ask) => {
    await create(ask, "devicetypes", { dtid: "sensor", name: "Sensor" });
    await create(ask, "devices", { did: "d1", dtid: "sensor" });
    const begin = now();
    let begun = 0;
    const client = async (): Promise<void> => {
      while (begun++ < TASKS) await create(ask, "devicemgmt/tasks", TASK);
    };
    await Promise.all(Array.from({ length: clients }, client));
    seconds = (now() - begin) / 1_000_000;
  });
  await driver.close();
  return seconds;
}

const TASK = {
  dtid: "sensor",
  dids: ["d1"],
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC" },
};

async function create(ask: Ask, where: string, body: unknown): Promise<void> {
  const request: RestRequest = { method: "POST", path: where.split("/"), query: {}, body };
  const { status } = await ask(request);
  if (status !== 201) throw new Error(`POST ${where}: ${status}`);
}

/** As many groups as there were tasks: what each creation wrote. */
function byTask(records: readonly StoredChange[]): readonly (readonly StoredChange[])[] {
  const groups: StoredChange[][] = [];
  for (const record of records) {
    if (record.table === "task") groups.push([]);
    groups.at(-1)?.push(record);
  }
  return groups;
}

async function insertBare(file: string, groups: readonly (readonly StoredChange[])[]): Promise<number> {
  const { default: Database } = await import("libsql");
  // Our own layout and pragmas, made by the store, and then used without it.
  await (await openSqliteStore(file)).close();
  const database = new Database(file);
  database.pragma("locking_mode = EXCLUSIVE");
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  const insert = database.prepare(
    'INSERT INTO record ("table", key, value) VALUES (?, ?, ?) ON CONFLICT ("table", key) DO UPDATE SET value = excluded.value',
  );
  const texts = groups.map((group) =>
    group.map(({ table, key, value }) => [table, key, JSON.stringify(value)] as const),
  );
  const begin = now();
  for (const group of texts) {
    database.exec("BEGIN IMMEDIATE");
    for (const row of group) insert.run(...row);
    database.exec("COMMIT");
  }
  const seconds = (now() - begin) / 1_000_000;
  database.close();
  return seconds;
}
