import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { simulateFleet } from "../../harness/fleet/simulated-fleet.ts";
import type { SimulatedFleetSummary } from "../../harness/fleet/simulated-tally.ts";
import { FleetResult } from "../../harness/record/fleet-result.ts";
import { readJson, readText, writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import { ARTIK, coapParams } from "../../protocol/profile.ts";
import { createFleet } from "../../simulator/fleet/fleet.ts";
import { FLEET_PRESETS, type FleetPresetName } from "../../simulator/fleet/presets.ts";
import { FleetFile, type FleetFileText } from "../../simulator/model/fleet.ts";
import { run as runCommand } from "../run.ts";
import { testBench } from "../test-kit.ts";
import { buildOpenServer } from "./open-server.ts";
import { simulatedLines } from "./simulated-text.ts";

const MINUTE = 60_000;

interface Run {
  readonly devices: number;
  readonly minutes: number;
  readonly seed?: string;
  readonly chosen?: readonly number[];
}

function run(text: FleetFileText, { devices, minutes, seed = "s", chosen }: Run): Promise<SimulatedFleetSummary> {
  const fleet = createFleet(FleetFile.parse(text), { seed, devices, duration: minutes * MINUTE });
  return simulateFleet(fleet, { build: buildOpenServer, profile: ARTIK, coap: coapParams(ARTIK), devices: chosen });
}
const preset = (name: FleetPresetName, options: Run) => run(FLEET_PRESETS[name], options);
const group = (fields: Partial<FleetFileText["groups"][number]>): FleetFileText => ({
  formatVersion: 1,
  groups: [{ name: "g", share: 1, start: { kind: "storm", over: "0s" }, ...fields }],
});

describe("simulateFleet", () => {
  it("registers all, and updates at 80 percent of a lifetime of 10 minutes: 100 devices have sent 7 after an hour", async () => {
    const steady = group({ device: { lifetime: "10m" }, updates: { share: 80, jitter: 0 } });
    expect(await run(steady, { devices: 100, minutes: 60 })).toMatchObject({
      simulated: 100,
      duration: 60 * MINUTE,
      registrations: 100,
      updates: 700,
      datagrams: { up: 800, down: 800 },
      retransmissions: 0,
      missed: 0,
      reboots: 0,
      refusals: 0,
    });
  });

  it("gives the same summary and digest for the same seed, also the second time in one process, and another for another", async () => {
    const [first, second, other] = [
      await preset("flaky-cellular", { devices: 60, minutes: 240 }),
      await preset("flaky-cellular", { devices: 60, minutes: 240 }),
      await preset("flaky-cellular", { devices: 60, minutes: 240, seed: "t" }),
    ];
    expect(second).toEqual(first);
    expect(other?.digest).not.toBe(first?.digest);
    expect(first?.digest).toMatch(/^[0-9a-f]{16}$/);
  });

  it("counts in 5 shards together what happens to the devices of the whole fleet", async () => {
    const options = { devices: 50, minutes: 300 };
    const whole = await preset("flaky-cellular", options);
    const shards = await Promise.all(
      [0, 1, 2, 3, 4].map((shard) => {
        const chosen = Array.from({ length: 10 }, (_, place) => shard + 5 * place);
        return preset("flaky-cellular", { ...options, chosen });
      }),
    );
    const sum = (of: (summary: SimulatedFleetSummary) => number): number =>
      shards.reduce((total, shard) => total + of(shard), 0);
    expect(whole.offline).toBeGreaterThan(20);
    expect(sum(({ offline }) => offline)).toBe(whole.offline);
    expect(sum(({ happenings }) => happenings.rebind ?? 0)).toBe(whole.happenings.rebind);
    expect(sum(({ simulated }) => simulated)).toBe(50);
  });

  it("repeats what is lost: with 30 percent each way all devices are registered in the end", async () => {
    const lossy = await run(group({ link: { loss: { up: 30, down: 30 } } }), { devices: 100, minutes: 60 });
    expect(lossy.registered.at(-1)?.devices).toBe(100);
    expect(lossy.retransmissions).toBeGreaterThan(50);
    expect(lossy.lost.loss).toBeGreaterThan(80);
  });

  it("has nine in ten devices register anew after a power cut", async () => {
    const { reboots, registrations, happenings, registered } = await preset("power-cut", { devices: 400, minutes: 30 });
    expect(happenings["power-cut"]).toBe(reboots);
    expect(registrations).toBe(400 + reboots);
    expect(reboots).toBeGreaterThan(330);
    expect(registered.at(-1)?.devices).toBe(400);
    expect(Math.min(...registered.slice(3).map(({ devices }) => devices))).toBe(400 - reboots);
  });

  it("lets devices in queue mode sleep, and gives them a new address after the translator's time", async () => {
    const { sleeps, newAddresses } = await preset("nb-iot-sleepy", { devices: 20, minutes: 60 * 20 });
    expect(sleeps).toBeGreaterThanOrEqual(60);
    expect(newAddresses).toBeGreaterThanOrEqual(40);
  });

  it("delivers what is damaged, and what is too long not at all", async () => {
    const damaged = await run(group({ link: { corruption: { up: 50 } } }), { devices: 50, minutes: 60 });
    expect(damaged.corrupted).toBeGreaterThan(20);
    const tooLong = await run(group({ link: { mtu: 64 }, device: { rootPath: "/a-long-path-of-objects" } }), {
      devices: 5,
      minutes: 10,
    });
    expect(tooLong.registrations).toBe(0);
    expect(tooLong.lost["too-long"]).toBeGreaterThan(5);
  });

  it("says all of it in nine lines that do not depend on the machine", async () => {
    const lines = simulatedLines(await preset("nat-churn", { devices: 30, minutes: 60 }));
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/^30 of 30 devices, 1h of virtual time, [\d,]+ events$/);
    expect(lines.at(-1)).toMatch(/^digest {9}[0-9a-f]{16}$/);
  });
});

