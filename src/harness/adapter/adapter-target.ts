/** A target that is reached through an adapter: for campaigns, as any other live one. */
import { HarnessError } from "../../platform/errors.ts";
import type { Address } from "../../protocol/address.ts";
import type { RestartableServers } from "../live/restartable-server.ts";
import type { LiveTarget } from "../live/run-live.ts";
import type { TurnableClock } from "../live/turnable-clock.ts";
import type { Adapter, VerbOutcome } from "./adapter.ts";
import { has } from "./capabilities.ts";

/** @param coap numeric; the adapter may name a host */
export const liveTargetOf = (adapter: Adapter, coap: Address): LiveTarget => ({ http: adapter.name, adapter, coap });

/** How plans kill the server and start it again; `undefined`: the adapter cannot do that. */
export function restartableBy(adapter: Adapter, coap: Address): RestartableServers | undefined {
  if (!has(adapter.capabilities, "restart")) return undefined;
  return {
    serves: "all-plans",
    async open() {
      let down = false;
      const start = async (): Promise<void> => {
        await restart(adapter, "start");
        down = false;
      };
      return {
        target: liveTargetOf(adapter, coap),
        async kill() {
          down = true;
          await restart(adapter, "kill");
        },
        start,
        async close() {
          if (down) await start();
        },
      };
    },
  };
}

/** How plans let days pass; `undefined`: the adapter cannot do that. */
export const clockOf = (adapter: Adapter): TurnableClock | undefined =>
  has(adapter.capabilities, "clock")
    ? {
        turn: async (milliseconds) =>
          expectDone(adapter, "advanceClock", await adapter.call("advanceClock", { milliseconds })),
      }
    : undefined;

const restart = async (adapter: Adapter, phase: "kill" | "start"): Promise<void> =>
  expectDone(adapter, `restart (${phase})`, await adapter.call("restart", { phase }));

function expectDone({ name }: Adapter, what: string, outcome: VerbOutcome): void {
  if (outcome.kind === "result") return;
  const why = outcome.kind === "refused" ? outcome.message : outcome.reason;
  throw new HarnessError("target-not-usable", `${name}: ${what}: ${why}`);
}
