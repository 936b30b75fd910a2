import { describe, expect, it } from "vitest";
import { nextTurn } from "../../platform/timers.ts";
import { address } from "../../protocol/address.ts";
import { COAP_DEFAULTS } from "../../protocol/coap/params.ts";
import { completeProfile, EMPTY_PROFILE } from "../../protocol/profile.ts";
import type { RestResponse, ServerInput, ServerPort } from "../../protocol/server-port.ts";
import { NEVER } from "../../protocol/time.ts";
import { HalfDoneStep } from "../half-done-step.ts";
import { createMemoryStore } from "../memory-store.ts";
import { createReferenceServer } from "../server.ts";
import { keyedRandom } from "../test-kit.ts";
import { createDriver, type DriverOptions } from "./driver.ts";
import { type RecordStore, recordStoreOf } from "./record-store.ts";

/** A reference server that breaks, if told so, while it answers a request to this path; before or after it changed something. */
const engine = (breaks: { at: "before" | "after" | "never" }): ServerPort => {
  const server = createReferenceServer({
    profile: completeProfile(EMPTY_PROFILE),
    coap: COAP_DEFAULTS,
    random: keyedRandom("driver"),
    rules: {
      rendered: (response) => {
        if (breaks.at !== "never" && response.status === (breaks.at === "after" ? 201 : 404)) throw new Error("broken");
        return response;
      },
    },
  });
  return server;
};

interface Bench {
  readonly store: RecordStore;
  readonly bugs: unknown[];
  ask(method: string, path: string, body?: unknown): Promise<RestResponse>;
  readonly driver: ReturnType<typeof createDriver>;
  readonly breaks: { at: "before" | "after" | "never" };
}

async function newBench(options: Partial<DriverOptions> = {}): Promise<Bench> {
  const breaks: Bench["breaks"] = { at: "never" };
  const store = options.store ?? recordStoreOf(createMemoryStore());
  const bugs: unknown[] = [];
  const waiting = new Map<number, (response: RestResponse) => void>();
  let ticket = 0;
  const driver = createDriver(engine(breaks), {
    store,
    onBug: (error) => bugs.push(error),
    replacement: () => engine(breaks),
    send: () => undefined,
    answer: (number, response) => waiting.get(number)?.(response),
    ...options,
  });
  await driver.start(undefined);
  const ask: Bench["ask"] = (method, path, body) =>
    new Promise((resolve) => {
      ticket += 1;
      waiting.set(ticket, resolve);
      driver.handle({ kind: "rest", ticket, request: { method, path: path.split("/"), query: {}, body } });
    });
  return { store, bugs, ask, driver, breaks };
}

const type = (dtid: string) => ({ dtid, name: dtid });
const dtids = async ({ store }: Bench): Promise<readonly string[]> =>
  (await store.read("device-type")).map(({ key }) => key);

describe("a server that breaks in the midst of a step", () => {
  it("is replaced by one with what was stored before: nothing of the step is on disk, now or with the next step", async () => {
    const bench = await newBench();
    expect((await bench.ask("POST", "devicetypes", type("one"))).status).toBe(201);
    bench.breaks.at = "after";
    expect((await bench.ask("POST", "devicetypes", type("two"))).status).toBe(500);
    bench.breaks.at = "never";
    expect(bench.bugs).toEqual([expect.any(HalfDoneStep)]);
    await bench.driver.close();
    expect(await dtids(bench)).toEqual(["one"]);
  });

  it("is forgotten with what it had in memory: the request can be made again, and is stored then", async () => {
    const bench = await newBench();
    bench.breaks.at = "after";
    await bench.ask("POST", "devicetypes", type("two"));
    bench.breaks.at = "never";
    let again = await bench.ask("POST", "devicetypes", type("two"));
    // Until the new server has read what is stored it answers 503.
    while (again.status === 503) {
      await nextTurn();
      again = await bench.ask("POST", "devicetypes", type("two"));
    }
    expect(again.status).toBe(201);
    expect((await bench.ask("GET", "devicemgmt/devicetypes/two")).status).toBe(200);
    await bench.driver.close();
    expect(await dtids(bench)).toEqual(["two"]);
  });

  it("still answers what waited for the store when it broke", async () => {
    let release: () => void = () => undefined;
    const inner = recordStoreOf(createMemoryStore());
    let holds = false;
    const store: RecordStore = {
      ...inner,
      async commit(changes) {
        if (holds) {
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        }
        await inner.commit(changes);
      },
    };
    const bench = await newBench({ store });
    holds = true;
    const first = bench.ask("POST", "devicetypes", type("one"));
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    bench.breaks.at = "after";
    const second = bench.ask("POST", "devicetypes", type("two"));
    bench.breaks.at = "never";
    expect((await second).status).toBe(500);
    holds = false;
    release();
    expect((await first).status).toBe(201);
    await bench.driver.close();
    expect(await dtids(bench)).toEqual(["one"]);
  });

  it("goes on as it is when the step had changed nothing", async () => {
    const bench = await newBench({ replacement: () => expect.fail("no other server is needed") });
    await bench.ask("POST", "devicetypes", type("one"));
    bench.breaks.at = "before";
    expect((await bench.ask("GET", "devicemgmt/devicetypes/none")).status).toBe(500);
    expect((await bench.ask("GET", "devicemgmt/devicetypes/one")).status).toBe(200);
    await bench.driver.close();
  });

  it("stops when nobody can replace it, and when it broke six times within a minute", async () => {
    const alone = await newBench({ replacement: undefined });
    alone.breaks.at = "after";
    await alone.ask("POST", "devicetypes", type("one"));
    expect(await alone.driver.failure).toMatchObject({
      code: "server-broken",
      message: expect.stringContaining("broken"),
    });

    const often = await newBench();
    for (let round = 0; round < 6; round += 1) {
      often.breaks.at = "after";
      let answered = await often.ask("POST", "devicetypes", type("one"));
      while (answered.status === 503) {
        await nextTurn();
        answered = await often.ask("POST", "devicetypes", type("one"));
      }
      expect(answered.status).toBe(500);
      often.breaks.at = "never";
    }
    expect(await often.driver.failure).toMatchObject({ code: "server-broken" });
  });
});

describe("a store that does not keep up", () => {
  it("has 10,000 steps wait for it at most: what comes then is turned away, 503 or lost", async () => {
    let turnedAway = 0;
    let isStarting = true;
    const inputs: ServerInput["kind"][] = [];
    const port: ServerPort = {
      deadline: NEVER,
      handle(input) {
        inputs.push(input.kind);
        if (input.kind !== "datagram" && input.kind !== "rest") return [];
        return [{ kind: "persist", ticket: inputs.length, records: [] }];
      },
    };
    const statuses: number[] = [];
    const driver = createDriver(port, {
      store: {
        ...recordStoreOf(createMemoryStore()),
        commit: () => (isStarting ? undefined : new Promise(() => undefined)),
      },
      onBug: () => undefined,
      onOverload: () => {
        turnedAway += 1;
      },
      send: () => undefined,
      answer: (_, { status }) => statuses.push(status),
    });
    await driver.start(undefined);
    isStarting = false;
    const from = address("192.0.2.1:5683");
    for (let index = 0; index < 10_050; index += 1) driver.handle({ kind: "datagram", from, bytes: new Uint8Array(4) });
    driver.handle({ kind: "rest", ticket: 1, request: { method: "GET", path: [], query: {} } });
    expect(turnedAway).toBe(51);
    expect(inputs.filter((kind) => kind === "datagram")).toHaveLength(10_000);
    expect(statuses).toEqual([503]);
  });
});
