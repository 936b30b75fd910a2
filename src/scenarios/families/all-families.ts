/** Every family, in the order of their names. */
import { CANCEL_FAMILY } from "./cancel.ts";
import { CHAOS_FAMILY } from "./chaos.ts";
import { EXPIRY_FAMILY } from "./expiry.ts";
import type { Family } from "./family.ts";
import { IDEMPOTENCE_FAMILY } from "./idempotence.ts";
import { LIFETIME_FAMILY } from "./lifetime.ts";
import { MAPPING_FAMILY } from "./mapping.ts";
import { MIRROR_FAMILY } from "./mirror.ts";
import { FAMILY_NAMES, type FamilyName } from "./names.ts";
import { OTA_FAMILY } from "./ota.ts";
import { QUEUE_FAMILY } from "./queue.ts";
import { REGISTRATION_FAMILY } from "./registration.ts";
import { RESTART_FAMILY } from "./restart.ts";
import { RETRY_FAMILY } from "./retry.ts";

const BY_NAME: Readonly<Record<FamilyName, Family>> = {
  queue: QUEUE_FAMILY,
  retry: RETRY_FAMILY,
  expiry: EXPIRY_FAMILY,
  mapping: MAPPING_FAMILY,
  lifetime: LIFETIME_FAMILY,
  registration: REGISTRATION_FAMILY,
  mirror: MIRROR_FAMILY,
  idempotence: IDEMPOTENCE_FAMILY,
  cancel: CANCEL_FAMILY,
  ota: OTA_FAMILY,
  chaos: CHAOS_FAMILY,
  restart: RESTART_FAMILY,
};

export const ALL_FAMILIES: readonly Family[] = FAMILY_NAMES.map((name) => BY_NAME[name]);

export const familyByName = (name: FamilyName): Family => BY_NAME[name];
