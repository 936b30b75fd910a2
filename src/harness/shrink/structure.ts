/**
 * Passes over operations and faults: what hangs together goes together first, then single ones.
 */
import { isCreation, type Operation, type Plan } from "../../scenarios/plan.ts";
import type { Fault } from "../../simulator/model/fault.ts";
import { leaveOut } from "./leave-out.ts";
import type { Search } from "./search.ts";

type Element = Operation | Fault;

const without = (plan: Plan, gone: readonly Element[]): Plan => {
  const out = new Set(gone);
  return {
    ...plan,
    operations: plan.operations.filter((operation) => !out.has(operation)),
    faults: plan.faults.filter((fault) => !out.has(fault)),
  };
};

/** All faults at once, and else some: most failures need none. */
export async function leaveOutFaults(search: Search): Promise<void> {
  if (search.best.faults.length === 0 || (await search.attempt({ ...search.best, faults: [] }))) return;
  await leaveOut(search.best.faults, (gone) => search.attempt(without(search.best, gone)));
}

/** The operations after the last one that matters: half of all, then half of that half, and so on. */
export async function cutTail(search: Search): Promise<void> {
  let inOrder = search.best.operations.toSorted((a, b) => a.at - b.at);
  for (let cut = Math.ceil(inOrder.length / 2); cut >= 1; cut = cut === 1 ? 0 : Math.ceil(cut / 2)) {
    const tail = inOrder.slice(-cut);
    if (tail.length === inOrder.length || !(await search.attempt(without(search.best, tail)))) continue;
    inOrder = inOrder.slice(0, -cut);
  }
}

/** A task goes with all that is done with it. */
export async function leaveOutTasks(search: Search): Promise<void> {
  const tasks = new Set(search.best.operations.flatMap((operation) => ("task" in operation ? [operation.task] : [])));
  await leaveOut([...tasks], (gone) => {
    const ofThese = search.best.operations.filter((operation) => "task" in operation && gone.includes(operation.task));
    return search.attempt(without(search.best, ofThese));
  });
}

/** Operations and faults together: one may be needed only because of the other. */
export async function leaveOutElements(search: Search, chunk?: number): Promise<void> {
  const elements = [...search.best.operations, ...search.best.faults];
  const size = Math.min(chunk ?? elements.length, Math.ceil(elements.length / 2));
  await leaveOut(elements, (gone) => search.attempt(without(search.best, gone)), { chunk: size });
}

/** Fewer targets of tasks; a task without any is no task, so one stays. */
export async function leaveOutTargets(search: Search): Promise<void> {
  for (const index of search.best.operations.keys()) {
    const operation = search.best.operations[index];
    if (operation === undefined || !isCreation(operation)) continue;
    if (operation.devices === "all" || operation.devices.length < 2) continue;
    const attempt = (gone: readonly number[]): Promise<boolean> => {
      const now = search.best.operations[index];
      if (now === undefined || !isCreation(now) || now.devices === "all") return Promise.resolve(false);
      const fewer = { ...now, devices: now.devices.filter((target) => !gone.includes(target)) };
      return search.attempt({ ...search.best, operations: search.best.operations.with(index, fewer) });
    };
    await leaveOut(operation.devices, attempt, { least: 1 });
  }
}
