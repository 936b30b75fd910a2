/** `fleet` and `load` as processes, against the reference server in a process of its own, on real sockets. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runLoad } from "../src/harness/load/run-load.ts";
import { Workload } from "../src/harness/load/workload.ts";
import { WHOLE } from "../src/harness/record/shards.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { address } from "../src/protocol/address.ts";
import { coapParams } from "../src/protocol/profile.ts";
import { seconds } from "../src/protocol/time.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";
import { createFleet } from "../src/simulator/fleet/fleet.ts";
import { FleetFile } from "../src/simulator/model/fleet.ts";
import { compileProgram, type Program, type ServerProcess, startServe } from "./durability/server-process.ts";
import { mistakes } from "./report/schemas.ts";

let program: Program;
let server: ServerProcess;
let directory: string;
beforeAll(async () => {
  program = compileProgram();
  server = await startServe(program, ["--open", "--log-level", "silent", "--profile", "live"]);
  directory = mkdtempSync(path.join(tmpdir(), "fleetproof-load-"));
});
afterAll(async () => {
  await server.signal("SIGKILL");
  program.remove();
  rmSync(directory, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param onOutput sees all of standard output so far, and the child */
function start(args: readonly string[], onOutput: (out: string, child: ChildProcess) => void = () => undefined) {
  const child = spawn(process.execPath, [program.entry, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    onOutput(out, child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}

const linesOf = (out: string): readonly Record<string, unknown>[] =>
  out
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("fleet", () => {
  it("registers 50 devices, says so every second, and de-registers them at Ctrl-C, with exit code 0", async () => {
    let stopped = false;
    const args = [
      "fleet",
      "--server",
      server.coap,
      "--devices",
      "50",
      "--ramp",
      "500ms",
      "--seed",
      "1",
      "--json-lines",
    ];
    const { code, out } = await start(args, (text, child) => {
      if (stopped || !text.includes('"registered":50,')) return;
      stopped = true;
      child.kill("SIGINT");
    });
    expect(code).toBe(0);
    expect(linesOf(out).at(-1)).toMatchObject({
      kind: "summary",
      ended: "interrupted",
      devices: 50,
      started: 50,
      registeredAtEnd: 50,
      deregistered: 50,
      leftBehind: 0,
      responses: { "register 2.01": 50, "deregister 2.02": 50 },
    });
  });

  it("ends with exit code 2 and the address when nobody listens", async () => {
    const { code, err } = await start(["fleet", "--server", "coap://127.0.0.1:1", "--devices", "3"]);
    expect([code, err.includes("nobody listens for CoAP at udp 127.0.0.1:1")]).toEqual([2, true]);
  });
});

/** A generator on a busy machine may lag: what is tested here is not how fast this machine is. */
const workload = (thresholds: readonly string[]): string =>
  JSON.stringify({
    formatVersion: 1,
    arrival: { kind: "open", perSecond: 15 },
    duration: "3s",
    settle: "20s",
    tasks: [
      { operation: "read", weight: 3, property: "deviceProperties.device.timezone" },
      { operation: "write", property: "deviceProperties.device.timezone", value: "zone-{number}" },
      { operation: "update" },
    ],
    check: { devices: 50 },
    generator: { maxLag: "60s" },
    thresholds,
  });

async function load(thresholds: readonly string[], out: string) {
  const file = path.join(directory, "workload.json");
  writeFileSync(file, workload(thresholds));
  const target = ["--target", server.http, "--coap", server.coap, "--profile", "live"];
  const fleet = ["--devices", "50", "--ramp", "500ms", "--seed", "1"];
  const { code } = await start(["load", "--workload", file, ...target, ...fleet, "--out", out]);
  return { code, result: JSON.parse(readFileSync(path.join(out, "load.json"), "utf8")) as Record<string, unknown> };
}

describe("load", () => {
  it("asks 50 devices for 45 tasks within 3 s, and finds nothing wrong with the reference server", async () => {
    const { code, result } = await load(
      ["rate(failed) == 0", "registered >= 99.9%", "p99(task.completion) < 60s"],
      directory,
    );
    expect(result).toMatchObject({
      outcome: "pass",
      tasks: 45,
      registered: { devices: 50, of: 50 },
      check: { devices: 50, of: 50 },
      thresholds: [{ outcome: "held" }, { outcome: "held" }, { outcome: "held" }],
    });
    const { check } = result as {
      check: { requirements: readonly { outcome: string; findings: readonly unknown[] }[] };
    };
    expect(check.requirements.filter(({ outcome }) => outcome === "pass").length).toBeGreaterThan(5);
    expect(check.requirements.flatMap(({ findings }) => findings)).toEqual([]);
    expect(readFileSync(path.join(directory, "junit.xml"), "utf8")).toContain('failures="0" errors="0"');
    expect(mistakes("load", result)).toEqual([]);
    const page = readFileSync(path.join(directory, "report.html"), "utf8");
    for (const chart of ["completion", "latencies", "fleet"]) expect(page).toContain(`id="chart-${chart}"`);
    expect(code).toBe(0);
  });

  it("ends with exit code 99 when a threshold is crossed that no server can keep", async () => {
    const { code, result } = await load(["max(task.completion) < 1ms"], directory);
    expect([code, result.outcome]).toEqual([99, "crossed"]);
  });
});

describe("load on a server with a defect", () => {
  const loadOn = async (mutant: string | undefined) => {
    const profile = SHIPPED_PROFILES.live;
    const rules = mutant === undefined ? undefined : mutantById(mutant)?.rules?.(() => undefined);
    const defective = await startServer({ profile, http: 0, coap: 0, rules });
    const answers = [{ operation: "write", sequence: [{ kind: "error", code: "4.05" }] }];
    const start = { kind: "storm", over: "0s" };
    const file = FleetFile.parse({ formatVersion: 1, groups: [{ name: "a", share: 1, start, answers }] });
    try {
      const { result } = await runLoad({
        target: { http: defective.http, coap: address(defective.coap.replace("coap://", "")) },
        targetName: "defective",
        shard: WHOLE,
        fleetproof: "0.1.0",
        fleet: createFleet(file, { seed: "s", devices: 10, duration: 600_000 }),
        devices: Array.from({ length: 10 }, (_, index) => index),
        workload: Workload.parse({
          formatVersion: 1,
          arrival: { kind: "closed", atOnce: 4 },
          duration: "1s",
          tasks: [{ operation: "write", property: "deviceProperties.device.timezone", value: "{number}" }],
          generator: { maxLag: "60s" },
        }),
        profile,
        deviceType: "T",
        provisions: true,
        coap: coapParams(profile),
        places: 200,
        leaveWithin: seconds(5),
        signal: new AbortController().signal,
      });
      return [
        result.outcome,
        ...result.check.requirements.filter((each) => each.outcome === "fail").map(({ id }) => id),
      ];
    } finally {
      await defective.close();
    }
  };

  it("fails by M-05 when the device's 4.05 is shown as another error, and not without the defect", async () => {
    expect(await loadOn(undefined)).toEqual(["pass"]);
    expect(await loadOn("method-not-allowed-unknown")).toEqual(["fail", "M-05"]);
  });
});

describe("load with firmware updates", () => {
  /** Devices that have to fetch their image by HTTP, and look for news of it every second. */
  const file = FleetFile.parse({
    formatVersion: 1,
    groups: [
      {
        name: "a",
        share: 1,
        start: { kind: "storm", over: "0s" },
        device: {
          lifetime: "2s",
          bootTime: "50ms",
          firmware: { version: "1.0", delivery: "pull", protocols: ["http"], installTime: "50ms" },
        },
      },
    ],
  });

  const update = async () => {
    const profile = SHIPPED_PROFILES.live;
    const server = await startServer({ profile, http: 0, coap: 0 });
    try {
      const { result } = await runLoad({
        target: { http: server.http, coap: address(server.coap.replace("coap://", "")) },
        targetName: "reference",
        shard: WHOLE,
        fleetproof: "0.1.0",
        fleet: createFleet(file, { seed: "s", devices: 4, duration: 600_000 }),
        devices: [0, 1, 2, 3],
        workload: Workload.parse({
          formatVersion: 1,
          arrival: { kind: "closed", atOnce: 1 },
          duration: "100ms",
          settle: "30s",
          tasks: [{ operation: "firmware", version: "2.0", size: 20_000, targets: { kind: "count", count: 4 } }],
          generator: { maxLag: "60s" },
          check: { devices: 4 },
        }),
        profile,
        deviceType: "T",
        provisions: true,
        coap: coapParams(profile),
        places: 200,
        leaveWithin: seconds(5),
        signal: new AbortController().signal,
      });
      return result;
    } finally {
      await server.close();
    }
  };

  it("lets each device fetch the image from the server by HTTP and install it, which the checkers find right", async () => {
    const { outcome, series, check } = await update();
    expect(series.counts.filter(({ name }) => /^(settled|succeeded|failed)$/.test(name))).toEqual([
      { name: "settled", labels: { operation: "firmware" }, count: 4 },
      { name: "succeeded", labels: { operation: "firmware" }, count: 4 },
    ]);
    expect([outcome, check.requirements.flatMap(({ findings }) => findings)]).toEqual(["pass", []]);
    expect(check.requirements.filter(({ id }) => id.startsWith("O-")).length).toBeGreaterThan(2);
  });
});
