/** Builds the servers that are told by ids: on a command line, in a saved plan, in the job of a worker thread. */
import type { ServerRecipe } from "../harness/execution/plan-runner.ts";
import type { BuildServer } from "../harness/simulation/build-server.ts";
import { mutantById } from "../mutants/all-mutants.ts";
import { combineVariants } from "../mutants/combine.ts";
import { buildServer, type ServerVariant } from "../mutants/mutant.ts";

/** `a,b` names two defects of one server; absent: none. */
export const recipeOf = (mutants: string | undefined): ServerRecipe => ({ mutants: mutantIds(mutants) });

export const mutantIds = (mutants: string | undefined): readonly string[] =>
  mutants === undefined ? [] : mutants.split(",").map((id) => id.trim());

/**
 * The reference server, or one with these defects.
 *
 * @throws UsageError when two of them cannot be in one server; RangeError for an id that is none
 */
export function serverOf({ mutants }: ServerRecipe): BuildServer {
  const [first, ...more] = mutants.map(knownVariant);
  if (first === undefined) return buildServer();
  return buildServer(more.length === 0 ? first : combineVariants([first, ...more]));
}

function knownVariant(id: string): ServerVariant {
  const variant = mutantById(id);
  if (variant === undefined) throw new RangeError(`there is no mutant "${id}"`);
  return variant;
}
