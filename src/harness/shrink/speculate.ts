/**
 * What a search will want to know: candidates that `shrink` would try next, if those before them still fail or do not.
 *
 * Each execution in real time takes seconds in which the machine is idle. So candidates are executed side by side that a
 * search one after the other would only come to if it had the answers before. Nothing of the search is repeated here:
 * it runs on the answers that are known, and on guesses for those that are not.
 */
import { nextTurn } from "../../platform/timers.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { nameOf, type ShrinkOptions } from "./search.ts";
import { shrink } from "./shrink.ts";

/** Whether candidates still fail, by `nameOf`. */
export type Answers = ReadonlyMap<string, boolean>;

export interface Outlook {
  /** The plans that took each other's place by the answers known so far: the smallest one last. */
  readonly bests: readonly Plan[];
  /** Candidates without an answer, the one that is surely tried next first; none: nothing more can be left out. */
  readonly candidates: readonly Plan[];
}

export interface OutlookOptions extends Pick<ShrinkOptions, "leastWait" | "shownBy"> {
  readonly answers: Answers;
  /** Candidates at most. */
  readonly most: number;
}

/** How likely it is that a candidate still fails: rather less than not, most of a small plan is needed. */
const STILL_FAILS = 0.4;
/** What comes after the failure is hardly ever needed. */
const STILL_FAILS_CUT_SHORT = 0.9;
/** Guesses for the first candidates without an answer; for all after them: they do not fail. */
const GUESSES: readonly (readonly boolean[])[] = [
  [],
  [true],
  [false, true],
  [true, true],
  [false, false, true],
  [true, false, true],
  [true, true, true],
  [false, false, false, true],
];

export async function lookAhead(failing: Plan, options: OutlookOptions): Promise<Outlook> {
  const likely = new Map<string, Guessed>();
  let bests: readonly Plan[] = [failing];
  for (const guesses of GUESSES) {
    // Runs under way are not to wait for this.
    await nextTurn();
    const path = await follow(failing, guesses, options);
    if (guesses.length === 0) bests = [failing, ...path.bests];
    for (const guessed of path.unknown)
      if ((likely.get(guessed.name)?.chance ?? 0) < guessed.chance) likely.set(guessed.name, guessed);
    if (path.unknown.length === 0) break;
  }
  const candidates = [...likely.values()].sort((a, b) => b.chance - a.chance).map(({ plan }) => plan);
  return { bests, candidates: candidates.slice(0, options.most) };
}

/** A candidate, and how likely it is that the search comes to it. */
interface Guessed {
  readonly name: string;
  readonly plan: Plan;
  readonly chance: number;
}

interface Path {
  readonly bests: readonly Plan[];
  readonly unknown: readonly Guessed[];
}

/** The search as it goes by what is known, then by these guesses. */
async function follow(failing: Plan, guesses: readonly boolean[], options: OutlookOptions): Promise<Path> {
  const { answers, most, ...search } = options;
  const bests: Plan[] = [];
  const unknown: Guessed[] = [];
  let chance = 1;
  const fails = async (plan: Plan): Promise<boolean> => {
    const name = nameOf(plan);
    const answer = answers.get(name);
    if (answer === true && unknown.length === 0) bests.push(plan);
    if (answer !== undefined) return answer;
    const isCutShort = answers.size === 0 && unknown.length === 0 && search.shownBy !== undefined;
    const likely = isCutShort ? STILL_FAILS_CUT_SHORT : STILL_FAILS;
    const guess = guesses[unknown.length] ?? false;
    unknown.push({ name, plan, chance });
    chance *= guess ? likely : 1 - likely;
    return guess;
  };
  await shrink(failing, { ...search, fails, mayContinue: () => unknown.length < most });
  return { bests, unknown };
}
