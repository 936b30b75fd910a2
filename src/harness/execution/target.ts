/**
 * What is verified, and how one plan is run on it.
 */
import { nextTurn } from "../../platform/timers.ts";
import { address } from "../../protocol/address.ts";
import { type Plan, restartsServer } from "../../scenarios/plan.ts";
import type { Adapter } from "../adapter/adapter.ts";
import { type Limits, limitsOf } from "../adapter/capabilities.ts";
import type { History } from "../history/history.ts";
import { passesDays } from "../live/passing-days.ts";
import type { RestartableServers } from "../live/restartable-server.ts";
import { type LiveSession, type LiveTarget, openLiveSession, type RunLiveOptions, runLive } from "../live/run-live.ts";
import type { TurnableClock } from "../live/turnable-clock.ts";
import { createTurns } from "../live/turns.ts";
import type { BuildServer } from "../simulation/build-server.ts";
import { simulate } from "../simulation/simulate.ts";
import type { ServerRecipe } from "./plan-runner.ts";

/** What is verified. Live targets are reached by HTTP and UDP; starting and stopping them is the caller's business. */
export type Target =
  | {
      readonly kind: "sim";
      readonly name: string;
      readonly build: BuildServer;
      /** The same server as data, for threads; absent: it runs in this thread only. */
      readonly recipe?: ServerRecipe;
    }
  | {
      readonly kind: "live";
      readonly name: string;
      /** Base URL of the task API: `http://127.0.0.1:8080/v1.1`. */
      readonly http: string;
      /** `127.0.0.1:5683` */
      readonly coap: string;
      readonly token?: string;
      /** Is asked instead, and `http` is what messages call it. */
      readonly adapter?: Adapter;
      /** Absent: nobody can kill its server, and plans that would do so leave that out. */
      readonly restartable?: RestartableServers;
      /** Absent: nobody can turn its clock, and plans wait for as long as they wait. */
      readonly clock?: TurnableClock;
    };

export type SimulatedTarget = Extract<Target, { kind: "sim" }>;
export type LiveAddress = Extract<Target, { kind: "live" }>;

/** What cannot be asked of the target, and so not be said of it; `undefined`: it speaks the task API. */
export const limitsOfTarget = (target: Target): Limits | undefined =>
  target.kind === "live" && target.adapter !== undefined
    ? limitsOf(target.adapter.capabilities, target.adapter.verbs)
    : undefined;

/** Runs plans on one target. Live plans may run at the same time; they share a session. */
export interface Executor {
  readonly live: boolean;
  /** Absent: everything can be asked and said of the target. */
  readonly limits?: Limits | undefined;
  /** @throws HarnessError when the target cannot be asked */
  execute(plan: Plan): Promise<History>;
  /** Whether the plan does something to the target that all others would feel: it runs when they do not. */
  runsApart(plan: Plan): boolean;
  /** Its clock can be turned: long waits of plans take no time. */
  readonly turnsClock: boolean;
  /** For how long the target has been behind with what it was sent, microseconds; 0 in simulation. */
  behind(): number;
  /** By how much this process may have been late in its last second, microseconds; 0 in simulation. */
  late(): number;
  /** The most by which it may have been late so far, microseconds; 0 in simulation. */
  worstLate(): number;
  close(): Promise<void>;
}

export function createExecutor(target: Target, signal?: AbortSignal): Executor {
  return target.kind === "sim" ? simulating(target.build) : executingLive(target, signal);
}

const simulating = (build: BuildServer): Executor => ({
  live: false,
  async execute(plan) {
    // A simulated run keeps the event loop: signals get their turn before each.
    await nextTurn();
    return simulate(plan, build);
  },
  runsApart: () => false,
  turnsClock: false,
  behind: () => 0,
  late: () => 0,
  worstLate: () => 0,
  close: () => Promise.resolve(),
});

function executingLive(target: LiveAddress, signal: AbortSignal | undefined): Executor {
  const live: LiveTarget = {
    http: target.http,
    coap: address(target.coap),
    ...(target.token === undefined ? {} : { token: target.token }),
    ...(target.adapter === undefined ? {} : { adapter: target.adapter }),
  };
  /** Opened with the first run: what runs share, and part of every name on the target. */
  let session: LiveSession | undefined;
  const interruptible = signal === undefined ? {} : { signal };
  const { restartable, clock } = target;
  const turns = createTurns(clock === undefined ? restartable?.serves : "all-plans");

  const shared = (plan: Plan, also: Pick<RunLiveOptions, "clock"> = {}): Promise<History> => {
    session ??= openLiveSession(live);
    return runLive(plan, live, { session, ...also, ...interruptible });
  };
  const restarting = async (plan: Plan, servers: RestartableServers): Promise<History> => {
    // Who has been told to stop starts no server; the run ends as it begins.
    if (signal?.aborted === true) return shared(plan);
    const server = await servers.open();
    try {
      const { ahead } = session?.agenda ?? {};
      return await runLive(plan, server.target, { server, ...(ahead && { ahead }), ...interruptible });
    } finally {
      await server.close();
    }
  };

  return {
    live: true,
    limits: limitsOfTarget(target),
    execute(plan) {
      if (restartable !== undefined && restartsServer(plan)) return turns.apart(() => restarting(plan, restartable));
      if (clock !== undefined && passesDays(plan)) return turns.apart(() => shared(plan, { clock }));
      return turns.together(() => shared(plan));
    },
    turnsClock: clock !== undefined,
    runsApart: (plan) =>
      (restartable !== undefined && restartsServer(plan)) || (clock !== undefined && passesDays(plan)),
    behind: () => session?.behind() ?? 0,
    late: () => session?.late() ?? 0,
    worstLate: () => session?.worstLate() ?? 0,
    async close() {
      await session?.close();
    },
  };
}
