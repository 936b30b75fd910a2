/** Loads in shards as docs/scale-out.md runs them: processes against one server, whose results are merged. */
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Job } from "kubernetes-models/batch/v1";
import { PersistentVolumeClaim } from "kubernetes-models/v1";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { LOAD } from "../src/cli/commands/load.ts";
import { MERGE } from "../src/cli/commands/merge.ts";
import { parseCommandLine } from "../src/cli/parse.ts";
import { mergeLoads } from "../src/harness/load/merge.ts";
import { runLoad } from "../src/harness/load/run-load.ts";
import { Workload } from "../src/harness/load/workload.ts";
import { LoadResult } from "../src/harness/record/load-result.ts";
import { mutantById } from "../src/mutants/all-mutants.ts";
import { address } from "../src/protocol/address.ts";
import { coapParams } from "../src/protocol/profile.ts";
import { seconds } from "../src/protocol/time.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";
import { createFleet, shardMembers } from "../src/simulator/fleet/fleet.ts";
import { FleetFile } from "../src/simulator/model/fleet.ts";
import { compileProgram, type Program, startServe } from "./durability/server-process.ts";
import { requireTool } from "./tools.ts";

const ROOT = path.join(import.meta.dirname, "..");

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "fleetproof-scale-out-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Makes a program of that name, and the PATH that finds it. */
function programNamed(name: string, script: string): string {
  const folder = path.join(directory, "bin");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, name), 0o755);
  return `${folder}${path.delimiter}${process.env.PATH ?? ""}`;
}

function shell(script: string, environment: Readonly<Record<string, string>>) {
  const env = { ...process.env, ...environment };
  const child = spawn("sh", ["-c", script], { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, out, err })),
  );
}

/** The block of docs/scale-out.md that is said to be tested. */
function documentedCommand(): string {
  const page = readFileSync(path.join(ROOT, "docs", "scale-out.md"), "utf8");
  const [, block] = /as they are\. -->\n\n```sh\n([\s\S]*?)```/.exec(page) ?? [];
  if (block === undefined) throw new Error("docs/scale-out.md has no block to be tested");
  return block;
}

const WORKLOAD = {
  formatVersion: 1,
  arrival: { kind: "open", perSecond: 20 },
  duration: "1500ms",
  settle: "20s",
  tasks: [
    { operation: "read", weight: 3, property: "deviceProperties.device.timezone" },
    { operation: "update" },
    { operation: "read", property: "deviceProperties.device.serialNumber", targets: { kind: "all" } },
  ],
  generator: { maxLag: "60s" },
  thresholds: ["rate(failed) == 0", "registered >= 99.9%", "p99(task.completion) < 60s"],
};

const FLEET = { formatVersion: 1, groups: [{ name: "a", share: 1, start: { kind: "storm", over: "0s" } }] };

const parallel = requireTool(["parallel"], "parallel");

describe.skipIf(parallel === undefined)("the recipe for GNU parallel", () => {
  let program: Program;
  beforeAll(() => {
    program = compileProgram();
  });
  afterAll(() => program.remove());

  it("runs two shards of 20 devices against one server, and merges them to one load that passes", async () => {
    const server = await startServe(program, ["--log-level", "silent"]);
    writeFileSync(path.join(directory, "load.yaml"), JSON.stringify(WORKLOAD));
    writeFileSync(path.join(directory, "fleet.yaml"), JSON.stringify(FLEET));
    const PATH = programNamed("fleetproof", `exec "${process.execPath}" "${program.entry}" "$@"`);
    try {
      const { code, out, err } = await shell(documentedCommand(), {
        PATH,
        TARGET: server.http,
        COAP: server.coap,
        DEVICES: "20",
        SEED: "1",
        SCOPE: "together",
        START: new Date(Date.now() + 1_000).toISOString(),
      });
      expect([code, /outcome: (\w+)/.exec(out.slice(out.lastIndexOf("outcome:")))?.[1]], `${out}${err}`).toEqual([
        0,
        "pass",
      ]);
      expect(out).toContain("2 shards, which began to ask for tasks within");
      const read = (name: string) => LoadResult.parse(JSON.parse(readFileSync(path.join(directory, name), "utf8")));
      const whole = read("whole/load.json");
      expect(whole).toMatchObject({
        outcome: "pass",
        devices: 20,
        registered: { devices: 20, of: 20 },
        shard: { of: 2 },
      });
      expect(whole).toEqual(mergeLoads([read("shards/0/load.json"), read("shards/1/load.json")]));
      expect(whole.thresholds.map(({ outcome }) => outcome)).toEqual(["held", "held", "held"]);
      expect(readFileSync(path.join(directory, "shards.log"), "utf8").trim().split("\n")).toHaveLength(3);
    } finally {
      await server.signal("SIGKILL");
    }
  });
});

