/**
 * Building blocks around what gets in the way of a firmware update, at every step of it: between two blocks, between the
 * transfer and the Execute, while it installs, while the device reboots.
 * Spec: OMA LwM2M Core Appendix E.6; docs/semantics.md, choices 4, 13, 14, 24.
 */
import * as fc from "fast-check";
import type { Behaviour, RequestMatch } from "../../simulator/model/device.ts";
import { createUpdate, updateTimes } from "../firmware-steps.ts";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  bootTime,
  deregister,
  ensureAbsent,
  ensureRegistered,
  finish,
  loss,
  offline,
  register,
  trigger,
  update,
} from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TRIGGER } from "./block.ts";
import { watch } from "./firmware.ts";
import { DEFECTS, equip, FIRMWARE, MOMENT, momentIn, prepare } from "./firmware-choices.ts";

const DISTURBANCES = [
  "loss",
  "loss-up",
  "loss-down",
  "offline",
  "reboot",
  "register",
  "update",
  "new-address",
  "silent-new-address",
  "deregister",
  "deregister",
  "deregister",
  "deregister",
  "reboot",
  "new-address",
] as const;
type Disturbance = (typeof DISTURBANCES)[number];

const LOSSES = { loss: "both", "loss-up": "up", "loss-down": "down" } as const;

/** Disturbs the device from a moment on, for a while; gives the moment from which it is well again. */
function disturb(sketch: Sketch, lane: Lane, at: number, how: Disturbance, lasting: number): number {
  switch (how) {
    case "loss":
    case "loss-up":
    case "loss-down":
      loss(sketch, lane, at, at + lasting, LOSSES[how]);
      return at + lasting;
    case "offline":
      offline(sketch, lane, at, at + lasting);
      return at + lasting;
    case "silent-new-address":
      sketch.operations.push({ at, kind: "change-address", device: lane.device, update: false });
      return at + lasting;
    case "deregister":
      deregister(sketch, lane, at);
      return at + lasting;
    default:
      return trigger(sketch, lane, at, how);
  }
}

/** Milliseconds: a moment, as long as a device takes to boot, longer than a sender tries. */
const lastingOf = (sketch: Sketch, dial: number, share: number): number =>
  [200, 3_000, 15_000, sketch.pace.giveUpLatest + 5_000][dial % 4] ?? part(share, 3_000);

const SCENE = choicesOf({
  firmware: FIRMWARE,
  defects: DEFECTS,
  moment: MOMENT,
  how: fc.constantFrom(...DISTURBANCES),
  lasting: fc.nat(3),
  back: TRIGGER,
  share: SHARE,
  /** A second disturbance in the same update. */
  more: fc.option(choicesOf({ moment: MOMENT, how: fc.constantFrom(...DISTURBANCES) }), { nil: undefined, freq: 3 }),
});
type SceneChoice = typeof SCENE extends fc.Arbitrary<infer Choice> ? Choice : never;

function disturbUpdate(sketch: Sketch, lane: Lane, choice: SceneChoice): void {
  const { firmware, defects, lasting, back, share, more } = choice;
  ensureRegistered(sketch, lane);
  // A device that forgets its image shows that by a reboot between download and installation.
  const forgets = defects.includes("forgets-image");
  const moment = forgets ? ({ ...choice.moment, stage: "execute" } as const) : choice.moment;
  const { image, at, times } = prepare(sketch, lane, firmware, moment, { defects });
  const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 600 });
  const disturbed = at + momentIn(times, moment.stage, moment.share);
  const well = disturb(sketch, lane, disturbed, forgets ? "reboot" : choice.how, lastingOf(sketch, lasting, share));
  const triggered = trigger(sketch, lane, well + 1, back);
  if (more !== undefined) {
    disturb(sketch, lane, triggered + momentIn(times, more.moment.stage, more.moment.share), more.how, 3_000);
    register(sketch, lane, triggered + times.over + 3_000);
  }
  finish([lane], watch(sketch, task, lane, disturbed, triggered + 2 * times.over + 3_000, share));
}

const DISTURBED = defineBlock({
  id: "firmware-disturbed",
  sentence: "Devices are lost, move, reboot or leave at some step of their updates, and come back.",
  lanes: 2,
  live: false,
  exercises: ["O-03", "O-04", "O-06", "O-07", "O-08"],
  choices: choicesOf({ scenes: fc.array(SCENE, { minLength: 2, maxLength: 2 }) }),
  compose: (sketch, lanes, { scenes }) => {
    for (const [index, scene] of scenes.entries()) {
      const lane = lanes[index];
      if (lane !== undefined) disturbUpdate(sketch, lane, scene);
    }
  },
});

