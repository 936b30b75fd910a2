/**
 * The virtual device of `preflight`: it has one resource, and answers 4.04 for every other. So one task can succeed, and one
 * is refused by the device. Pure; who carries its messages is coap-probe.ts.
 */

export interface DeviceRequest {
  /** `GET` */
  readonly method: string;
  /** `/3/0/0` */
  readonly path: string;
  /** Number of the content format that is asked for; absent: any. */
  readonly accept?: number | undefined;
}

export interface DeviceAnswer {
  /** `2.05` */
  readonly code: string;
  /** Number of the content format. */
  readonly format?: number;
  readonly payload: Uint8Array;
}

export interface Answered {
  readonly request: DeviceRequest;
  readonly code: string;
}

/** What the device has. */
export const PRESENT = {
  property: "deviceProperties.device.manufacturer",
  path: "/3/0/0",
  value: "Fleetproof",
} as const;
/** What it does not have. */
export const ABSENT = { property: "deviceProperties.device.timezone", path: "/3/0/15" } as const;

const PLAIN_TEXT = 0;
const TLV = 11542;
const NOTHING = new Uint8Array();
const TEXT = new TextEncoder().encode(PRESENT.value);
/** A resource (0b11) with an id of 8 bits and a length of 8 bits; resource 0. Spec: OMA LwM2M Core §6.4.3. */
const TEXT_IN_TLV = Uint8Array.of(0b1100_1000, 0, TEXT.length, ...TEXT);

/** Of LwM2M 1.0: plain text and TLV. */
export function answerOf({ method, path, accept = PLAIN_TEXT }: DeviceRequest): DeviceAnswer {
  if (path !== PRESENT.path) return { code: "4.04", payload: NOTHING };
  if (method !== "GET") return { code: "4.05", payload: NOTHING };
  if (accept === TLV) return { code: "2.05", format: TLV, payload: TEXT_IN_TLV };
  if (accept === PLAIN_TEXT) return { code: "2.05", format: PLAIN_TEXT, payload: TEXT };
  return { code: "4.06", payload: NOTHING };
}
