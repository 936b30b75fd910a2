/**
 * Expected results: which requirements a target is known to break, so that CI fails for what is new alone.
 *
 * An entry for a requirement that is kept is stale, and fails too: else the file would hide the next time it breaks. But
 * what one plan in a thousand shows is not kept for not being seen once: an entry tells how often it was seen, and is stale
 * only when its absence says something. One that was not examined says nothing, and stays. The file is made by
 * `verify --update-expectations`; notes in it are for people, and are kept.
 */
import { z } from "zod";
import { failsCampaign, type RequirementVerdict, type Verdict } from "./verdict.ts";

export const EXPECTATIONS_FORMAT_VERSION = 1;

const Entry = z.strictObject({
  requirement: z.string().min(1),
  /** Why, or where it is being mended. */
  note: z.string().optional(),
  /** How often it was seen: in so many plans, of those that examined it. Absent: it is taken to be seen in each. */
  seen: z
    .strictObject({
      plans: z.number().int().min(1),
      of: z.number().int().min(1),
      /** Seed and number of the plans, where they were simulated: the same give the same again. */
      again: z.strictObject({ seed: z.string(), runs: z.number().int().min(1) }).optional(),
    })
    .optional(),
  /** Another side of the failure of this requirement: while that is broken, this need not be seen. */
  comesWith: z.string().min(1).optional(),
});
type Entry = z.infer<typeof Entry>;

export const Expectations = z.strictObject({
  formatVersion: z.literal(EXPECTATIONS_FORMAT_VERSION),
  broken: z.array(Entry),
});
export type Expectations = z.infer<typeof Expectations>;

/** Ids of requirements, in the order of the verdict; of those that did not break in that of the file. */
export interface Meeting {
  /** Broken, and expected to be. */
  readonly known: readonly string[];
  /** Broken, and not expected to be. */
  readonly unexpected: readonly string[];
  /** Expected to be broken, and not seen this time, which may be chance: nothing follows. */
  readonly unseen: readonly string[];
  /** Expected to be broken, and kept, or no requirement of the catalogue at all. */
  readonly stale: readonly string[];
}

export function meet(verdict: Verdict, { broken }: Expectations): Meeting {
  const expected = new Set(broken.map(({ requirement }) => requirement));
  const failing = verdict.requirements.filter((row) => failsCampaign(row, verdict)).map(({ id }) => id);
  const absent = broken.filter((entry) => (rowOf(verdict, entry.requirement)?.outcome ?? "pass") === "pass");
  const idsOf = (entries: readonly Entry[]): readonly string[] => [
    ...new Set(entries.map(({ requirement }) => requirement)),
  ];
  return {
    known: failing.filter((id) => expected.has(id)),
    unexpected: failing.filter((id) => !expected.has(id)),
    unseen: idsOf(absent.filter((entry) => !isKept(entry, verdict))),
    stale: idsOf(absent.filter((entry) => isKept(entry, verdict))),
  };
}

/** Plans that should have shown it: where there were fewer, none of them doing so happens once in 150 campaigns or oftener. */
const LEAST_EXPECTED = 5;

/** Of an entry whose requirement did not break: whether it would have, were the server as it was. */
function isKept({ requirement, seen, comesWith }: Entry, verdict: Verdict): boolean {
  const row = rowOf(verdict, requirement);
  if (row === undefined || seen === undefined) return true;
  if (comesWith !== undefined && rowOf(verdict, comesWith)?.outcome === "fail") return false;
  const { again } = seen;
  const isSame = verdict.historyHash !== undefined && again?.seed === verdict.seed && again.runs === verdict.runs;
  return isSame || (seen.plans / seen.of) * row.plans >= LEAST_EXPECTED;
}

const rowOf = (verdict: Verdict, id: string): RequirementVerdict | undefined =>
  verdict.requirements.find((row) => row.id === id);

/** The expectations that this verdict meets: what is newly broken is added, what is stale is dropped. */
export function updated(verdict: Verdict, before: Expectations | undefined): Expectations {
  const old = before ?? { formatVersion: EXPECTATIONS_FORMAT_VERSION, broken: [] };
  const { stale, unexpected } = meet(verdict, old);
  const kept = old.broken.filter(({ requirement }) => !stale.includes(requirement));
  const broken = [...kept, ...unexpected.map((requirement) => ({ requirement }))].map((entry) => fresh(entry, verdict));
  return {
    formatVersion: EXPECTATIONS_FORMAT_VERSION,
    broken: broken.sort((a, b) => (a.requirement < b.requirement ? -1 : 1)),
  };
}

/** What broke this time, as it was seen this time; else the entry as it was. */
function fresh({ requirement, note, ...before }: Entry, verdict: Verdict): Entry {
  const row = rowOf(verdict, requirement);
  const { brokenPlans = 0, plans = 0, outcome } = row ?? {};
  const owner = ownerOf(requirement, verdict);
  const said = { requirement, ...(note === undefined ? {} : { note }) };
  if (outcome !== "fail" || brokenPlans === 0) return { ...said, ...before };
  const again = verdict.historyHash === undefined ? {} : { again: { seed: verdict.seed, runs: verdict.runs } };
  return {
    ...said,
    seen: { plans: brokenPlans, of: Math.max(plans, brokenPlans), ...again },
    ...(owner === undefined ? {} : { comesWith: owner }),
  };
}

/** The requirement that it comes with in each of its failures. */
function ownerOf(requirement: string, { failures }: Verdict): string | undefined {
  const own = failures.filter((failure) => failure.requirement === requirement);
  const owners = own.map(({ belongsTo }) => failures.find(({ id }) => id === belongsTo)?.requirement);
  const [first] = owners;
  return owners.every((owner) => owner === first) && first !== requirement ? first : undefined;
}
