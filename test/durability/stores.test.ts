/** What every store promises, held by the same tests for memory, SQLite and PostgreSQL. */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/platform/errors.ts";
import type { StoredChange, StoredRecord } from "../../src/protocol/server-port.ts";
import { openPostgresStore, withoutPassword } from "../../src/reference-server/adapters/postgres-store.ts";
import { type Migration, type RecordStore, recordStoreOf } from "../../src/reference-server/adapters/record-store.ts";
import { openSqliteStore } from "../../src/reference-server/adapters/sqlite-store.ts";
import { createMemoryStore } from "../../src/reference-server/memory-store.ts";
import { findPostgres, type PostgresCluster, startPostgres } from "./postgres-cluster.ts";

const initdb = findPostgres();
let cluster: PostgresCluster | undefined;
let directory = "";
let files = 0;
beforeAll(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-stores-"));
  cluster = initdb === undefined ? undefined : await startPostgres(initdb);
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await cluster?.stop();
});

const open: RecordStore[] = [];
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

/** One place for records: each `open` is a new process's view of it. */
type Place = (migrations?: readonly Migration[]) => Promise<RecordStore>;

interface Kind {
  readonly name: string;
  readonly isDurable: boolean;
  readonly newPlace: () => Promise<Place>;
}

const KINDS: readonly Kind[] = [
  {
    name: "memory",
    isDurable: false,
    newPlace: async () => {
      const memory = createMemoryStore();
      return async () => recordStoreOf(memory);
    },
  },
  {
    name: "SQLite",
    isDurable: true,
    newPlace: async () => {
      files += 1;
      const file = path.join(directory, `${files}.db`);
      return (migrations) => openSqliteStore(file, migrations === undefined ? {} : { migrations });
    },
  },
  {
    name: "PostgreSQL",
    isDurable: true,
    newPlace: async () => {
      const url = (await cluster?.newDatabase()) ?? "";
      return (migrations) => openPostgresStore(url, migrations === undefined ? {} : { migrations });
    },
  },
];

const opened = async (place: Place, migrations?: readonly Migration[]): Promise<RecordStore> => {
  const store = await place(migrations);
  open.push(store);
  return store;
};
const put = (table: string, key: string, value: unknown): StoredChange => ({ table, key, value });
const remove = (table: string, key: string): StoredChange => ({ table, key, value: undefined });
const keys = (rows: readonly StoredRecord[]): readonly string[] => rows.map(({ key }) => key);

