/**
 * Recheck: judges saved histories with the checkers of today, without any target.
 *
 * Histories are folded line by line, one at a time. What they show is settled like a campaign, and compared with what
 * the record says: findings that are new, and findings that are gone. It can say nothing of histories not kept.
 */
import path from "node:path";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { exists } from "../../platform/files.ts";
import { nextTurn } from "../../platform/timers.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { isChecked, requirementById } from "../../scenarios/requirements.ts";
import type { HistoryHeader } from "../history/history.ts";
import { readHistory } from "../history/history-file.ts";
import { createOracle, type Judgement, type Oracle } from "../oracle/oracle.ts";
import type { Finding } from "../record/finding.ts";
import { readRunRecord, readSavedPlan, readVerdict } from "../record/formats.ts";
import type { SavedPair } from "../record/kept-histories.ts";
import type { Difference, RecheckSummary } from "../record/recheck-summary.ts";
import type { SavedPlan, Verdict } from "../record/verdict.ts";
import { LEFT_OUT, selected } from "../settlement/conclude.ts";
import { sequenceOf } from "../settlement/plan-result.ts";
import { createSettlement, type Settlement } from "../settlement/settle.ts";

export interface RecheckOptions {
  readonly histories: readonly SavedPair[];
  /** Prefixes of requirement ids; empty: all. */
  readonly only: readonly string[];
  readonly strict: boolean;
  /** What was judged until then is settled. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RecheckProgress) => void;
}

export interface RecheckProgress {
  readonly judged: number;
  readonly histories: number;
  readonly differences: number;
}

/** What has been found out so far. */
interface Book {
  readonly options: RecheckOptions;
  readonly differences: Difference[];
  readonly unreadable: { readonly file: string; readonly reason: string }[];
  readonly edited: string[];
  readonly incomplete: string[];
  readonly targets: Set<string>;
  readonly profiles: Set<string>;
  /** What the verdict of a record says, by the record's directory. */
  readonly records: Map<string, Recorded | undefined>;
  /** Broken, and not judged by the campaign. */
  readonly leftOut: Set<string>;
  /** Requirements of which a single history shows a violation. */
  readonly shown: Set<string>;
  settlement: Settlement | undefined;
  firstTarget: string | undefined;
  judged: number;
  same: number;
  uncompared: number;
}

/** Of the requirements in the verdict of a record: those that failed, and those that were not to be judged. */
interface Recorded {
  readonly broken: ReadonlySet<string>;
  readonly leftOut: ReadonlySet<string>;
  /** The target could not do what they are about: no history of it says anything of them. */
  readonly notApplicable: ReadonlySet<string>;
}

/** Judges what can be read; what cannot is listed. Never throws because of a file. */
export async function recheck(options: RecheckOptions): Promise<RecheckSummary> {
  const book: Book = {
    options,
    differences: [],
    unreadable: [],
    edited: [],
    incomplete: [],
    targets: new Set(),
    profiles: new Set(),
    records: new Map(),
    leftOut: new Set(),
    shown: new Set(),
    settlement: undefined,
    firstTarget: undefined,
    judged: 0,
    same: 0,
    uncompared: 0,
  };
  for (const pair of options.histories) {
    if (options.signal?.aborted === true) break;
    await readPair(book, pair);
    const { judged, differences } = book;
    options.onProgress?.({ judged, histories: options.histories.length, differences: differences.length });
    await nextTurn();
  }
  return conclude(book);
}

// ── one history

async function readPair(book: Book, pair: SavedPair): Promise<void> {
  try {
    const saved = await readSavedPlan(pair.plan);
    const recorded = await recordOf(book, pair.history);
    const { header, hash, ...judged } = await judgeFile(pair.history, saved.plan);
    const judgement = without(judged.judgement, recorded?.notApplicable);
    if (saved.historyHash !== undefined && saved.historyHash !== hash) book.edited.push(pair.history);
    if (settle(book, saved, judgement, header)) compare(book, pair.history, saved, judgement, recorded);
  } catch (error) {
    if (!(error instanceof UsageError) && !(error instanceof HarnessError)) throw error;
    book.unreadable.push({ file: pair.history, reason: error.message });
  }
}

function without(judgement: Judgement, notApplicable: ReadonlySet<string> | undefined): Judgement {
  if (notApplicable === undefined || notApplicable.size === 0) return judgement;
  const applies = ({ requirement }: { readonly requirement: string }): boolean => !notApplicable.has(requirement);
  return { ...judgement, tallies: judgement.tallies.filter(applies), choices: judgement.choices.filter(applies) };
}

interface JudgedFile {
  readonly judgement: Judgement;
  readonly header: HistoryHeader;
  readonly hash: string;
}

async function judgeFile(file: string, plan: Plan): Promise<JudgedFile> {
  let fold: { readonly oracle: Oracle; readonly header: HistoryHeader } | undefined;
  const hash = await readHistory(file, (header) => {
    if (header.plan !== plan.id || header.devices.length !== plan.fleet.length) {
      const found = `plan ${header.plan} with ${header.devices.length} devices`;
      throw new UsageError(
        "bad-file",
        `${file}:1: a history of ${found}; the plan beside it is ${plan.id} with ${plan.fleet.length}`,
      );
    }
    const oracle = createOracle(plan, header);
    fold = { oracle, header };
    return (event) => oracle.step(event);
  });
  if (fold === undefined) throw new UsageError("bad-file", `${file} has no header`);
  return { judgement: fold.oracle.end(), header: fold.header, hash };
}

/** @returns false when nothing is to be concluded from it */
function settle(book: Book, saved: SavedPlan, judgement: Judgement, header: HistoryHeader): boolean {
  const { only, strict } = book.options;
  const { plan } = saved;
  const target = `${saved.target} ${saved.mutant ?? ""}`;
  book.settlement ??= createSettlement({ live: header.mode === "live", only, strict, require: [] });
  book.firstTarget ??= target;
  book.targets.add(saved.mutant === undefined ? saved.target : `${saved.target} with mutant ${saved.mutant}`);
  book.profiles.add(plan.profile.name);
  const index = book.judged++;
  const refused = judgement.unanswered.find((reason) => reason.startsWith("refused"));
  if (refused !== undefined) {
    // As in a campaign: a target that is not there any more keeps no promise, and breaks none either.
    book.settlement.addHarnessError(plan.id, `the target is gone: ${refused}`);
    return false;
  }
  book.settlement.add({
    index,
    id: plan.id,
    tallies: judgement.tallies,
    // A choice is one choice of one server: another server may choose otherwise.
    choices: book.firstTarget === target ? judgement.choices : [],
    cutOff: judgement.cutOff,
    unanswered: judgement.unanswered,
    devices: plan.fleet.length,
    sequence: sequenceOf(plan),
  });
  return true;
}

// ── compared with the record

/** Of a history in `failures/<id>/` or `histories/<plan>/`: what the verdict of its record says. */
async function recordOf(book: Book, history: string): Promise<Recorded | undefined> {
  const directory = path.join(path.dirname(history), "../..");
  if (!book.records.has(directory)) {
    const [run, verdict] = [path.join(directory, "run.json"), path.join(directory, "verdict.json")];
    if ((await exists(run)) && (await readRunRecord(run)).status === "incomplete") book.incomplete.push(directory);
    book.records.set(directory, (await exists(verdict)) ? recordedIn(await readVerdict(verdict)) : undefined);
  }
  return book.records.get(directory);
}

function recordedIn({ requirements }: Verdict): Recorded {
  const ids = (rows: Verdict["requirements"]): ReadonlySet<string> => new Set(rows.map(({ id }) => id));
  return {
    broken: ids(requirements.filter(({ outcome }) => outcome === "fail")),
    leftOut: ids(requirements.filter(({ outcome, reason }) => outcome === "not-checked" && reason === LEFT_OUT)),
    notApplicable: ids(requirements.filter(({ outcome }) => outcome === "not-applicable")),
  };
}

/**
 * A saved plan names at most one requirement that it breaks; its history may show others, which the verdict lists.
 * Where there is no verdict, nobody knows whether they were seen then.
 */
function compare(
  book: Book,
  history: string,
  saved: SavedPlan,
  judgement: Judgement,
  recorded: Recorded | undefined,
): void {
  const counts = (id: string): boolean => {
    const row = requirementById(id);
    return row !== undefined && isChecked(row) && selected(id, book.options.only);
  };
  const found = judgement.tallies.flatMap(({ findings }) => findings.slice(0, 1)).filter((f) => counts(f.requirement));
  for (const finding of found) {
    book.shown.add(finding.requirement);
    if (finding.requirement === saved.requirement || recorded?.broken.has(finding.requirement) === true) book.same++;
    else if (recorded?.leftOut.has(finding.requirement) === true) book.leftOut.add(finding.requirement);
    else if (recorded === undefined && saved.requirement !== undefined) book.uncompared++;
    else book.differences.push({ kind: "new", history, ...what(finding) });
  }
  const { requirement, expected = "", actual = "" } = saved;
  if (requirement === undefined || !selected(requirement, book.options.only)) return;
  // A checker that went away, or a conflict of two plans, is seen by the settlement alone.
  if (found.some((finding) => finding.requirement === requirement)) return;
  book.differences.push({ kind: "gone", history, requirement, expected, actual });
}

const what = ({ requirement, expected, actual }: Finding) => ({ requirement, expected, actual });

// ── conclusion

function conclude(book: Book): RecheckSummary {
  const { options, unreadable, judged, settlement } = book;
  const interrupted = options.signal?.aborted === true && judged + unreadable.length < options.histories.length;
  const settled = (settlement ?? createSettlement({ live: false, require: [], ...options })).conclude(interrupted);
  return {
    ...settled,
    ...(settled.outcome === "fail" ? {} : troubleOf(book)),
    targets: [...book.targets],
    profiles: [...book.profiles],
    histories: judged,
    found: options.histories.length,
    same: book.same,
    uncompared: book.uncompared,
    leftOut: [...book.leftOut].sort(),
    differences: [...book.differences, ...conflicts(book)],
    unreadable,
    edited: book.edited,
    incomplete: book.incomplete,
    interrupted,
  };
}

/** What no history shows by itself: two of them contradict each other. */
function conflicts({ settlement, shown, records }: Book): readonly Difference[] {
  const recorded = new Set(
    [...records.values()].flatMap((each) => [...(each?.broken ?? []), ...(each?.leftOut ?? [])]),
  );
  return (settlement?.violated ?? [])
    .filter(({ requirement }) => !shown.has(requirement) && !recorded.has(requirement))
    .map(({ finding, plan, joinedWith }) => ({
      kind: "new",
      history: `between ${plan.id} and ${joinedWith?.id ?? "others"}`,
      ...what(finding),
    }));
}

/** Of what could not be read nothing is known. */
function troubleOf({ unreadable, options }: Book): Partial<Pick<RecheckSummary, "outcome" | "reason">> {
  const [first] = unreadable;
  if (first === undefined) return {};
  const reason = `${unreadable.length} of ${options.histories.length} histories could not be read: ${first.reason}`;
  return { outcome: "inconclusive", reason };
}
