/** What the kernel dropped at the sockets of a fleet, and at those of its server where that is on the same machine. */
import { readUdpDrops } from "../../platform/udp-drops.ts";
import { type Address, splitAddress } from "../../protocol/address.ts";

export interface KernelDrops {
  readonly devices: number;
  readonly server: number;
}

/** `undefined` where nobody knows. */
export async function kernelDrops(server: Address, devices: readonly Address[]): Promise<KernelDrops | undefined> {
  const drops = await readUdpDrops();
  if (drops === undefined) return undefined;
  const sum = (addresses: readonly Address[]): number =>
    addresses.reduce((total, address) => total + (drops.get(address) ?? 0), 0);
  const wildcard = `0.0.0.0:${splitAddress(server).port}` as Address;
  return { devices: sum(devices), server: sum([server, wildcard]) };
}
