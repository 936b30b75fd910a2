/** Servers whose CoAP endpoint differs within RFC 7252. */

import { COAP_RULES as STANDARD } from "../protocol/coap/rules.ts";
import { ARTIK, type CompleteProfile, type Profile } from "../protocol/profile.ts";
import { micros } from "../protocol/time.ts";
import { differing } from "./defect.ts";
import type { LegalVariant } from "./mutant.ts";

const withCoap = (name: string, coap: Partial<CompleteProfile["coap"]>): Profile => ({
  ...ARTIK,
  name,
  coap: { ...ARTIK.coap, ...coap },
});

const { coap: _undeclared, ...DECLARED } = ARTIK;
const WITHOUT_COAP: Profile = { ...DECLARED, name: "without-coap" };

/** Odd and without a factor in common with 65535, so that the ids of 65535 messages differ. */
const LEAP = 40_507;

export const LEGAL_TRANSMISSION: readonly LegalVariant[] = [
  {
    id: "shortest-first-timeout",
    sentence: "The first retransmission comes after exactly ACK_TIMEOUT, always.",
    choice: "RFC 7252 §4.2: from ACK_TIMEOUT on",
    coapRules: (note) => ({
      firstTimeout: (params, random) => differing(note, STANDARD.firstTimeout(params, random), params.ackTimeout),
    }),
  },
  {
    id: "longest-first-timeout",
    sentence: "The first retransmission comes after exactly ACK_TIMEOUT × ACK_RANDOM_FACTOR, always.",
    choice: "RFC 7252 §4.2: up to ACK_TIMEOUT × ACK_RANDOM_FACTOR",
    coapRules: (note) => ({
      firstTimeout: (params, random) =>
        differing(note, STANDARD.firstTimeout(params, random), micros(params.ackTimeout * params.ackRandomFactor)),
    }),
  },
  {
    id: "slow-transmission",
    sentence: "ACK_TIMEOUT is 5 s, ACK_RANDOM_FACTOR 2.",
    choice: "R-07: the parameters are fields of the profile",
    profile: withCoap("slow-transmission", { ackTimeout: 5, ackRandomFactor: 2 }),
  },
  {
    id: "two-retransmissions",
    sentence: "MAX_RETRANSMIT is 2.",
    choice: "R-07: the parameters are fields of the profile",
    profile: withCoap("two-retransmissions", { maxRetransmit: 2 }),
  },
  {
    id: "no-retransmission",
    sentence: "MAX_RETRANSMIT is 0.",
    choice: "R-07: the parameters are fields of the profile",
    profile: withCoap("no-retransmission", { maxRetransmit: 0 }),
  },
  {
    id: "never-repeats-undeclared",
    sentence: "No request is ever sent twice, and the transmission parameters are not declared.",
    choice: "R-07: at most 1 + MAX_RETRANSMIT datagrams; RFC 7252 §4.2: giving up early is allowed",
    profile: WITHOUT_COAP,
    coapRules: (note) => ({ transmissions: (params) => differing(note, STANDARD.transmissions(params), 1) }),
  },
  {
    id: "scattered-message-ids",
    sentence: "Message ids do not count up but leap.",
    choice: "RFC 7252 §4.4: ids need only differ",
    coapRules: (note) => ({
      messageIdIndex: (sequence) => differing(note, STANDARD.messageIdIndex(sequence), (sequence * LEAP) % 65_535),
    }),
  },
  {
    id: "long-tokens",
    sentence: "Tokens have eight bytes.",
    choice: "RFC 7252 §5.3.1: 0 to 8 bytes",
    coapRules: (note) => ({ tokenOf: (unique) => differing(note, unique, unique + unique) }),
  },
  {
    id: "short-tokens",
    sentence: "Tokens have three bytes.",
    choice: "RFC 7252 §5.3.1: 0 to 8 bytes",
    coapRules: (note) => ({ tokenOf: (unique) => differing(note, unique, unique.slice(0, 6)) }),
  },
  {
    id: "separate-answers-to-devices",
    sentence: "Register, Update and De-register get an empty ACK first, and their answer in a message of its own.",
    choice: "RFC 7252 §5.2.2: separate responses",
    rules: (note) => ({
      get answersSeparately() {
        note();
        return true;
      },
    }),
  },
  {
    id: "ignores-unreachable",
    sentence: "A report that a device cannot be reached changes nothing: the exchange goes on.",
    choice: "RFC 7252 §4.2: a sender may give up, and need not",
    coapRules: (note) => ({
      unreachable: () => {
        note();
        return "ignored";
      },
    }),
  },
  {
    id: "ignores-reset-after-ack",
    sentence: "A Reset of a request that was acknowledged is ignored: the response is waited for.",
    choice: "RFC 7252 §4.2: what is acknowledged is not on its way any more",
    coapRules: (note) => ({
      reset: (acknowledged) => {
        if (!acknowledged) return "fails";
        note();
        return "ignored";
      },
    }),
  },
  {
    id: "takes-non-registers",
    sentence: "A Register in a Non-confirmable message is taken like any other.",
    choice: "OMA LwM2M Transport, URI mapping: devices must not send it; nothing says what becomes of it",
    rules: (note) => ({
      takesRegister: (type) => {
        if (type === "NON") note();
        return true;
      },
    }),
  },
];
