/**
 * What drivers of a fleet, in virtual or real time, get from it. It is made in `fleet.ts`.
 *
 * Times are milliseconds from the start of the run unless said otherwise.
 */
import type { CoapMessage } from "../../protocol/coap/types.ts";
import type { Instant, Micros } from "../../protocol/time.ts";
import type { Behaviour, DeviceModel } from "../model/device.ts";
import type { FleetFile } from "../model/fleet.ts";

/** A fleet, of which each device is told when it is asked for. */
export interface Fleet {
  readonly file: FleetFile;
  readonly seed: string;
  /** Devices of the whole fleet, in all shards. */
  readonly devices: number;
  /** When the run ends. */
  readonly duration: number;
  /** Within which each group starts, instead of what the file says. */
  readonly ramp: number | undefined;
  /** In the order of the file. A group has the devices from `first` on. */
  readonly groups: readonly { readonly name: string; readonly first: number; readonly count: number }[];
  /** @param index 0 to `devices` - 1. Throws on any other: that is a mistake of ours. */
  member(index: number): FleetMember;
  /** What happens to the device from its first Register on; begins anew with each call. */
  timeline(index: number): FleetTimeline;
  /** The link of the device, without datagrams so far. */
  link(index: number): FleetLink;
  /**
   * How the device answers wrongly; `undefined`: never. For `VirtualDeviceOptions.misbehaves`; counts the requests.
   *
   * @param start where time 0 of the run is
   */
  misbehaves(index: number, start: Instant): MisbehaviourSource | undefined;
}

/** One device of a fleet. */
export interface FleetMember {
  readonly index: number;
  /** Endpoint client name. */
  readonly name: string;
  readonly group: string;
  /** Shared by devices that are alike. */
  readonly model: DeviceModel;
  /** When it registers for the first time; may be after the end of the run. */
  readonly registersAt: number;
}

/** The wrong answer to a request that came in, if any. To be called once for each request, in their order. */
export type MisbehaviourSource = (message: CoapMessage, now: Instant) => Behaviour | undefined;

/** Something that happens to a device. What a driver does about it is `inputOf` in `happenings.ts`. */
export type Happening = { readonly at: number } & (
  | { readonly kind: "offline" | "online" | "reboot" | "factory-reset" | "lose-registration" }
  /** Its public address changes; the device does not know. */
  | { readonly kind: "rebind" }
  /** Off for so many milliseconds, also when it is off already. */
  | { readonly kind: "power-cut"; readonly lasts: number }
);
/** What can happen to a device. */
export type HappeningKind = Happening["kind"];

/** Happenings in the order of time, made as they are asked for. */
export interface FleetTimeline {
  /** When the next one happens; `Infinity` when nothing does any more up to the end of the run. */
  readonly nextAt: number;
  /** Takes the next one out; `undefined` when there is none. */
  take(): Happening | undefined;
}

/** The link between one device and the server. */
export interface FleetLink {
  /**
   * Decides about the next datagram of a direction. To be called once for each, in the order of sending; `up` is from
   * the device to the server.
   *
   * @param length bytes of the datagram
   * @param now when it is sent
   */
  fate(direction: "up" | "down", length: number, now: number): LinkFate;
}

/** What becomes of one datagram. */
export interface LinkFate {
  /** After which its copies arrive, the original first; empty: it is lost. */
  readonly delays: readonly Micros[];
  /** Why it is lost. */
  readonly lost?: "loss" | "burst" | "too-long" | "no-binding";
  /** Up: it leaves from a new public address, since the translator has given up the last one. */
  readonly newAddress?: true;
  /** The bit that arrives inverted in all copies, for `invertBit` in `link.ts`. */
  readonly invertedBit?: number;
}
