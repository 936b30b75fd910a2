import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "libsql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "./open-store.ts";
import { openSqliteStore } from "./sqlite-store.ts";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-sqlite-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const place = (name: string): string => path.join(directory, name);
const refusal = (file: string): Promise<Error> =>
  openSqliteStore(file).then(
    () => new Error("it was taken"),
    (error: Error) => error,
  );

/** A database of another program: a table, and its own idea of the header. */
function foreignDatabase(name: string, statements: string): string {
  const file = place(name);
  const database = new Database(file);
  database.exec(statements);
  database.close();
  return file;
}

describe("openSqliteStore", () => {
  it.each([
    ["a text", "notes.txt", Buffer.from("buy milk\n".repeat(40)), /is not a database/],
    ["one byte", "one", Buffer.from("x"), /is not a database/],
    [
      "99 bytes that begin like a database",
      "short",
      Buffer.from(`SQLite format 3\0${"\0".repeat(83)}`),
      /is not a database/,
    ],
  ])("refuses %s, and leaves it as it is", async (_, name, content, message) => {
    writeFileSync(place(name), content);
    expect(await refusal(place(name))).toMatchObject({
      name: "UsageError",
      code: "bad-file",
      message: expect.stringMatching(message),
    });
    expect(readFileSync(place(name)).equals(content)).toBe(true);
  });

  it.each([
    ["without a mark", "CREATE TABLE ships (name TEXT)"],
    ["with another mark", "PRAGMA application_id = 252006673; CREATE TABLE layers (name TEXT)"],
    ["that has our table", 'CREATE TABLE record (position, "table", key, value)'],
  ])("refuses the database of another program %s, to the byte", async (name, statements) => {
    const file = foreignDatabase(`${name}.db`, statements);
    const before = readFileSync(file);
    expect(await refusal(file)).toMatchObject({
      code: "bad-file",
      message: expect.stringContaining("is the SQLite database of another program"),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(readdirSync(directory).filter((entry) => entry.startsWith(`${name}.db`))).toEqual([`${name}.db`]);
  });

  it("names a directory that does not exist, and makes none", async () => {
    const file = place("none/server.db");
    expect(await refusal(file)).toMatchObject({
      code: "bad-file",
      message: expect.stringMatching(/the directory .*none does not exist; make it first/),
    });
    expect(readdirSync(directory)).not.toContain("none");
  });

  it("refuses a directory", async () => {
    mkdirSync(place("folder"));
    expect((await refusal(place("folder"))).message).toMatch(/is a directory; name a file in it/);
  });

  it("takes an empty file, as a temporary file is", async () => {
    writeFileSync(place("empty"), "");
    await (await openSqliteStore(place("empty"))).close();
    await (await openSqliteStore(place("empty"))).close();
  });

  it("leaves one file behind, and uses WAL and synchronous=FULL while it is open", async () => {
    const store = await openSqliteStore(place("modes.db"));
    await store.commit([{ table: "a", key: "1", value: 1 }]);
    expect(readdirSync(directory)).toContain("modes.db-wal");
    await store.close();
    expect(readdirSync(directory).filter((name) => name.startsWith("modes.db"))).toEqual(["modes.db"]);
  });

  it("has its file to itself: another process is refused with a sentence that names the file", async () => {
    const file = place("mine.db");
    const store = await openSqliteStore(file);
    const script = `
      const { openSqliteStore } = await import(${JSON.stringify(path.join(import.meta.dirname, "sqlite-store.ts"))});
      const refused = await openSqliteStore(${JSON.stringify(file)}).catch((error) => error);
      console.log(JSON.stringify({ code: refused.code, message: refused.message }));`;
    const attempt = () =>
      JSON.parse(
        spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], { encoding: "utf8" })
          .stdout,
      );
    expect(attempt()).toEqual({
      code: "store-in-use",
      message: expect.stringContaining(`${file} is in use by another`),
    });
    await store.close();
    expect(attempt()).toEqual({});
  });

  it("stops where a record is damaged, and says which", async () => {
    const file = place("damaged.db");
    const store = await openSqliteStore(file);
    await store.commit([{ table: "task", key: "7", value: { id: "7" } }]);
    await store.close();
    const database = new Database(file);
    database.exec("UPDATE record SET value = '{half'");
    database.close();
    const opened = await openSqliteStore(file);
    expect(() => opened.read("*")).toThrow(/the record task 7 is damaged/);
    await opened.close();
  });

  it("does not grow for ever: what is removed makes room for what comes", async () => {
    const file = place("steady.db");
    const sizes: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const store = await openSqliteStore(file);
      const keys = Array.from({ length: 2_000 }, (_, index) => `${round}/${index}`);
      await store.commit(keys.map((key) => ({ table: "task", key, value: { text: "x".repeat(100) } })));
      await store.commit(keys.map((key) => ({ table: "task", key, value: undefined })));
      await store.close();
      sizes.push(readFileSync(file).length);
    }
    expect(sizes[5]).toBeLessThanOrEqual((sizes[0] ?? 0) * 1.1);
  });
});

describe("openStore", () => {
  it("refuses a URL of another kind, and makes no file of that name", async () => {
    await expect(openStore("mysql://localhost/fleet")).rejects.toMatchObject({ code: "bad-value" });
  });

  it("takes a path with a colon as a file, not as a remote database", async () => {
    const store = await openStore(place("file:memory"));
    await store.close();
    expect(readdirSync(directory)).toContain("file:memory");
  });
});
