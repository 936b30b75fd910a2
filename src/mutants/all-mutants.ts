/** Every mutant, by id. */
import { ANSWER_MUTANTS } from "./answer-mutants.ts";
import { BLOCK_MUTANTS } from "./block-mutants.ts";
import { COAP_MUTANTS } from "./coap-mutants.ts";
import { DEVICE_MUTANTS } from "./device-mutants.ts";
import { ENDING_MUTANTS } from "./ending-mutants.ts";
import { EXPIRY_MUTANTS } from "./expiry-mutants.ts";
import { FIRMWARE_MUTANTS } from "./firmware-mutants.ts";
import { MIRROR_MUTANTS } from "./mirror-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { QUEUE_MUTANTS } from "./queue-mutants.ts";
import { RECORD_MUTANTS } from "./record-mutants.ts";
import { REGISTRATION_MUTANTS } from "./registration-mutants.ts";
import { RESTART_MUTANTS } from "./restart-mutants.ts";
import { RETRY_MUTANTS } from "./retry-mutants.ts";
import { SCHEDULED_MUTANTS } from "./scheduled-mutants.ts";
import { SHOWN_MUTANTS } from "./shown-mutants.ts";
import { UNTIDY_MUTANTS } from "./untidy-mutants.ts";

export const MUTANTS: readonly Mutant[] = [
  ...QUEUE_MUTANTS,
  ...RETRY_MUTANTS,
  ...EXPIRY_MUTANTS,
  ...ANSWER_MUTANTS,
  ...RECORD_MUTANTS,
  ...REGISTRATION_MUTANTS,
  ...MIRROR_MUTANTS,
  ...COAP_MUTANTS,
  ...DEVICE_MUTANTS,
  ...ENDING_MUTANTS,
  ...SCHEDULED_MUTANTS,
  ...SHOWN_MUTANTS,
  ...UNTIDY_MUTANTS,
  ...FIRMWARE_MUTANTS,
  ...BLOCK_MUTANTS,
  ...RESTART_MUTANTS,
];

export const mutantById = (id: string): Mutant | undefined => MUTANTS.find((mutant) => mutant.id === id);
