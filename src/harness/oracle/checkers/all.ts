/** Every checker. A requirement is checked when a checker here names it. */
import type { Checker } from "../checker.ts";
import { refusesStrangers } from "./access.ts";
import {
  beginsTransfersAnew,
  joinsOneRepresentation,
  pushesWholeImages,
  sendsBlocksAsSmallAsAsked,
  sendsBlocksInOrder,
} from "./block-transfer.ts";
import { keepsToBounds } from "./bounds.ts";
import { acceptsCancellations, cancelsWhatIsOpen } from "./cancelling.ts";
import { refusesContentWhereThereIsSome } from "./content-codes.ts";
import { countsAgree } from "./counts.ts";
import { stopsAfterFailure } from "./drain.ts";
import { executeChangesNoValue } from "./execute-and-mirror.ts";
import { expiresInTime, expiryIsNotNotFound, showsItsPeriod } from "./expiry.ts";
import { leavesOneOutcome } from "./expiry-race.ts";
import { asksTheUser, failsUnregisteredUpdates, sendsForRunningUpdatesOnly } from "./firmware-begin.ts";
import {
  countsTriesOfUpdates,
  endsCancelledUpdates,
  expiresUpdates,
  failsUpdatesForAReason,
  goesOnAtTriggers,
  succeedsWithTheImage,
} from "./firmware-ends.ts";
import { executesWhatIsDownloaded, offersWhatDevicesUnderstand, waitsAfterFailedSteps } from "./firmware-requests.ts";
import { failsByTheResult, showsStatesOfTheDevice } from "./firmware-results.ts";
import { hasGroundsForWhatItShows } from "./grounds.ts";
import { keepsHistory } from "./history.ts";
import { actsOncePerMessage, executesWithinAttempts, ignoresForeignTokens, repliesToResponses } from "./idempotence.ts";
import { settlesInTheEnd } from "./liveness.ts";
import { mapsErrors } from "./mapping.ts";
import { mirrorsWhatSucceeded } from "./mirror.ts";
import { showsTheMirror } from "./mirror-hidden.ts";
import { timesWhatItMirrors } from "./mirror-times.ts";
import { followsToNewAddress, goesWhereItRegistered } from "./new-address.ts";
import { showsWhatMakesSense } from "./nonsense.ts";
import { keepsOrderOfCreation } from "./order.ts";
import {
  answersBeforeRequesting,
  oneExchangeAtATime,
  owedAttempts,
  returnsBeforeSending,
  silentTowardsUnregistered,
} from "./queue.ts";
import { completesWithItsDevices, keepsRecords, movesAlongStates } from "./records.ts";
import { refusedTasksLeaveNoTrace } from "./refusals.ts";
import { keepsAlternatePath, refusesMalformedRegisters } from "./registers-well.ts";
import { answersRegistration } from "./registration.ts";
import { countsRepeatedReboots, repeatsWritesAlike } from "./repetition.ts";
import { keepsRegistrations, survivesRestart } from "./restart.ts";
import {
  answersAreFinal,
  countsAttempts,
  requeuesAfterFailure,
  retriesOnlyAtTriggers,
  transmitsByTheBook,
} from "./retry.ts";
import { beginsWhenScheduled } from "./scheduled.ts";
import { takesUnacknowledgedResponses } from "./separate-response.ts";
import { letsDevicesSleep } from "./sleep.ts";
import { keepsStatusOfTask } from "./status-of-task.ts";
import { keepsTaskHistory } from "./task-history.ts";

const BY_NAME = {
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
  showsWhatMakesSense,
  keepsHistory,
  keepsTaskHistory,
  showsTheMirror,
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
  ignoresForeignTokens,
  letsDevicesSleep,
  keepsOrderOfCreation,
  followsToNewAddress,
  takesUnacknowledgedResponses,
  countsRepeatedReboots,
  repeatsWritesAlike,
  refusesContentWhereThereIsSome,
  refusesMalformedRegisters,
  keepsAlternatePath,
  settlesInTheEnd,
  showsItsPeriod,
  leavesOneOutcome,
  keepsToBounds,
  refusesStrangers,
  refusedTasksLeaveNoTrace,
  executeChangesNoValue,
  hasGroundsForWhatItShows,
  keepsStatusOfTask,
  goesWhereItRegistered,
  timesWhatItMirrors,
  beginsWhenScheduled,
  stopsAfterFailure,
  acceptsCancellations,
  failsUnregisteredUpdates,
  asksTheUser,
  sendsForRunningUpdatesOnly,
  executesWhatIsDownloaded,
  succeedsWithTheImage,
  failsByTheResult,
  offersWhatDevicesUnderstand,
  showsStatesOfTheDevice,
  waitsAfterFailedSteps,
  failsUpdatesForAReason,
  goesOnAtTriggers,
  endsCancelledUpdates,
  expiresUpdates,
  countsTriesOfUpdates,
  beginsTransfersAnew,
  sendsBlocksInOrder,
  sendsBlocksAsSmallAsAsked,
  joinsOneRepresentation,
  pushesWholeImages,
  survivesRestart,
  keepsRegistrations,
} as const satisfies Readonly<Record<string, Checker>>;

/** Each of them, once. */
export const CHECKERS: readonly Checker[] = Object.values(BY_NAME);

/** Names of the checkers that may judge a requirement. */
export const checkersOf = (requirement: string): readonly string[] =>
  Object.entries<Checker>(BY_NAME).flatMap(([name, { requirements }]) =>
    requirements.includes(requirement) ? [name] : [],
  );
