/**
 * Runs a fleet against a server: looks whether this process may, and whether anybody is there, then lets it go.
 */
import { HarnessError } from "../../platform/errors.ts";
import { uniqueName } from "../../platform/hash.ts";
import { localPortRange, type PortRange } from "../../platform/port-range.ts";
import { openFileLimit } from "../../platform/process.ts";
import { splitAddress } from "../../protocol/address.ts";
import { seconds } from "../../protocol/time.ts";
import type { Fleet } from "../../simulator/fleet/types.ts";
import { createAgenda } from "../live/agenda.ts";
import { createMeasuring } from "../live/measuring.ts";
import { createSocketOpener, hasManyAddresses, type OpenSocket } from "../live/sockets.ts";
import type { FleetSummary } from "../record/fleet-result.ts";
import { TimelineRecorder } from "../record/timeline.ts";
import { FleetRun, type FleetSettings } from "./fleet-run.ts";
import { timelineValues } from "./fleet-timeline.ts";
import { reach } from "./reach.ts";

export type FleetOptions = Omit<FleetSettings, "agenda" | "measuring" | "openSocket" | "scope" | "formerSockets"> & {
  /** Called with the run before it begins. */
  readonly onRun?: (run: FleetRun) => void;
  /** The server is silent, which may or may not mean that nobody is there. */
  readonly onSilence?: () => void;
};

/** For all that is no device: standard streams, HTTP connections, libraries. */
const OTHER_FILES = 64;

/**
 * @throws HarnessError `too-many-open-files`: with the limit and what to do about it; `target-not-usable`: nobody
 *   listens at the server's port; `address-in-use`: no port for a device is left
 */
export async function runFleet(fleet: Fleet, options: FleetOptions): Promise<FleetSummary> {
  const limit = openFileLimit() ?? Number.POSITIVE_INFINITY;
  const refusal = refuseTooMany(options.devices.length, limit);
  if (refusal !== undefined) throw new HarnessError("too-many-open-files", refusal);
  const { host, port } = splitAddress(options.server);
  const range = hasManyAddresses(host) ? undefined : localPortRange();
  const crowded = refuseCrowd(options.devices.length, host, range);
  if (crowded !== undefined) throw new HarnessError("address-in-use", crowded);
  const reached = await reach(options.server, seconds(2));
  if (reached === "refuses")
    throw new HarnessError("target-not-usable", `nobody listens for CoAP at udp ${host}:${port}`);
  if (reached === "silent") options.onSilence?.();
  const agenda = createAgenda();
  const measuring = createMeasuring();
  const scope = uniqueName().slice(0, 8);
  const timeline = new TimelineRecorder();
  try {
    const run = new FleetRun(fleet, {
      ...options,
      scope,
      formerSockets: options.devices.length * 2 + OTHER_FILES <= limit ? 1 : 0,
      agenda,
      measuring,
      openSocket: explaining(createSocketOpener(scope)),
      onSecond(snapshot) {
        timeline.add(snapshot.at / 1_000_000, timelineValues(snapshot));
        options.onSecond?.(snapshot);
      },
    });
    options.onRun?.(run);
    const summary = await run.toTheEnd();
    return { ...summary, timeline: timeline.saved() };
  } finally {
    measuring.close();
    agenda.close();
  }
}

/** @returns what to tell the user; `undefined`: there is room for all of them */
export function refuseTooMany(devices: number, limit: number): string | undefined {
  const needed = devices + OTHER_FILES;
  if (needed <= limit) return undefined;
  const shards = Math.ceil(devices / Math.max(1, limit - OTHER_FILES));
  return (
    `${devices} devices need ${needed} open files, one socket each, and this process may open ${limit}: ` +
    `raise it with ulimit -n ${needed}, or run ${shards} processes with --shard 0/${shards} to ${shards - 1}/${shards}`
  );
}

/**
 * @param range the ports of the one address that all devices share; absent: each has an address of its own
 * @returns what to tell the user; `undefined`: there is room for all of them
 */
export function refuseCrowd(devices: number, host: string, range: PortRange | undefined): string | undefined {
  if (range === undefined) return undefined;
  const ports = range.last - range.first + 1;
  if (devices <= ports) return undefined;
  return (
    `${devices} devices of a server at ${host} share one address and need a UDP port each, and this system gives out ${ports} ` +
    `(${range.first} to ${range.last}): run fewer devices, widen net.ipv4.ip_local_port_range, ` +
    "or give the server an IPv4 loopback address, where each device has an address of its own"
  );
}

/** A port is 0 here, so "taken" means that none is left. */
export const explaining =
  (open: OpenSocket): OpenSocket =>
  async (server) => {
    try {
      return await open(server);
    } catch (error) {
      if (!(error instanceof HarnessError) || error.code !== "address-in-use") throw error;
      throw new HarnessError(
        "address-in-use",
        "no UDP port is left for another device; widen net.ipv4.ip_local_port_range, or run fewer devices",
        { cause: error },
      );
    }
  };
