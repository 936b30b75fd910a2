/** Options that say what a campaign judges, and reading them. */
import { UsageError } from "../platform/errors.ts";
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
