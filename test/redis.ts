/** A Redis for tests: a process on a free port, in a directory of its own, that keeps nothing. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

export interface TestRedis {
  readonly url: URL;
  /** Without asking it. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** @param program path of `redis-server` */
export async function startRedis(program: string): Promise<TestRedis> {
  const directory = mkdtempSync(path.join(tmpdir(), "fleetproof-redis-"));
  const port = await freePort();
  const options = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", directory];
  const child = spawn(program, options, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  await ready(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  return { url: new URL(`redis://127.0.0.1:${port}`), kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

const ready = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let said = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Ready to accept connections")) resolve();
    });
    child.once("close", () => reject(new Error(`redis-server ended: ${said}`)));
  });

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
