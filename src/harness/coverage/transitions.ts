/**
 * The transitions of device tasks that a campaign should see: from which state, by what, in which mode of the device.
 *
 * Rules: docs/semantics.md, "States", choices 4, 10, 13 to 16, "Failed attempt, or answer?".
 */
import { type StoryEvent, type StoryState, type Transition, transitionId } from "./device-task-story.ts";
import type { DeviceMode } from "./scene.ts";

/** A: always on. Q: queue mode, awake. S: queue mode, asleep as far as the server can tell. U: not registered. */
const MODES: Readonly<Record<string, DeviceMode>> = {
  A: "always-on",
  Q: "queue-awake",
  S: "queue-asleep",
  U: "unregistered",
};

interface TransitionRow {
  readonly from: StoryState;
  readonly what: StoryEvent;
  readonly to: StoryState;
  /** Modes in which every long campaign should see it. */
  readonly usual: string;
  /** Modes in which it can happen, but takes two coincidences. */
  readonly rare?: string;
}

const ROWS: readonly TransitionRow[] = [
  { from: "none", what: "create", to: "pending", usual: "AQSU" },
  // A server property is written without the device.
  { from: "none", what: "create", to: "succeeded", usual: "AU", rare: "QS" },

  { from: "pending", what: "begin", to: "pending", usual: "AU", rare: "QS" },
  { from: "pending", what: "send-at-creation", to: "in-flight", usual: "AQ" },
  { from: "pending", what: "send-at-register", to: "in-flight", usual: "AQ" },
  { from: "pending", what: "send-at-update", to: "in-flight", usual: "AQ" },
  { from: "pending", what: "register", to: "pending", usual: "AQSU" },
  { from: "pending", what: "update", to: "pending", usual: "AQS" },
  { from: "pending", what: "deregister", to: "pending", usual: "A", rare: "QS" },
  { from: "pending", what: "lifetime-over", to: "pending", usual: "A", rare: "QS" },
  { from: "pending", what: "late-response", to: "pending", usual: "AU", rare: "QS" },
  { from: "pending", what: "cancel", to: "cancelled", usual: "AU", rare: "QS" },
  { from: "pending", what: "expiry", to: "expired", usual: "AU", rare: "QS" },

  { from: "in-flight", what: "ack", to: "in-flight", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "retransmission", to: "in-flight", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "update", to: "in-flight", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "late-response", to: "in-flight", usual: "A", rare: "QS" },
  { from: "in-flight", what: "2.xx", to: "succeeded", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "4.xx", to: "failed", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "5.xx", to: "failed", usual: "A", rare: "QS" },
  // A success that does not fit the request.
  { from: "in-flight", what: "2.xx", to: "failed", usual: "A", rare: "QS" },
  { from: "in-flight", what: "no-acknowledgement", to: "pending", usual: "AQS" },
  { from: "in-flight", what: "no-response", to: "pending", usual: "AS", rare: "Q" },
  { from: "in-flight", what: "reset", to: "pending", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "register", to: "pending", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "deregister", to: "pending", usual: "A", rare: "QS" },
  { from: "in-flight", what: "lifetime-over", to: "pending", usual: "A", rare: "QS" },
  { from: "in-flight", what: "update-from-new-address", to: "pending", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "server-killed", to: "pending", usual: "AQ", rare: "SU" },
  { from: "in-flight", what: "expiry", to: "expired", usual: "AQ", rare: "S" },
  { from: "in-flight", what: "cancel", to: "cancel-requested", usual: "AQ", rare: "S" },

  { from: "cancel-requested", what: "ack", to: "cancel-requested", usual: "A", rare: "Q" },
  { from: "cancel-requested", what: "retransmission", to: "cancel-requested", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "update", to: "cancel-requested", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "cancel", to: "cancel-requested", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "2.xx", to: "succeeded", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "4.xx", to: "failed", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "5.xx", to: "failed", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "no-acknowledgement", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "no-response", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "reset", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "register", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "update-from-new-address", to: "cancelled", usual: "AQ", rare: "S" },
  { from: "cancel-requested", what: "deregister", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "late-response", to: "cancel-requested", usual: "", rare: "AQSU" },
  { from: "cancel-requested", what: "lifetime-over", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancel-requested", what: "server-killed", to: "cancelled", usual: "A", rare: "QSU" },
  { from: "cancel-requested", what: "expiry", to: "cancelled", usual: "A", rare: "QS" },

  // Nothing changes a device task that is over.
  { from: "succeeded", what: "register", to: "succeeded", usual: "AQSU" },
  { from: "succeeded", what: "update", to: "succeeded", usual: "AQS" },
  { from: "succeeded", what: "deregister", to: "succeeded", usual: "AQ", rare: "S" },
  { from: "succeeded", what: "lifetime-over", to: "succeeded", usual: "AS", rare: "Q" },
  { from: "succeeded", what: "cancel", to: "succeeded", usual: "A", rare: "QSU" },
  { from: "succeeded", what: "late-response", to: "succeeded", usual: "A", rare: "QSU" },
  { from: "failed", what: "register", to: "failed", usual: "AQSU" },
  { from: "failed", what: "update", to: "failed", usual: "AQS" },
  { from: "failed", what: "deregister", to: "failed", usual: "A", rare: "QS" },
  { from: "failed", what: "lifetime-over", to: "failed", usual: "A", rare: "QS" },
  { from: "failed", what: "cancel", to: "failed", usual: "A", rare: "QSU" },
  { from: "failed", what: "late-response", to: "failed", usual: "", rare: "AQSU" },
  { from: "expired", what: "register", to: "expired", usual: "AQSU" },
  { from: "expired", what: "update", to: "expired", usual: "AQS" },
  { from: "expired", what: "deregister", to: "expired", usual: "A", rare: "QS" },
  { from: "expired", what: "lifetime-over", to: "expired", usual: "A", rare: "QS" },
  { from: "expired", what: "cancel", to: "expired", usual: "U", rare: "AQS" },
  { from: "expired", what: "late-response", to: "expired", usual: "A", rare: "QSU" },
  { from: "cancelled", what: "register", to: "cancelled", usual: "AQSU" },
  { from: "cancelled", what: "update", to: "cancelled", usual: "AQS" },
  { from: "cancelled", what: "deregister", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancelled", what: "lifetime-over", to: "cancelled", usual: "A", rare: "QS" },
  { from: "cancelled", what: "cancel", to: "cancelled", usual: "U", rare: "AQS" },
  { from: "cancelled", what: "ack", to: "cancelled", usual: "", rare: "AQS" },
  { from: "cancelled", what: "late-response", to: "cancelled", usual: "", rare: "AQSU" },
];

const idsIn = (letters: string, { from, what, to }: TransitionRow): readonly string[] =>
  [...letters].flatMap((letter) => {
    const mode = MODES[letter];
    const transition: Transition | undefined = mode === undefined ? undefined : { from, what, mode, to };
    return transition === undefined ? [] : [transitionId(transition)];
  });

/** Ids of the transitions that every long simulated campaign should see. */
export const USUAL_TRANSITIONS: readonly string[] = ROWS.flatMap((row) => idsIn(row.usual, row));

/** Ids of those that can happen too. */
export const RARE_TRANSITIONS: readonly string[] = ROWS.flatMap((row) => idsIn(row.rare ?? "", row));
