/**
 * Conditions of the Device Mirror: when it was read, relative to what the device did meanwhile.
 * Rules: docs/semantics.md, choices 17, 18, 31.
 */

import type { TaskType } from "../../../protocol/task-api/states.ts";
import type { FactOf } from "../../oracle/facts.ts";
import type { MirrorExpectation } from "../../oracle/views/mirror-view.ts";
import type { DeviceTaskEnd, DeviceTaskView } from "../../oracle/views/task-view.ts";
import { always, conditionsOf } from "../condition.ts";
import { openBefore } from "../exchange-questions.ts";
import type { Moment } from "../moments.ts";
import { modeBefore, type Scene, sceneOfDevice } from "../scene.ts";

type Seen = FactOf<"mirror-seen">;

const momentOf = ({ window, event }: Seen): Moment => ({ at: window.latest, event });

/** A task of that type was in flight to the device when its mirror was read. */
const readDuring = (type: TaskType) => (seen: Seen) =>
  seen.device.tasks.some(
    ({ task, attempts }) => task.taskType === type && attempts.some((exchange) => openBefore(exchange, momentOf(seen))),
  );

const readAfter =
  (type: TaskType, how: DeviceTaskEnd, further: (deviceTask: DeviceTaskView) => boolean = () => true) =>
  (seen: Seen) =>
    seen.device.tasks.some(
      (deviceTask) =>
        deviceTask.task.taskType === type &&
        deviceTask.settled?.how === how &&
        deviceTask.settled.window.latest <= seen.window.earliest &&
        further(deviceTask),
    );

/** Values that the mirror may have shown up to then, by property. */
const known = (seen: Seen): readonly (readonly MirrorExpectation[])[] =>
  [...seen.device.mirror.values()].map((values) => values.filter(({ since }) => since.latest <= seen.window.earliest));

const text = (value: unknown): string => JSON.stringify(value) ?? "";

export const MIRRORS = conditionsOf("mirror", always, [
  [
    "mirror-read-during-write",
    "live-too",
    "the mirror was read between the sending of a Write and its answer",
    readDuring("W"),
  ],
  [
    "mirror-read-during-read",
    "live-too",
    "the mirror was read between the sending of a Read and its answer",
    readDuring("R"),
  ],
  [
    "mirror-read-before-anything",
    "live-too",
    "the mirror was read before any value was known",
    (seen) => known(seen).every((values) => values.length === 0),
  ],
  ["mirror-read-after-read", "live-too", "the mirror was read after a successful Read", readAfter("R", "succeeded")],
  ["mirror-read-after-write", "live-too", "the mirror was read after a successful Write", readAfter("W", "succeeded")],
  [
    "mirror-read-after-failed-write",
    "live-too",
    "the mirror was read after a Write that the device had refused",
    readAfter("W", "failed"),
  ],
  [
    "mirror-read-after-failed-read",
    "live-too",
    "the mirror was read after a Read that the device had refused",
    readAfter("R", "failed"),
  ],
  [
    "mirror-read-after-expired-write",
    "live-too",
    "the mirror was read after a Write had expired",
    readAfter("W", "expired"),
  ],
  [
    "mirror-behind-device",
    "live-too",
    "the mirror was read when the device had written a value, but its answer had not counted",
    (seen) =>
      seen.device.tasks.some(
        ({ task, attempts, settled }) =>
          task.taskType === "W" &&
          settled?.how !== "succeeded" &&
          attempts.some((exchange) => exchange.effects > 0 && exchange.started.latest <= seen.window.earliest),
      ),
  ],
  [
    "mirror-value-changed",
    "live-too",
    "the mirror was read when a property had had two different values",
    (seen) => known(seen).some((values) => new Set(values.map(({ value }) => text(value))).size > 1),
  ],
  [
    "mirror-written-then-read",
    "live-too",
    "the mirror was read when a property had been written by one task and read by another",
    (seen) => known(seen).some((values) => new Set(values.map(({ requirement }) => requirement)).size > 1),
  ],
  [
    "mirror-of-absent-device",
    "live-too",
    "the mirror of a device that was not registered was read, with values in it",
    (seen, scene: Scene) =>
      known(seen).some((values) => values.length > 0) &&
      modeBefore(scene, sceneOfDevice(scene, seen.device), momentOf(seen)) === "unregistered",
  ],
  [
    "mirror-of-server-property",
    "live-too",
    "the mirror was read when a server property had been written",
    (seen) => known(seen).some((values) => values.some(({ requirement }) => requirement === "D-04")),
  ],
  [
    "mirror-of-multiple-instances",
    "live-too",
    "the mirror was read when a resource with several instances had been read",
    (seen) =>
      known(seen).some((values) =>
        values.some(({ value }) => Array.isArray(value) || (typeof value === "object" && value !== null)),
      ),
  ],
]);
