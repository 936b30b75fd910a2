/**
 * The decisions of a virtual device that can be replaced one by one.
 *
 * `DEVICE_RULES` is a device as it should be. A defective device is this record with a row replaced, so that the
 * checkers over devices can be seen to bite; what a plan asks of a device (sleep, errors, silence) is its model and
 * its faults, not a rule. No rule keeps state between calls.
 */
import type { CoapRules } from "../../protocol/coap/rules.ts";
import type { CoapContent, CoapMessage, Code } from "../../protocol/coap/types.ts";

/** One decision a row. */
export interface DeviceRules {
  /** M-11: the answer to a request, given what the device's objects say. Errors that a plan asks for do not come here. */
  readonly answer: (request: CoapMessage, right: CoapContent) => CoapContent;
  /** I-01: whether copies of a message are recognised, given what its model says. */
  readonly deduplicates: (said: boolean) => boolean;
  /** Any datagram as it leaves, given what it should be: token, acknowledgement. `undefined`: it does not leave. */
  readonly datagram: (right: Uint8Array) => Uint8Array | undefined;
  /** Whether a Register refused with this code is repeated with the older version of LwM2M. Spec: OMA LwM2M Core §5.3.1. */
  readonly stepsDownAfter: (code: Code) => boolean;
  /** Rules of its message layer. RFC 7252. */
  readonly coap: Partial<CoapRules>;
}

/** What a virtual device does. */
export const DEVICE_RULES: DeviceRules = {
  answer: (_request, right) => right,
  deduplicates: (said) => said,
  datagram: (right) => right,
  stepsDownAfter: (code) => code === "4.12",
  coap: {},
};
