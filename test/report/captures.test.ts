/** Captures of simulated runs, read by tshark: somebody else's idea of pcapng, IP, UDP and CoAP. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { simulate } from "../../src/harness/simulation/simulate.ts";
import { buildServer } from "../../src/mutants/mutant.ts";
import { renderPcapng } from "../../src/reports/pcapng.ts";
import { Plan } from "../../src/scenarios/plan.ts";
import { requireTool } from "../tools.ts";

const tshark = requireTool(["tshark"], "tshark");

/** A read that is lost twice on its way down, and answered at the third copy. */
const PLAN = Plan.parse({
  formatVersion: 1,
  id: "capture-1",
  family: "retry",
  simSeed: "capture",
  profile: {},
  deviceTypes: [{}],
  fleet: [{ registersAt: 1_000 }],
  latency: 20,
  operations: [
    {
      at: 10_000,
      kind: "create-task",
      task: 0,
      taskType: "R",
      property: "deviceProperties.device.manufacturer",
      devices: [0],
    },
  ],
  faults: [{ kind: "loss", device: 0, from: 10_000, until: 14_000, direction: "down", permille: 1_000 }],
  quietFrom: 14_000,
  until: 60_000,
});

describe.skipIf(tshark === undefined)("a capture, read by tshark", () => {
  let directory = "";
  let file = "";
  const history = simulate(PLAN, buildServer());

  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), "fleetproof-capture-"));
    file = path.join(directory, "run.pcapng");
    await writeFile(file, renderPcapng(history));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const fields = async (...names: readonly string[]): Promise<readonly (readonly string[])[]> => {
    const checks = ["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE"];
    const args = ["-r", file, ...checks, "-T", "fields", "-E", "separator=|", ...names.flatMap((name) => ["-e", name])];
    const { stdout } = await promisify(execFile)(tshark ?? "", args);
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("|"));
  };

  it("has every datagram as CoAP, in order, with right checksums", async () => {
    const rows = await fields("coap.type", "coap.code", "ip.checksum.status", "udp.checksum.status", "ip.src");
    expect(rows).toHaveLength(history.events.filter(({ kind }) => kind === "uplink" || kind === "downlink").length);
    // Type 0 CON, 2 ACK; code 2 POST, 1 GET, 65 2.01, 69 2.05. Checksum status 1: good.
    expect(rows).toEqual([
      ["0", "2", "1", "1", "10.0.0.0"],
      ["2", "65", "1", "1", "192.0.2.1"],
      ["0", "1", "1", "1", "192.0.2.1"],
      ["0", "1", "1", "1", "192.0.2.1"],
      ["0", "1", "1", "1", "192.0.2.1"],
      ["2", "69", "1", "1", "10.0.0.0"],
    ]);
  });

  it("has virtual time", async () => {
    const [first = 0, second = 0, third = 0, fourth = 0] = (await fields("frame.time_epoch")).map(([time]) =>
      Number(time),
    );
    expect(first).toBeCloseTo(history.header.startedAt / 1_000 + 1.02, 5);
    expect(second - first).toBeCloseTo(0, 5);
    expect(third - first).toBeCloseTo(8.98, 5);
    // RFC 7252 §4.2: the first retransmission comes 2 to 3 s later.
    expect(fourth - third).toBeGreaterThanOrEqual(2);
    expect(fourth - third).toBeLessThanOrEqual(3);
  });

  it("tells faults, and what happened between the datagrams, in comments", async () => {
    const comments = (await fields("frame.comment")).map(([comment = ""]) => comment);
    expect(comments.map((comment) => comment.includes("fault: lost on the way to the device"))).toEqual([
      false,
      false,
      true,
      true,
      false,
      false,
    ]);
    expect(comments[2]).toContain("before: 10.000 s  ⇒ REST");
  });
});
