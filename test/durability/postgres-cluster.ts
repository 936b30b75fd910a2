/**
 * A PostgreSQL of a test's own: a fresh cluster in a temporary directory, reached by a unix socket in it, gone afterwards.
 *
 * PostgreSQL refuses to run as root, as containers do; then it runs as the user whom its package made.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { requireTool } from "../tools.ts";

/** Where Debian keeps the programs, by version; they are not in PATH. */
const DEBIAN = "/usr/lib/postgresql";

/** The program that makes clusters; `undefined`, after a line that says so, when there is none. Throws in CI. */
export function findPostgres(): string | undefined {
  const folders = versionsIn(DEBIAN).map((version) => path.join(DEBIAN, version, "bin"));
  const PATH = [process.env.PATH ?? "", ...folders].join(path.delimiter);
  return requireTool(["initdb"], "postgresql", { environment: { ...process.env, PATH } });
}

function versionsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).sort((a, b) => Number(b) - Number(a));
  } catch {
    return [];
  }
}

export interface PostgresCluster {
  /** Makes an empty database and gives its URL. */
  newDatabase(): Promise<string>;
  /** Runs a statement in a database. */
  query(url: string, statement: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}

/** @param initdb as `findPostgres` found it */
export async function startPostgres(initdb: string): Promise<PostgresCluster> {
  const identity = process.getuid?.() === 0 ? identityOf("postgres") : undefined;
  const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-postgres-"));
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
  const data = path.join(directory, "data");
  const made = spawnSync(
    initdb,
    ["-D", data, "-U", "fleetproof", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...identity, encoding: "utf8", cwd: directory },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.error?.message ?? made.stderr}`);
  // What a killed server loses does not depend on fsync of the database, and tests are quicker without.
  const options = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${directory}`, "-c", "fsync=off"];
  const server = spawn(path.join(path.dirname(initdb), "postgres"), ["-D", data, ...options], {
    ...identity,
    cwd: directory,
    stdio: "ignore",
  });
  const killWithUs = (): void => void server.kill("SIGQUIT");
  process.once("exit", killWithUs);
  const url = (database: string): string => `postgres:///${database}?host=${directory}&user=fleetproof`;
  const query = async (target: string, statement: string): Promise<readonly unknown[]> => {
    const client = new pg.Client({ connectionString: target });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await untilReady(() => query(url("postgres"), "SELECT 1"), server);
  let databases = 0;
  return {
    query,
    async newDatabase() {
      databases += 1;
      await query(url("postgres"), `CREATE DATABASE d${databases}`);
      return url(`d${databases}`);
    },
    async stop() {
      const ended = new Promise<void>((resolve) => void server.once("close", () => resolve()));
      server.kill("SIGINT");
      await ended;
      process.removeListener("exit", killWithUs);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function identityOf(user: string): { readonly uid: number; readonly gid: number } {
  const number = (flag: string): number => Number(spawnSync("id", [flag, user], { encoding: "utf8" }).stdout);
  return { uid: number("-u"), gid: number("-g") };
}

async function untilReady(attempt: () => Promise<unknown>, server: ChildProcess): Promise<void> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return void (await attempt());
    } catch (error) {
      if (server.exitCode !== null || attempts === 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
