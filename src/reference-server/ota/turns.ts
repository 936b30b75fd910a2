/**
 * Whose turn it is among the firmware updates of a device: one at a time, and none before its user accepts it.
 *
 * Source: docs/semantics.md row 24; docs/ota.md.
 */
import type { AcceptanceStatus } from "../../protocol/task-api/states.ts";
import type { Device, DeviceTask, Task } from "../entities.ts";
import { isTerminal } from "../transitions.ts";

export const isFirmwareUpdate = ({ task }: DeviceTask): boolean => task.operation.kind === "firmware-update";

/** How a new device task stands with its user; `undefined`: it is no firmware update. */
export function acceptanceOf({ operation, needsAcceptance }: Task): AcceptanceStatus | undefined {
  if (operation.kind !== "firmware-update") return undefined;
  return needsAcceptance === true ? "WAITING" : "NOT_REQUIRED";
}

/** Whether the user of the device is still to be asked. */
export const isWaitingForUser = ({ status, acceptance }: DeviceTask): boolean =>
  acceptance === "WAITING" && !isTerminal(status);

/** Whether an update has begun and no exchange of it is open: the device works by itself. */
export const isResting = (deviceTask: DeviceTask): boolean =>
  deviceTask.status === "PROCESSING" && isFirmwareUpdate(deviceTask) && !isInFlight(deviceTask);

export const isInFlight = (deviceTask: DeviceTask): boolean =>
  deviceTask.device.flights.some((flight) => flight.deviceTask === deviceTask);

/**
 * Whether an update must not begin, or go on, yet: a device has one image at a time, so the one that has begun comes
 * before all others, and else the oldest that its user accepted.
 */
export const isHeldBack = (deviceTask: DeviceTask, waits: WaitsForUser): boolean =>
  isFirmwareUpdate(deviceTask) &&
  (waits(deviceTask) || deviceTask.device.pending.some((other) => comesFirst(other, deviceTask, waits)));

/** Whether an update waits for the user of its device. */
export type WaitsForUser = (deviceTask: DeviceTask) => boolean;

const comesFirst = (other: DeviceTask, deviceTask: DeviceTask, waits: WaitsForUser): boolean =>
  other !== deviceTask &&
  isFirmwareUpdate(other) &&
  !waits(other) &&
  (other.firmware !== undefined ||
    (deviceTask.firmware === undefined && other.task.sequence < deviceTask.task.sequence));

/** The update of a device that may begin when the one before has ended; one that was tried waits for a trigger. */
export const nextUpdate = ({ pending }: Device, waits: WaitsForUser): DeviceTask | undefined =>
  pending.find(
    (deviceTask) =>
      isFirmwareUpdate(deviceTask) &&
      deviceTask.status === "QUEUED" &&
      deviceTask.firmware === undefined &&
      !isHeldBack(deviceTask, waits),
  );
