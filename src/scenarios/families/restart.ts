/** The family around a server that is killed and started again. */
import type { Family } from "./family.ts";

export const RESTART_FAMILY: Family = {
  name: "restart",
  sentence:
    "A server that is killed at any moment and started again, with tasks that wait, are in flight, end, expire or begin.",
  weight: 22,
  liveWeight: 6,
  typedPercent: 40,
  blocks: {
    "restart-queued": 16,
    "restart-in-flight": 24,
    "restart-when-storing": 20,
    "restart-at-once": 12,
    "restart-repeatedly": 16,
    "restart-and-expiry": 20,
    "restart-and-schedule": 14,
    "restart-and-lifetime": 36,
    "restart-asleep": 12,
    "restart-when-done": 18,
    "restart-when-cancelled": 18,
    "restart-when-registered": 22,
    "restart-and-many": 14,
    "restart-and-type": 14,
    "restart-in-update": 24,
    "ready-device": 2,
    "lost-exchange": 2,
    mirror: 2,
    backlog: 2,
  },
};
