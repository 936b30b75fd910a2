/** What a case of the self-test is about: a mutant, a legal variant, or the unmutated server, by its id. */
import type { Subject } from "../harness/selftest/case.ts";
import { REFERENCE_CASE } from "../harness/selftest/settle.ts";
import { simulate } from "../harness/simulation/simulate.ts";
import { mutantById } from "../mutants/all-mutants.ts";
import { variantById } from "../mutants/legal-variants.ts";
import { buildServer, type ServerVariant } from "../mutants/mutant.ts";

/** @throws RangeError for an id that is none */
export function subjectOf(id: string): Subject {
  const variant = id === REFERENCE_CASE ? undefined : variantOf(id);
  return {
    run(plan) {
      let activated = !hasRules(variant);
      const note = (): void => {
        activated = true;
      };
      return { history: simulate(plan, buildServer(variant, note)), activated };
    },
    runReference: (plan) => simulate(plan, buildServer()),
  };
}

function variantOf(id: string): ServerVariant {
  const variant = mutantById(id) ?? variantById(id);
  if (variant === undefined) throw new RangeError(`there is no mutant or legal variant "${id}"`);
  return variant;
}

/** A variant that differs by its profile alone differs in every plan. */
const hasRules = (variant: ServerVariant | undefined): boolean =>
  variant?.rules !== undefined || variant?.coapRules !== undefined || variant?.deviceRules !== undefined;
