/** The family around firmware updates: what devices, their users, their networks and the next task do to one. */
import type { Family } from "./family.ts";

export const OTA_FAMILY: Family = {
  name: "ota",
  sentence:
    "Firmware updates by push and pull: accepted, rejected, spoiled by the device, disturbed, cancelled and expired at every step.",
  weight: 56,
  typedPercent: 6,
  blocks: {
    "firmware-update": 16,
    "firmware-large": 16,
    "firmware-fails": 54,
    "firmware-for-many": 20,
    "firmware-asked": 40,
    "firmware-stranger": 10,
    "firmware-disturbed": 30,
    "firmware-register-lost": 10,
    "firmware-badly-answered": 16,
    "firmware-asleep": 16,
    "firmware-when-gone": 22,
    "firmware-cancelled": 24,
    "firmware-expires": 20,
    "firmware-among-others": 12,
    "firmware-twice": 16,
    "firmware-block-refused": 44,
    "ready-device": 3,
    backlog: 3,
    leaves: 2,
    "registers-twice": 2,
  },
};
