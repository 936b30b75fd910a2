/** The family around cancelling: in every state, at every moment, once and twice, wholly and for one device. */
import type { Family } from "./family.ts";

export const CANCEL_FAMILY: Family = {
  name: "cancel",
  sentence: "Tasks that are cancelled while they wait, are tried, are over, or just as something else decides.",
  weight: 24,
  liveWeight: 10,
  typedPercent: 4,
  blocks: {
    "cancel-race": 16,
    "cancel-everywhere": 16,
    "cancel-pending": 9,
    "cancel-in-flight": 10,
    "cancel-finished": 12,
    "around-retransmission": 3,
    backlog: 3,
    "fan-out": 2,
    sleeper: 2,
    stranger: 10,
    "without-token": 10,
    "cancelled-then-ends": 64,
    "ends-in-every-way": 14,
    "behind-another": 8,
    "fails-repeatedly": 6,
    "ends-asleep": 4,
    "cancels-one-of-many": 14,
    "cancelled-then-disturbed": 64,
    "goes-on-afterwards": 8,
    scheduled: 20,
    "scheduled-alone": 8,
    "scheduled-cancelled": 96,
  },
};
