/**
 * Makes small plans of one failure look alike: what a task asks for and how a link fails is put in its most common
 * form wherever the failure does not mind. Nothing gets smaller by it; it tells what matters in the plan, and lets two
 * plans be recognised as the same.
 */
import type { Operation, Plan } from "../../scenarios/plan.ts";
import type { Fault } from "../../simulator/model/fault.ts";

/** Reads that every device answers; one for each task, since equal tasks of one device cannot be told apart. */
const PLAIN_READS = ["manufacturer", "modelNumber", "serialNumber", "firmwareVersion"] as const;

/** @param fails whether the failure is still there; `undefined`: no more may be tried */
export async function plainestPlan(
  plan: Plan,
  fails: (candidate: Plan) => Promise<boolean | undefined>,
): Promise<Plan> {
  let best = plan;
  for (const change of changesOf(plan)) {
    const candidate = change(best);
    if (JSON.stringify(candidate) === JSON.stringify(best)) continue;
    const still = await fails(candidate);
    if (still === undefined) break;
    if (still) best = candidate;
  }
  return best;
}

type Change = (plan: Plan) => Plan;

const changesOf = (plan: Plan): readonly Change[] => [
  ...plan.operations.map(
    (_, index): Change =>
      (current) =>
        withOperation(current, index, plainOperation),
  ),
  ...plan.faults.flatMap((_, index): readonly Change[] =>
    PLAIN_FAULTS.map((plain) => (current) => withFault(current, index, plain)),
  ),
];

function withOperation(plan: Plan, index: number, plain: (operation: Operation) => Operation): Plan {
  const operation = plan.operations[index];
  return operation === undefined ? plan : { ...plan, operations: plan.operations.with(index, plain(operation)) };
}

function plainOperation(operation: Operation): Operation {
  if (operation.kind !== "create-task") return operation;
  const { value: _left, ...rest } = operation;
  const name = PLAIN_READS[operation.task % PLAIN_READS.length] ?? PLAIN_READS[0];
  return { ...rest, taskType: "R", property: `deviceProperties.device.${name}` };
}

function withFault(plan: Plan, index: number, plain: (fault: Fault) => Fault): Plan {
  const fault = plan.faults[index];
  return fault === undefined ? plan : { ...plan, faults: plan.faults.with(index, plain(fault)) };
}

/** The most common form first; the first that still fails stays, since the next would be no change for the better. */
const PLAIN_FAULTS: readonly ((fault: Fault) => Fault)[] = [
  (fault) => (isLoss(fault) && fault.direction === "both" ? fault : totalLoss(fault, "both")),
  (fault) => (isLoss(fault) ? fault : totalLoss(fault, "down")),
  (fault) => (isLoss(fault) ? fault : totalLoss(fault, "up")),
];

const isLoss = (fault: Fault): fault is Extract<Fault, { kind: "loss" }> => fault.kind === "loss";

const totalLoss = ({ device, from, until }: Fault, direction: "up" | "down" | "both"): Fault => ({
  kind: "loss",
  device,
  from,
  until,
  direction,
  permille: 1_000,
});
