/** Conditions of firmware updates: how the image comes, who is asked, what goes wrong, how they end. Rules: docs/semantics.md, choice 24. */
import type { UpdateEvent } from "../../../simulator/device/firmware-machine.ts";
import type { FirmwareTrouble } from "../../../simulator/model/firmware.ts";
import { always, conditionsOf } from "../condition.ts";
import { SECOND } from "../exchange-questions.ts";
import { isBefore } from "../moments.ts";
import { modeBefore, type Scene } from "../scene.ts";
import { stepsOf, type UpdateScene } from "../update-scene.ts";

type Asks = (update: UpdateScene, scene: Scene) => boolean;

const KILOBYTES = 3_000;

const succeeded: Asks = ({ end }) => end?.status === "SUCCEEDED";
const failedWith =
  (...codes: readonly string[]): Asks =>
  ({ end }) =>
    end?.status === "FAILED" && codes.includes(end.errorCode ?? "");
const did =
  (what: UpdateEvent, result?: number): Asks =>
  (update) =>
    stepsOf(update).some((step) => step.what === what && (result === undefined || step.result === result));
const all =
  (...parts: readonly Asks[]): Asks =>
  (update, scene) =>
    parts.every((part) => part(update, scene));
const not =
  (part: Asks): Asks =>
  (update, scene) =>
    !part(update, scene);

const registered: Asks = ({ device, deviceTask }, scene) => {
  const { latest } = deviceTask.task.activeFrom;
  return modeBefore(scene, device, { at: latest, event: Number.POSITIVE_INFINITY }) !== "unregistered";
};

/** Another device of the same task came to that end. */
const anotherOne =
  (status: string): Asks =>
  ({ deviceTask }, { statuses }) =>
    statuses.some(
      (fact) =>
        fact.deviceTask.task === deviceTask.task && fact.deviceTask !== deviceTask && fact.seen.status === status,
    );

const takes =
  (delivery: string): Asks =>
  ({ planned }) =>
    planned.firmware?.delivery === delivery;

const pullsByCoap: Asks = ({ planned: { firmware } }) =>
  firmware !== undefined && firmware.delivery !== "push" && firmware.protocols.includes("coap");

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

const manyBlocks: Asks = ({ image, planned }) => image.size > (planned.blockSize ?? 1_024);

export const DELIVERIES = conditionsOf("update", always, [
  ["update-downloaded", "live-too", "a device downloaded a firmware image", did("downloaded")],
  ["update-pushed", "live-too", "an update by push succeeded", all(succeeded, did("package-begins"))],
  ["update-pulled", "live-too", "an update by pull succeeded", all(succeeded, did("uri-written"))],
  [
    "update-of-both-ways",
    "live-too",
    "a device that takes images both ways was updated",
    all(succeeded, takes("both"), pullsByCoap),
  ],
  [
    "update-pushed-for-want-of-uri",
    "sim",
    "an image was pushed to a device that takes both ways and pulls by no protocol of the server's",
    all(succeeded, takes("both"), not(pullsByCoap)),
  ],
  [
    "update-without-uri",
    "sim",
    "a device that pulls only, and by no protocol of the server's, was not updated",
    all(failedWith("5000"), takes("pull"), not(pullsByCoap), not(did("uri-written"))),
  ],
  [
    "block-wise-write",
    "live-too",
    "an image was pushed in several blocks, and installed",
    all(succeeded, did("package-begins"), manyBlocks),
  ],
  [
    "update-pulled-in-blocks",
    "live-too",
    "an image was pulled in several blocks, and installed",
    all(succeeded, did("uri-written"), manyBlocks),
  ],
  [
    "update-of-kilobytes",
    "sim",
    "an image of three kilobytes or more was installed",
    all(succeeded, ({ image }) => image.size >= KILOBYTES),
  ],
  ["update-resets-device", "sim", "a device was freed of another image before it got its own", did("reset")],
]);