describe("fleet --target sim", () => {
  const command = ["fleet", "--target", "sim", "--devices", "20", "--duration", "30m", "--seed", "7"];

  it("prints the seed first and the summary, the same one each time, and opens no socket", async () => {
    const [first, second] = [testBench(), testBench()];
    expect(await runCommand([...command, "--connectivity", "power-cut"], first.io, first.services)).toBe(0);
    await runCommand([...command, "--connectivity", "power-cut"], second.io, second.services);
    expect(first.err()).toMatch(/^seed 7: 20 of 20 devices, in virtual time\n/);
    expect(first.out()).toMatch(/^20 of 20 devices, 30m of virtual time/);
    expect(second.out()).toBe(first.out());
  });

  it("runs one device alone, and prints JSON where that is asked for", async () => {
    const bench = testBench();
    await runCommand([...command, "--only-device", "3", "--json-lines"], bench.io, bench.services);
    expect(JSON.parse(bench.out())).toMatchObject({ kind: "summary", devices: 20, simulated: 1, registrations: 1 });
  });

  const recorded = async (...options: readonly string[]) => {
    const out = path.join(tmpdir(), `fleetproof-${uniqueName()}`);
    const bench = testBench();
    const code = await runCommand([...command, ...options, "--out", out], bench.io, bench.services);
    expect([code, bench.err()]).toMatchObject([0, expect.not.stringContaining("fleetproof:")]);
    return out;
  };
  const fleetOf = async (directory: string): Promise<FleetResult> =>
    FleetResult.parse(await readJson(path.join(directory, "fleet.json")));

  it("writes a record with --out, byte for byte the same one each time, and another for another seed", async () => {
    const [first, second] = [
      await recorded("--connectivity", "flaky-cellular"),
      await recorded("--connectivity", "flaky-cellular"),
    ];
    for (const file of ["fleet.json", "report.html"])
      expect(await readText(path.join(second, file))).toBe(await readText(path.join(first, file)));
    const other = await recorded("--connectivity", "flaky-cellular", "--seed", "8");
    expect((await fleetOf(other)).parts[0]?.digest).not.toBe((await fleetOf(first)).parts[0]?.digest);
  });

  it("measures in virtual time what a live fleet measures: all that was sent, answered and waited for, over time", async () => {
    const result = await fleetOf(await recorded());
    const { fleet, virtual } = result;
    expect(result).toMatchObject({
      outcome: "pass",
      target: "sim",
      devices: 20,
      parts: [{ until: 1_767_227_400_000 }],
    });
    expect(fleet.responses["register 2.01"]).toBe(20);
    expect(virtual).toMatchObject({ registrations: 20, duplicated: 0 });
    expect(fleet.counts.sent).toBe(fleet.counts.received);
    expect(fleet.counts.sent).toBe((virtual?.registrations ?? 0) + (virtual?.updates ?? 0));
    expect(fleet.latencies["register 2.01"]?.count).toBe(20);
    // The link of the preset takes 20 ms each way.
    expect(fleet.latencies["register 2.01"]?.max).toBeGreaterThanOrEqual(20_000);
    const valuesOf = (name: string) => fleet.timeline?.series.find((each) => each.name === name)?.values;
    expect(fleet.timeline?.times.at(-1)).toBe(1_800);
    expect([valuesOf("registered")?.[0], valuesOf("registered")?.at(-1)]).toEqual([0, 20]);
    expect(valuesOf("sent")?.at(-1)).toBe(fleet.counts.sent);
  });

  it("has shards that merge joins to what the whole is", async () => {
    const options = ["--connectivity", "nat-churn"];
    const whole = await fleetOf(await recorded(...options));
    const parts = [await recorded(...options, "--shard", "0/2"), await recorded(...options, "--shard", "1/2")];
    const [bench, out] = [testBench(), path.join(tmpdir(), `fleetproof-${uniqueName()}`)];
    expect(await runCommand(["merge", ...parts, "--out", out], bench.io, bench.services)).toBe(0);
    const joined = await fleetOf(out);
    for (const name of ["counts", "responses", "latencies", "timeline", "registeredAtEnd"] as const)
      expect(joined.fleet[name], name).toEqual(whole.fleet[name]);
    // Each shard has a server, and so events of its own.
    expect({ ...joined.virtual, events: 0 }).toEqual({ ...whole.virtual, events: 0 });
    expect(joined.parts.map(({ digest }) => digest)).toEqual([expect.any(String), expect.any(String)]);
    expect(bench.out()).toContain("in virtual time: ");
  });

  it("is inconclusive when nobody was ever answered, with a record and without", async () => {
    const silent = path.join(tmpdir(), `fleetproof-${uniqueName()}.yaml`);
    await writeText(silent, "formatVersion: 1\ngroups: [{ name: all, share: 1, link: { loss: { up: 100 } } }]\n");
    const bench = testBench();
    expect(await runCommand([...command, "--connectivity", silent], bench.io, bench.services)).toBe(2);
  });

  it("says what was meant by a misspelt preset", async () => {
    const bench = testBench();
    expect(await runCommand([...command, "--connectivity", "nat-chrun"], bench.io, bench.services)).toBe(64);
    expect(bench.err()).toContain("did you mean nat-churn?");
  });
});