describe("a load in shards on a server with a defect", () => {
  /** What does not hang on how fast the machine is. */
  async function loadIn(of: number) {
    const profile = SHIPPED_PROFILES.live;
    const rules = mutantById("method-not-allowed-unknown")?.rules?.(() => undefined);
    const server = await startServer({ profile, http: 0, coap: 0, rules });
    const answers = [{ operation: "write", sequence: [{ kind: "error", code: "4.05" }] }];
    const group = { name: "a", share: 1, start: { kind: "storm", over: "0s" }, answers };
    const file = FleetFile.parse({ formatVersion: 1, groups: [group] });
    const fleet = createFleet(file, { seed: "s", devices: 10, duration: 600_000 });
    try {
      const shards = await Promise.all(
        Array.from({ length: of }, (_, index) =>
          runLoad({
            target: { http: server.http, coap: address(server.coap.replace("coap://", "")) },
            targetName: "defective",
            fleet,
            devices: [...shardMembers(fleet, { index, count: of })],
            shard: { index, of },
            fleetproof: "0.1.0",
            workload: Workload.parse({
              formatVersion: 1,
              arrival: { kind: "open", perSecond: 30 },
              duration: "800ms",
              tasks: [{ operation: "write", property: "deviceProperties.device.timezone", value: "{number}" }],
              generator: { maxLag: "60s" },
              thresholds: ["count(asked) == 24", "count(failed) == 24"],
            }),
            profile,
            deviceType: `T-${index}`,
            provisions: true,
            coap: coapParams(profile),
            places: 200,
            leaveWithin: seconds(5),
            signal: new AbortController().signal,
          }),
        ),
      );
      const { outcome, tasks, failing, check, thresholds } = mergeLoads(shards.map(({ result }) => result));
      const broken = check.requirements.filter((each) => each.outcome === "fail");
      // How many of the failures can be decided hangs on the machine; that they are about devices that failed does not.
      const devices = broken.flatMap(({ findings }) => findings.flatMap((finding) => finding.devices));
      expect(devices.length).toBeGreaterThan(0);
      expect(failing.first).toEqual(expect.arrayContaining(devices));
      return {
        outcome,
        tasks,
        failing,
        broken: broken.map(({ id }) => id),
        thresholds: thresholds.map((each) => each.outcome),
      };
    } finally {
      await server.close();
    }
  }

  it("comes to the same in 1, 2 and 5 shards: tasks, failing devices, broken requirement", async () => {
    const alone = await loadIn(1);
    expect(alone).toMatchObject({ outcome: "fail", tasks: 24, thresholds: ["held", "held"] });
    expect(alone.broken).toEqual(["M-05"]);
    expect(alone.failing.count).toBeGreaterThan(5);
    expect(await loadIn(2)).toEqual(alone);
    expect(await loadIn(5)).toEqual(alone);
  });
});

describe("examples/kubernetes-job.yaml", () => {
  const documents = parseAllDocuments(readFileSync(path.join(ROOT, "examples", "kubernetes-job.yaml"), "utf8")).map(
    (document) => document.toJS() as Record<string, unknown>,
  );
  const [claim = {}, load = {}, merge = {}] = documents;
  const scriptOf = (job: Record<string, unknown>): string =>
    new Job(job as never).spec?.template.spec?.containers[0]?.args?.[0] ?? "";

  it("is a claim and two Jobs that fit their schemas, and the check sees what does not", () => {
    expect(documents.map(({ kind }) => kind)).toEqual(["PersistentVolumeClaim", "Job", "Job"]);
    new PersistentVolumeClaim(claim as never).validate();
    new Job(load as never).validate();
    new Job(merge as never).validate();
    expect(() => new Job({ ...load, spec: { completions: "four" } } as never).validate()).toThrow();
  });

  it("runs all shards at once, each once, and gives to the merge as many as there are", () => {
    const spec = new Job(load as never).spec;
    expect(spec).toMatchObject({ completionMode: "Indexed", completions: 4, parallelism: 4, backoffLimit: 0 });
    expect(scriptOf(load)).toContain(`$JOB_COMPLETION_INDEX/${spec?.completions}"`);
  });

  /** What the script of a container gives to the program. */
  async function argumentsOf(job: Record<string, unknown>): Promise<readonly string[]> {
    const PATH = programNamed("fleetproof", 'for each in "$@"; do echo "$each"; done');
    const results = path.join(directory, "results");
    for (const shard of ["0", "1", "2", "3"]) {
      mkdirSync(path.join(results, "run-1", shard), { recursive: true });
      writeFileSync(path.join(results, "run-1", shard, "load.json"), "");
    }
    const environment = { PATH, RESULTS: results, SCOPE: "run-1", JOB_COMPLETION_INDEX: "3" };
    const { out } = await shell(scriptOf(job), environment);
    return out.trim().split("\n");
  }

  it.each([
    [LOAD, load, { shard: "3/4", scope: "run-1", seed: "4711" }],
    [MERGE, merge, { results: ["0", "1", "2", "3"], out: "whole" }],
  ] as const)("calls $name with options that it takes", async (command, job, options) => {
    const parsed = await parseCommandLine(await argumentsOf(job), [command], { version: "0.0.0", columns: 80 });
    if (parsed.kind !== "command") throw new Error(`no command: ${parsed.text}`);
    parsed.command.check(parsed.texts);
    expect(parsed.texts).toMatchObject(options);
  });
});
