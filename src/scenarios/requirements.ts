/**
 * The catalogue: everything that a server under test is asked, one row per requirement. Which of them a server broke
 * is said by the checkers, not here.
 */
import { EXPIRY_REQUIREMENTS } from "./requirements/expiry.ts";
import { IDEMPOTENCE_REQUIREMENTS } from "./requirements/idempotence.ts";
import { MAPPING_REQUIREMENTS } from "./requirements/mapping.ts";
import { MIRROR_REQUIREMENTS } from "./requirements/mirror.ts";
import { OTA_REQUIREMENTS } from "./requirements/ota.ts";
import { QUEUE_REQUIREMENTS } from "./requirements/queue.ts";
import { RECORD_REQUIREMENTS } from "./requirements/records.ts";
import { REGISTRATION_REQUIREMENTS } from "./requirements/registration.ts";
import { RESTART_REQUIREMENTS } from "./requirements/restart.ts";
import { RETRY_REQUIREMENTS } from "./requirements/retry.ts";
import type { RequirementRow } from "./requirements/row.ts";
import { TASK_REQUIREMENTS } from "./requirements/tasks.ts";

const ROWS = [
  ...QUEUE_REQUIREMENTS,
  ...RETRY_REQUIREMENTS,
  ...EXPIRY_REQUIREMENTS,
  ...MAPPING_REQUIREMENTS,
  ...RECORD_REQUIREMENTS,
  ...REGISTRATION_REQUIREMENTS,
  ...MIRROR_REQUIREMENTS,
  ...IDEMPOTENCE_REQUIREMENTS,
  ...OTA_REQUIREMENTS,
  ...TASK_REQUIREMENTS,
  ...RESTART_REQUIREMENTS,
] as const satisfies readonly RequirementRow[];

export type RequirementId = (typeof ROWS)[number]["id"];

export interface Requirement extends RequirementRow {
  readonly id: RequirementId;
}

/** All requirements, group by group. */
export const REQUIREMENTS: readonly Requirement[] = ROWS;

const BY_ID: ReadonlyMap<string, Requirement> = new Map(REQUIREMENTS.map((row) => [row.id, row]));

/** The requirement of that id; `undefined` when there is none, since ids come from command lines and old records. */
export const requirementById = (id: string): Requirement | undefined => BY_ID.get(id);

/** Whether this version has a checker for it. */
export const isChecked = (requirement: Requirement): boolean => requirement.checked === true;

/** The ids that this version checks, in the order of the catalogue. */
export const CHECKED_REQUIREMENT_IDS: readonly RequirementId[] = REQUIREMENTS.filter(isChecked).map((row) => row.id);