for (const { name, isDurable, newPlace } of KINDS) {
  const isMissing = name === "PostgreSQL" && initdb === undefined;

  describe.skipIf(isMissing)(`the store in ${name}`, () => {
    it("is empty at first, and gives back what was committed, by table or all", async () => {
      const store = await opened(await newPlace());
      expect(await store.read("*")).toEqual([]);
      await store.commit([put("a", "1", { x: 1 }), put("b", "1", [true, null, "text"])]);
      expect(await store.read("a")).toEqual([put("a", "1", { x: 1 })]);
      expect(await store.read("*")).toEqual([put("a", "1", { x: 1 }), put("b", "1", [true, null, "text"])]);
    });

    it("keeps the last change of a record within a commit and across commits", async () => {
      const store = await opened(await newPlace());
      await store.commit([put("a", "1", "first"), put("a", "1", "second"), put("a", "2", "gone"), remove("a", "2")]);
      await store.commit([put("a", "1", "third"), remove("a", "3"), put("a", "3", "back")]);
      expect(await store.read("a")).toEqual([put("a", "1", "third"), put("a", "3", "back")]);
    });

    it("gives the records of a table in the order in which they came into being, changed ones in their place", async () => {
      const store = await opened(await newPlace());
      await store.commit(["m", "z", "a"].map((key) => put("a", key, 1)));
      await store.commit([put("a", "m", 2), put("a", "b", 1), remove("a", "z"), put("a", "z", 3)]);
      expect(keys(await store.read("a"))).toEqual(["m", "a", "b", "z"]);
    });

    it("keeps every key and text, also U+0000, quotes, half a surrogate pair and other alphabets", async () => {
      const texts = ["", "\0", 'a"b\\c', "a/b", "\ud800", "東京 é ❤️", "a\nb", "' OR 1=1 --", "%_", "constructor"];
      const place = await newPlace();
      const records = texts.map((text) => put("table", text, { text }));
      const store = await opened(place);
      await store.commit(records);
      expect(await store.read("table")).toEqual(records);
      await store.commit(texts.slice(1).map((key) => remove("table", key)));
      expect(await store.read("table")).toEqual(records.slice(0, 1));
    });

    it("keeps numbers exactly: 0.1, the microseconds of an instant, the smallest and the largest", async () => {
      const value = [0.1, 1_767_225_600_000_001, Number.MAX_SAFE_INTEGER, Number.MIN_VALUE, Number.MAX_VALUE, -1e-7];
      const store = await opened(await newPlace());
      await store.commit([put("a", "numbers", value)]);
      expect((await store.read("a"))[0]?.value).toEqual(value);
    });

    it("takes 20,000 records in one commit, and removes them in one", async () => {
      const store = await opened(await newPlace());
      const many = Array.from({ length: 20_000 }, (_, index) => put("a", `k${index}`, { index }));
      await store.commit(many);
      expect(await store.read("a")).toEqual(many);
      await store.commit(many.map(({ key }) => remove("a", key)));
      expect(await store.read("*")).toEqual([]);
    });

    it("may be closed twice", async () => {
      const store = await (await newPlace())();
      await store.close();
      await store.close();
    });
  });

  if (!isDurable) continue;
  describe.skipIf(isMissing)(`the durable store in ${name}`, () => {
    it("gives a second process what the first committed", async () => {
      const place = await newPlace();
      const first = await opened(place);
      await first.commit([put("a", "1", 1), put("a", "2", 2)]);
      await first.close();
      expect(await (await opened(place)).read("*")).toEqual([put("a", "1", 1), put("a", "2", 2)]);
    });

    it("commits all or nothing: a value that cannot be written leaves what was there before", async () => {
      const store = await opened(await newPlace());
      await store.commit([put("a", "1", "before")]);
      await expect((async () => store.commit([put("a", "1", "after"), put("a", "2", 1n)]))()).rejects.toThrow("BigInt");
      expect(await store.read("*")).toEqual([put("a", "1", "before")]);
      await store.commit([put("a", "3", "later")]);
      expect(keys(await store.read("*"))).toEqual(["1", "3"]);
    });

    const addsUnit: Migration = {
      about: "a measurement has its unit with it",
      changes: (records) =>
        records
          .filter(({ table }) => table === "a")
          .flatMap(({ key, value }) => [put("b", key, { value, unit: "s" }), remove("a", key)]),
    };
    const doubles: Migration = {
      about: "half seconds",
      changes: (records) =>
        records.map((record) => ({ ...record, value: { ...(record.value as object), unit: "s/2" } })),
    };

    it("migrates an older version step by step, once, and keeps the rest", async () => {
      const place = await newPlace();
      const first = await opened(place, []);
      await first.commit([put("a", "1", 5), put("c", "1", { other: true })]);
      await first.close();
      const second = await opened(place, [addsUnit]);
      const migrated = [put("c", "1", { other: true }), put("b", "1", { value: 5, unit: "s" })];
      expect(await second.read("*")).toEqual(migrated);
      await second.close();
      const third = await opened(place, [addsUnit, doubles]);
      expect(await third.read("b")).toEqual([put("b", "1", { value: 5, unit: "s/2" })]);
      await third.close();
      expect(await (await opened(place, [addsUnit, doubles])).read("b")).toEqual([
        put("b", "1", { value: 5, unit: "s/2" }),
      ]);
    });

    it("makes an empty store of the newest version at once, without the steps to it", async () => {
      const place = await newPlace();
      let steps = 0;
      const counted: Migration = {
        about: "counts",
        changes: () => {
          steps += 1;
          return [];
        },
      };
      await (await place([])).close();
      await (await place([counted, counted])).close();
      await (await place([counted, counted])).close();
      expect(steps).toBe(2);
    });

    it("changes nothing when a migration fails", async () => {
      const place = await newPlace();
      const first = await opened(place, []);
      await first.commit([put("a", "1", 5)]);
      await first.close();
      const fails: Migration = {
        about: "breaks",
        changes: () => {
          throw new Error("half-way");
        },
      };
      await expect(place([addsUnit, fails])).rejects.toThrow("half-way");
      expect(await (await opened(place, [])).read("*")).toEqual([put("a", "1", 5)]);
    });

    it("refuses what a newer version wrote, says both versions and what to do, and leaves it alone", async () => {
      const place = await newPlace();
      const newer = await opened(place, [addsUnit]);
      await newer.commit([put("b", "1", 1)]);
      await newer.close();
      const refused = await place([]).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(UsageError);
      expect((refused as Error).message).toMatch(/newer fleetproof: its version is 2, this program knows 1\..*install/);
      expect(await (await opened(place, [addsUnit])).read("*")).toEqual([put("b", "1", 1)]);
    });
  });
}

