/**
 * Delta debugging over operations and faults alone, in the order of the plan: what `shrink` is compared with.
 *
 * Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input, 2002, by complements.
 */
import type { ShrinkOptions } from "../src/harness/shrink/shrink.ts";
import type { Operation, Plan } from "../src/scenarios/plan.ts";
import type { Fault } from "../src/simulator/model/fault.ts";

type Element =
  | { readonly kind: "operation"; readonly operation: Operation }
  | { readonly kind: "fault"; readonly fault: Fault };

/** The smallest plan when nothing single can be left out, or when no execution may begin any more. */
export async function plainDdmin(failing: Plan, { fails, mayContinue }: ShrinkOptions): Promise<Plan> {
  let elements: readonly Element[] = [
    ...failing.operations.map((operation) => ({ kind: "operation", operation }) as const),
    ...failing.faults.map((fault) => ({ kind: "fault", fault }) as const),
  ];
  for (let chunk = Math.ceil(elements.length / 2); chunk >= 1 && elements.length > 0; ) {
    let dropped = false;
    for (let start = 0; start < elements.length; ) {
      const rest = elements.toSpliced(start, chunk);
      if (!mayContinue()) return withElements(failing, elements);
      if (await fails(withElements(failing, rest))) {
        elements = rest;
        dropped = true;
      } else start += chunk;
    }
    if (chunk === 1 && !dropped) break;
    chunk = Math.ceil(chunk / 2);
  }
  return withElements(failing, elements);
}

const withElements = (plan: Plan, elements: readonly Element[]): Plan => ({
  ...plan,
  operations: elements.flatMap((element) => (element.kind === "operation" ? [element.operation] : [])),
  faults: elements.flatMap((element) => (element.kind === "fault" ? [element.fault] : [])),
});
