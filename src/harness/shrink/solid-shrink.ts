/**
 * Makes a failing plan small on a target in real time, where the same plan may fail in one run and pass in the next.
 *
 * A candidate counts only if it fails in each of two runs. Many are run side by side, which costs the target little and
 * saves minutes of waiting. Each plan that becomes the smallest is run five times more meanwhile; one that does not fail
 * each time is given up with all that came of it, and the search goes on from the plan before it.
 */
import { pause } from "../../platform/timers.ts";
import { type Micros, millis } from "../../protocol/time.ts";
import type { Plan } from "../../scenarios/plan.ts";
import { nameOf, type ShrinkOptions } from "./search.ts";
import { lookAhead, type Outlook } from "./speculate.ts";

export interface SolidShrinkOptions<Evidence> extends Pick<ShrinkOptions, "shownBy"> {
  /** Runs a plan once. @returns what shows the failure; `undefined`: it did not fail, or could not be run */
  readonly run: (plan: Plan) => Promise<Evidence | undefined>;
  /** Whether there is wall time left for something that takes so many milliseconds. */
  readonly hasTimeFor: (duration: number) => boolean;
  /** Milliseconds that a run of a plan takes, about. */
  readonly durationOf: (plan: Plan) => number;
  /** As in `ShrinkOptions`. */
  readonly leastWait: number;
  /** Runs at the same time, at most. */
  readonly atOnce: number;
  readonly onProgress?: (best: Plan, runs: number) => void;
  /** Runs that end within this time are thought over together. Default 200 ms. */
  readonly together?: Micros;
}

/** How often a plan failed when it was run again. */
export interface Repeats {
  readonly failed: number;
  readonly of: number;
}

export interface SolidShrunk<Evidence> {
  /** The smallest plan that failed each time; the one that came in, if there is none. */
  readonly plan: Plan;
  /** Of one run of that plan; `undefined`: it never failed again. */
  readonly evidence: Evidence | undefined;
  /** Of that plan; `undefined`: there was no time to run it again. */
  readonly repeats: Repeats | undefined;
  /** Of the plan that came in. */
  readonly original: Repeats | undefined;
  readonly runs: number;
  /** Nothing more can be left out; false: the time was up first, or something smaller did not fail each time. */
  readonly minimal: boolean;
}

/** Runs in each of which a candidate must fail. */
const RUNS = 2;
/** Runs by which the smallest plan, and the one that came in, are known. */
export const REPEATS = 5;
/** Runs at the same time where more of them were too much for the machine: the failure did not come any more. */
const FEW_AT_ONCE = 6;
/** Runs of equal length end about together: what comes next is thought over once for all of them. */
const TOGETHER = millis(200);

export async function solidShrink<Evidence>(
  failing: Plan,
  options: SolidShrinkOptions<Evidence>,
): Promise<SolidShrunk<Evidence>> {
  if (!options.hasTimeFor(options.durationOf(failing)))
    return { plan: failing, evidence: undefined, repeats: undefined, original: undefined, runs: 0, minimal: false };
  const work = new Work(failing, options);
  work.check(failing);
  const minimal = await work.search();
  const { bests } = await work.outlook();
  const plan = bests.findLast((each) => each !== failing && work.isSolid(each)) ?? failing;
  return {
    plan,
    evidence: work.evidence.get(nameOf(plan)),
    repeats: work.checks.get(nameOf(plan)),
    original: work.checks.get(nameOf(failing)),
    runs: work.runs,
    minimal: minimal && plan === bests.at(-1),
  };
}

/** Runs under way, and what they have shown; plans by their names. */
class Work<Evidence> {
  runs = 0;
  /** Of a run that failed. */
  readonly evidence = new Map<string, Evidence>();
  /** Of plans that were run so often. */
  readonly checks = new Map<string, Repeats>();
  private readonly failing: Plan;
  private readonly options: SolidShrinkOptions<Evidence>;
  private readonly answers = new Map<string, boolean>();
  private readonly underWay = new Map<string, { readonly runs: number; readonly done: Promise<void> }>();
  private atOnce: number;

