/** The family around failed attempts: how they happen, what follows, and what only looks like one. */
import type { Family } from "./family.ts";

export const RETRY_FAMILY: Family = {
  name: "retry",
  sentence:
    "Requests that get lost, reset, acknowledged only, copied or answered late; devices that move or reboot meanwhile.",
  weight: 40,
  typedPercent: 4,
  blocks: {
    "lost-exchange": 12,
    "fails-repeatedly": 9,
    "no-response": 8,
    reset: 8,
    "changed-in-flight": 9,
    "copied-downlink": 7,
    "stray-response": 6,
    "slow-response": 7,
    "partial-loss": 4,
    "execute-reboot": 6,
    backlog: 3,
    sleeper: 4,
    "registers-again": 2,
    "registers-twice": 5,
    "fan-out": 8,
    "cancel-in-flight": 2,
    "expires-after-failure": 2,
    "error-answer": 1,
    "around-retransmission": 12,
    "response-near-timeout": 8,
    "fails-in-many-ways": 14,
    "deep-queue": 4,
    "answer-lost-each-time": 8,
    "answers-alone": 12,
    "reboot-loop": 14,
    "repeated-write": 12,
    "moves-in-flight": 30,
  },
};
