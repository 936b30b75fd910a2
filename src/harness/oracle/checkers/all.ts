/** Every checker. A requirement is checked when a checker here names it. */
import type { Checker } from "../checker.ts";
import { expiresInTime, expiryIsNotNotFound } from "./expiry.ts";
import { actsOncePerMessage, executesWithinAttempts, repliesToResponses } from "./idempotence.ts";
import { mapsErrors } from "./mapping.ts";
import { mirrorsWhatSucceeded } from "./mirror.ts";
import {
  answersBeforeRequesting,
  oneExchangeAtATime,
  owedAttempts,
  returnsBeforeSending,
  silentTowardsUnregistered,
} from "./queue.ts";
import { cancelsWhatIsOpen, completesWithItsDevices, countsAgree, keepsRecords, movesAlongStates } from "./records.ts";
import { answersRegistration } from "./registration.ts";
import {
  answersAreFinal,
  countsAttempts,
  requeuesAfterFailure,
  retriesOnlyAtTriggers,
  transmitsByTheBook,
} from "./retry.ts";

export const CHECKERS: readonly Checker[] = [
  returnsBeforeSending,
  owedAttempts,
  silentTowardsUnregistered,
  answersBeforeRequesting,
  oneExchangeAtATime,
  requeuesAfterFailure,
  retriesOnlyAtTriggers,
  transmitsByTheBook,
  countsAttempts,
  answersAreFinal,
  expiresInTime,
  expiryIsNotNotFound,
  mapsErrors,
  keepsRecords,
  movesAlongStates,
  completesWithItsDevices,
  countsAgree,
  cancelsWhatIsOpen,
  answersRegistration,
  mirrorsWhatSucceeded,
  actsOncePerMessage,
  executesWithinAttempts,
  repliesToResponses,
];
