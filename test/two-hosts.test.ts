/**
 * A server and a fleet on two hosts, with a wire between them: two network namespaces. Needs no network of the machine.
 *
 * And what the program says where the system has no room for a fleet.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reach } from "../src/harness/fleet/reach.ts";
import { address } from "../src/protocol/address.ts";
import { seconds } from "../src/protocol/time.ts";
import { compileProgram, type Program, startServe } from "./durability/server-process.ts";
import { requireTool } from "./tools.ts";

const ip = requireTool(["ip"], "iproute2");
const AS_ROOT = process.getuid?.() === 0 ? [] : ["--map-root-user"];
const mayHaveHosts = ip !== undefined && spawnSync("unshare", [...AS_ROOT, "--net", "true"]).status === 0;
// Containers often forbid it, and no package changes that: so not a failure in CI either.
if (ip !== undefined && !mayHaveHosts)
  process.stderr.write("skipped, in CI too: fleets on two hosts: this account may not create network namespaces\n");

let program: Program;
beforeAll(() => {
  program = compileProgram();
});
afterAll(() => program.remove());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param shell runs before, in the shell that becomes the program */
function run(args: readonly string[], shell = ":"): Promise<Ended> {
  const child = spawn("bash", ["-c", `${shell}; exec "$@"`, "bash", process.execPath, program.entry, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

interface Hosts {
  /** What makes a shell run its program there. */
  readonly server: string;
  readonly fleet: string;
  close(): Promise<void>;
}

async function openHosts(): Promise<Hosts> {
  const script = path.join(import.meta.dirname, "two-hosts", "set-up.sh");
  const holder: ChildProcess = spawn("unshare", [...AS_ROOT, "--net", "bash", script], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: holder.stdout as NodeJS.ReadableStream }).once("line", resolve);
    void ended.then(() => reject(new Error("the hosts could not be set up")));
  });
  const enter = AS_ROOT.length === 0 ? "--net" : "--user --preserve-credentials --net";
  const [server = "", fleet = ""] = line.split(" ").map((id) => `set -- nsenter --target ${id} ${enter} "$@"`);
  return {
    server,
    fleet,
    close() {
      holder.stdin?.end();
      return ended;
    },
  };
}

describe.skipIf(!mayHaveHosts)("a fleet on another host than its server", () => {
  it("registers, keeps itself registered, and leaves, over the wire between the two", async () => {
    const hosts = await openHosts();
    const serve = ["--open", "--host", "127.1.0.1", "--token", "secret", "--log-level", "silent"];
    const server = await startServe(program, serve, { shell: hosts.server });
    try {
      const fleet = ["fleet", "--server", server.coap, "--devices", "20", "--ramp", "200ms", "--duration", "1s"];
      // Here nobody listens at that address: it is the other host's.
      expect(await reach(address(server.coap.slice("coap://".length)), seconds(2))).toBe("refuses");
      const { code, out } = await run([...fleet, "--json-lines"], hosts.fleet);
      expect(JSON.parse(out.trim().split("\n").at(-1) ?? "")).toMatchObject({
        kind: "summary",
        responses: { "register 2.01": 20, "deregister 2.02": 20 },
        leftBehind: 0,
      });
      expect(code).toBe(0);
    } finally {
      await server.signal("SIGKILL");
      await hosts.close();
    }
  });

  it("says how many ports there are where all devices share one address, and begins none", async () => {
    const hosts = await openHosts();
    try {
      const narrow = `${hosts.fleet.replace('"$@"', `bash -c 'echo 40000 40009 >/proc/sys/net/ipv4/ip_local_port_range; exec "$@"' bash "$@"`)}`;
      const { code, err } = await run(["fleet", "--server", "coap://[::1]:5683", "--devices", "11"], narrow);
      expect(err).toContain(
        "11 devices of a server at ::1 share one address and need a UDP port each, and this system gives out 10 (40000 to 40009)",
      );
      expect(code).toBe(2);
    } finally {
      await hosts.close();
    }
  });
});

describe("a fleet for which there is no room", () => {
  it("says how many files it may open, how to raise that, and how to do without, with exit code 2", async () => {
    const { code, err } = await run(["fleet", "--devices", "1000"], "ulimit -n 500");
    expect(err).toContain(
      "1000 devices need 1064 open files, one socket each, and this process may open 500: raise it with ulimit -n 1064, or run 3 processes with --shard 0/3 to 2/3",
    );
    expect(code).toBe(2);
  });
});
