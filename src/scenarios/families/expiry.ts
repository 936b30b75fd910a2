/** The family around deadlines of tasks: the active period, whoever sets it, and the 30 days of the record. */
import type { Family } from "./family.ts";

export const EXPIRY_FAMILY: Family = {
  name: "expiry",
  sentence:
    "Tasks that expire while they wait, while they are on the way, or just as the answer arrives; records that grow old.",
  weight: 46,
  typedPercent: 72,
  blocks: {
    "expires-pending": 10,
    "expires-inherited": 54,
    "expires-in-flight": 14,
    "answer-near-expiry": 54,
    "expires-after-failure": 10,
    "thirty-days": 22,
    "cancel-pending": 2,
    backlog: 2,
    "lifetime-ends": 3,
    "lost-exchange": 2,
    "around-retransmission": 3,
    "cancel-race": 3,
    "deep-queue": 1,
    "gone-for-good": 8,
    "retention-ends": 3,
    "expiry-precedence": 46,
    "completed-late": 24,
    "beyond-bounds": 36,
    "ready-device": 1,
    "held-back-answer": 22,
    "ends-asleep": 12,
    "ends-in-every-way": 12,
    "behind-another": 8,
    "expires-everywhere": 14,
  },
};
