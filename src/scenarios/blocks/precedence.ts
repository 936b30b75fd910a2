/**
 * A building block around whose period counts: the task's own against its device type's, and a device type that is
 * configured anew while its tasks wait. In between the two periods a poll tells which one the server took.
 * Spec: task page, Task expiration; docs/semantics.md, choice 7.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { createTask, ensureAbsent, finish, poll, trigger } from "../steps.ts";
import { choicesOf, defineBlock, SHARE, TASK } from "./block.ts";
import { pollAround } from "./expiry.ts";

/** Seconds for which a device type may be configured (choice 8). */
const LEAST = 60;
const MOST = 604_800;

/** Seconds that tasks of this device's type inherit, if it has any. */
const typePeriod = (sketch: Sketch, lane: Lane): number | undefined => {
  const declared = sketch.deviceTypes[lane.type]?.taskExpiresAfter;
  return declared === undefined ? undefined : (sketch.reconfigured ?? declared);
};

/** Another number of seconds for the type: about half as many, or twice. */
function otherPeriod(seconds: number, sooner: boolean, share: number): number {
  const less = Math.max(LEAST, Math.floor(seconds / 2) - part(share, Math.floor(seconds / 4)));
  const more = Math.min(MOST, 2 * seconds + part(share, seconds));
  return (sooner && less < seconds) || more === seconds ? less : more;
}

const EXPIRY_PRECEDENCE = defineBlock({
  id: "expiry-precedence",
  sentence:
    "a task has a period of its own beside its device type's, another inherits that, and the type is configured anew meanwhile",
  lanes: 1,
  live: false,
  exercises: ["E-04", "E-05", "Q-03", "T-02"],
  choices: choicesOf({
    own: TASK,
    inheriting: TASK,
    share: SHARE,
    ownSooner: fc.boolean(),
    newSooner: fc.boolean(),
    configured: fc.nat(3),
  }),
  compose: (sketch, [lane], choice) => {
    const { beat } = sketch.pace;
    ensureAbsent(sketch, lane);
    const created = lane.clock + 1;
    const ofType = typePeriod(sketch, lane) ?? 600;
    const ofTask = choice.ownSooner
      ? Math.max(1, Math.floor(ofType / 2) - part(choice.share, Math.floor(ofType / 4)))
      : ofType + LEAST + part(choice.share, ofType);
    const own = createTask(sketch, [lane], created, choice.own, { expiresAfter: ofTask });
    poll(sketch, own, created + Math.floor((ofTask + ofType) * 500));
    let last = pollAround(sketch, own, created + ofTask * 1_000, choice.share);
    if (typePeriod(sketch, lane) !== undefined) {
      const task = createTask(sketch, [lane], created + 1, choice.inheriting);
      const anew = choice.configured === 0 ? ofType : otherPeriod(ofType, choice.newSooner, choice.share);
      if (anew !== ofType) {
        sketch.operations.push({
          at: created + 2,
          kind: "configure-type",
          type: lane.type,
          taskExpiresAfter: anew,
        });
        sketch.reconfigured = anew;
      }
      poll(sketch, task, created + 1 + Math.floor((ofType + anew) * 500));
      last = Math.max(last, pollAround(sketch, task, created + 1 + ofType * 1_000, choice.share));
    }
    finish([lane], trigger(sketch, lane, last + 1, "register") + beat);
  },
});

export const PRECEDENCE_BLOCKS = [EXPIRY_PRECEDENCE] as const;
