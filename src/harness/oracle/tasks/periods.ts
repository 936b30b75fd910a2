/**
 * The active period of a task as the oracle reckons it: whose value counts, its bounds, and what a server would take
 * that follows its device type or reads the precedence the wrong way round.
 *
 * Source: task page, Task expiration; docs/semantics.md, choices 7 and 8.
 */
import type { OracleContext } from "../context.ts";
import type { ActivePeriod, OtherPeriod, TaskView } from "../views/task-view.ts";
import type { Window } from "../window.ts";

const DEFAULT_EXPIRES_AFTER = 604_800;
/** Seconds for which a task can be read, where nothing is declared. */
export const DEFAULT_RETENTION = 2_592_000;
/** What the page's server takes for a device type; a value within is within everybody's bounds. */
const USUAL_TYPE_BOUNDS = { min: 60, max: 604_800 } as const;

/** The longest expiresAfter of a task, seconds: as declared, else as long as the task can be read. */
export const longestPeriod = ({ profile }: OracleContext): number =>
  profile.expiresAfterBounds?.max ?? profile.retention ?? DEFAULT_RETENTION;

/** Choice 7: the task's own value, else the device type's, else 7 days. Fixed at creation. */
export function activePeriod(context: OracleContext, own: number | undefined, deviceType: number): ActivePeriod {
  const { profile } = context;
  if (own !== undefined) {
    const longest = longestPeriod(context);
    if (own < (profile.expiresAfterBounds?.min ?? 0)) return { seconds: own, source: "L-04", known: false };
    if (own <= longest) return { seconds: own, source: "E-02", known: true };
    const known = profile.beyondBounds === "shortened";
    return { seconds: known ? longest : own, source: "L-04", known };
  }
  const known = !context.configuring.has(deviceType);
  const ofType = context.typeExpiry[deviceType];
  if (ofType !== undefined) return { seconds: ofType, source: "E-03", known };
  return { seconds: profile.defaultExpiresAfter ?? DEFAULT_EXPIRES_AFTER, source: "E-01", known };
}

/** What a server takes that lets the device type overrule the task. */
export function overruledPeriods(
  context: OracleContext,
  { seconds, source }: ActivePeriod,
  deviceType: number,
  asked: Window,
): OtherPeriod[] {
  const ofType = context.typeExpiry[deviceType];
  const wrong = source === "E-02" && ofType !== undefined && ofType !== seconds;
  return wrong ? [{ seconds: ofType, from: asked }] : [];
}

/** Whether a value is beyond the bounds of a device type; `maybe`: the server did not declare them. */
export function beyondTypeBounds({ profile }: OracleContext, seconds: number): "no" | "above" | "below" | "maybe" {
  const { min, max } = profile.taskExpiresAfterBounds ?? USUAL_TYPE_BOUNDS;
  if (seconds >= min && seconds <= max) return "no";
  if (profile.taskExpiresAfterBounds === undefined) return "maybe";
  return seconds > max ? "above" : "below";
}

/**
 * A device type was configured, and the server said that it took the value: tasks that exist keep their period.
 *
 * @returns whether its value is known now
 */
export function typeConfigured(context: OracleContext, deviceType: number, asked: number, window: Window): boolean {
  const { profile, tasks } = context;
  const beyond = beyondTypeBounds(context, asked);
  const shortened = beyond === "above" && profile.beyondBounds === "shortened";
  if (beyond !== "no" && !shortened) return false;
  const seconds = shortened ? (profile.taskExpiresAfterBounds?.max ?? asked) : asked;
  context.typeExpiry[deviceType] = seconds;
  for (const task of tasks.values()) {
    if (task.deviceType !== deviceType || task.state === "refused" || task.expiry.latest <= window.earliest) continue;
    if (seconds !== task.activePeriod.seconds) task.otherPeriods.push({ seconds, from: window });
  }
  return true;
}

const SECOND = 1_000_000;

/**
 * Whether a task that took one of its other periods would have been expired during `seen`, or would still have been
 * pending then, where by its own period it was the other way round.
 */
export const contradicts = (
  { activePeriod: own, otherPeriods, activeFrom }: TaskView,
  seen: Window,
  as: "expired" | "pending",
): boolean =>
  otherPeriods.some(({ seconds, from }) =>
    as === "expired"
      ? seconds < own.seconds && activeFrom.earliest + seconds * SECOND <= seen.latest && from.earliest <= seen.latest
      : seconds > own.seconds && seen.earliest <= Math.max(activeFrom.latest, from.latest) + seconds * SECOND,
  );
