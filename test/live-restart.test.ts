/**
 * Live, a server that is killed and started again: the reference server is accused of nothing, one that forgets what it
 * has acknowledged is. The server is hosted here and its store outlives it; that a process can be killed is tested by
 * itself, since starting one takes longer than all of this.
 */
import { describe, it } from "vitest";
import { createExecutor } from "../src/harness/execution/target.ts";
import type { HistoryEvent } from "../src/harness/history/history.ts";
import type { RestartableServer, RestartableServers } from "../src/harness/live/restartable-server.ts";
import { judge } from "../src/harness/oracle/oracle.ts";
import { makeTemporaryDirectory, remove } from "../src/platform/files.ts";
import { address } from "../src/protocol/address.ts";
import { openStore } from "../src/reference-server/adapters/open-store.ts";
import { startServer } from "../src/reference-server/adapters/serve.ts";
import { RESTART_PLAN as PLAN } from "./restart-plan.ts";

const { profile } = PLAN;
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
