/**
 * What all parts of the oracle share while they read one history.
 */
import { type CoapParams, exchangeLifetime } from "../../protocol/coap/params.ts";
import { coapParams, type Profile } from "../../protocol/profile.ts";
import { seconds } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import type { HistoryHeader, RunTime } from "../history/history.ts";
import type { Fact } from "./facts.ts";
import { newFirmwareView } from "./firmware/views.ts";
import type { Restart } from "./restarts.ts";
import type { DeviceView } from "./views/device-view.ts";
import type { TaskView } from "./views/task-view.ts";
import { FOREVER, type Window } from "./window.ts";

/** What is known of a run before its first event, and the views that grow while it is read. */
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
  /** Microseconds that a queue-mode device is surely taken to be awake. */
  readonly awakeWindow: RunTime;
  /** Microseconds during which a copy of a message is recognised. Spec: RFC 7252 §4.8.2. */
  readonly exchangeLifetime: RunTime;
  /** Whether the end of a registration surely ends the exchange in flight: so it is where choice 15 is declared. */
  readonly endsWithRegistration: boolean;
  readonly devices: readonly DeviceView[];
  readonly tasks: Map<number, TaskView>;
  /** `taskExpiresAfter` of the device types as configured, seconds. */
  readonly typeExpiry: (number | undefined)[];
  /** Device types whose configuration is asked for and not answered, or failed: their value is not known. */
  readonly configuring: Set<number>;
  /** Since when the server has been down; `undefined`: it is up. */
  down: Window | undefined;
  /** The last one. */
  restart: Restart | undefined;
  /** All of them. */
  readonly restarts: Restart[];
  readonly emit: (fact: Fact) => void;
}

/** Simulated servers act in the step in which they are told; this much virtual time is granted all the same. */
const SIMULATED_BOUND = seconds(1);
const SIMULATED_TOLERANCE = 1_000;
/** Timers of a busy process on a shared machine. */
const LIVE_TOLERANCE = 250_000;

/** The context of a run of which nothing was read yet; `emit` is called with each fact, in order. */
export function createContext(plan: Plan, header: HistoryHeader, emit: (fact: Fact) => void): OracleContext {
  const live = header.mode === "live";
  const coap = coapParams(plan.profile);
  const bound = live ? seconds(plan.profile.reaction) : SIMULATED_BOUND;
  return {
    header,
    plan,
    profile: plan.profile,
    live,
    coap,
    bound,
    slack: live ? seconds(plan.profile.reaction) : 0,
    tolerance: live ? LIVE_TOLERANCE : SIMULATED_TOLERANCE,
    // Undeclared, a server may think that the device falls asleep early: only what is due soon is asked of it.
    awakeWindow: plan.profile.awakeWindow === undefined ? 2 * bound : seconds(plan.profile.awakeWindow),
    exchangeLifetime: exchangeLifetime(coap),
    endsWithRegistration: plan.profile.locationAtReRegister !== undefined,
    devices: header.devices.map((name, index) => createDeviceView(name, index, plan.fleet[index]?.firmware?.version)),
    tasks: new Map(),
    typeExpiry: plan.deviceTypes.map((type) => type.taskExpiresAfter),
    configuring: new Set(),
    down: undefined,
    restart: undefined,
    restarts: [],
    emit,
  };
}

function createDeviceView(name: string, index: number, version: string | undefined): DeviceView {
  return {
    index,
    name,
    registration: undefined,
    oldLocations: new Map(),
    rivals: new Set(),
    registrationOpen: false,
    registrations: 0,
    unregisteredSince: { earliest: 0, latest: 0 },
    lastUplink: 0,
    heard: undefined,
    unreachable: false,
    malformed: undefined,
    open: undefined,
    exchanges: new Map(),
    successes: new Map(),
    requests: [],
    otherRequests: [],
    formerRequests: [],
    trigger: undefined,
    triggers: 0,
    updateCopy: -1,
    pending: new Set(),
    tasks: [],
    lastSettled: new Map(),
    lastAttempted: new Map(),
    owed: new Map(),
    idleSince: 0,
    unconfirmed: [],
    failingUntil: -1,
    failures: [],
    timer: { tasks: new Set(), due: FOREVER },
    replies: [],
    reboots: 0,
    mirror: new Map(),
    lateValues: new Map(),
    mirrorTouched: { at: -1, event: -1 },
    lastExecute: undefined,
    mirrorSeen: undefined,
    refused: [],
    mirrorBlurred: false,
    firmware: newFirmwareView(version),
  };
}
