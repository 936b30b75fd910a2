/**
 * Building blocks around cancelling at about the moment at which something else decides, and cancelling a task whose
 * devices stand in every state at once. Spec: docs/semantics.md, States.
 */
import * as fc from "fast-check";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import {
  behave,
  cancelDeviceTask,
  cancelTask,
  createTask,
  ensureAbsent,
  ensureRegistered,
  finish,
  latencyOf,
  poll,
  pollHistory,
  pollMirror,
  trigger,
} from "../steps.ts";
import { choicesOf, defineBlock, NEAR, near, SHARE, TASK, TRIGGER } from "./block.ts";

const DECIDERS = ["answer", "answer", "expiry", "expiry-in-flight", "register", "retry", "reset"] as const;
type Decider = (typeof DECIDERS)[number];

const EXPIRES_AFTER = [2, 5, 30, 60, 61] as const;

/** Sets the scene; gives the moment at which the other side decides, as the server sees it. */
function decide(sketch: Sketch, lane: Lane, created: number, what: Decider, share: number): number {
  const { beat, ackTimeout } = sketch.pace;
  const latency = latencyOf(sketch);
  if (what === "answer") {
    const delay = 1 + part(share, 10 * ackTimeout);
    behave(sketch, lane, created, created + beat, { kind: "slow", delay });
    return created + 2 * latency + delay;
  }
  if (what === "expiry" || what === "expiry-in-flight") {
    const expiry = created + expiresAfterOf(share) * 1_000;
    if (what === "expiry-in-flight") behave(sketch, lane, created, expiry + beat, { kind: "acknowledge-only" });
    return expiry;
  }
  if (what === "register") return created + beat + part(share, beat) + latency;
  behave(sketch, lane, created, created + beat, { kind: "reset" });
  return what === "reset" ? created + 2 * latency : created + 2 * beat + latency;
}

const expiresAfterOf = (share: number): number => EXPIRES_AFTER[share % EXPIRES_AFTER.length] ?? 2;

const CANCEL_RACE = defineBlock({
  id: "cancel-race",
  sentence: "a task is cancelled about when its answer, its expiry, a failure or the trigger of its next attempt comes",
  lanes: 1,
  live: false,
  exercises: ["T-04", "T-01", "T-02", "T-03", "Q-11", "E-05"],
  choices: choicesOf({
    task: TASK,
    against: fc.constantFrom(...DECIDERS),
    where: NEAR,
    whole: fc.boolean(),
    twice: fc.nat(3),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, [lane], choice) => {
    const { beat, guard, clear } = sketch.pace;
    const { against } = choice;
    const absent = against === "expiry" || against === "register";
    if (absent) ensureAbsent(sketch, lane);
    else ensureRegistered(sketch, lane);
    const created = lane.clock + 1;
    const decided = decide(sketch, lane, created, against, choice.share);
    const expires = against === "expiry" || against === "expiry-in-flight";
    const expiresAfter = expires ? expiresAfterOf(choice.share) : undefined;
    const task = createTask(sketch, [lane], created, choice.task, { expiresAfter });
    pollMirror(sketch, lane, created);
    if (against === "register") trigger(sketch, lane, decided - latencyOf(sketch), "register");
    if (against === "retry") trigger(sketch, lane, decided - latencyOf(sketch), "update");
    const at = near(sketch, decided, choice.where, choice.share, beat, created + 1);
    poll(sketch, task, Math.max(created, at - guard));
    if (choice.whole) cancelTask(sketch, task, at);
    else cancelDeviceTask(sketch, task, lane, at);
    poll(sketch, task, at + 1);
    if (choice.twice === 0) cancelTask(sketch, task, at + beat);
    const over = Math.max(decided, at) + beat + clear;
    poll(sketch, task, over);
    const settled = trigger(sketch, lane, over + 1, choice.trigger);
    poll(sketch, task, settled + beat);
    pollMirror(sketch, lane, settled + beat);
    finish([lane], settled + beat + 1);
  },
});

/** What the devices of one task come to, in turn. */
const FATES = ["in-flight", "succeeds", "absent", "fails", "requeued", "acknowledged"] as const;

const CANCEL_EVERYWHERE = defineBlock({
  id: "cancel-everywhere",
  sentence:
    "one task is cancelled while its devices have succeeded, failed, are being tried, wait for a retry or never came",
  lanes: 10,
  live: false,
  exercises: ["T-04", "T-01", "T-02", "T-03", "Q-11", "I-03"],
  choices: choicesOf({
    task: TASK,
    from: fc.nat(5),
    whole: fc.nat(3),
    expires: fc.nat(3),
    share: SHARE,
    trigger: TRIGGER,
  }),
  compose: (sketch, lanes, choice) => {
    const { beat, giveUpLatest, responseTimeout, clear } = sketch.pace;
    const fateOf = (index: number) => FATES[(index + choice.from) % FATES.length] ?? "succeeds";
    for (const [index, lane] of lanes.entries()) {
      if (fateOf(index) === "absent") ensureAbsent(sketch, lane);
      else ensureRegistered(sketch, lane);
    }
    const created = Math.max(...lanes.map((lane) => lane.clock)) + 1;
    const cancelled = created + beat + part(choice.share, giveUpLatest);
    const over = created + Math.max(giveUpLatest, responseTimeout) + beat + clear;
    for (const [index, lane] of lanes.entries()) {
      const fate = fateOf(index);
      if (fate === "in-flight") behave(sketch, lane, created, over, { kind: "silent" });
      if (fate === "fails") behave(sketch, lane, created, created + beat, { kind: "error", code: "4.05" });
      if (fate === "requeued") behave(sketch, lane, created, created + beat, { kind: "reset" });
      if (fate === "acknowledged") behave(sketch, lane, created, over, { kind: "acknowledge-only" });
    }
    const expiresAfter = choice.expires === 0 ? Math.ceil((over - created) / 1_000) : undefined;
    const task = createTask(sketch, lanes, created, choice.task, { expiresAfter });
    poll(sketch, task, cancelled - 1);
    if (choice.whole > 0) cancelTask(sketch, task, cancelled);
    else for (const lane of lanes) cancelDeviceTask(sketch, task, lane, cancelled + lane.device);
    poll(sketch, task, cancelled + beat);
    const settled = Math.max(...lanes.map((lane) => trigger(sketch, lane, over + lane.device, choice.trigger)));
    poll(sketch, task, settled);
    pollHistory(sketch, task, settled);
    finish(lanes, settled + beat);
  },
});

export const CANCEL_RACE_BLOCKS = [CANCEL_RACE, CANCEL_EVERYWHERE] as const;
