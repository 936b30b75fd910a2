/** The family around registering: again, in a storm, as a copy, from a new address, and leaving, with tasks at stake. */
import type { Family } from "./family.ts";

export const REGISTRATION_FAMILY: Family = {
  name: "registration",
  sentence:
    "Devices that register again and again, move, leave and come back, alone or as a fleet, with tasks waiting.",
  weight: 30,
  typedPercent: 4,
  blocks: {
    "register-storm": 18,
    "registers-twice": 10,
    "registers-again": 9,
    leaves: 9,
    swizzle: 9,
    "changed-in-flight": 8,
    "stays-by-update": 6,
    "update-near-lifetime-end": 6,
    "late-copies": 5,
    "lifetime-ends": 4,
    "execute-reboot": 3,
    "malformed-register": 24,
    "alternate-path": 18,
    "moves-in-flight": 24,
    "created-near-change": 8,
    "ready-device": 2,
    "new-lifetime": 12,
    "leaves-too-late": 20,
    "moves-silently": 10,
    "registers-elsewhere": 16,
    "long-lifetime": 6,
    "no-trigger": 6,
  },
};
