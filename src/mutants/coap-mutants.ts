/** Defects of the server's CoAP endpoint., I-04, G-03, G-04. */
import { COAP_RULES as STANDARD } from "../protocol/coap/rules.ts";
import { type Micros, micros } from "../protocol/time.ts";
import { always, differing } from "./defect.ts";
import type { Mutant } from "./mutant.ts";

export const COAP_MUTANTS: readonly Mutant[] = [
  {
    id: "one-retransmission-too-many",
    sentence: "A Confirmable message is sent once more than MAX_RETRANSMIT allows.",
    requirement: "R-07",
    source: "seen in timing tests (mcollina/node-coap#52)",
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
    id: "first-retransmission-too-early",
    sentence: "The first retransmission comes up to 200 ms before ACK_TIMEOUT.",
    requirement: "R-07",
    source: "the timer starts before the message is sent (eclipse-californium/californium#305)",
    coapRules: (note) => ({
      firstTimeout: (params, random) =>
        differing(
          note,
          STANDARD.firstTimeout(params, random),
          micros(STANDARD.firstTimeout(params, random) - (params.ackTimeout * (random % 100)) / 1_000),
        ),
    }),
  },
  {
    id: "timer-of-another-exchange",
    sentence:
      "The time until a retransmission is computed from the exchange that was handled last, which may be another.",
    requirement: "R-07",
    source: "gaps that go wrong when several messages are in flight (obgm/libcoap#197, obgm/libcoap#966)",
    coapRules: (note) => {
      let last = 0 as Micros;
      return {
        firstTimeout: (params, random) => {
          last = STANDARD.firstTimeout(params, random);
          return last;
        },
        nextTimeout: (timeout) => {
          last = differing(note, micros(2 * timeout), micros(2 * last));
          return last;
        },
      };
    },
  },
  {
    id: "retransmits-with-new-message-id",
    sentence: "A retransmission carries a new message id.",
    requirement: "R-07",
    source: "a retransmission built like a new request",
    coapRules: (note) => ({ retransmission: always(note, "new-message-id") }),
  },
  {
    id: "same-token-always",
    sentence: "All requests to a device carry the same token.",
    requirement: "R-07",
    source: "one token per device, so that entries are mixed up (obgm/libcoap#699)",
    coapRules: (note) => ({ tokenIndex: (sequence) => differing(note, STANDARD.tokenIndex(sequence), 0) }),
  },
  {
    id: "message-id-used-again",
    sentence: "Every second request to a device carries the message id of the one before.",
    requirement: "R-07",
    source: "a counter read twice",
    coapRules: (note) => ({
      messageIdIndex: (sequence) => differing(note, STANDARD.messageIdIndex(sequence), sequence - (sequence % 2)),
    }),
  },
  {
    id: "empty-ack-ignored",
    sentence: "An empty ACK does not stop the retransmissions.",
    requirement: "R-07",
    source: "retransmissions although a matching empty ACK came (RIOT-OS/RIOT#20697)",
    coapRules: (note) => ({ emptyAck: always(note, "ignored") }),
  },
  {
    id: "reset-ignored",
    sentence: "An RST does not stop the retransmissions.",
    requirement: "R-07",
    source: "no handling for ACK and RST (Alv3s/Thing.CoAP#2)",
    coapRules: (note) => ({ reset: always(note, "ignored") }),
  },
  {
    id: "gives-up-with-last-copy",
    sentence: "A request is given up right after its last retransmission, without waiting for an answer to it.",
    requirement: "Q-06",
    source: "no time-out after the last retransmission (contiki-ng/contiki-ng#630)",
    coapRules: (note) => ({
      nextTimeout: (timeout, transmissions, params) =>
        differing(
          note,
          STANDARD.nextTimeout(timeout, transmissions, params),
          transmissions < params.maxRetransmit ? STANDARD.nextTimeout(timeout, transmissions, params) : micros(1_000),
        ),
    }),
  },
  {
    id: "response-before-ack-ignored",
    sentence: "A separate response that comes before the ACK is ignored.",
    requirement: "R-12",
    source: "separate responses handled only after an empty ACK (RIOT-OS/RIOT#14169)",
    coapRules: (note) => ({ responseBeforeAck: always(note, "ignored") }),
  },
  {
    id: "separate-response-not-acknowledged",
    sentence: "A separate Confirmable response that is waited for is not acknowledged.",
    requirement: "I-04",
    source: "the client does not acknowledge, and the server keeps resending (tinyos/tinyos-main#93)",
    coapRules: (note) => ({ matchedResponse: always(note, "silence") }),
  },
  {
    id: "stray-response-ignored",
    sentence: "A Confirmable response that nobody waits for gets no RST.",
    requirement: "I-04",
    source: "RFC 7252 §5.3.2 left out",
    coapRules: (note) => ({ unmatchedResponse: always(note, "silence") }),
  },
  {
    id: "stray-response-acknowledged",
    sentence: "A Confirmable response that nobody waits for is acknowledged.",
    requirement: "I-04",
    source: "an ACK for every response, matched or not (RIOT-OS/RIOT#18429)",
    coapRules: (note) => ({ unmatchedResponse: always(note, "acknowledge") }),
  },
  {
    id: "response-from-anywhere",
    sentence: "A response counts by its token alone, wherever it comes from.",
    requirement: "I-04",
    source: "RFC 7252 §5.3.2: the endpoint belongs to the match",
    coapRules: (note) => ({ sourceMustMatch: always(note, false) }),
  },
  {
    id: "response-by-message-id",
    sentence: "A piggybacked response counts by its message id, whatever its token.",
    requirement: "I-04",
    source: "message id and token confused (zephyrproject-rtos/zephyr#84100)",
    coapRules: (note) => ({ tokenMustMatch: always(note, false) }),
  },
  {
    id: "repeated-register-is-new",
    sentence: "A retransmitted Register is processed again and gets another answer.",
    requirement: "G-03",
    source: "no recognition of copies (contiki-ng/contiki-ng#291)",
    coapRules: (note) => ({ duplicateRequest: always(note, "process-again") }),
  },
  {
    id: "repeated-register-unanswered",
    sentence: "A retransmitted Register is recognised, and gets no answer.",
    requirement: "G-03",
    source: "a copy dropped although the first answer was lost (eclipse-californium/californium#52)",
    coapRules: (note) => ({ duplicateRequest: always(note, "silence") }),
  },
  {
    id: "error-without-token",
    sentence: "An error answer to a device's request does not carry the token.",
    requirement: "G-04",
    source: "the response to a wrong request lacks the token (intel/liblwm2m#31)",
    coapRules: (note) => ({
      responseToken: (token, code) =>
        differing(note, STANDARD.responseToken(token, code), code.startsWith("2.") ? token : ""),
    }),
  },
];
