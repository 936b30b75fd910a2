/**
 * Passes over the fleet: first devices fall silent where they stand, which is the largest cut there is and re-rolls no
 * fault of another device; silent devices leave the fleet once the plan is small.
 */
import { isCreation, type Plan } from "../../scenarios/plan.ts";
import { normalisePlan, silenceDevices, withoutDevices } from "../plans/normalise-plan.ts";
import { leaveOut } from "./leave-out.ts";
import type { Search } from "./search.ts";

/** Half of the fleet, then smaller parts of it, until single devices are needed. At least one device stays. */
export async function silenceFleet(search: Search): Promise<void> {
  const spoken = spokenTo(search.best);
  if (spoken.size < 2) return;
  await leaveOut([...spoken], (gone) => search.attempt(silenced(search.best, gone)), { least: 1 });
}

/** Devices that the plan switches on, or that an operation or a fault names. */
function spokenTo(plan: Plan): ReadonlySet<number> {
  const named = new Set(plan.fleet.flatMap(({ registersAt }, index) => (registersAt === undefined ? [] : [index])));
  for (const operation of plan.operations) {
    if ("device" in operation) named.add(operation.device);
    if (isCreation(operation) && operation.devices !== "all") for (const device of operation.devices) named.add(device);
  }
  for (const { device } of plan.faults) named.add(device);
  return new Set([...named].sort((a, b) => a - b));
}

/** A device type falls silent with the last of its devices. */
function silenced(plan: Plan, gone: readonly number[]): Plan {
  const silent = silenceDevices(plan, new Set(gone));
  const left = spokenTo(silent);
  const types = new Set([...left].map((device) => silent.fleet[device]?.type));
  const operations = silent.operations.filter((operation) => {
    const type = deviceTypeOf(operation, silent);
    return type === undefined || types.has(type) || !isForType(operation);
  });
  return { ...silent, operations };
}

const isForType = (operation: Plan["operations"][number]): boolean =>
  operation.kind === "configure-type" || (isCreation(operation) && operation.devices === "all");

/** The one that the operation is about; `undefined` where it is about none. */
function deviceTypeOf(operation: Plan["operations"][number], { images = [] }: Plan): number | undefined {
  if (operation.kind === "create-update") return images[operation.image]?.type;
  return operation.kind === "configure-type" || operation.kind === "create-task" ? operation.type : undefined;
}

/** The devices that say nothing go, all at once if that does no harm; then each of the others is tried once more. */
export async function removeDevices(search: Search): Promise<void> {
  await removeSilent(search);
  // Later devices first: that moves no other, and so changes no other's luck.
  for (let index = search.best.fleet.length - 1; index >= 0; index--) {
    if (search.best.fleet.length > 1) await search.attempt(withoutDevices(search.best, new Set([index])));
  }
  await removeTypes(search);
}

/** Who moves up draws other luck: where the failure needs some, another seed may bring it back. */
const OTHER_SEEDS = ["1", "2", "3", "4", "5", "6", "7", "8"] as const;

async function removeSilent(search: Search): Promise<void> {
  const { best } = search;
  const spoken = spokenTo(best);
  const silent = best.fleet.flatMap((_, index) => (spoken.has(index) ? [] : [index]));
  if (silent.length === 0 || silent.length === best.fleet.length) return;
  const rest = withoutDevices(best, new Set(silent));
  if (await search.attempt(rest)) return;
  for (const simSeed of OTHER_SEEDS) if (await search.attempt({ ...rest, simSeed })) return;
  const gone = new Set<number>();
  await leaveOut(silent.toReversed(), async (chunk) => {
    const left = await search.attempt(withoutDevices(best, new Set([...gone, ...chunk])));
    if (left) for (const index of chunk) gone.add(index);
    return left;
  });
}

/** One device type for all devices; else those that nothing is of. */
async function removeTypes(search: Search): Promise<void> {
  const { best } = search;
  if (best.deviceTypes.length === 1) return;
  const [first] = best.fleet;
  const only = best.deviceTypes[first?.type ?? 0];
  if (only !== undefined && (await search.attempt(normalisePlan({ ...best, deviceTypes: [only] })))) return;
  await search.attempt(withoutUnusedTypes(best));
}

function withoutUnusedTypes(plan: Plan): Plan {
  const used = new Set(plan.fleet.map(({ type }) => type));
  for (const operation of plan.operations) {
    const type = deviceTypeOf(operation, plan);
    if (type !== undefined) used.add(type);
  }
  for (const { type } of plan.images ?? []) used.add(type);
  const kept = [...used].sort((a, b) => a - b);
  const moved = (type: number): number => kept.indexOf(type);
  return {
    ...plan,
    deviceTypes: plan.deviceTypes.filter((_, index) => used.has(index)),
    fleet: plan.fleet.map((device) => ({ ...device, type: moved(device.type) })),
    ...(plan.images === undefined
      ? {}
      : { images: plan.images.map((image) => ({ ...image, type: moved(image.type) })) }),
    operations: plan.operations.map((operation) =>
      operation.kind === "configure-type" || operation.kind === "create-task"
        ? { ...operation, type: moved(operation.type) }
        : operation,
    ),
  };
}
