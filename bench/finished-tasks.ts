/**
 * What finished tasks cost those that come after them: a task from its creation to its end, the newest page of the list,
 * and the start of a server on such a store. None but the start may grow with how many have been before.
 *
 * The finished tasks are made in virtual time and without a disk; then the server goes on with them in real time, as
 * `serve` does, but without sockets.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { now } from "../src/platform/clock.ts";
import type { StoredRecord } from "../src/protocol/server-port.ts";
import { before, seconds } from "../src/protocol/time.ts";
import { type Ask, createDriver, type Driver } from "../src/reference-server/adapters/driver.ts";
import { type RecordStore, recordStoreOf } from "../src/reference-server/adapters/record-store.ts";
import { openSqliteStore } from "../src/reference-server/adapters/sqlite-store.ts";
import { createMemoryStore } from "../src/reference-server/memory-store.ts";
import { createReferenceServer } from "../src/reference-server/server.ts";
import { answerTo, serverOptions, startEngine, TYPE } from "./engine.ts";
import {
  cpuSeconds,
  figures,
  type Measurement,
  measureInTurns,
  median,
  number,
  printTable,
  spread,
} from "./measure.ts";

const SIZES = [1_000, 10_000, 100_000] as const;
const STORES = { memory: "memory", sqlite: "SQLite" } as const;
const ROUNDS = 3;
const DEVICES = 100;
const CYCLES = 2_000;
const CLIENTS = 16;
const LISTINGS = 1_000;
/** Records in one transaction while the store is filled. */
const AT_ONCE = 20_000;

export async function benchFinishedTasks(): Promise<void> {
  const cases = (Object.keys(STORES) as (keyof typeof STORES)[]).flatMap((store) =>
    SIZES.map((size) => ({ store, size })),
  );
  const found = await measureInTurns(
    cases.map(({ store, size }) => ["finished-tasks", store, String(size)]),
    ROUNDS,
  );
  printTable(
    "finished-tasks: what the tasks before cost",
    [
      "store",
      "finished tasks",
      "µs from creation to end",
      "CPU µs",
      "ratio",
      "CPU µs for the newest page",
      "ratio",
      "start, CPU s",
      "heap, MiB",
    ],
    cases.map(({ store, size }, index) => {
      const measured = found[index] ?? [];
      const fewest = found[cases.findIndex((other) => other.store === store)] ?? [];
      const ratio = (name: string): string =>
        number(median(figures(measured, name)) / median(figures(fewest, name)), 2);
      return [
        STORES[store],
        number(size),
        spread(figures(measured, "cycle")),
        spread(figures(measured, "cycleCpu")),
        ratio("cycleCpu"),
        spread(figures(measured, "page")),
        ratio("page"),
        number(median(figures(measured, "start")), 2),
        number(median(figures(measured, "heap"))),
      ];
    }),
  );
  console.log(
    `\n${DEVICES} devices that answer at once, ${CLIENTS} tasks at a time, ${number(CYCLES)} tasks measured; a page is 100 tasks, newest first. Ratios are of processor time. Medians of ${ROUNDS}.`,
  );
}

export async function runFinishedTasks(kind: string, finished: number): Promise<Measurement> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-bench-"));
  try {
    return await goOn(await filledStore(kind, finished, path.join(directory, "a.db")), finished);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What is stored when so many tasks have come to their end, a second ago. */
function finishedTasks(count: number): readonly StoredRecord[] {
  const store = createMemoryStore();
  const engine = startEngine(store, before(now(), seconds(60)));
  engine.addDevices(DEVICES);
  for (let index = 0; index < count; index++) engine.rest("POST", "devicemgmt/tasks", taskFor(index));
  const answer = store.perform({ kind: "query", ticket: 0, table: "*" });
  return answer.kind === "rows" ? answer.rows : [];
}

const filledStore = (kind: string, finished: number, file: string): Promise<RecordStore> =>
  kind === "memory"
    ? Promise.resolve(memoryStoreOf(finishedTasks(finished)))
    : sqliteStoreOf(finishedTasks(finished), file);

function memoryStoreOf(rows: readonly StoredRecord[]): RecordStore {
  const store = createMemoryStore();
  store.perform({ kind: "persist", ticket: 0, records: rows });
  return recordStoreOf(store);
}

async function sqliteStoreOf(rows: readonly StoredRecord[], file: string): Promise<RecordStore> {
  const filling = await openSqliteStore(file);
  for (let at = 0; at < rows.length; at += AT_ONCE) await filling.commit(rows.slice(at, at + AT_ONCE));
  await filling.close();
  return openSqliteStore(file);
}

async function goOn(store: RecordStore, finished: number): Promise<Measurement> {
  let ask: Ask | undefined;
  const driver: Driver = createDriver(createReferenceServer(serverOptions("goes on")), {
    store,
    onBug: (error) => {
      throw error;
    },
    send(to, bytes) {
      const answer = answerTo(bytes);
      if (answer !== undefined) queueMicrotask(() => driver.handle({ kind: "datagram", from: to, bytes: answer }));
    },
    answer: () => undefined,
  });
  const begin = cpuSeconds();
  await driver.start(async (given) => {
    ask = given;
  });
  const start = cpuSeconds() - begin;
  if (ask === undefined) throw new Error("the server did not start");
  globalThis.gc?.();
  const heap = process.memoryUsage().heapUsed / 2 ** 20;
  // The first ones find code that is not compiled yet.
  await listNewest(ask, finished);
  const page = await listNewest(ask, finished);
  const { cycle, cycleCpu } = await runTasks(ask);
  await driver.close();
  await store.close();
  return { start, heap, page, cycle, cycleCpu };
}

/** Microseconds of processor time for each listing. */
async function listNewest(ask: Ask, finished: number): Promise<number> {
  const begin = cpuSeconds();
  for (let index = 0; index < LISTINGS; index++) {
    const { total } = (await get(ask, ["devicemgmt", "tasks"], { dtid: TYPE, sort: "desc", count: "100" })) as {
      readonly total: number;
    };
    if (total !== finished) throw new Error(`${total} tasks instead of ${finished}`);
  }
  return ((cpuSeconds() - begin) * 1_000_000) / LISTINGS;
}

/** Microseconds for each task, from the first creation until all are complete. */
async function runTasks(ask: Ask): Promise<{ readonly cycle: number; readonly cycleCpu: number }> {
  const begin = now();
  const cpu = cpuSeconds();
  let begun = 0;
  const client = async (): Promise<void> => {
    while (begun < CYCLES) {
      const body = taskFor(begun++);
      const created = await ask({ method: "POST", path: ["devicemgmt", "tasks"], query: {}, body });
      const { id } = (created.body as { readonly data: { readonly id: string } }).data;
      while ((await statusOf(ask, id)) !== "COMPLETE") await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { cycle: (now() - begin) / CYCLES, cycleCpu: ((cpuSeconds() - cpu) * 1_000_000) / CYCLES };
}

const statusOf = async (ask: Ask, id: string): Promise<string> =>
  ((await get(ask, ["devicemgmt", "tasks", id], {})) as { readonly data: { readonly status: string } }).data.status;

async function get(ask: Ask, where: readonly string[], query: Readonly<Record<string, string>>): Promise<unknown> {
  const { status, body } = await ask({ method: "GET", path: where, query });
  if (status !== 200) throw new Error(`GET ${where.join("/")}: ${status}`);
  return body;
}

const taskFor = (index: number) => ({
  dtid: TYPE,
  dids: [`d${index % DEVICES}`],
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "UTC" },
});
