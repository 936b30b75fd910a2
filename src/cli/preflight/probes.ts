/**
 * What `preflight` asks, and of whom: the target of the check, and the probes that send to it. Probes are interfaces, so
 * that every ending of a step can be tested without a network.
 */
import type { Adapter } from "../../harness/adapter/adapter.ts";
import type { RestRequest, RestResponse } from "../../protocol/server-port.ts";
import type { Answered } from "./device.ts";

export type RestProbeOutcome =
  | { readonly kind: "answer"; readonly response: RestResponse }
  | { readonly kind: "failure"; readonly reason: string };

export type CoapProbeOutcome =
  | { readonly kind: "answer"; readonly code: string; readonly location: readonly string[] }
  | { readonly kind: "failure"; readonly reason: string };

export interface CoapProbeRequest {
  readonly method: "POST" | "DELETE";
  readonly path: readonly string[];
  readonly query: readonly string[];
  readonly payload: string;
}

export interface RestProbe {
  send(request: RestRequest): Promise<RestProbeOutcome>;
  close(): void;
}

/** A device with one port from Register to De-register. What it is asked it answers as `device.ts` says. */
export interface CoapProbe {
  send(request: CoapProbeRequest): Promise<CoapProbeOutcome>;
  /** What the target has asked of the device so far, and how that was answered. */
  answered(): readonly Answered[];
  close(): void;
}

export interface PreflightProbes {
  openRest(target: PreflightTarget): RestProbe;
  openCoap(target: PreflightTarget): CoapProbe;
  /** Milliseconds since the Unix epoch. */
  unixTime(): number;
  /** Waits so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

export interface PreflightTarget {
  readonly http: string;
  readonly coapHost: string;
  readonly coapPort: number;
  readonly token?: string | undefined;
  /** Is asked instead, and `http` is what messages call it. */
  readonly adapter?: Adapter | undefined;
  /** Error codes that a device task may have whose device answers 4.04, by the profile. */
  readonly notFoundCodes: readonly string[];
  /** Of the device type and device that are made for this check. */
  readonly name: string;
  /** Milliseconds for one answer; absent: 2 s for one by REST, 3 s for one by CoAP. */
  readonly patience?: number | undefined;
}
