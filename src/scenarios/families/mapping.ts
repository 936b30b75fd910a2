/** The family around answers: which error code an error becomes, that it is final, and what the mirror shows. */
import type { Family } from "./family.ts";

export const MAPPING_FAMILY: Family = {
  name: "mapping",
  sentence:
    "Devices that answer with every error there is, with and without a diagnostic; the mirror before and after.",
  weight: 42,
  liveWeight: 60,
  typedPercent: 4,
  blocks: {
    "error-answer": 11,
    "every-code": 15,
    "same-code": 9,
    "unlisted-error": 30,
    mirror: 8,
    "mixed-answers": 8,
    "ready-device": 3,
    "server-property": 5,
    "fan-out": 4,
    "copied-downlink": 2,
    "slow-response": 2,
    "expires-pending": 2,
    "execute-and-mirror": 12,
    "answers-alone": 4,
    "alternate-path": 2,
    "any-code-to-anything": 20,
    "misfitting-success": 14,
    "foreign-token": 4,
    "other-root": 8,
  },
};
