/**
 * Live, a server that is killed and started again: the reference server is accused of nothing, one that forgets what it
 * has acknowledged is. The server is hosted here and its store outlives it; that a process can be killed is tested by
 * itself, since starting one takes longer than all of this.
 */
import { describe, it } from "vitest";
import type { HistoryEvent } from "../src/harness/history.ts";
import type { RestartableServer, RestartableServers } from "../src/harness/live/restartable-server.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { createExecutor } from "../src/harness/target.ts";
import { makeTemporaryDirectory, remove } from "../src/platform/files.ts";
import { address } from "../src/protocol/address.ts";
import { openStore } from "../src/reference-server/adapters/open-store.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { Plan } from "../src/scenarios/plan.ts";
import { SHIPPED_PROFILES } from "../src/scenarios/profiles/shipped-profiles.ts";

const profile = SHIPPED_PROFILES.live;
const COAP = "coap://";

type Running = Awaited<ReturnType<typeof startServer>>;

/** @param data a file; `undefined`: it forgets all when it is killed */
async function hosted(data: string | undefined): Promise<RestartableServer> {
  const start = async (http: number, coap: number): Promise<Running> =>
    startServer({ profile, http, coap, ...(data === undefined ? {} : { store: await openStore(data) }) });
  let server = await start(0, 0);
  const target = { http: server.http, coap: address(server.coap.slice(COAP.length)) };
  const ports = [Number(new URL(target.http).port), Number(target.coap.split(":")[1])] as const;
  return {
    target,
    kill: () => server.close(),
    async start() {
      server = await start(...ports);
    },
    close: () => server.close(),
  };
}

/** A task waits for a device that comes after the restart, and is registered when the server is killed once more. */
const PLAN = Plan.parse({
  formatVersion: 1,
  id: "restart-live",
  family: "restart",
  simSeed: "seed",
  profile,
  deviceTypes: [{}],
  fleet: [{ lifetime: 3_600 }],
  latency: 1,
  operations: [
    {
      at: 0,
      kind: "create-task",
      task: 0,
      taskType: "R",
      property: "deviceProperties.device.timezone",
      devices: "all",
      type: 0,
    },
    { at: 200, kind: "restart-server", downFor: 100 },
    { at: 250, kind: "poll", task: 0 },
    { at: 300, kind: "poll", task: 0 },
    { at: 310, kind: "register", device: 0 },
    { at: 700, kind: "poll", task: 0 },
    { at: 800, kind: "restart-server", downFor: 0, dies: "after-storing" },
    { at: 810, kind: "poll", task: 0 },
    { at: 1_900, kind: "update", device: 0 },
    { at: 2_200, kind: "poll", task: 0 },
  ],
  faults: [],
  quietFrom: 2_200,
  until: 2_300,
});

async function judged(data: string | undefined, servers: Partial<RestartableServers> | undefined) {
  const first = await hosted(undefined);
  const restartable = servers && { serves: "each-plan" as const, open: () => hosted(data), ...servers };
  const executor = createExecutor({
    kind: "live",
    name: "hosted here",
    http: first.target.http,
    coap: first.target.coap,
    ...(restartable === undefined ? {} : { restartable }),
  });
  try {
    const history = await executor.execute(PLAN);
    const { tallies, unanswered } = judge(PLAN, history);
    const outcome = (id: string) => tallies.find(({ requirement }) => requirement === id);
    return { history, outcome, unanswered, broken: tallies.filter(({ findings }) => findings.length > 0) };
  } finally {
    await executor.close();
    await first.close();
  }
}

const serverEvents = (events: readonly HistoryEvent[]): string[] =>
  events.flatMap((event) => (event.kind === "server" ? [event.event] : []));

describe.concurrent("a plan that restarts its server, live", () => {
  it("is recorded as in simulation, and keeps S-01 and S-02 when the server keeps its store", async ({ expect }) => {
    const directory = await makeTemporaryDirectory();
    try {
      const { history, outcome, unanswered, broken } = await judged(`${directory}/server.db`, {});
      expect(broken).toEqual([]);
      expect(unanswered).toEqual([]);
      expect(serverEvents(history.events)).toEqual(["down", "up", "down", "up"]);
      expect(history.events).toContainEqual(
        expect.objectContaining({ kind: "rest-failure", reason: "the server is down" }),
      );
      expect(outcome("S-01")?.examined).toBeGreaterThan(0);
      expect(outcome("S-02")?.examined).toBeGreaterThan(0);
    } finally {
      await remove(directory);
    }
  });

  it("breaks S-01 when the server forgets at its restart what it has acknowledged", async ({ expect }) => {
    const { broken } = await judged(undefined, { serves: "all-plans" });
    const ids = broken.map(({ requirement }) => requirement);
    expect(ids).toEqual(expect.arrayContaining(["S-01"]));
  });

  it("leaves the restarts out where nobody can kill the server", async ({ expect }) => {
    const { history, broken } = await judged(undefined, undefined);
    expect(serverEvents(history.events)).toEqual([]);
    expect(broken).toEqual([]);
  });
});
