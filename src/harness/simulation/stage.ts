/**
 * The stage of a simulated run: the virtual world that its actors share, what can happen in it, and the record.
 *
 * The actors are the server, the plan interpreter and the devices; each has one deadline at a time.
 */
import { type Address, address } from "../../protocol/address.ts";
import { after, type Instant, millis, SIMULATION_START, seconds } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { createWakeups, createWorld, type Wakeups, type World } from "../../simulator/world.ts";
import type { HistoryEvent, RunTime } from "../history/history.ts";

/** Numbers of the actors. */
export const SERVER = 0;
export const INTERPRETER = 1;
/** The devices of the fleet follow, in its order. */
export const FIRST_DEVICE = 2;

export const SERVER_ADDRESS = address("192.0.2.1:5683");
/** Provisioning takes no virtual time with a server that answers in the same step. */
const SET_UP_TIME = seconds(60);
/** Who has not provisioned a plan by then does not do it. */
export const SET_UP_ENDS = after(SIMULATION_START, SET_UP_TIME);

export type WorldEvent =
  | { readonly kind: "wake"; readonly actor: number }
  | DatagramToServer
  | DatagramToDevice
  /** The network tells the server that it cannot reach an address. */
  | { readonly kind: "unreachable"; readonly address: Address; readonly device: number }
  /** The server is to die now, unless it has. */
  | { readonly kind: "server-dies" }
  | { readonly kind: "server-starts" };

export interface DatagramToServer {
  readonly kind: "to-server";
  readonly from: Address;
  readonly device: number;
  readonly bytes: Uint8Array;
  readonly sentAt: Instant;
  /** The network made it. */
  readonly copy: boolean;
}

export interface DatagramToDevice {
  readonly kind: "to-device";
  readonly to: Address;
  readonly device: number;
  readonly bytes: Uint8Array;
}

export interface Stage {
  readonly world: World<WorldEvent>;
  readonly wakeups: Wakeups;
  /** The next event of the history. */
  readonly record: (event: HistoryEvent) => void;
  /** Microseconds from the start of the run; without an instant: now. */
  readonly runTime: (instant?: Instant) => RunTime;
}

export function createStage(plan: Plan, record: Stage["record"], maxEvents: number): Stage {
  const last = plan.operations.reduce((latest, { at }) => Math.max(latest, at), Math.max(plan.until, plan.quietFrom));
  const maxTime = after(SET_UP_ENDS, millis(last));
  const world = createWorld<WorldEvent>({ start: SIMULATION_START, maxEvents, maxTime });
  const actors = FIRST_DEVICE + plan.fleet.length;
  return {
    world,
    wakeups: createWakeups<WorldEvent>(world, actors, (actor) => ({ kind: "wake", actor })),
    record,
    runTime: (instant = world.now) => instant - SIMULATION_START,
  };
}
