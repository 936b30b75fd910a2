/**
 * Every condition, by theme, in the order in which reports show them.
 */
import type { ConditionName, ConditionTable, NotYet, Reach } from "./condition.ts";
import { ANSWERED_WITH, ERRORS, FINALITY } from "./conditions/answers.ts";
import { BLOCK_TRANSFERS } from "./conditions/blocks.ts";
import { COPIED_EXCHANGES } from "./conditions/copies.ts";
import { DISTURBED_EXCHANGES, STRAYS } from "./conditions/disturbance.ts";
import { ANSWERED_EXCHANGES, FAILED_EXCHANGES } from "./conditions/exchange.ts";
import { DEADLINES, EXPIRED, RECORDS } from "./conditions/expiry.ts";
import { DELIVERIES, UPDATED_DEVICES } from "./conditions/firmware.ts";
import { DISTURBED_UPDATES, UPDATES_AND_OTHERS } from "./conditions/firmware-meanwhile.ts";
import { SPOILED_UPDATES } from "./conditions/firmware-spoiled.ts";
import { ASKED_USERS } from "./conditions/firmware-users.ts";
import { MIRRORS } from "./conditions/mirror.ts";
import { NOT_YET } from "./conditions/not-yet.ts";
import { DRAINING, WAITING } from "./conditions/queue.ts";
import { REGISTERED_DEVICES, REGISTRATION_REQUESTS } from "./conditions/registration.ts";
import {
  ANSWERED_AFTER_RESTARTS,
  ENDED_BEFORE_RESTARTS,
  RESTARTED_DEVICES,
  RESTARTED_EXCHANGES,
  RESTARTED_TASKS,
} from "./conditions/restart.ts";
import { REPEATED_ATTEMPTS } from "./conditions/retry.ts";
import { SCHEDULED } from "./conditions/scheduled.ts";
import { CANCELLING, SHOWN_DEVICE_STATUSES, SHOWN_TASK_STATUSES, TASKS } from "./conditions/task.ts";
import { ODD_REGISTRATIONS, UNREACHABLE_DEVICES } from "./conditions/untidy.ts";

export interface Theme {
  readonly title: string;
  readonly tables: readonly ConditionTable[];
}

export const THEMES: readonly Theme[] = [
  { title: "Queue", tables: [WAITING, DRAINING] },
  { title: "Exchange", tables: [ANSWERED_EXCHANGES, FAILED_EXCHANGES, COPIED_EXCHANGES] },
  { title: "Large values", tables: [BLOCK_TRANSFERS] },
  { title: "Disturbance", tables: [DISTURBED_EXCHANGES, STRAYS] },
  { title: "Retry", tables: [REPEATED_ATTEMPTS] },
  { title: "Expiry and record", tables: [EXPIRED, DEADLINES, RECORDS] },
  { title: "Registration", tables: [REGISTRATION_REQUESTS, REGISTERED_DEVICES] },
  { title: "Untidy devices", tables: [ODD_REGISTRATIONS, UNREACHABLE_DEVICES] },
  { title: "Task", tables: [TASKS, SCHEDULED, CANCELLING, SHOWN_DEVICE_STATUSES, SHOWN_TASK_STATUSES] },
  { title: "Device Mirror", tables: [MIRRORS] },
  {
    title: "Firmware update",
    tables: [DELIVERIES, UPDATED_DEVICES, ASKED_USERS, SPOILED_UPDATES, DISTURBED_UPDATES, UPDATES_AND_OTHERS],
  },
  {
    title: "Restart of the server",
    tables: [RESTARTED_EXCHANGES, RESTARTED_TASKS, ENDED_BEFORE_RESTARTS, RESTARTED_DEVICES, ANSWERED_AFTER_RESTARTS],
  },
  { title: "Answers", tables: [...ANSWERED_WITH, ERRORS, FINALITY] },
];

export const CONDITION_TABLES: readonly ConditionTable[] = THEMES.flatMap(({ tables }) => tables);

export interface NamedCondition extends ConditionName {
  readonly reachable: Reach;
}

/** All that something decides. */
export const CONDITIONS: readonly NamedCondition[] = CONDITION_TABLES.flatMap(
  ({ rows }): readonly NamedCondition[] => rows,
);

/** All that has a name only. */
export const CONDITIONS_NOT_YET: readonly NotYet[] = NOT_YET;
