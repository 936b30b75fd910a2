/** Every mutant, by id. */
import { COAP_MUTANTS } from "./coap-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { SERVER_MUTANTS } from "./server-mutants.ts";

export const MUTANTS: readonly Mutant[] = [...SERVER_MUTANTS, ...COAP_MUTANTS];

export const mutantById = (id: string): Mutant | undefined => MUTANTS.find((mutant) => mutant.id === id);
