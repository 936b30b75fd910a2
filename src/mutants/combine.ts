/**
 * Several variants in one server: it has all their rules. Where two of them replace the same rule they cannot both be
 * there, and the attempt is refused.
 */
import { UsageError } from "../platform/errors.ts";
import type { Note, ServerVariant } from "./mutant.ts";

/**
 * @param variants at least one
 * @throws UsageError `conflict` that names two variants and the rule, or the profile, on which they differ
 */
export function combineVariants(variants: readonly ServerVariant[]): ServerVariant {
  const declared = variants.flatMap(({ profile }) => (profile === undefined ? [] : [profile]));
  const profiles = new Map(declared.map((profile) => [JSON.stringify(profile), profile]));
  if (profiles.size > 1)
    throw new UsageError("conflict", `${idsOf(variants)} need different profiles: they cannot be combined`);
  const [profile] = profiles.values();
  // A clash shows when the rules are made, so they are made once for nothing.
  mergedRules(variants, () => {});
  mergedCoapRules(variants, () => {});
  mergedDeviceRules(variants, () => {});
  return {
    id: variants.map(({ id }) => id).join(","),
    sentence: variants.map(({ sentence }) => sentence).join(" "),
    ...(profile === undefined ? {} : { profile }),
    rules: (note) => mergedRules(variants, note),
    coapRules: (note) => mergedCoapRules(variants, note),
    deviceRules: (note) => mergedDeviceRules(variants, note),
  };
}

const idsOf = (variants: readonly ServerVariant[]): string => variants.map(({ id }) => id).join(" and ");

const mergedRules = (variants: readonly ServerVariant[], note: Note) =>
  merged(variants.map(({ id, rules }) => ({ id, rules: rules?.(note) ?? {} })));

const mergedCoapRules = (variants: readonly ServerVariant[], note: Note) =>
  merged(variants.map(({ id, coapRules }) => ({ id, rules: coapRules?.(note) ?? {} })));

const mergedDeviceRules = (variants: readonly ServerVariant[], note: Note) =>
  merged(variants.map(({ id, deviceRules }) => ({ id, rules: deviceRules?.(note) ?? {} })));

/** Property by property, so that a rule that is a getter stays one. */
function merged<Rules extends object>(
  parts: readonly { readonly id: string; readonly rules: Rules }[],
): Partial<Rules> {
  const all: Partial<Rules> = {};
  const owners = new Map<string, string>();
  for (const { id, rules } of parts) {
    for (const [rule, property] of Object.entries(Object.getOwnPropertyDescriptors(rules))) {
      const owner = owners.get(rule);
      if (owner !== undefined)
        throw new UsageError("conflict", `${owner} and ${id} both replace the rule ${rule}: they cannot be combined`);
      owners.set(rule, id);
      Object.defineProperty(all, rule, property);
    }
  }
  return all;
}
