/**
 * How large the pieces may be that owners write by REST, so that no single device or task fills the memory.
 *
 * How many devices and tasks there may be is the server's own matter. Lengths are characters (UTF-16 code units) unless
 * it is said otherwise.
 *
 * Source: docs/security.md (limits); docs/semantics.md row 29 (a wrong request stores nothing).
 */

/** The most of each. */
export const SIZE_LIMITS = {
  /** Names of devices and device types. */
  name: 255,
  /** A property as a task names it, and one name of a server property, dots included. */
  property: 255,
  filter: 4_096,
  /** What a task writes. */
  value: 65_536,
  /** Bearer tokens that are chosen by hand. */
  token: 1_024,
  /** Devices that one request names. */
  dids: 100_000,
  /** All server properties of one device: their names, and their values as JSON. */
  serverProperties: 65_536,
  /** Server properties of one device. */
  serverPropertyCount: 1_000,
} as const;

/** What `z.string().max` says. */
export const longest = (limit: number): string => `Maximum length ${limit}`;
