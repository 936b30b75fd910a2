/**
 * What is verified, and how one plan is run on it.
 */
import { nextTurn } from "../platform/timers.ts";
import { address } from "../protocol/address.ts";
import type { Plan } from "../scenarios/plan.ts";
import type { History } from "./history.ts";
import { type LiveSession, type LiveTarget, openLiveSession, runLive } from "./live/run-live.ts";
import type { ServerRecipe } from "./plan-runner.ts";
import { type BuildServer, simulate } from "./simulate.ts";

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
    };

export type SimulatedTarget = Extract<Target, { kind: "sim" }>;
export type LiveAddress = Extract<Target, { kind: "live" }>;

/** Runs plans on one target. Live plans may run at the same time; they share a session. */
export interface Executor {
  readonly live: boolean;
  /** @throws HarnessError when the target cannot be asked */
  execute(plan: Plan): Promise<History>;
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
  close: () => Promise.resolve(),
});

function executingLive(target: LiveAddress, signal: AbortSignal | undefined): Executor {
  const live: LiveTarget = {
    http: target.http,
    coap: address(target.coap),
    ...(target.token === undefined ? {} : { token: target.token }),
  };
  /** Opened with the first run: what runs share, and part of every name on the target. */
  let session: LiveSession | undefined;
  return {
    live: true,
    execute(plan) {
      session ??= openLiveSession(live);
      return runLive(plan, live, { session, ...(signal === undefined ? {} : { signal }) });
    },
    async close() {
      await session?.close();
    },
  };
}
