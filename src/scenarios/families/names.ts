/**
 * The names of the scenario families. What each one mixes is said in its own file beside this one.
 */

export const FAMILY_NAMES = [
  "queue",
  "retry",
  "expiry",
  "mapping",
  "lifetime",
  "registration",
  "mirror",
  "idempotence",
  "cancel",
  "ota",
  "chaos",
  "restart",
] as const;
export type FamilyName = (typeof FAMILY_NAMES)[number];
