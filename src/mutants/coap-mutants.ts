/** Defects of the server's CoAP endpoint, in the order of the requirements that they break. */
import { COAP_RULES as STANDARD } from "../protocol/coap/rules.ts";
import type { Mutant } from "./mutant.ts";

export const COAP_MUTANTS: readonly Mutant[] = [
  {
    id: "one-retransmission-too-many",
    sentence: "A Confirmable message is sent once more than MAX_RETRANSMIT allows.",
    requirement: "R-07",
    source: "seen in the timing tests of mcollina/node-coap#52",
    coapRules: (note) => ({
      transmissions: (params) => {
        note();
        return STANDARD.transmissions(params) + 1;
      },
    }),
  },
  {
    id: "no-exponential-back-off",
    sentence: "Retransmissions come at a constant interval.",
    requirement: "R-07",
    source: "RFC 7252 §4.2 read as a fixed timer",
    coapRules: (note) => ({
      nextTimeout: (timeout) => {
        note();
        return timeout;
      },
    }),
  },
  {
    id: "repeated-register-is-new",
    sentence: "A retransmitted Register is processed again and gets another answer.",
    requirement: "G-03",
    source: "no deduplication: handlers that run once per copy",
    coapRules: (note) => ({
      duplicateRequest: () => {
        note();
        return "process-again";
      },
    }),
  },
  {
    id: "stray-response-ignored",
    sentence: "A Confirmable response that nobody waits for gets no RST.",
    requirement: "I-04",
    source: "RFC 7252 §5.3.2 left out",
    coapRules: (note) => ({
      unmatchedResponse: () => {
        note();
        return "silence";
      },
    }),
  },
];
