/**
 * Expected results: which requirements a target is known to break, so that CI fails for what is new alone.
 *
 * An entry for a requirement that is kept is stale, and fails too: else the file would hide the next time it breaks. One
 * for a requirement that was not examined says nothing, and stays. The file is made by `verify --update-expectations`;
 * notes in it are for people, and are kept.
 */
import { z } from "zod";
import { failsCampaign, type Verdict } from "./verdict.ts";

export const EXPECTATIONS_FORMAT_VERSION = 1;

export const Expectations = z.strictObject({
  formatVersion: z.literal(EXPECTATIONS_FORMAT_VERSION),
  broken: z.array(
    z.strictObject({
      requirement: z.string().min(1),
      /** Why, or where it is being mended. */
      note: z.string().optional(),
    }),
  ),
});
export type Expectations = z.infer<typeof Expectations>;

/** Ids of requirements, in the order of the verdict; of stale ones in that of the file. */
export interface Meeting {
  /** Broken, and expected to be. */
  readonly known: readonly string[];
  /** Broken, and not expected to be. */
  readonly unexpected: readonly string[];
  /** Expected to be broken, and kept, or no requirement of the catalogue at all. */
  readonly stale: readonly string[];
}

export function meet(verdict: Verdict, { broken }: Expectations): Meeting {
  const expected = new Set(broken.map(({ requirement }) => requirement));
  const failing = verdict.requirements.filter((row) => failsCampaign(row, verdict)).map(({ id }) => id);
  const outcomes = new Map(verdict.requirements.map(({ id, outcome }) => [id, outcome]));
  return {
    known: failing.filter((id) => expected.has(id)),
    unexpected: failing.filter((id) => !expected.has(id)),
    stale: [...expected].filter((id) => (outcomes.get(id) ?? "pass") === "pass"),
  };
}

/** The expectations that this verdict meets: what is newly broken is added, what is stale is dropped. */
export function updated(verdict: Verdict, before: Expectations | undefined): Expectations {
  const old = before ?? { formatVersion: EXPECTATIONS_FORMAT_VERSION, broken: [] };
  const { stale, unexpected } = meet(verdict, old);
  const kept = old.broken.filter(({ requirement }) => !stale.includes(requirement));
  const broken = [...kept, ...unexpected.map((requirement) => ({ requirement }))];
  return {
    formatVersion: EXPECTATIONS_FORMAT_VERSION,
    broken: broken.sort((a, b) => (a.requirement < b.requirement ? -1 : 1)),
  };
}
