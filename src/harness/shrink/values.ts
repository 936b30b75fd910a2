/**
 * Passes over what operations, devices and faults carry: whatever can have its plainest value has it, so that what
 * still looks odd in the plan matters.
 */
import { Operation, type Plan, PlannedDevice } from "../../scenarios/plan.ts";
import { makeFaultsPlain, takeLuckOut } from "./faults.ts";
import { plainFirmware, shrinkImages } from "./firmware.ts";
import type { Search } from "./search.ts";

type Change = (plan: Plan) => Plan;

/** Tried one after the other; each makes one thing plainer, and none undoes another. */
export async function makePlain(search: Search): Promise<void> {
  const apply = (change: Change): Promise<boolean> => search.attempt(change(search.best));
  await apply(inOrder);
  await apply((plan) => ({ ...plan, latency: 0 }));
  await plainDevices(search);
  await plainFirmware(search);
  await shrinkImages(search);
  for (const index of search.best.deviceTypes.keys())
    await apply((plan) => ({ ...plan, deviceTypes: plan.deviceTypes.with(index, {}) }));
  for (const [index, operation] of search.best.operations.entries()) {
    for (const key of optionalKeys(operation)) await apply((plan) => withoutKey(plan, index, key));
  }
  for (const [index, { kind }] of search.best.operations.entries())
    if (kind === "restart-server") await apply((plan) => withShortDowntime(plan, index));
  await takeLuckOut(search);
  await makeFaultsPlain(search);
}

/** Operations as they happen, and tasks numbered from 0 in the order of their first mention. */
function inOrder(plan: Plan): Plan {
  const operations = plan.operations.toSorted((a, b) => a.at - b.at);
  const refs = [...new Set(operations.flatMap((operation) => ("task" in operation ? [operation.task] : [])))];
  return {
    ...plan,
    operations: operations.map((operation) =>
      "task" in operation ? { ...operation, task: refs.indexOf(operation.task) } : operation,
    ),
  };
}

// ── operations

const optionalKeys = (operation: Operation): readonly string[] =>
  Object.keys(operation).filter((key) => withoutField(operation, key) !== undefined);

/** `undefined` where an operation cannot do without the field. */
function withoutField(operation: Operation, key: string): Operation | undefined {
  const rest = Object.fromEntries(Object.entries(operation).filter(([name]) => name !== key));
  return Operation.safeParse(rest).data;
}

function withoutKey(plan: Plan, index: number, key: string): Plan {
  const operation = plan.operations[index];
  const plain = operation === undefined ? undefined : withoutField(operation, key);
  return plain === undefined ? plan : { ...plan, operations: plan.operations.with(index, plain) };
}

/** Milliseconds for which a killed server is down in plain plans: long enough to be seen, too short for a deadline. */
const SHORT_DOWNTIME = 1_000;

function withShortDowntime(plan: Plan, index: number): Plan {
  const operation = plan.operations[index];
  if (operation?.kind !== "restart-server" || operation.downFor === SHORT_DOWNTIME) return plan;
  return { ...plan, operations: plan.operations.with(index, { ...operation, downFor: SHORT_DOWNTIME }) };
}

// ── devices

/** All devices in all respects; else in one respect after the other; else one device after the other. */
async function plainDevices(search: Search): Promise<void> {
  const keys = [...new Set(search.best.fleet.flatMap((device) => Object.keys(device)))].filter((key) => key !== "type");
  if (await search.attempt(withPlainDevices(search.best, keys))) return;
  for (const key of keys) {
    if (await search.attempt(withPlainDevices(search.best, [key]))) continue;
    for (const index of search.best.fleet.keys()) await search.attempt(withPlainDevices(search.best, [key], index));
  }
}

/** A device without a parameter has its default. */
function withPlainDevices(plan: Plan, keys: readonly string[], only?: number): Plan {
  const plain = (device: PlannedDevice): PlannedDevice =>
    PlannedDevice.parse(Object.fromEntries(Object.entries(device).filter(([key]) => !keys.includes(key))));
  return {
    ...plan,
    fleet: plan.fleet.map((device, index) => (only === undefined || only === index ? plain(device) : device)),
  };
}
