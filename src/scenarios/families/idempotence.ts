/** The family around repetition: copies, late answers, lost answers, and the same task once more. */
import type { Family } from "./family.ts";

export const IDEMPOTENCE_FAMILY: Family = {
  name: "idempotence",
  sentence: "Requests, answers and registrations that arrive more than once or too late; tasks that are equal.",
  weight: 18,
  liveWeight: 8,
  typedPercent: 4,
  blocks: {
    "late-copies": 12,
    "answer-lost-each-time": 12,
    "equal-content": 14,
    "copied-downlink": 10,
    "stray-response": 16,
    "response-near-timeout": 14,
    "slow-response": 6,
    "answers-alone": 20,
    "reboot-loop": 12,
    "repeated-write": 12,
    "execute-reboot": 9,
    "partial-loss": 8,
    "registers-twice": 4,
    "lost-exchange": 3,
    "late-request": 12,
    "held-back-answer": 8,
    "foreign-token": 14,
    "after-giving-up": 8,
    "misfitting-success": 3,
    "block-lost": 10,
    "value-forgotten": 14,
    "smaller-blocks": 10,
  },
};
