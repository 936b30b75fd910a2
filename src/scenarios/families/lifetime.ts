/** The family around what ends by itself: a registration that nobody refreshes, and a record after 30 days. */
import type { Family } from "./family.ts";

export const LIFETIME_FAMILY: Family = {
  name: "lifetime",
  sentence:
    "Registrations whose lifetime ends, or nearly; records of every kind that are read until, at and after their 30 days.",
  weight: 22,
  typedPercent: 4,
  blocks: {
    "update-near-lifetime-end": 20,
    "lives-by-updates": 8,
    "lifetime-ends": 12,
    "stays-by-update": 4,
    "retention-ends": 14,
    "thirty-days": 10,
    "gone-for-good": 6,
    "completed-late": 12,
    backlog: 2,
    leaves: 2,
    "lost-exchange": 2,
    "ready-device": 1,
  },
};
