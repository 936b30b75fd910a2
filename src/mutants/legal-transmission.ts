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
];
