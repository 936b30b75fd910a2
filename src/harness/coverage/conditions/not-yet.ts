/**
 * Conditions that have a name but cannot be met: plans cannot say such things, or devices cannot do them, so far.
 */
import type { NotYet } from "../condition.ts";

export const NOT_YET: readonly NotYet[] = [];
