/**
 * How every plan ends: no more faults, each device that may still act comes back, and all is read once more.
 *
 * A request may still be on the way when the faults end, so devices speak twice: at once, and again when any exchange
 * that was open then must have ended. One of the two is a Register, since blocks that overlap may have left a device in
 * another state than its lane believes. After that all that waits must settle within the time that the slowest drain
 * takes; what waits for a device that is gone for good must expire. A task that still waits then has been forgotten.
 *
 * Live, every other plan has a last look: once the server has surely noticed all that happened, devices speak again and
 * get a task more. What it does then it does knowing how each task ended and where each device is.
 */
import { updateTimes } from "./firmware-steps.ts";
import { type Creation, isCreation } from "./plan.ts";
import { endOf, type Lane, type Sketch } from "./sketch.ts";
import { bootTime, createTask, poll, pollHistory, pollMirror, register, update } from "./steps.ts";

export interface QuietTimes {
  readonly quietFrom: number;
  readonly until: number;
}

/** Milliseconds. Live, an update that is slower stays open. */
const LONGEST_LIVE_UPDATE = 1_200;
/** Mirrors of more devices than these are not read again. */
const MOST_MIRRORS = 4;
/** Live: devices beyond these get no task more at the end. */
const MOST_LAST_TASKS = 4;
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
  const start = quietFrom + 1;
  const disturbed = patient && (mode === "sim" || sketch.faults.length > 0);
  const again = disturbed ? start + settled : start;
  const drained = again + drainTime(sketch);
  const acting = sketch.lanes.filter((lane) => lane.touched && !lane.gone);
  for (const [index, lane] of acting.entries())
    comeBack(sketch, lane, start + index, disturbed ? again + index : undefined);
  if (mode === "sim") for (const lane of acting) stayRegistered(sketch, lane, again, drained);
  readAll(sketch, drained);
  for (const lane of acting.slice(0, MOST_MIRRORS)) pollMirror(sketch, lane, drained + sketch.nextTask);
  const end = drained + sketch.nextTask + beat;
  if (mode === "live") return { quietFrom, until: sketch.swarm.dial % 2 === 0 ? lookAgain(sketch, acting, end) : end };
  return { quietFrom, until: readLast(sketch, Math.max(end + settled, lastExpiry(sketch) + beat)) };
}

/** Time for the device with the most to do to do it: each task once, slowly, with a reboot after each that asks for one. */
function drainTime(sketch: Sketch): number {
  const { beat, latency, ackTimeout, mode } = sketch.pace;
  if (mode === "live") return 2 * beat + 40 * sketch.nextTask + Math.min(updating(sketch), LONGEST_LIVE_UPDATE);
  const longest = Math.max(...sketch.lanes.map((lane) => bootTime(sketch, lane))) + beat;
  const reboots = creations(sketch).filter(
    (task) => task.kind === "create-task" && task.property.endsWith(".reboot"),
  ).length;
  return (1 + reboots) * longest + sketch.nextTask * (2 * latency + 2 * ackTimeout) + updating(sketch);
}

/** Time for the device with the most updates to get through with them, if nothing is in their way. */
function updating(sketch: Sketch): number {
  const updates = creations(sketch).filter((task) => task.kind === "create-update");
  const slowest = Math.max(
    0,
    ...updates.flatMap(({ image }) => sketch.lanes.map((lane) => updateTimes(sketch, lane, image).over)),
  );
  return updates.length * slowest;
}

const creations = ({ operations }: Sketch): readonly Creation[] => operations.filter(isCreation);

/** Speaks, and once more at `again`. An Update comes first only where the device is surely registered. */
function comeBack(sketch: Sketch, lane: Lane, at: number, again: number | undefined): void {
  const silentFor = (at - lane.lastContact) / 1_000;
  const sure = lane.registered && lane.model.lifetime === undefined && silentFor < SURELY_REGISTERED;
  const updatesFirst = sure && (sketch.swarm.dial + lane.device) % 3 !== 0;
  if (updatesFirst) update(sketch, lane, at);
  else register(sketch, lane, at);
  if (again === undefined) return;
  // A short lifetime may be over by then, and an Update in vain.
  if (updatesFirst || lane.model.lifetime !== undefined) register(sketch, lane, again);
  else update(sketch, lane, again);
}

/** A device whose lifetime is shorter than the drain updates in time, until it is drained. */
function stayRegistered(sketch: Sketch, lane: Lane, from: number, until: number): void {
  const lifetime = (lane.model.lifetime ?? 0) * 1_000;
  if (lifetime <= 0) return;
  for (let at = from + lifetime / 2; at < until; at += lifetime / 2) update(sketch, lane, Math.floor(at));
}

function readAll(sketch: Sketch, at: number): void {
  for (let task = 0; task < sketch.nextTask; task += 1) {
    poll(sketch, task, at + task);
    if (task % 3 === sketch.swarm.dial % 3) pollHistory(sketch, task, at + task);
  }
}

/** Reads each task a last time: what had settled stays so, and what waited for a device that is gone has expired. */
function readLast(sketch: Sketch, at: number): number {
  for (let task = 0; task < sketch.nextTask; task += 1) {
    poll(sketch, task, at + task);
    if (task % 3 !== sketch.swarm.dial % 3) pollHistory(sketch, task, at + task);
  }
  return at + sketch.nextTask;
}

/** Live: Updates of all that are registered, a task more for some of them, and a look at everything. When it is over. */
function lookAgain(sketch: Sketch, acting: readonly Lane[], from: number): number {
  const { reaction, clear, beat } = sketch.pace;
  const start = from + reaction + clear;
  const staying = acting.filter((lane) => lane.registered && lane.model.lifetime === undefined);
  for (const [index, lane] of staying.entries()) update(sketch, lane, start + index);
  for (const [index, lane] of staying.slice(0, MOST_LAST_TASKS).entries())
    createTask(
      sketch,
      [lane],
      start + beat + index,
      { type: sketch.swarm.dial, property: index },
      { only: ["R", "W"] },
    );
  const over = start + 2 * beat + 40 * sketch.nextTask;
  readAll(sketch, over);
  return over + sketch.nextTask + beat;
}

/**
 * When the last task expires that waits for a device which is gone for good, and the last update: a device may never come
 * to an end with it. One that is given no time of its own is an update that nothing stops.
 */
function lastExpiry(sketch: Sketch): number {
  const gone = new Set(sketch.lanes.filter((lane) => lane.gone).map((lane) => lane.device));
  const waiting = creations(sketch).filter(
    ({ kind, devices, expiresAfter }) =>
      (kind === "create-update" && expiresAfter !== undefined) ||
      (gone.size > 0 && (devices === "all" || devices.some((device) => gone.has(device)))),
  );
  return Math.max(0, ...waiting.map((task) => Math.max(task.at, task.scheduledOn ?? 0) + activePeriod(sketch, task)));
}

/** Milliseconds; the longer one while it is open whether a change of the device type came first (choice 7). */
function activePeriod(sketch: Sketch, task: Creation): number {
  const { expiresAfter } = task;
  const type = task.kind === "create-task" ? task.type : (sketch.images[task.image]?.type ?? 0);
  const declared = sketch.deviceTypes[type]?.taskExpiresAfter;
  if (expiresAfter !== undefined) return expiresAfter * 1_000;
  if (declared === undefined) return sketch.pace.defaultExpiry;
  return Math.max(declared, sketch.reconfigured ?? 0) * 1_000;
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
