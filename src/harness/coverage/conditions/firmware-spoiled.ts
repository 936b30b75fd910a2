/** Conditions of firmware updates: what goes wrong on the device. Rules: docs/semantics.md, choice 24. */
import type { FirmwareTrouble } from "../../../simulator/model/firmware.ts";
import { conditionsOf } from "../condition.ts";
import { isBefore } from "../moments.ts";
import { stepsOf, type UpdateScene } from "../update-scene.ts";
import { type Asks, all, did, failedWith, succeeded } from "./firmware-asks.ts";

/** The device got to attempts with such a trouble in this update. */
const troubled =
  (kind: FirmwareTrouble["kind"]): Asks =>
  (update) => {
    const { troubles = [] } = update.planned.firmware ?? {};
    let attempts = 0;
    let before = 0;
    for (const step of update.steps) {
      if (step.state === 1 && before !== 1) attempts++;
      const its = step.state === 1 && before !== 1 && troubles[attempts - 1]?.kind === kind;
      before = step.state;
      if (its && isBefore(update.created, step) && isBefore(step, update.over)) return true;
    }
    return false;
  };

export const SPOILED_UPDATES = conditionsOf("update", ({ planned }) => planned.firmware !== undefined, [
  ["update-download-fails", "sim", "a download failed when all of the image had come", did("download-failed")],
  [
    "update-uri-refused",
    "sim",
    "a device could not use the Package URI",
    (update) => stepsOf(update).some(({ what, state }) => what === "uri-written" && state === 0),
  ],
  [
    "update-installation-fails",
    "sim",
    "an installation failed, and the device kept the image",
    (update) => stepsOf(update).some(({ what, state }) => what === "installation-failed" && state === 2),
  ],
  [
    "update-installation-fails-for-good",
    "sim",
    "an installation failed, and the device dropped the image",
    (update) => stepsOf(update).some(({ what, state }) => what === "installation-failed" && state === 0),
  ],
  [
    "update-interrupted-by-reboot",
    "sim",
    "a device rebooted during a download",
    (update: UpdateScene) =>
      update.steps.some(
        (step, index) =>
          step.what === "reboot" &&
          update.steps[index - 1]?.state === 1 &&
          isBefore(update.created, step) &&
          isBefore(step, update.over),
      ),
  ],
  [
    "update-succeeds-after-reboot",
    "sim",
    "a device lost the image by a reboot, got it again, and runs it",
    all(succeeded, did("reboot")),
  ],
  [
    "update-pull-interrupted",
    "sim",
    "a device rebooted as soon as it was to pull",
    all(troubled("reboots-in-download"), did("uri-written")),
  ],
  [
    "update-stays-downloading",
    "sim",
    "a device downloaded until the end of the active period",
    all(troubled("stays-downloading"), failedWith("4004")),
  ],
  [
    "update-stays-updating",
    "sim",
    "a device installed until the end of the active period",
    all(troubled("stays-updating"), failedWith("4004")),
  ],
  [
    "update-to-wrong-version",
    "sim",
    "a device came back with another version than that of the image",
    all(failedWith("5000"), (update) =>
      stepsOf(update).some(({ what, version }) => what === "installed" && version !== update.image.version),
    ),
  ],
  [
    "update-version-too-early",
    "sim",
    "a device showed the new version before it was installed",
    troubled("version-too-early"),
  ],
  [
    "update-slow-reboot",
    "sim",
    "a device took long to reboot into its new firmware, and was updated",
    all(succeeded, troubled("slow-reboot")),
  ],
  [
    "update-forgotten-image",
    "sim",
    "a device lost a downloaded image by a reboot",
    (update: UpdateScene) =>
      update.steps.some(
        (step, index) => step.what === "reboot" && step.state === 0 && update.steps[index - 1]?.state === 2,
      ),
  ],
  [
    "update-of-eager-device",
    "sim",
    "a device that executes at any State was updated",
    all(succeeded, ({ planned }) => planned.firmware?.defects.includes("updates-at-any-state") === true),
  ],
]);
