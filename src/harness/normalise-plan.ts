/**
 * Plans with every index spelled out, and two operations on them: leaving a device out, and joining two plans.
 *
 * In a plan a device index counts modulo the fleet. Before the fleet changes, indices must be made plain, or an
 * operation would silently move to another device.
 */
import type { Operation, Plan } from "../scenarios/plan.ts";
import type { Fault } from "../simulator/model/fault.ts";

/** Every index below its bound; nothing else changes. */
export function normalisePlan(plan: Plan): Plan {
  const devices = plan.fleet.length;
  const types = plan.deviceTypes.length;
  return {
    ...plan,
    fleet: plan.fleet.map((device) => ({ ...device, type: device.type % types })),
    operations: plan.operations.map((operation) =>
      mapIndices(
        operation,
        (d) => d % devices,
        (t) => t % types,
        (ref) => ref,
      ),
    ),
    faults: plan.faults.map((fault) => ({ ...fault, device: fault.device % devices })),
  };
}

function mapIndices(
  operation: Operation,
  device: (index: number) => number,
  type: (index: number) => number,
  task: (ref: number) => number,
): Operation {
  let mapped: Operation = operation;
  if ("device" in mapped) mapped = { ...mapped, device: device(mapped.device) };
  if ("task" in mapped) mapped = { ...mapped, task: task(mapped.task) };
  if (mapped.kind === "configure-type") mapped = { ...mapped, type: type(mapped.type) };
  if (mapped.kind === "create-task") {
    const devices = mapped.devices === "all" ? mapped.devices : [...new Set(mapped.devices.map(device))];
    mapped = { ...mapped, type: type(mapped.type), devices };
  }
  return mapped;
}

/** A normalised plan without one device, its operations and its faults. A task that loses all its targets goes too. */
export function withoutDevice(plan: Plan, gone: number): Plan {
  const moved = (index: number): number => (index > gone ? index - 1 : index);
  const operations = plan.operations.flatMap((operation): Operation[] => {
    if ("device" in operation && operation.device === gone) return [];
    let kept = operation;
    if (kept.kind === "create-task" && kept.devices !== "all") {
      const devices = kept.devices.filter((index) => index !== gone);
      if (devices.length === 0) return [];
      kept = { ...kept, devices };
    }
    return [
      mapIndices(
        kept,
        moved,
        (t) => t,
        (ref) => ref,
      ),
    ];
  });
  return {
    ...plan,
    fleet: plan.fleet.filter((_, index) => index !== gone),
    operations,
    faults: plan.faults.flatMap((fault): Fault[] =>
      fault.device === gone ? [] : [{ ...fault, device: moved(fault.device) }],
    ),
  };
}

/** Both plans at once, side by side: devices, device types and tasks of the second are renumbered. */
export function joinPlans(first: Plan, second: Plan): Plan {
  const a = normalisePlan(first);
  const b = normalisePlan(second);
  const devices = a.fleet.length;
  const types = a.deviceTypes.length;
  const refs =
    1 + a.operations.reduce((most, operation) => ("task" in operation ? Math.max(most, operation.task) : most), -1);
  return {
    ...a,
    deviceTypes: [...a.deviceTypes, ...b.deviceTypes],
    fleet: [...a.fleet, ...b.fleet.map((device) => ({ ...device, type: device.type + types }))],
    operations: [
      ...a.operations,
      ...b.operations.map((operation) =>
        mapIndices(
          operation,
          (d) => d + devices,
          (t) => t + types,
          (ref) => ref + refs,
        ),
      ),
    ],
    faults: [...a.faults, ...b.faults.map((fault) => ({ ...fault, device: fault.device + devices }))],
    quietFrom: Math.max(a.quietFrom, b.quietFrom),
    until: Math.max(a.until, b.until),
  };
}
