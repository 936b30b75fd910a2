/**
 * What all parts of the oracle share while they read one history.
 */
import { type CoapParams, maxTransmitWait } from "../../protocol/coap/params.ts";
import { coapParams, type Profile } from "../../protocol/profile.ts";
import { seconds } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { HistoryHeader, RunTime } from "../history.ts";
import type { Fact } from "./facts.ts";
import type { DeviceView, TaskView } from "./model.ts";

export interface OracleContext {
  readonly header: HistoryHeader;
  readonly plan: Plan;
  readonly profile: Profile;
  readonly live: boolean;
  readonly coap: CoapParams;
  /** Microseconds within which the server must have acted on what it received. */
  readonly bound: RunTime;
  /** Microseconds that a server may still show the state before a change. Simulation: none, it acts at once. */
  readonly slack: RunTime;
  /** Microseconds by which timers and measurements may be off. */
  readonly tolerance: RunTime;
  /** Microseconds that a queue-mode device is taken to be awake. */
  readonly awakeWindow: RunTime;
  readonly devices: readonly DeviceView[];
  readonly tasks: Map<number, TaskView>;
  /** `taskExpiresAfter` of the device types as configured, seconds. */
  readonly typeExpiry: (number | undefined)[];
  readonly emit: (fact: Fact) => void;
}

/** Simulated servers act in the step in which they are told; this much virtual time is granted all the same. */
const SIMULATED_BOUND = seconds(1);
const SIMULATED_TOLERANCE = 1_000;
/** Timers of a busy process on a shared machine. */
const LIVE_TOLERANCE = 250_000;

export function createContext(plan: Plan, header: HistoryHeader, emit: (fact: Fact) => void): OracleContext {
  const live = header.mode === "live";
  const coap = coapParams(plan.profile);
  return {
    header,
    plan,
    profile: plan.profile,
    live,
    coap,
    bound: live ? seconds(plan.profile.reaction) : SIMULATED_BOUND,
    slack: live ? seconds(plan.profile.reaction) : 0,
    tolerance: live ? LIVE_TOLERANCE : SIMULATED_TOLERANCE,
    awakeWindow: plan.profile.awakeWindow === undefined ? maxTransmitWait(coap) : seconds(plan.profile.awakeWindow),
    devices: header.devices.map(createDeviceView),
    tasks: new Map(),
    typeExpiry: plan.deviceTypes.map((type) => type.taskExpiresAfter),
    emit,
  };
}

function createDeviceView(name: string, index: number): DeviceView {
  return {
    index,
    name,
    registration: undefined,
    oldLocations: new Set(),
    registrations: 0,
    unregisteredSince: { earliest: 0, latest: 0 },
    lastUplink: 0,
    open: undefined,
    exchanges: new Map(),
    requests: [],
    trigger: undefined,
    pending: new Set(),
    tasks: [],
    owed: new Map(),
    idleSince: 0,
    failingUntil: -1,
    replies: [],
    reboots: 0,
    mirror: new Map(),
    mirrorBlurred: false,
  };
}
