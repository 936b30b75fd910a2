/** The devices of one live run: a host with a socket for each, and the virtual device that it gets when the plan begins. */
import { createRandomSource } from "../../platform/random.ts";
import type { UdpSocket } from "../../platform/udp.ts";
import type { Address } from "../../protocol/address.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { createNetwork } from "../../simulator/network.ts";
import { createDeviceHost, type DeviceHost, type DeviceHostOptions } from "./device-host.ts";
import type { LiveSettings } from "./live-settings.ts";

/** What the hosts of one run have in common. */
export type HostOptions = Omit<DeviceHostOptions, "index" | "socket">;

/**
 * Opens a host for each device.
 *
 * @throws what the first socket threw that could not be opened; the others are closed then
 */
export async function openHosts(count: number, options: HostOptions): Promise<readonly DeviceHost[]> {
  const opened = await Promise.allSettled(Array.from({ length: count }, () => options.openSocket()));
  const sockets = opened.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failed = opened.find((result) => result.status === "rejected");
  if (failed !== undefined) {
    await Promise.all(sockets.map((socket) => socket.close()));
    throw failed.reason;
  }
  return sockets.map((socket: UdpSocket, index) => createDeviceHost({ ...options, index, socket }));
}

export interface Beginning {
  readonly plan: Plan;
  /** Endpoint client names, in the order of the fleet. */
  readonly names: readonly string[];
  /** Of this run's randomness: a run repeats no message id of another one's device. */
  readonly scope: string;
  readonly server: Address;
  readonly settings: Pick<LiveSettings, "coap" | "device">;
  /** Plan time 0. */
  readonly start: Instant;
}

/** Switches the devices on. */
export function beginDevices(hosts: readonly DeviceHost[], beginning: Beginning): void {
  const { plan, names, scope, server, settings, start } = beginning;
  const { fleet, latency, simSeed } = plan;
  const faults = plan.faults.map((fault) => ({ ...fault, device: fault.device % fleet.length }));
  const network = createNetwork({ seed: simSeed, latency, faults, start });
  const random = createRandomSource(`${simSeed}~${scope}`);
  fleet.forEach(({ type: _type, registersAt, ...model }, index) => {
    const device = settings.device({
      name: names[index] ?? "",
      index,
      model,
      faults: faults.filter((fault) => fault.device === index),
      server,
      coap: settings.coap,
      random: (key) => random(`device/${index}/${key}`),
      start,
      registersAt,
      fetches: true,
    });
    hosts[index]?.begin(device, network);
  });
}
