/**
 * A building block around a server that is killed in the midst of a firmware update: while the device gets the image, has
 * it, installs it, or runs it already.
 * Spec: OMA LwM2M Core Appendix E.6; docs/semantics.md, choices 24, 26.
 */
import * as fc from "fast-check";
import { createUpdate, updateTimes } from "../firmware-steps.ts";
import { part } from "../pace.ts";
import { ensureRegistered, finish, poll, pollMirror, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TRIGGER } from "./block.ts";
import { equip, FIRMWARE } from "./firmware-choices.ts";
import { DOWN_FOR, DYING, restartServer } from "./restart-steps.ts";

const RESTART_IN_UPDATE = defineBlock({
  id: "restart-in-update",
  sentence: "the server is killed in the midst of a firmware update; the device speaks up, and the update goes on",
  lanes: 1,
  live: false,
  exercises: ["S-01", "O-03", "O-04", "O-07", "R-08"],
  choices: choicesOf({
    firmware: FIRMWARE,
    share: SHARE,
    dying: DYING,
    down: DOWN_FOR,
    trigger: TRIGGER,
    patience: fc.constantFrom(300, 1_800, 7_200),
  }),
  compose: (sketch, [lane], { firmware, share, dying, down, trigger: kind, patience }) => {
    const { beat } = sketch.pace;
    ensureRegistered(sketch, lane);
    const image = equip(sketch, lane, firmware);
    const created = lane.clock + 1;
    const task = createUpdate(sketch, [lane], created, image, { expiresAfter: patience });
    const { over } = updateTimes(sketch, lane, image);
    const up = restartServer(sketch, created + part(share, over), down, dying);
    poll(sketch, task, up + beat);
    const again = Math.max(up + beat, created + over) + 1;
    const settled = trigger(sketch, lane, again, kind) + over + beat;
    poll(sketch, task, settled);
    pollMirror(sketch, lane, settled);
    finish([lane], settled + 1);
  },
});

export const RESTART_FIRMWARE_BLOCKS = [RESTART_IN_UPDATE] as const;