export const UPDATED_DEVICES = conditionsOf("update", always, [
  [
    "update-of-unregistered-device",
    "live-too",
    "a firmware update was created for a device that was not registered",
    failedWith("4001"),
  ],
  [
    "update-of-unregistered-among-others",
    "sim",
    "an update failed for a device that was not registered, and succeeded for another one",
    all(failedWith("4001"), anotherOne("SUCCEEDED")),
  ],
  [
    "update-without-object",
    "sim",
    "a registered device without object 5 was to be updated, and another one was",
    all(({ planned }) => planned.firmware === undefined, registered, failedWith("4040"), anotherOne("SUCCEEDED")),
  ],
  [
    "update-of-sleeping-device",
    "sim",
    "an update was created for a device that slept, and succeeded",
    all(succeeded, ({ device, created }, scene) => modeBefore(scene, device, created) === "queue-asleep"),
  ],
  [
    "update-scheduled",
    "sim",
    "an update began later than it was created, and succeeded",
    all(succeeded, ({ deviceTask: { task } }) => task.activeFrom.latest > task.created.latest),
  ],
  [
    "update-scheduled-for-absent-device",
    "sim",
    "a device was registered when its update was created, and not when it began",
    all(
      failedWith("4001"),
      ({ deviceTask: { task } }) => task.activeFrom.latest > task.created.latest,
      ({ device, created }, scene) => modeBefore(scene, device, created) !== "unregistered",
    ),
  ],
]);

// ── the user

const saidBy =
  (who: "owner" | "stranger" | "nobody", taken: boolean): Asks =>
  ({ answers, device }) =>
    answers.some(
      ({ purpose, httpStatus }) =>
        purpose.device === device.view.index && (purpose.as ?? "owner") === who && httpStatus < 300 === taken,
    );
const said =
  (answer: "ACCEPTED" | "REJECTED"): Asks =>
  ({ answers, device }) =>
    answers.some(
      ({ purpose, httpStatus }) =>
        purpose.device === device.view.index && purpose.answer === answer && httpStatus < 300,
    );
const acceptedWithin =
  (least: number, most: number): Asks =>
  ({ answers, device, deviceTask }) =>
    answers.some(({ purpose, at }) => {
      const before = deviceTask.task.expiry.latest - at;
      return purpose.device === device.view.index && purpose.as === undefined && before >= least && before < most;
    });

const neverAsked: Asks = ({ answers, device }) => !answers.some(({ purpose }) => purpose.device === device.view.index);

export const ASKED_USERS = conditionsOf("update", ({ answers }) => answers.length > 0, [
  ["update-accepted", "live-too", "an update was accepted, and succeeded", all(said("ACCEPTED"), succeeded)],
  ["update-rejected", "live-too", "a device rejected a firmware update", all(said("REJECTED"), failedWith("4006"))],
  [
    "update-accepted-while-gone",
    "sim",
    "an update was accepted while its device was not registered",
    ({ answers, device }, scene) =>
      answers.some(
        (answer) =>
          answer.purpose.answer === "ACCEPTED" &&
          answer.purpose.device === device.view.index &&
          answer.httpStatus < 300 &&
          modeBefore(scene, device, answer) === "unregistered",
      ),
  ],
  [
    "update-answered-twice",
    "live-too",
    "an update was answered, and the second answer was refused",
    all(saidBy("owner", true), saidBy("owner", false)),
  ],
  [
    "update-answered-by-stranger",
    "live-too",
    "somebody else answered for the user, and was refused",
    saidBy("stranger", false),
  ],
  ["update-answered-by-nobody", "live-too", "an answer without token was refused", saidBy("nobody", false)],
  [
    "update-answered-for-another-device",
    "live-too",
    "an answer was given for a device that the update is not for",
    neverAsked,
  ],
  [
    "update-accepted-just-before-expiry",
    "sim",
    "an update was accepted less than a second before its active period ended",
    acceptedWithin(1, SECOND),
  ],
  [
    "update-accepted-after-expiry",
    "sim",
    "an update was accepted less than a second after its active period had ended",
    acceptedWithin(-SECOND, 0),
  ],
  [
    "update-not-answered",
    "sim",
    "the active period ended before anybody had answered for the device",
    all(neverAsked, failedWith("4004")),
  ],
]);

// ── what the device makes of it

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
