/** Conditions of firmware updates: how the image comes, and to which devices. Rules: docs/semantics.md, choice 24. */
import { always, conditionsOf } from "../condition.ts";
import { modeBefore } from "../scene.ts";
import { type Asks, all, did, failedWith, succeeded } from "./firmware-asks.ts";

const KILOBYTES = 3_000;

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
