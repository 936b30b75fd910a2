/** The family around what ends by itself: a registration that nobody refreshes, and a record after 30 days. */
import type { Family } from "./family.ts";

export const LIFETIME_FAMILY: Family = {
  name: "lifetime",
  sentence:
    "Registrations whose lifetime ends, or nearly; records of every kind that are read until, at and after their 30 days.",
  weight: 26,
  liveWeight: 8,
  typedPercent: 4,
  blocks: {
    "update-near-lifetime-end": 20,
    "lives-by-updates": 12,
    "lifetime-ends": 12,
    "stays-by-update": 4,
    "retention-ends": 14,
    "thirty-days": 16,
    "gone-for-good": 6,
    "completed-late": 28,
    backlog: 2,
    leaves: 2,
    "lost-exchange": 2,
    "ready-device": 1,
    "new-lifetime": 22,
    "leaves-too-late": 10,
    "long-lifetime": 34,
    "no-trigger": 4,
    "default-lifetime-ends": 38,
    "record-grows-old": 16,
    "old-lifetime-ends": 10,
    "shortened-lifetime": 24,
  },
};
