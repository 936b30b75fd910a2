import { afterEach, describe, expect, it } from "vitest";
import { address } from "../../protocol/address.ts";
import { millis } from "../../protocol/time.ts";
import { Plan } from "../../scenarios/plan.ts";
import { type RunLiveOptions, runLive } from "../live/run-live.ts";
import { type FakeServer, startFakeServer } from "../live/test-kit.ts";
import { clockOf, liveTargetOf, restartableBy } from "./adapter-target.ts";
import { refuse } from "./define-target.ts";
import { testTarget } from "./test-kit.ts";

const servers: FakeServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const task = { task: 0 };
const PLAN = Plan.parse({
  formatVersion: 1,
  id: "adapted-1",
  family: "test",
  simSeed: "seed",
  profile: { access: { owner: "o", stranger: "s" } },
  deviceTypes: [{}],
  fleet: [{ registersAt: 0 }],
  latency: 0,
  operations: [
    {
      at: 20,
      kind: "create-task",
      ...task,
      taskType: "R",
      property: "deviceProperties.device.timezone",
      devices: "all",
    },
    { at: 40, kind: "poll", ...task },
    { at: 50, kind: "poll", ...task, as: "stranger" },
    { at: 60, kind: "poll-history", ...task },
    { at: 70, kind: "cancel-task", ...task },
    { at: 80, kind: "poll-mirror", device: 0 },
  ],
  faults: [],
  quietFrom: 0,
  until: 150,
});
/** Slow machines stop processes for seconds; the tests want to see the run all the same. */
const PATIENT: RunLiveOptions = { maxLateness: millis(60_000) };

async function purposes(changes: Readonly<Record<string, unknown>>): Promise<readonly (string | undefined)[]> {
  const server = await startFakeServer();
  servers.push(server);
  const { adapter } = await testTarget(changes);
  const { events } = await runLive(PLAN, liveTargetOf(adapter, server.target.coap), PATIENT);
  expect(server.requests).toEqual([]);
  expect(events.some(({ kind }) => kind === "uplink")).toBe(true);
  expect(events.at(-1)).toMatchObject({ kind: "mark", mark: "end" });
  // What waits for the answer to the creation comes when that comes.
  return events.flatMap((event) => (event.kind === "rest-request" ? [event.purpose?.kind] : [])).sort();
}

describe("a live run through an adapter", () => {
  it("leaves out the steps that the adapter cannot do, and records nothing of them", async () => {
    expect(await purposes({})).toEqual(["create-task", "poll-statuses", "set-up", "set-up"]);
  });

  it("does them where it can, but none as somebody else", async () => {
    const can = {
      capabilities: { cancel: true, mirror: true, history: true },
      getTask: () => ({ status: "PROCESSING" }),
      cancelTask: () => undefined,
      properties: () => ({}),
      taskHistory: () => [],
    };
    expect(await purposes(can)).toEqual([
      "cancel-task",
      "create-task",
      ...["poll-history", "poll-history"],
      "poll-mirror",
      "poll-statuses",
      "poll-task",
      ...["set-up", "set-up"],
    ]);
  });

  it("is a harness error that tells verb and reason when the devices cannot be provisioned", async () => {
    const provision = () => {
      throw new Error("no licence");
    };
    await expect(purposes({ provision })).rejects.toThrow(
      /POST \/devices failed: no answer: adapter: \.\/my-server\.js: provision: it threw Error: no licence/,
    );
  });
});

describe("restartableBy", () => {
  const coap = address("127.0.0.1:5683");

  it("kills and starts by the verb, and does not leave the server dead", async () => {
    const { adapter, asked } = await testTarget({ capabilities: { restart: true }, restart: () => undefined });
    const server = await restartableBy(adapter, coap)?.open();
    await server?.kill();
    await server?.start();
    await server?.close();
    expect(asked).toEqual(['restart ["kill"]', 'restart ["start"]']);
    await server?.kill();
    await server?.close();
    await server?.close();
    expect(asked.slice(2)).toEqual(['restart ["kill"]', 'restart ["start"]']);
    expect(server?.target).toEqual(liveTargetOf(adapter, coap));
  });

  it("is nothing where the adapter cannot do it, and a harness error where that fails", async () => {
    const none = await testTarget({ restart: () => undefined });
    expect(restartableBy(none.adapter, coap)).toBeUndefined();
    const { adapter } = await testTarget({ capabilities: { restart: true }, restart: () => refuse("not permitted") });
    const server = await restartableBy(adapter, coap)?.open();
    await expect(server?.kill()).rejects.toThrow("./my-server.js: restart (kill): not permitted");
  });
});

describe("clockOf", () => {
  it("turns the clock by the verb", async () => {
    const { adapter, asked } = await testTarget({ capabilities: { clock: true }, advanceClock: () => undefined });
    await clockOf(adapter)?.turn(604_800_000);
    expect(asked).toEqual(["advanceClock [604800000]"]);
  });

  it("is nothing where the adapter does not declare it, and a harness error where that fails", async () => {
    const none = await testTarget({ advanceClock: () => undefined });
    expect(clockOf(none.adapter)).toBeUndefined();
    const { adapter } = await testTarget({
      capabilities: { clock: true },
      advanceClock: () => refuse("no test build"),
    });
    await expect(clockOf(adapter)?.turn(1)).rejects.toThrow("./my-server.js: advanceClock: no test build");
  });
});
