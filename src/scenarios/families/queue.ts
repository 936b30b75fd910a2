/** The family around the queue: who is tried at once, who waits, and what registration and cancelling do to waiting tasks. */
import type { Family } from "./family.ts";

export const QUEUE_FAMILY: Family = {
  name: "queue",
  sentence:
    "Tasks for devices that are there, absent, asleep or leaving; many tasks for one device, one task for many.",
  weight: 30,
  typedPercent: 6,
  blocks: {
    "ready-device": 6,
    backlog: 9,
    burst: 6,
    "fan-out": 14,
    sleeper: 9,
    "server-property": 16,
    "cancel-pending": 9,
    "cancel-in-flight": 4,
    "cancel-finished": 3,
    "registers-twice": 14,
    "registers-again": 5,
    leaves: 10,
    "stays-by-update": 5,
    "lifetime-ends": 8,
    "lost-exchange": 2,
    "stray-response": 2,
    "expires-pending": 2,
    mirror: 2,
  },
};
