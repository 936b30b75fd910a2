/**
 * Plans with every index spelled out, and what can then be done with them: leaving devices out, and joining two plans,
 * side by side or one after the other.
 *
 * In a plan a device index counts modulo the fleet. Before the fleet changes, indices must be made plain, or an
 * operation would silently move to another device.
 */
import type { FirmwareUpload } from "../../scenarios/firmware-images.ts";
import { isCreation, type Operation, type Plan, PlannedDevice } from "../../scenarios/plan.ts";

/** Every index below its bound; nothing else changes. */
export function normalisePlan(plan: Plan): Plan {
  const devices = plan.fleet.length;
  const types = plan.deviceTypes.length;
  return {
    ...plan,
    fleet: plan.fleet.map((device) => ({ ...device, type: device.type % types })),
    ...withImages(imagesOf(plan).map((image) => ({ ...image, type: image.type % types }))),
    operations: plan.operations.map((operation) =>
      mapIndices(operation, {
        device: (index) => index % devices,
        type: (index) => index % types,
        image: (index) => index % Math.max(1, imagesOf(plan).length),
      }),
    ),
    faults: plan.faults.map((fault) => ({ ...fault, device: fault.device % devices })),
  };
}

const imagesOf = ({ images = [] }: Plan): readonly FirmwareUpload[] => images;

/** A plan without images says nothing of them. */
const withImages = (images: readonly FirmwareUpload[]): Pick<Plan, "images"> =>
  images.length === 0 ? {} : { images: [...images] };

/** What becomes of each index; absent: it stays. */
interface IndexChanges {
  readonly device?: (index: number) => number;
  readonly type?: (index: number) => number;
  readonly task?: (ref: number) => number;
  readonly image?: (index: number) => number;
}

const stays = (index: number): number => index;

function mapIndices(
  operation: Operation,
  { device = stays, type = stays, task = stays, image = stays }: IndexChanges,
): Operation {
  let mapped: Operation = operation;
  if ("device" in mapped) mapped = { ...mapped, device: device(mapped.device) };
  if ("task" in mapped) mapped = { ...mapped, task: task(mapped.task) };
  if (mapped.kind === "configure-type") return { ...mapped, type: type(mapped.type) };
  if (!isCreation(mapped)) return mapped;
  const devices = mapped.devices === "all" ? mapped.devices : [...new Set(mapped.devices.map(device))];
  return mapped.kind === "create-task"
    ? { ...mapped, type: type(mapped.type), devices }
    : { ...mapped, image: image(mapped.image), devices };
}

/** A normalised plan without one device, its operations and its faults. A task that loses all its targets goes too. */
export const withoutDevice = (plan: Plan, gone: number): Plan => withoutDevices(plan, new Set([gone]));

/** The same for many devices at once. Those behind them move up. */
export function withoutDevices(plan: Plan, gone: ReadonlySet<number>): Plan {
  const silent = silenceDevices(plan, gone);
  const kept = plan.fleet.flatMap((_, index) => (gone.has(index) ? [] : [index]));
  const places = new Map(kept.map((index, place) => [index, place]));
  const moved = (index: number): number => places.get(index) ?? 0;
  return {
    ...silent,
    fleet: silent.fleet.filter((_, index) => !gone.has(index)),
    operations: silent.operations.map((operation) => mapIndices(operation, { device: moved })),
    faults: silent.faults.map((fault) => ({ ...fault, device: moved(fault.device) })),
  };
}

/**
 * A normalised plan in which nothing is about these devices any more: no operation, no fault, no target. They keep
 * their places, so that the others keep theirs, and with them the fate of their datagrams.
 */
export function silenceDevices(plan: Plan, gone: ReadonlySet<number>): Plan {
  return {
    ...plan,
    fleet: plan.fleet.map((device, index) => (gone.has(index) ? { ...SILENT_DEVICE, type: device.type } : device)),
    operations: plan.operations.flatMap((operation): Operation[] => {
      if ("device" in operation && gone.has(operation.device)) return [];
      if (!isCreation(operation) || operation.devices === "all") return [operation];
      const devices = operation.devices.filter((index) => !gone.has(index));
      if (devices.length === operation.devices.length) return [operation];
      return devices.length === 0 ? [] : [{ ...operation, devices }];
    }),
    faults: plan.faults.filter(({ device }) => !gone.has(device)),
  };
}

/** It never registers by itself. */
const SILENT_DEVICE = PlannedDevice.parse({});

/** Both plans at once, side by side: devices, device types, images and tasks of the second are renumbered. */
export function joinPlans(first: Plan, second: Plan): Plan {
  const a = normalisePlan(first);
  const b = normalisePlan(second);
  const devices = a.fleet.length;
  const types = a.deviceTypes.length;
  const refs = nextRef(a);
  const images = imagesOf(a).length;
  return {
    ...a,
    deviceTypes: [...a.deviceTypes, ...b.deviceTypes],
    fleet: [...a.fleet, ...b.fleet.map((device) => ({ ...device, type: device.type + types }))],
    ...withImages([...imagesOf(a), ...imagesOf(b).map((image) => ({ ...image, type: image.type + types }))]),
    operations: [
      ...a.operations,
      ...b.operations.map((operation) =>
        mapIndices(operation, {
          device: (index) => index + devices,
          type: (index) => index + types,
          task: (ref) => ref + refs,
          image: (index) => index + images,
        }),
      ),
    ],
    faults: [...a.faults, ...b.faults.map((fault) => ({ ...fault, device: fault.device + devices }))],
    quietFrom: Math.max(a.quietFrom, b.quietFrom),
    until: Math.max(a.until, b.until),
  };
}

/** The second after the end of the first, on the devices of the first, as many as it has; tasks are renumbered. */
export function appendPlan(first: Plan, second: Plan): Plan {
  const { fleet, deviceTypes } = first;
  const added = normalisePlan({ ...second, fleet, deviceTypes });
  const { operations, faults, quietFrom, until } = added;
  const refs = nextRef(first);
  const images = imagesOf(first).length;
  const later = first.until;
  return {
    ...first,
    ...withImages([...imagesOf(first), ...imagesOf(added)]),
    operations: [
      ...first.operations,
      ...operations.map((operation) =>
        mapIndices(
          mapTimes(operation, (time) => time + later),
          { task: (ref) => ref + refs, image: (index) => index + images },
        ),
      ),
    ],
    faults: [...first.faults, ...faults.map((f) => ({ ...f, from: f.from + later, until: f.until + later }))],
    quietFrom: quietFrom + later,
    until: until + later,
  };
}

/** The operation with all its times moved: when it happens, and when a task that it creates is to begin. */
export function mapTimes(operation: Operation, move: (time: number) => number): Operation {
  const moved = { ...operation, at: move(operation.at) };
  if (!isCreation(moved) || moved.scheduledOn === undefined) return moved;
  return { ...moved, scheduledOn: move(moved.scheduledOn) };
}

/** The lowest `ref` that no task of the plan has, nor any above it. */
const nextRef = ({ operations }: Plan): number =>
  1 + operations.reduce((most, operation) => ("task" in operation ? Math.max(most, operation.task) : most), -1);
