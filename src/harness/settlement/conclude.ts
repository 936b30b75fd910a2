/**
 * Concludes a campaign from what has been added up: an outcome for each requirement, and one for the whole, each with
 * its reason.
 */
import { isChecked, type Requirement } from "../../scenarios/requirements.ts";
import type { Finding } from "../record/finding.ts";
import type { CampaignOutcome, RequirementVerdict } from "../record/verdict.ts";

export interface SettleOptions {
  readonly live: boolean;
  /** Live: plans may kill the target's server and start it again. Simulated servers always can be. */
  readonly restartable?: boolean;
  /** The clock of its server can be turned. */
  readonly turnsClock?: boolean;
  /** Requirements that ask for more than the target can do, each with the reason. */
  readonly notApplicable?: ReadonlyMap<string, string> | undefined;
  readonly only: readonly string[];
  readonly require: readonly string[];
  readonly strict: boolean;
}

/** How often a requirement was examined in a campaign. */
export interface Sum {
  examined: number;
  undecided: number;
  plans: number;
}

/** How a requirement broke: the first finding, and how many there were. */
interface Broken {
  readonly finding: Finding;
  readonly violations: number;
  /** Plans with one at least. */
  readonly plans: number;
}

export const selected = (id: string, prefixes: readonly string[]): boolean =>
  prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix));

/** Why a requirement was not judged though it could have been. */
export const LEFT_OUT = "left out by --only";

/** What the whole campaign says of one requirement; `cutShort`: it ended before its time. */
export function concludeRequirement(
  row: Requirement,
  sum: Sum | undefined,
  violated: Broken | undefined,
  options: SettleOptions,
  cutShort: boolean,
): RequirementVerdict {
  const counts = {
    examined: sum?.examined ?? 0,
    plans: sum?.plans ?? 0,
    undecided: sum?.undecided ?? 0,
    violations: violated?.violations ?? 0,
    ...(violated === undefined ? {} : { brokenPlans: violated.plans }),
  };
  const base = { id: row.id, level: row.level, subject: row.subject, ...counts };
  if (!isChecked(row)) return { ...base, outcome: "not-checked", reason: notCheckedReason(row) };
  if (!selected(row.id, options.only)) return { ...base, outcome: "not-checked", reason: LEFT_OUT };
  const inapplicable = options.notApplicable?.get(row.id);
  if (inapplicable !== undefined) return { ...base, outcome: "not-applicable", reason: inapplicable };
  if (violated !== undefined)
    return {
      ...base,
      outcome: "fail",
      reason: `expected: ${violated.finding.expected}; seen: ${violated.finding.actual}`,
    };
  if (counts.examined > 0) return { ...base, outcome: "pass" };
  if (counts.undecided > 0)
    return { ...base, outcome: "inconclusive", reason: "every event lay within the measuring uncertainty" };
  if (options.live && typeof row.live === "object") {
    if ("needs" in row.live) {
      if (options.restartable !== true) return { ...base, outcome: "not-applicable", reason: row.live.otherwise };
    } else if (options.turnsClock !== true || row.live.orTurnedClock !== true)
      return { ...base, outcome: "not-exercised", reason: row.live.simulationOnly };
  }
  if (cutShort) return { ...base, outcome: "inconclusive", reason: "the campaign was cut off before it was exercised" };
  return { ...base, outcome: "not-exercised", reason: "no plan of this campaign brought it about" };
}

const notCheckedReason = (row: Requirement): string => (row.checked === true ? "" : row.checked.notChecked);

/** What the requirements together say of the target, and why. */
export function concludeCampaign(
  requirements: readonly RequirementVerdict[],
  harnessErrors: readonly { readonly plan: string; readonly reason: string }[],
  runs: number,
  interrupted: boolean,
  options: SettleOptions,
): { readonly outcome: CampaignOutcome; readonly reason: string } {
  const failed = requirements.filter(({ outcome }) => outcome === "fail");
  const ours = failed.find(({ subject }) => subject === "device");
  if (ours !== undefined)
    return { outcome: "inconclusive", reason: `our own devices broke ${ours.id}: the instrument is at fault` };
  const decisive = failed.filter(({ level }) => level !== "SHOULD" || options.strict);
  if (decisive.length > 0) return { outcome: "fail", reason: `broken: ${decisive.map(({ id }) => id).join(", ")}` };
  if (interrupted) return { outcome: "inconclusive", reason: `interrupted after ${runs} plans` };
  const [trouble] = harnessErrors;
  if (trouble !== undefined)
    return { outcome: "inconclusive", reason: `${harnessErrors.length} plans cannot be relied on: ${trouble.reason}` };
  const missing =
    options.require.length === 0
      ? []
      : requirements.filter(
          ({ id, outcome }) => selected(id, options.require) && outcome !== "pass" && outcome !== "fail",
        );
  if (missing.length > 0)
    return { outcome: "inconclusive", reason: `required but not shown: ${missing.map(({ id }) => id).join(", ")}` };
  const passed = requirements.filter(({ outcome }) => outcome === "pass").length;
  const warnings =
    failed.length === 0 ? "" : `, with ${failed.length} SHOULD not kept: ${failed.map(({ id }) => id).join(", ")}`;
  if (passed === 0) {
    const what = failed.length === 0 ? "nothing" : "nothing that decides";
    return { outcome: "inconclusive", reason: `${what} was examined${warnings}` };
  }
  return { outcome: "pass", reason: `${passed} requirements kept in ${runs} plans${warnings}` };
}
