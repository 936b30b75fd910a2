/** What many rows are written with. */

import type { DeviceTaskStatus } from "../protocol/task-api/states.ts";
import { after, SIMULATION_START, seconds } from "../protocol/time.ts";
import { REFERENCE_RULES } from "../reference-server/rules.ts";
import type { ServerRules } from "../reference-server/server-rules.ts";
import type { DeviceTaskEvent } from "../reference-server/transitions.ts";
import type { Note } from "./mutant.ts";

/** Two hundred years after every simulated run: what never comes, as a time that a store can keep. */
export const NEVER_COMES = after(SIMULATION_START, seconds(200 * 365 * 86_400));

/** Says that the defect made a difference whenever `changed` differs from `kept`. */
export function differing<T>(note: Note, kept: T, changed: T): T {
  if (kept !== changed) note();
  return changed;
}

/** A value that differs whenever it is asked for. */
export function always<T>(note: Note, value: T): () => T {
  return () => {
    note();
    return value;
  };
}

export interface ChangedMove {
  readonly from: readonly DeviceTaskStatus[];
  readonly event: DeviceTaskEvent;
  readonly to: DeviceTaskStatus;
}

/** The table of moves of a device task with some moves added or changed. */
export const movingBy =
  (note: Note, ...changes: readonly ChangedMove[]): ServerRules["deviceMove"] =>
  (from, event) => {
    const changed = changes.find((change) => change.event === event && change.from.includes(from));
    return differing(
      note,
      REFERENCE_RULES.deviceMove(from, event),
      changed?.to ?? REFERENCE_RULES.deviceMove(from, event),
    );
  };

/** A fault of the answers: another error code for some CoAP codes. */
export const mappingTo =
  (note: Note, ...rows: readonly (readonly [coap: string, code: number])[]): ServerRules["errorOfAnswer"] =>
  (code, diagnostic, taskType, profile) => {
    const right = REFERENCE_RULES.errorOfAnswer(code, diagnostic, taskType, profile);
    const wrong = rows.find(([coap]) => coap === code);
    return wrong === undefined ? right : { ...right, code: differing(note, right.code, String(wrong[1])) };
  };

/** Lets a device task in flight at expiry end by its answer: a defect or a choice, as the profile says (row 10). */
export const answerCountsAtExpiry = (note: Note): Partial<ServerRules> => ({
  expiryReaches: (deviceTask, profile) =>
    differing(
      note,
      REFERENCE_RULES.expiryReaches(deviceTask, profile),
      REFERENCE_RULES.expiryReaches(deviceTask, { ...profile, inFlightAtExpiry: "answer-counts" }),
    ),
  dropsExchangeAtExpiry: () => false,
});
