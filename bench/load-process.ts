/** `load` as users run it: the command in a process of its own, against `serve` in another one. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { LoadResult } from "../src/harness/record/load-result.ts";
import { openFileLimit, startChild } from "../src/platform/process.ts";
import { seconds } from "../src/protocol/time.ts";
import { cpuOf, residentOf } from "./measure.ts";

const PROGRAM = path.join(import.meta.dirname, "../src/cli/main.js");
const PROFILE = "artik";
const ENDED_WELL: readonly (number | null)[] = [0, 1, 2, 99];

export interface LoadRun {
  readonly result: LoadResult;
  /** MiB, the most that was seen when it was looked at every second. */
  readonly memory: number;
  readonly serverMemory: number;
  /** Seconds of processor time. */
  readonly serverCpu: number;
}

export interface ServeProcess {
  readonly pid: number;
  readonly http: string;
  readonly coap: string;
  stop(): Promise<unknown>;
}

export async function startServe(...options: readonly string[]): Promise<ServeProcess> {
  const { pid, ready, stop } = await startChild({
    command: process.execPath,
    args: [PROGRAM, "serve", "--http", "0", "--coap", "0", "--log-level", "warn", ...options],
    readyWithin: seconds(60),
  });
  return { pid, ...(ready as { readonly http: string; readonly coap: string }), stop };
}

/** As many of these devices as this process, and so its children, may have sockets for. */
export function affordable(devices: number): number {
  const limit = openFileLimit() ?? Number.POSITIVE_INFINITY;
  if (limit - 64 >= devices) return devices;
  console.log(`\n${devices} devices are too many for ulimit -n ${limit}: ${limit - 64} instead`);
  return limit - 64;
}

/** @param workload what its file says @throws Error when it ended without a result */
export async function runLoadProcess(workload: object, options: readonly string[]): Promise<LoadRun> {
  const directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-bench-"));
  const file = path.join(directory, "workload.json");
  writeFileSync(file, JSON.stringify(workload));
  // The oracle judges by what the server declares, so both have the same profile.
  const server = await startServe("--profile", PROFILE);
  try {
    const target = ["--target", server.http, "--coap", server.coap, "--profile", PROFILE];
    const { text, memory, serverMemory } = await follow(
      ["load", "--workload", file, ...target, "--json", ...options],
      server,
    );
    const result = LoadResult.parse(JSON.parse(text));
    return { result, memory, serverMemory, serverCpu: cpuOf(server.pid) / 1_000_000 };
  } finally {
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function follow(args: readonly string[], server: ServeProcess) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let said = "";
  let memory = 0;
  let serverMemory = 0;
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
  });
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    said = (said + part).slice(-2_000);
  });
  const looking = setInterval(() => {
    memory = Math.max(memory, residentOf(child.pid ?? 0) || 0);
    serverMemory = Math.max(serverMemory, residentOf(server.pid) || 0);
  }, 1_000);
  return new Promise<{ text: string; memory: number; serverMemory: number }>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(looking);
      if (ENDED_WELL.includes(code) && text !== "") resolve({ text, memory, serverMemory });
      else reject(new Error(`load ended with ${code}: ${said}`));
    });
  });
}
