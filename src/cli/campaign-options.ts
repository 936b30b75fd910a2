/** Options that say what a campaign judges, and reading them. */
import { UsageError } from "../platform/errors.ts";
import { FAMILY_NAMES, type FamilyName } from "../scenarios/families/names.ts";
import { REQUIREMENTS } from "../scenarios/requirements.ts";

/**
 * Checks prefixes of requirement ids: `Q-`, `R-04`.
 *
 * @throws UsageError when one of them names no requirement: a typing error must not make a campaign judge nothing
 */
export function checkPrefixes(option: string, prefixes: readonly string[]): readonly string[] {
  const stray = prefixes.find((prefix) => !REQUIREMENTS.some(({ id }) => id.startsWith(prefix)));
  if (stray === undefined) return prefixes;
  throw new UsageError(
    "bad-value",
    `--${option}: no requirement begins with "${stray}"; fleetproof requirements lists them`,
  );
}

/**
 * Checks names of scenario families. Their order, and naming one twice, mean nothing: the same families, the same plans.
 *
 * @returns absent: all of them
 * @throws UsageError when one of them is none, with those that there are
 */
export function checkFamilies(names: readonly string[] | undefined): readonly FamilyName[] | undefined {
  const stray = names?.find((name) => !FAMILY_NAMES.some((known) => known === name));
  if (stray !== undefined)
    throw new UsageError("bad-value", `--families: there is no "${stray}"; there are ${FAMILY_NAMES.join(", ")}`);
  return names === undefined ? undefined : FAMILY_NAMES.filter((known) => names.includes(known));
}
