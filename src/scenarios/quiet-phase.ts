/**
 * How every plan ends: no more faults, each device that may still act says so, and all is read once more.
 *
 * A request may still be on the way when the faults end, so devices speak twice: at once, and again when any exchange
 * that was open then must have ended. A task that still waits after that has been forgotten by the server.
 */

import { endOf, type Lane, type Sketch } from "./sketch.ts";
import { bootTime, poll, pollHistory, pollMirror, register, update } from "./steps.ts";

export interface QuietTimes {
  readonly quietFrom: number;
  readonly until: number;
}

/** Mirrors of more devices than these are not read again. */
const MOST_MIRRORS = 4;
/** Seconds after which a device that said nothing registers rather than updates; the smallest natural lifetime is 12 h. */
const SURELY_REGISTERED = 36_000;

/** Writes the quiet phase on the sketch. Background faults are added with it, since only now their end is known. */
export function addQuietPhase(sketch: Sketch): QuietTimes {
  const { beat, clear, giveUpLatest, responseTimeout, mode, budget } = sketch.pace;
  const quietFrom = endOf(sketch) + beat;
  const settled = giveUpLatest + responseTimeout + clear;
  // Live with the times of RFC 7252, blocks that leave an exchange open do not fit: there is nothing to wait for.
  const patient = settled <= budget;
  if (patient) addBackgroundFault(sketch, quietFrom);
  const acting = sketch.lanes.filter((lane) => lane.touched && !lane.gone);
  const start = quietFrom + 1;
  acting.forEach((lane, index) => {
    speak(sketch, lane, start + index);
  });
  const disturbed = patient && (mode === "sim" || sketch.faults.length > 0);
  const again = disturbed ? start + settled : start;
  if (disturbed) for (const [index, lane] of acting.entries()) update(sketch, lane, again + index);
  const drained = again + drainTime(sketch);
  for (let task = 0; task < sketch.nextTask; task += 1) {
    poll(sketch, task, drained + task);
    if (task % 3 === sketch.swarm.dial % 3) pollHistory(sketch, task, drained + task);
  }
  for (const lane of acting.slice(0, MOST_MIRRORS)) pollMirror(sketch, lane, drained + sketch.nextTask);
  const end = drained + sketch.nextTask + beat;
  return { quietFrom, until: mode === "live" ? end : end + settled };
}

/** Time for the device with the most to do to do it: each task once, slowly, with a reboot in between. */
function drainTime(sketch: Sketch): number {
  const { beat, latency, ackTimeout, mode } = sketch.pace;
  if (mode === "live") return 2 * beat + 40 * sketch.nextTask;
  const longest = Math.max(...sketch.lanes.map((lane) => bootTime(sketch, lane)));
  return longest + beat + sketch.nextTask * (2 * latency + 2 * ackTimeout);
}

/** An Update where the device is surely registered; else it registers. */
function speak(sketch: Sketch, lane: Lane, at: number): void {
  const silentFor = (at - lane.lastContact) / 1_000;
  const sure = lane.registered && lane.model.lifetime === undefined && silentFor < SURELY_REGISTERED;
  if (sure && (sketch.swarm.dial + lane.device) % 3 !== 0) update(sketch, lane, at);
  else register(sketch, lane, at);
}

/** Lets the plan's background fault, if any, lie on every second device, or on all, until the quiet phase. */
function addBackgroundFault(sketch: Sketch, until: number): void {
  const { background, strength, dial } = sketch.swarm;
  const { ackTimeout } = sketch.pace;
  const lanes = sketch.lanes.filter((lane) => lane.touched && (dial % 2 === 0 || lane.device % 2 === 0));
  const delay = 1 + (dial % 100) * Math.floor(ackTimeout / 80);
  for (const { device } of lanes) {
    const window = { device, from: 0, until, direction: "both" } as const;
    if (background === "loss") sketch.faults.push({ kind: "loss", ...window, permille: strength });
    else if (background === "latency") sketch.faults.push({ kind: "latency", ...window, delay });
    else if (background !== "none") sketch.faults.push({ kind: background, ...window, permille: strength, delay });
  }
}