  constructor(failing: Plan, options: SolidShrinkOptions<Evidence>) {
    this.failing = failing;
    this.options = options;
    this.atOnce = options.atOnce;
  }

  isSolid(plan: Plan): boolean {
    const check = this.checks.get(nameOf(plan));
    return check !== undefined && check.failed === check.of;
  }

  outlook(): Promise<Outlook> {
    const { leastWait, shownBy } = this.options;
    const most = Math.max(1, Math.floor(this.atOnce / RUNS));
    return lookAhead(this.failing, {
      answers: this.answers,
      leastWait,
      most,
      ...(shownBy === undefined ? {} : { shownBy }),
    });
  }

  /** @returns whether nothing more can be left out; else the time is up, or what came in never failed again */
  async search(): Promise<boolean> {
    for (;;) {
      const { bests, candidates } = await this.outlook();
      const best = bests.at(-1) ?? this.failing;
      this.options.onProgress?.(best, this.runs);
      if (this.isGone()) {
        if (await this.takeItEasy()) continue;
        return false;
      }
      this.check(best);
      for (const candidate of candidates) this.ask(candidate, best);
      if (this.underWay.size === 0) return candidates.length === 0;
      await Promise.race([...this.underWay.values()].map(({ done }) => done));
      await pause(this.options.together ?? TOGETHER);
    }
  }

  private isGone(): boolean {
    return this.checks.get(nameOf(this.failing))?.failed === 0;
  }

  /**
   * What came in does not fail any more. Was it the crowd of runs? What they have shown is forgotten, and few go on.
   *
   * @returns whether it fails now
   */
  private async takeItEasy(): Promise<boolean> {
    const { failing, options } = this;
    await Promise.all([...this.underWay.values()].map(({ done }) => done));
    if (this.atOnce <= FEW_AT_ONCE || !options.hasTimeFor(options.durationOf(failing))) return false;
    this.atOnce = FEW_AT_ONCE;
    this.answers.clear();
    this.checks.clear();
    this.check(failing);
    await this.underWay.get(nameOf(failing))?.done;
    return !this.isGone();
  }

  /** Runs a plan as often as it takes to rely on it. */
  check(plan: Plan): void {
    const name = nameOf(plan);
    if (this.checks.has(name) || !this.options.hasTimeFor(this.options.durationOf(plan))) return;
    this.begin(name, plan, REPEATS);
  }

  /** Begins the runs of a candidate, if there is room and time for them. */
  private ask(candidate: Plan, best: Plan): void {
    const { hasTimeFor, durationOf } = this.options;
    const duration = durationOf(candidate);
    // Where there is no time to check it afterwards, it is run as often at once.
    const runs = hasTimeFor(duration + durationOf(best)) ? RUNS : REPEATS;
    const busy = [...this.underWay.values()].reduce((sum, other) => sum + other.runs, 0);
    if (!hasTimeFor(duration) || (busy > 0 && busy + runs > this.atOnce)) return;
    this.begin(nameOf(candidate), candidate, runs);
  }

  private begin(name: string, plan: Plan, runs: number): void {
    if (this.underWay.has(name)) return;
    const done = this.repeat(name, plan, runs).then((repeats) => {
      this.underWay.delete(name);
      this.answers.set(name, repeats.failed === repeats.of);
      if (runs >= REPEATS) this.checks.set(name, repeats);
    });
    this.underWay.set(name, { runs, done });
  }

  private async repeat(name: string, plan: Plan, runs: number): Promise<Repeats> {
    const results = await Promise.all(Array.from({ length: runs }, () => this.options.run(plan)));
    this.runs += runs;
    const shown = results.filter((each) => each !== undefined);
    const [first] = shown;
    if (first !== undefined) this.evidence.set(name, first);
    return { failed: shown.length, of: runs };
  }
}
