/**
 * Hosts one virtual device: performs its effects on its link, downloads for it by HTTP, calls it at its deadline, and
 * records what it does.
 */
import type { UdpSocket } from "../../platform/udp.ts";
import { type Instant, NEVER } from "../../protocol/time.ts";
import type { DeviceEffect, DeviceInput, VirtualDevice } from "../../simulator/device/types.ts";
import type { Network } from "../../simulator/network.ts";
import type { HistoryEvent } from "../history/history.ts";
import { createDeviceLink, type LinkOptions } from "./device-link.ts";
import { downloadImage } from "./image-download.ts";

export interface DeviceHostOptions extends Omit<LinkOptions, "onArrival"> {
  /** The device's first socket; the host closes it. */
  readonly socket: UdpSocket;
  /** Opens the socket of a new address. */
  readonly openSocket: () => Promise<UdpSocket>;
  /** A new address could not be had: the run is worth nothing. */
  readonly onTrouble: (error: unknown) => void;
}

export interface DeviceHost {
  /** When the device does something by itself next; `NEVER`: before `begin`, or when it waits. */
  readonly deadline: Instant;
  /** Switches the device on, at plan time 0. */
  begin(device: VirtualDevice, network: Network): void;
  /** Without effect before `begin` and after `close`. */
  give(input: DeviceInput): void;
  /** Settles when all its sockets are closed. */
  close(): Promise<void>;
}

export function createDeviceHost(options: DeviceHostOptions): DeviceHost {
  const { index, record, runTime, agenda } = options;
  const { now } = agenda;
  let device: VirtualDevice | undefined;
  /** While the socket of a new address is being opened, what the device does is held back: it happens there. */
  let held: DeviceEffect[] | undefined;
  let opening: Promise<void> | undefined;

  const give = (input: DeviceInput): void => {
    if (device === undefined) return;
    perform(device.handle(input, now()));
    waker.want(device.deadline);
  };
  const waker = agenda.waker(() => give({ kind: "time" }));

  const link = createDeviceLink({
    ...options,
    onArrival(from, bytes) {
      // A device that should have fallen asleep by now does so before it could hear anything.
      if (device !== undefined && device.deadline <= now()) give({ kind: "time" });
      if (held !== undefined || device?.listening !== true) return;
      record({ kind: "delivery", device: index, bytes, at: runTime(now()) });
      give({ kind: "datagram", from, bytes });
    },
  });

  const downloads = new Set<() => void>();
  const fetch = ({ url, largest, number }: Extract<DeviceEffect, { readonly kind: "fetch" }>): void => {
    const giveUp = downloadImage({ url, largest, agenda }, (outcome) => {
      downloads.delete(giveUp);
      give({ kind: "fetched", number, outcome });
    });
    downloads.add(giveUp);
  };

  const perform = (effects: readonly DeviceEffect[]): void => {
    for (const effect of effects) {
      if (held !== undefined) held.push(effect);
      else if (effect.kind === "send") link.send(effect.bytes);
      else if (effect.kind === "move") opening = move();
      else if (effect.kind === "fetch") fetch(effect);
      else if (effect.kind !== "skipped") record(occurrence(effect));
    }
  };

  const occurrence = (effect: Exclude<DeviceEffect, { kind: "send" | "move" | "skipped" | "fetch" }>): HistoryEvent => {
    const at = runTime(now());
    if (effect.kind === "state") return { kind: "device", device: index, at, event: effect.event };
    return { ...effect, device: index, at };
  };

  const move = async (): Promise<void> => {
    const effects: DeviceEffect[] = [];
    held = effects;
    try {
      const socket = await options.openSocket();
      link.attach(socket);
      held = undefined;
      if (device === undefined) return;
      record({ kind: "device", device: index, at: runTime(now()), event: "address", address: socket.address });
      perform(effects);
    } catch (error) {
      options.onTrouble(error);
    }
  };

  link.attach(options.socket);
  return {
    get deadline() {
      return device?.deadline ?? NEVER;
    },
    begin(started, network) {
      device = started;
      link.begin(network);
      waker.want(device.deadline);
    },
    give,
    async close() {
      device = undefined;
      for (const giveUp of downloads) giveUp();
      waker.want(NEVER);
      await opening;
      await link.close();
    },
  };
}
