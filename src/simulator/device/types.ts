/**
 * What a driver gives a virtual device and gets from it. The device itself is made in `device.ts`.
 */
import type { Address } from "../../protocol/address.ts";
import type { CoapParams } from "../../protocol/coap/params.ts";
import type { CoapMessage, MessageType } from "../../protocol/coap/types.ts";
import type { RandomSource } from "../../protocol/random.ts";
import type { Instant } from "../../protocol/time.ts";
import type { Behaviour, DeviceModel, OddRequest, RegisterDefect } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import type { UpdateEvent } from "./firmware-machine.ts";
import type { DeviceChanges } from "./registration.ts";
import type { DeviceRules } from "./rules.ts";

/** A device without socket or clock: the driver passes `now`, performs the effects in order, and calls at `deadline`. */
export interface VirtualDevice {
  /** When the device wants `{ kind: "time" }`; may change with every `handle`, and may be past when it is late. */
  readonly deadline: Instant;
  /** Whether a datagram that arrives now reaches it: it is on, online and awake. */
  readonly listening: boolean;
  /** Whether it holds a registration, by what it knows. */
  readonly registered: boolean;
  handle(input: DeviceInput, now: Instant): readonly DeviceEffect[];
}

/** What a virtual device is made of. */
export interface VirtualDeviceOptions {
  /** Endpoint client name. */
  readonly name: string;
  /** Its place in the fleet; keys its randomness. */
  readonly index: number;
  readonly model: DeviceModel;
  /** Its own faults; those that are about links are ignored. */
  readonly faults: readonly Fault[];
  readonly server: Address;
  readonly coap: CoapParams;
  readonly random: RandomSource;
  /** Where plan time 0 is. */
  readonly start: Instant;
  /** Milliseconds of plan time at which it registers for the first time; absent: when a command says so. */
  readonly registersAt?: number | undefined;
  /** Replaces single rules of the device; for variants, not for configuration. */
  readonly rules?: Partial<DeviceRules> | undefined;
  /**
   * The driver downloads by HTTP: it performs `fetch` effects. Absent: no byte goes anywhere, and each download by HTTP
   * gives the image that the model names.
   */
  readonly fetches?: boolean | undefined;
  /** Asked about each request that no fault is about: how it is answered wrongly; absent: never. */
  readonly misbehaves?: ((message: CoapMessage, now: Instant) => Behaviour | undefined) | undefined;
}

/** What a driver gives a device. */
export type DeviceInput =
  | { readonly kind: "time" }
  | { readonly kind: "datagram"; readonly from: Address; readonly bytes: Uint8Array }
  | { readonly kind: "command"; readonly command: DeviceCommand }
  /** It goes offline, or is back, by what its driver knows; as in an `offline` fault. Nothing when it is so already. */
  | { readonly kind: "connectivity"; readonly online: boolean }
  /** The end of the `fetch` with this number. One that the device does not wait for any more changes nothing. */
  | { readonly kind: "fetched"; readonly number: number; readonly outcome: FetchOutcome };

/** How the download of an image by HTTP ended. */
export type FetchOutcome =
  | { readonly kind: "image"; readonly bytes: Uint8Array }
  /** HTTP 4xx. */
  | { readonly kind: "refused" }
  /** Larger than was asked for. */
  | { readonly kind: "too-large" }
  /** No connection, no complete answer in time, or another answer than 200 and 4xx. */
  | { readonly kind: "lost" };

/** The operations of a plan that are done by a device. One that makes no sense now gives a `skipped` effect. */
export type DeviceCommand =
  /** A new Register, whatever the state; when offline, as soon as it is back. */
  | ({ readonly kind: "register" } & DeviceChanges)
  /** An Update, even when its lifetime is over; skipped without a registration. What it changes holds from now on. */
  | ({ readonly kind: "update" } & DeviceChanges)
  | { readonly kind: "deregister" }
  | { readonly kind: "reboot" }
  /** Off for so many milliseconds from now, longer if it is off for longer already. */
  | { readonly kind: "power-cut"; readonly lasts: number }
  /** Object 3 is as it came from the factory; reboots. */
  | { readonly kind: "factory-reset" }
  | { readonly kind: "change-address"; readonly update: boolean }
  /** An Update to the last location that differs from the present one. Its answer is ignored. */
  | { readonly kind: "stale-update" }
  /** A Register with a defect. Its answer is ignored. */
  | { readonly kind: "malformed-register"; readonly defect: RegisterDefect }
  /** Something odd; skipped where that needs a registration and there is none. Its answer is ignored. */
  | { readonly kind: "odd-request"; readonly form: OddRequest }
  | {
      readonly kind: "stray-response";
      readonly token: "unknown" | "last";
      readonly type: Extract<MessageType, "CON" | "NON" | "ACK">;
      /** That of the last request that it got. */
      readonly messageId?: "asked" | undefined;
      readonly code?: string | undefined;
    };

/** What a device wants to be done or recorded, in this order. */
export type DeviceEffect =
  | { readonly kind: "send"; readonly to: Address; readonly bytes: Uint8Array }
  /** An operation was carried out, in this moment; the answer may leave later, or never. */
  | HappenedEffect
  | { readonly kind: "state"; readonly event: "offline" | "online" | "asleep" | "awake" | "reboot" | "boot" }
  /** From now on its datagrams leave from a new address; the driver chooses it. */
  | { readonly kind: "move" }
  | FirmwareEffect
  | DownloadEffect
  /** Only with the option `fetches`: GET this URL, and give the outcome as `fetched`. */
  | { readonly kind: "fetch"; readonly number: number; readonly url: string; readonly largest: number }
  /** The command made no sense: nothing was done. */
  | { readonly kind: "skipped"; readonly command: DeviceCommand["kind"] };

/** An operation that a device has carried out. */
export interface HappenedEffect {
  readonly kind: "effect";
  readonly effect: "read" | "written" | "executed";
  /** `3/0/15`; `3/0` or `3` when an instance or object was read as a whole. Each written resource has an effect of its own. */
  readonly path: string;
  /**
   * As the task API shows it: time in milliseconds, a multiple resource as an array in the order of ids, an instance as
   * an object by resource name. Executed: the arguments as text, absent when there were none.
   */
  readonly value?: unknown;
  /** Of the request that caused it. */
  readonly messageId: number;
  readonly token: string;
}

/** The firmware of a device has got to another State or Result, in this moment; only where its model has firmware. */
export interface FirmwareEffect {
  readonly kind: "firmware";
  readonly event: UpdateEvent;
  /** 5/0/3 */
  readonly state: number;
  /** 5/0/5 */
  readonly result: number;
  /** The version that runs, which is not always what 3/0/3 shows. */
  readonly version: string;
}

/** A download from a Package URI is over. */
export interface DownloadEffect {
  readonly kind: "download";
  readonly url: string;
  /** Update Result; 0: the image is there. */
  readonly result: number;
}
