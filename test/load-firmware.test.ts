/** A load with firmware updates and with filters, against the reference server on real sockets. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LoadOptions, runLoad } from "../src/harness/load/run-load.ts";
import { Workload } from "../src/harness/load/workload.ts";
import { address } from "../src/protocol/address.ts";
import { coapParams } from "../src/protocol/profile.ts";
import { seconds } from "../src/protocol/time.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";
import { createFleet } from "../src/simulator/fleet/fleet.ts";
import { FleetFile } from "../src/simulator/model/fleet.ts";

const profile = SHIPPED_PROFILES.live;
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  server = await startServer({ profile, http: 0, coap: 0 });
});
afterAll(() => server.close());

const FILE = FleetFile.parse({
  formatVersion: 1,
  groups: [
    {
      name: "meters",
      count: 4,
      start: { kind: "storm", over: "0s" },
      link: { latency: "0s" },
      device: { bootTime: "50ms", firmware: { version: "1.0", delivery: "push", installTime: "50ms" } },
    },
    { name: "others", count: 3, start: { kind: "storm", over: "0s" }, link: { latency: "0s" } },
  ],
});

/** @param scope names of its own */
async function load(scope: string, tasks: readonly object[]) {
  const options: LoadOptions = {
    target: { http: server.http, coap: address(server.coap.replace("coap://", "")) },
    targetName: "reference",
    fleet: createFleet({ ...FILE, endpoint: `${scope}-{index}` }, { seed: "s", duration: 600_000 }),
    devices: [0, 1, 2, 3, 4, 5, 6],
    shard: { index: 0, of: 1 },
    fleetproof: "0.0.0",
    workload: Workload.parse({
      formatVersion: 1,
      begin: { registered: 100 },
      arrival: { kind: "open", perSecond: 4 },
      duration: "1s",
      check: { devices: 7 },
      generator: { maxLag: "60s" },
      tasks,
    }),
    profile,
    deviceType: `${scope}-type`,
    provisions: true,
    keepHistory: true,
    coap: coapParams(profile),
    places: 200,
    leaveWithin: seconds(5),
    signal: new AbortController().signal,
  };
  const { result, sample } = await runLoad(options);
  const counts = result.series.counts.map(
    ({ name, labels, count }) => `${name} ${labels.operation ?? ""} ${labels.code ?? ""} ${count}`,
  );
  return { result, sample, counts: counts.map((text) => text.replaceAll(/ +/g, " ")).sort() };
}

describe("load", () => {
  it("updates the firmware of the devices of a group, and finds nothing wrong with how the server does it", async () => {
    const firmware = { operation: "firmware", version: "2.0", size: 3_000 };
    const { result, sample, counts } = await load("f", [{ ...firmware, targets: { kind: "group", group: "meters" } }]);
    expect(counts).toEqual([
      "asked firmware 16",
      "requested firmware 4",
      "settled firmware 16",
      "succeeded firmware 16",
    ]);
    expect(result).toMatchObject({ outcome: "pass", tasks: 4 });
    const installed = sample?.history.events.filter((each) => each.kind === "firmware" && each.event === "installed");
    expect(installed?.length).toBeGreaterThanOrEqual(4);
    const examined = result.check.requirements.filter(({ examined: times }) => times > 0).map(({ id }) => id);
    expect(examined).toEqual(expect.arrayContaining(["O-03", "O-04", "O-08"]));
  });

  it("is for the devices of the group that a filter names, which the server finds", async () => {
    const read = { operation: "read", property: "deviceProperties.device.timezone" };
    const filter = { kind: "filter", filter: "serverProperties.group=others" };
    const { result, counts } = await load("q", [{ ...read, targets: filter }]);
    expect(counts).toEqual(["asked read 12", "requested read 4", "settled read 12", "succeeded read 12"]);
    expect(result).toMatchObject({
      outcome: "pass",
      check: { reason: "only the server knows which devices a filter means" },
    });
  });
});
