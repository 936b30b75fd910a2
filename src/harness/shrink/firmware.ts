/**
 * Passes over firmware: images that nothing needs, one image for all updates, smaller ones; devices whose firmware has
 * fewer troubles and is plainer.
 */
import type { Plan, PlannedDevice } from "../../scenarios/plan.ts";
import { FirmwareModel } from "../../simulator/model/firmware.ts";
import { leaveOut } from "./leave-out.ts";
import type { Search } from "./search.ts";

// ── images

/** Only those that an update installs, and the first one for every update if that does no harm. */
export async function leaveOutImages(search: Search): Promise<void> {
  if (search.best.images === undefined) return;
  if (search.best.images.length > 1) await search.attempt(withFirstImage(search.best));
  await search.attempt(withUsedImages(search.best));
}

const withFirstImage = (plan: Plan): Plan =>
  withUsedImages({
    ...plan,
    operations: plan.operations.map((operation) =>
      operation.kind === "create-update" ? { ...operation, image: 0 } : operation,
    ),
  });

function withUsedImages(plan: Plan): Plan {
  const { images = [], ...rest } = plan;
  const used = plan.operations.flatMap((operation) => (operation.kind === "create-update" ? [operation.image] : []));
  const kept = [...new Set(used)].sort((a, b) => a - b);
  if (kept.length === 0) return rest;
  return {
    ...plan,
    images: images.filter((_, index) => kept.includes(index)),
    operations: plan.operations.map((operation) =>
      operation.kind === "create-update" ? { ...operation, image: kept.indexOf(operation.image) } : operation,
    ),
  };
}

/** Of one byte; else of half the bytes, as often as that does no harm. */
export async function shrinkImages(search: Search): Promise<void> {
  for (const index of (search.best.images ?? []).keys()) {
    if (await search.attempt(withSize(search.best, index, () => 1))) continue;
    while (await search.attempt(withSize(search.best, index, (size) => Math.ceil(size / 2))));
  }
}

const withSize = (plan: Plan, index: number, sizeOf: (size: number) => number): Plan => ({
  ...plan,
  images: (plan.images ?? []).map((image, at) => (at === index ? { ...image, size: sizeOf(image.size) } : image)),
});

// ── devices

/** Troubles are left out one by one, then those that stay only count; then all else has its default. */
export async function plainFirmware(search: Search): Promise<void> {
  for (const index of search.best.fleet.keys()) {
    await leaveOutTroubles(search, index);
    for (const key of Object.keys(search.best.fleet[index]?.firmware ?? {}))
      await search.attempt(withFirmware(search.best, index, (model) => withoutField(model, key)));
  }
}

/** A trouble that is only there so that the next one is that of a later attempt becomes none. */
async function leaveOutTroubles(search: Search, index: number): Promise<void> {
  const troubles = search.best.fleet[index]?.firmware?.troubles ?? [];
  const kept = await leaveOut([...troubles.keys()], (gone) =>
    search.attempt(
      withFirmware(search.best, index, (model) => ({
        ...model,
        troubles: model.troubles.filter((trouble) => !gone.some((at) => troubles[at] === trouble)),
      })),
    ),
  );
  for (const at of kept.keys())
    await search.attempt(
      withFirmware(search.best, index, (model) => ({ ...model, troubles: model.troubles.with(at, { kind: "none" }) })),
    );
}

/** The version has no default. */
function withoutField(model: FirmwareModel, key: string): FirmwareModel {
  const plain = FirmwareModel.safeParse(Object.fromEntries(Object.entries(model).filter(([name]) => name !== key)));
  return plain.data ?? model;
}

function withFirmware(plan: Plan, index: number, change: (model: FirmwareModel) => FirmwareModel): Plan {
  const changed = (device: PlannedDevice): PlannedDevice =>
    device.firmware === undefined ? device : { ...device, firmware: change(device.firmware) };
  return { ...plan, fleet: plan.fleet.map((device, at) => (at === index ? changed(device) : device)) };
}