/** The Register after the installation is how a server hears of it first. */
const REGISTER_LOST = defineBlock({
  id: "firmware-register-lost",
  sentence: "The device has rebooted into its new firmware, and its Register is lost, at first or for good.",
  lanes: 1,
  live: false,
  exercises: ["O-04", "O-07"],
  choices: choicesOf({
    firmware: FIRMWARE,
    direction: fc.constantFrom("up" as const, "down" as const, "both" as const),
    lasting: fc.constantFrom(1_500, 10_000, 120_000),
    share: SHARE,
    back: TRIGGER,
  }),
  compose: (sketch, [lane], { firmware, direction, lasting, share, back }) => {
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const at = lane.clock + 1;
    const { execute, installed, over } = updateTimes(sketch, lane, image);
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 900 });
    const from = at + Math.max(execute[1] + 1, installed - 1);
    loss(sketch, lane, from, from + bootTime(sketch, lane) + lasting, direction);
    const triggered = trigger(sketch, lane, from + bootTime(sketch, lane) + lasting + 1, back);
    finish([lane], watch(sketch, task, lane, from, triggered + over, share));
  },
});

const PATHS = ["5", "5/0", "5/0/0", "5/0/1", "5/0/2", "5/0/3", "5/0/5", "3/0/3"] as const;

const BEHAVIOUR: fc.Arbitrary<Behaviour> = fc.oneof(
  fc.record(
    {
      kind: fc.constant("error" as const),
      code: fc.constantFrom("4.00", "4.04", "4.05", "4.08", "4.13", "5.00", "5.03"),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant("slow" as const), delay: fc.constantFrom(0, 1_000, 20_000) },
    { noNullPrototype: true },
  ),
  fc.constantFrom<Behaviour>({ kind: "silent" }, { kind: "acknowledge-only" }, { kind: "reset" }),
);

const BADLY_ANSWERED = defineBlock({
  id: "firmware-badly-answered",
  sentence: "The device refuses, resets or does not answer one kind of request of an update, for a while.",
  lanes: 1,
  live: false,
  exercises: ["O-03", "O-04", "O-08"],
  choices: choicesOf({
    firmware: FIRMWARE,
    path: fc.constantFrom(...PATHS),
    operation: fc.constantFrom<RequestMatch["operation"]>("read", "write", "execute", undefined),
    behaviour: BEHAVIOUR,
    moment: MOMENT,
    lasting: fc.constantFrom(1_000, 20_000, 120_000),
    back: TRIGGER,
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, path, operation, behaviour, moment, lasting, back, share }) => {
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const at = lane.clock + 1;
    const times = updateTimes(sketch, lane, image);
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 600 });
    const from = at + momentIn(times, moment.stage, moment.share);
    const match = operation === undefined ? { path } : { path, operation };
    behave(sketch, lane, from, from + lasting, behaviour, match);
    const triggered = trigger(sketch, lane, from + lasting + 1, back);
    finish([lane], watch(sketch, task, lane, from, triggered + times.over, share));
  },
});

const ASLEEP = defineBlock({
  id: "firmware-asleep",
  sentence: "A device in queue mode sleeps when its update is created, or falls asleep while it downloads or installs.",
  lanes: 1,
  live: false,
  exercises: ["O-03", "O-04"],
  choices: choicesOf({
    firmware: FIRMWARE,
    sleepsFirst: fc.boolean(),
    awakeFor: fc.constantFrom(undefined, 3_000, 3_000, 8_000),
    wakes: fc.constantFrom(1, 2, 4),
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, sleepsFirst, awakeFor, wakes, share }) => {
    const { awakeWindow, beat } = sketch.pace;
    lane.model.queueMode ??= true;
    if (awakeFor !== undefined) lane.model.awakeFor ??= awakeFor;
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const at = lane.clock + 1 + (sleepsFirst ? awakeWindow + beat : 0);
    const { over } = updateTimes(sketch, lane, image);
    const task = createUpdate(sketch, [lane], at, image, { expiresAfter: 900 });
    const gap = over + part(share, awakeWindow);
    for (let index = 1; index <= wakes; index += 1) update(sketch, lane, at + index * gap);
    finish([lane], watch(sketch, task, lane, at, at + (wakes + 1) * gap, share));
  },
});

const AT_CREATION = defineBlock({
  id: "firmware-when-gone",
  sentence: "An update is created, or is to begin, near the moment at which its device leaves or arrives.",
  lanes: 1,
  live: false,
  exercises: ["O-01"],
  choices: choicesOf({
    firmware: FIRMWARE,
    arrives: fc.boolean(),
    /** Milliseconds that the creation, or the begin, comes after the change. */
    gap: fc.constantFrom(-5_000, -300, -1, 0, 1, 300, 5_000),
    scheduled: fc.constantFrom(undefined, 10_000, 100_000),
    share: SHARE,
  }),
  compose: (sketch, [lane], { firmware, arrives, gap, scheduled, share }) => {
    if (arrives) ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const changed = lane.clock + 6_000 + (scheduled ?? 0);
    if (arrives) register(sketch, lane, changed);
    else deregister(sketch, lane, changed);
    const begins = changed + gap;
    const created = scheduled === undefined ? begins : lane.clock + 1;
    const scheduledOn = scheduled === undefined ? undefined : begins;
    const task = createUpdate(sketch, [lane], created, image, { expiresAfter: 300, scheduledOn });
    const over = begins + 6_000 + updateTimes(sketch, lane, image).over;
    finish([lane], watch(sketch, task, lane, begins, over, share));
  },
});

export const FIRMWARE_DISTURBED_BLOCKS = [DISTURBED, REGISTER_LOST, BADLY_ANSWERED, ASLEEP, AT_CREATION] as const;
