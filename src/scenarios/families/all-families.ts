/** The four families, in the order of their names. */
import { EXPIRY_FAMILY } from "./expiry.ts";
import type { Family } from "./family.ts";
import { MAPPING_FAMILY } from "./mapping.ts";
import { FAMILY_NAMES, type FamilyName } from "./names.ts";
import { QUEUE_FAMILY } from "./queue.ts";
import { RETRY_FAMILY } from "./retry.ts";

const BY_NAME: Readonly<Record<FamilyName, Family>> = {
  queue: QUEUE_FAMILY,
  retry: RETRY_FAMILY,
  expiry: EXPIRY_FAMILY,
  mapping: MAPPING_FAMILY,
};

export const ALL_FAMILIES: readonly Family[] = FAMILY_NAMES.map((name) => BY_NAME[name]);

export const familyByName = (name: FamilyName): Family => BY_NAME[name];
