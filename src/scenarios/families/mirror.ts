/** The family around the Device Mirror: what changes it, what must not, and in which order. */
import type { Family } from "./family.ts";

export const MIRROR_FAMILY: Family = {
  name: "mirror",
  sentence:
    "Writes, reads and executes of the same properties, some refused, lost or late; the mirror after each step.",
  weight: 16,
  liveWeight: 8,
  typedPercent: 4,
  blocks: {
    "mirror-over-time": 16,
    mirror: 10,
    "server-property": 12,
    "answer-near-expiry": 14,
    "answer-lost-each-time": 6,
    "slow-response": 5,
    "stray-response": 5,
    "equal-content": 6,
    "lost-exchange": 4,
    "cancel-race": 3,
    "execute-and-mirror": 20,
    backlog: 3,
    "answers-alone": 12,
    "alternate-path": 4,
    "misfitting-success": 8,
    "held-back-answer": 6,
    "server-properties": 22,
    "answered-after-expiry": 14,
    "large-values": 24,
    "changes-while-read": 32,
    "smaller-blocks": 34,
    "block-refused": 5,
    "value-forgotten": 12,
  },
};
