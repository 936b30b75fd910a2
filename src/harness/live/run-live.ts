/**
 * The live driver: runs a plan against a server that is reached by HTTP and UDP.
 *
 * What happens next is the plan interpreter's decision, what a device does is the virtual device's; here both are
 * given real time and real sockets, and what can be seen is recorded. Nothing is judged.
 */
import { uniqueName } from "../../platform/hash.ts";
import type { Address } from "../../protocol/address.ts";
import { coapParams } from "../../protocol/profile.ts";
import { type Micros, millis, seconds } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { createVirtualDevice } from "../../simulator/device/device.ts";
import type { Adapter } from "../adapter/adapter.ts";
import type { History } from "../history/history.ts";
import { createAgenda } from "./agenda.ts";
import { LiveRun } from "./live-run.ts";
import type { LiveOptions, SharedByRuns } from "./live-settings.ts";
import { createMeasuring } from "./measuring.ts";
import { openRest } from "./open-rest.ts";
import { type Probe, startProbe } from "./probe.ts";
import { createSocketOpener } from "./sockets.ts";

export interface LiveTarget {
  /** Base URL of the task API: `http://127.0.0.1:8080/v1.1`. */
  readonly http: string;
  /** Numeric: `127.0.0.1:5683`. */
  readonly coap: Address;
  readonly token?: string;
  /** Is asked instead, and `http` is what messages call it. */
  readonly adapter?: Adapter;
}

/** What many runs against one target share. */
export interface LiveSession extends SharedByRuns {
  /** Settles when the probe is on its way. */
  readonly ready: Promise<void>;
  /** By how much this process may have been late in its last second, microseconds. */
  late(): number;
  /** The most by which it may have been late so far, microseconds. */
  worstLate(): number;
  close(): Promise<void>;
}

/** @param ahead by how much the clock of the target was turned already */
export function openLiveSession(target: LiveTarget, ahead?: Micros): LiveSession {
  const scope = uniqueName().slice(0, 8);
  const agenda = createAgenda(ahead);
  const measuring = createMeasuring(() => agenda.ahead);
  const http = openRest(target, agenda, measuring.punctual);
  const openSocket = createSocketOpener(scope);
  let runs = 0;
  let probe: Probe | undefined;
  const ready = openSocket(target.coap).then((socket) => {
    probe = startProbe(socket, target.coap, agenda);
  });
  // Whoever waits for it learns of a failure; nobody else should.
  ready.catch(() => undefined);
  return {
    ready,
    scope,
    agenda,
    http,
    authorised: target.token !== undefined || target.adapter !== undefined,
    measuring,
    openSocket,
    handledBy: (sent) => probe?.handledBy(sent),
    nextRun: () => ++runs,
    behind: () => probe?.behind() ?? 0,
    late: () => measuring.lateness(agenda.now()),
    worstLate: () => measuring.worst,
    async close() {
      await ready.catch(() => undefined);
      await probe?.close();
      http.close();
      measuring.close();
      agenda.close();
    },
  };
}

export interface RunLiveOptions extends LiveOptions {
  /** Absent: one for this run alone. */
  readonly session?: LiveSession;
  /** Of a session for this run alone: by how much the clock of the target was turned already. */
  readonly ahead?: Micros;
}

/**
 * Runs a plan in real time, which takes as long as the plan says.
 *
 * @returns the history; it ends with the mark `cut-off` when it was interrupted, or when this process was too late to measure
 * @throws HarnessError `target-not-usable`: devices cannot be provisioned, or nobody listens at the CoAP address;
 *   `too-many-open-files`: fewer runs at once, or a larger `ulimit -n`
 */
export async function runLive(plan: Plan, target: LiveTarget, options: RunLiveOptions = {}): Promise<History> {
  const session = options.session ?? openLiveSession(target, options.ahead);
  try {
    await session.ready;
    const run = new LiveRun(plan, target.coap, session, {
      coap: coapParams(plan.profile),
      uplinkSpan: millis(20),
      maxLateness: seconds(5),
      device: createVirtualDevice,
      ...options,
    });
    return await run.toTheEnd();
  } finally {
    if (options.session === undefined) await session.close();
  }
}