describe.skipIf(initdb === undefined)("openPostgresStore", () => {
  it("refuses a schema fleetproof that is somebody else's, and leaves it alone", async () => {
    const url = (await cluster?.newDatabase()) ?? "";
    await cluster?.query(url, "CREATE SCHEMA fleetproof CREATE TABLE ships (name text)");
    await expect(openPostgresStore(url)).rejects.toMatchObject({ name: "UsageError", code: "bad-file" });
    expect(
      await cluster?.query(url, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'fleetproof'"),
    ).toEqual([{ table_name: "ships" }]);
  });

  it("refuses a second server on the same database, and lets it in when the first has closed", async () => {
    const url = (await cluster?.newDatabase()) ?? "";
    const first = await openPostgresStore(url);
    await expect(openPostgresStore(url)).rejects.toMatchObject({ name: "HarnessError", code: "store-in-use" });
    await first.close();
    await (await openPostgresStore(url)).close();
  });

  it("notices a connection that the database ends, while nothing is asked of it", async () => {
    const url = (await cluster?.newDatabase()) ?? "";
    const store = await openPostgresStore(url);
    const lost = new Promise<unknown>((resolve) => store.onLost(resolve));
    const others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fleetproof'";
    await cluster?.query(url, others);
    expect(String(await lost)).toMatch(/terminat|ended/);
    await store.close();
  });

  it("waits for the disk also where the database is set not to", async () => {
    const url = (await cluster?.newDatabase()) ?? "";
    const database = /\/\/\/(\w+)/.exec(url)?.[1];
    await cluster?.query(url, `ALTER DATABASE ${database} SET synchronous_commit = off`);
    const store = await openPostgresStore(url);
    open.push(store);
    await cluster?.query(url, "CREATE TABLE public.seen (setting text)");
    expect(await cluster?.query(url, "SHOW synchronous_commit")).toEqual([{ synchronous_commit: "off" }]);
    // The store's own connection, asked through what it executes.
    await cluster?.query(
      url,
      `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
       CREATE TRIGGER note AFTER INSERT ON fleetproof.record EXECUTE FUNCTION note()`,
    );
    await store.commit([put("a", "1", 1)]);
    expect(await cluster?.query(url, "SELECT DISTINCT setting FROM public.seen")).toEqual([{ setting: "on" }]);
  });

  it("says what cannot be reached, without the password", async () => {
    const url = "postgres://somebody:secret@127.0.0.1:1/nothing";
    const refused = (await openPostgresStore(url).catch((error: unknown) => error)) as Error;
    expect(refused).toMatchObject({ name: "HarnessError", code: "store-not-usable" });
    expect(refused.message).toContain("postgres://somebody@127.0.0.1:1/nothing");
    expect(refused.message).not.toContain("secret");
    expect(withoutPassword("postgres:///d?host=/run&user=u&password=secret")).not.toContain("secret");
  });
});
