/**
 * Makes a failing plan small. A candidate counts only if the *same requirement* fails, which is for the caller to say.
 *
 * The largest cuts come first, so that the plan is readable after few executions: devices with all that is theirs,
 * faults, what comes after the failure, tasks with all that is done with them, then chunks of what is left down to
 * single operations and faults. Only then values, which make the plan plainer and no smaller.
 *
 * It may be stopped at any time and then has the smallest plan so far. Left to finish, the result is 1-minimal: no
 * single operation, fault, device or target of a task can be left out.
 */
import type { Plan } from "../../scenarios/plan.ts";
import { removeDevices, silenceFleet } from "./devices.ts";
import { takeLuckOut } from "./faults.ts";
import { leaveOutImages } from "./firmware.ts";
import { createSearch, OutOfBudget, type Search, type ShrinkOptions } from "./search.ts";
import { cutTail, leaveOutElements, leaveOutFaults, leaveOutTargets, leaveOutTasks } from "./structure.ts";
import { makePlain } from "./values.ts";
import { endAt, endSooner, shortenWaits } from "./waits.ts";

export type { ShrinkOptions } from "./search.ts";

export interface Shrunk {
  readonly plan: Plan;
  readonly executions: number;
  /** Nothing more can be left out; false: the budget ran out first. */
  readonly minimal: boolean;
}

export async function shrink(failing: Plan, options: ShrinkOptions): Promise<Shrunk> {
  const search = createSearch(failing, options);
  try {
    if (options.shownBy !== undefined) await endAt(search, options.shownBy + (options.leastWait ?? 0));
    await cutDown(search);
    // Each better plan has fewer operations, faults, devices, targets or peculiarities, or less time: it ends.
    for (let before = -1; before !== search.improvements; ) {
      before = search.improvements;
      await leaveOutSingles(search);
      await makePlain(search);
      await endSooner(search);
      await shortenWaits(search);
    }
    return { plan: search.best, executions: search.executions, minimal: true };
  } catch (error) {
    if (error instanceof OutOfBudget) return { plan: search.best, executions: search.executions, minimal: false };
    throw error;
  }
}

async function cutDown(search: Search): Promise<void> {
  await silenceFleet(search);
  await leaveOutFaults(search);
  await cutTail(search);
  // In real time every later execution is the shorter for it.
  if (search.leastWait !== undefined) await endSooner(search);
  await takeLuckOut(search);
  await leaveOutTasks(search);
  await leaveOutElements(search);
}

async function leaveOutSingles(search: Search): Promise<void> {
  await leaveOutElements(search, 1);
  await leaveOutTargets(search);
  await leaveOutImages(search);
  await removeDevices(search);
}
