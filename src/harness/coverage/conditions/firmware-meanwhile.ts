/**
 * Conditions of what happens while a device is updated: at which step of it something is in the way, and which other tasks
 * there are. Rules: docs/semantics.md, choices 4, 10, 12, 24.
 */
import { always, conditionsOf } from "../condition.ts";
import { isBefore, type Moment } from "../moments.ts";
import type { Scene } from "../scene.ts";
import { stageBefore, stepsOf, type UpdateScene, type UpdateStage } from "../update-scene.ts";
import { type Asks, succeeded } from "./firmware-asks.ts";

// ── disturbances, by step

interface Happening {
  /** Part of an id. */
  readonly name: string;
  /** `while it was downloading, …` */
  readonly sentence: string;
  readonly moments: (update: UpdateScene, scene: Scene) => readonly Moment[];
}

const lifeEvent =
  (name: string) =>
  ({ device }: UpdateScene): readonly Moment[] =>
    device.life.filter(({ event }) => event === name).map(({ at, index }) => ({ at, event: index }));

const standing =
  (name: string) =>
  ({ device }: UpdateScene): readonly Moment[] =>
    device.standing.filter(({ kind }) => kind === name);

const LOST: Happening = {
  name: "loss",
  sentence: "a datagram was lost",
  moments: ({ device }) => [...device.ups, ...device.downs].filter(({ arrivals }) => arrivals.length === 0),
};
/** But for the reboot that an installation ends with. */
const REBOOT: Happening = {
  name: "reboot",
  sentence: "it rebooted",
  moments: (update) => {
    const own = new Set(
      stepsOf(update).flatMap(({ what }, at, steps) => (what === "installed" ? [steps[at]?.at] : [])),
    );
    return lifeEvent("reboot")(update).filter(
      (moment) => stageBefore(update, moment) !== "installing" || (own.size === 0 && interrupted(update, moment)),
    );
  },
};
const MOVED: Happening = { name: "new-address", sentence: "it got a new address", moments: lifeEvent("address") };
const ASLEEP: Happening = { name: "sleep", sentence: "it fell asleep", moments: lifeEvent("asleep") };
const REGISTER: Happening = { name: "register", sentence: "it registered again", moments: standing("register") };
const UPDATE: Happening = { name: "update", sentence: "it updated its registration", moments: standing("update") };
const LEFT: Happening = { name: "deregister", sentence: "it de-registered", moments: standing("deregister") };
const CANCELLED: Happening = {
  name: "cancel",
  sentence: "its update was cancelled",
  moments: ({ deviceTask, device }, { cancellations }) =>
    cancellations.filter(
      (cancel) => cancel.task === deviceTask.task.ref && (cancel.device ?? device.view.index) === device.view.index,
    ),
};
const EXPIRED: Happening = {
  name: "expiry",
  sentence: "its active period ended",
  moments: ({ deviceTask, end }) =>
    end?.errorCode === "4004" ? [{ at: deviceTask.task.expiry.latest, event: -1 }] : [],
};

function interrupted({ steps }: UpdateScene, { at }: Moment): boolean {
  return steps.some((step) => step.at === at && step.what === "reboot" && step.result === 8);
}

const STAGES: Readonly<Record<UpdateStage, { readonly sentence: string; readonly happenings: readonly Happening[] }>> =
  {
    idle: {
      sentence: "before a device had begun to download",
      happenings: [LOST, REBOOT, MOVED, ASLEEP, REGISTER, UPDATE, LEFT, CANCELLED, EXPIRED],
    },
    downloading: {
      sentence: "while a device was downloading",
      happenings: [LOST, REBOOT, MOVED, REGISTER, UPDATE, LEFT, CANCELLED, EXPIRED],
    },
    downloaded: {
      sentence: "when a device had its image, and was not installing it",
      happenings: [LOST, REBOOT, MOVED, ASLEEP, REGISTER, UPDATE, LEFT, CANCELLED, EXPIRED],
    },
    installing: {
      sentence: "while a device was installing",
      happenings: [LOST, REBOOT, MOVED, ASLEEP, REGISTER, UPDATE, LEFT, CANCELLED, EXPIRED],
    },
    rebooting: {
      sentence: "while a device rebooted into its new firmware",
      happenings: [CANCELLED, EXPIRED],
    },
    installed: {
      sentence: "when a device ran its new firmware, and its update was not over",
      happenings: [LOST, REBOOT, MOVED, ASLEEP, REGISTER, UPDATE, LEFT, CANCELLED],
    },
  };

const STAGE_ROWS = Object.entries(STAGES).flatMap(([stage, { sentence, happenings }]) =>
  happenings.map(
    (happening) =>
      [
        `update-${stage}-${happening.name}`,
        "sim",
        `${sentence}, ${happening.sentence}`,
        (update: UpdateScene, scene: Scene) =>
          happening.moments(update, scene).some((moment) => stageBefore(update, moment) === stage),
      ] as const,
  ),
);

export const DISTURBED_UPDATES = conditionsOf("update", ({ planned }) => planned.firmware !== undefined, STAGE_ROWS);

// ── other tasks

/** An ordinary task of the device succeeded while the device worked on its firmware. */
const othersBetween: Asks = (update) =>
  update.device.view.tasks.some(
    ({ operation, settled }) =>
      operation !== undefined &&
      settled?.how === "succeeded" &&
      WORKING.has(stageBefore(update, { at: settled.window.latest, event: settled.event })),
  );
const WORKING: ReadonlySet<UpdateStage | undefined> = new Set<UpdateStage>(["downloading", "downloaded", "installing"]);

/** Succeeded after another update of the device had come to that end. */
const after =
  (fits: (earlier: UpdateScene) => boolean): Asks =>
  (update, scene) =>
    succeeded(update, scene) && update.earlier.some((earlier) => fits(earlier) && isBefore(earlier.over, update.over));

export const UPDATES_AND_OTHERS = conditionsOf("update", always, [
  ["update-among-other-tasks", "sim", "another task succeeded while a device worked on its firmware", othersBetween],
  [
    "update-behind-update",
    "sim",
    "an update was created while another one of the device went on, and both succeeded",
    (update, scene) =>
      succeeded(update, scene) &&
      update.earlier.some((earlier) => succeeded(earlier, scene) && isBefore(update.created, earlier.over)),
  ],
  [
    "update-after-failed-update",
    "sim",
    "an update succeeded after one that failed",
    after(({ end }) => end?.status === "FAILED" && end.errorCode !== "4004"),
  ],
  [
    "update-after-expired-update",
    "sim",
    "an update succeeded after one that expired",
    after(({ end }) => end?.errorCode === "4004"),
  ],
  [
    "update-after-cancelled-update",
    "sim",
    "an update succeeded after one that was cancelled",
    after(({ end }) => end?.status === "CANCELLED"),
  ],
  [
    "update-to-same-image",
    "sim",
    "a device was updated twice with one image",
    (update, scene) =>
      succeeded(update, scene) &&
      update.earlier.some((earlier) => succeeded(earlier, scene) && earlier.image === update.image),
  ],
]);
