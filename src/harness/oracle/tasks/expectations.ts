/**
 * What a poll may see: the expectations of one device task over time.
 *
 * A change that happened within a window leaves both the state before and the state after possible for a poll that
 * overlaps the window. In simulation windows are points and nothing but the exact instant is open.
 */
import type { DeviceTaskStatus } from "../../../protocol/task-api/states.ts";
import type { RunTime } from "../../history/history.ts";
import type { DeviceTaskView, Expectation, SeenStatus } from "../views/task-view.ts";
import type { Window } from "../window.ts";

const OPEN: readonly DeviceTaskStatus[] = ["REQUESTED", "QUEUED", "PROCESSING"];

/** Statuses that fit each kind of expectation. An observer polls: what is *reachable* fits, not only what is adjacent. */
export const FITTING: Readonly<Record<Expectation["kind"], readonly DeviceTaskStatus[]>> = {
  pending: OPEN,
  "in-flight": OPEN,
  "cancel-requested": ["CANCEL_REQUESTED", "CANCELLED"],
  "server-side": ["SUCCEEDED"],
  succeeded: ["SUCCEEDED"],
  failed: ["FAILED"],
  expired: ["FAILED"],
  cancelled: ["CANCELLED"],
  "cancelled-or-expired": ["CANCELLED", "FAILED"],
};

/** The expiry code of the task page. */
export const EXPIRED_CODE = "4004";

/** From `since` on, polls see a device task so. */
export function expect(
  deviceTask: DeviceTaskView,
  kind: Expectation["kind"],
  since: Window,
  extra: Partial<Expectation> = {},
): void {
  const { expectations } = deviceTask;
  const last = expectations.at(-1);
  const expectation = { kind, since, statuses: FITTING[kind], ...extra };
  // A device that comes and goes while a task waits: nothing changes but why it waits, and a day of it is one entry.
  const waitsOn = kind === "pending" && last?.kind === "pending" && expectations.at(-2)?.kind === "pending";
  if (waitsOn) {
    const merged = { earliest: Math.min(last.since.earliest, since.earliest), latest: since.latest };
    expectations[expectations.length - 1] = { ...expectation, since: merged };
  } else expectations.push(expectation);
}

/** The expectations that may hold during a poll. */
export function possibleDuring(
  expectations: readonly Expectation[],
  poll: Window,
  slack: RunTime,
): readonly Expectation[] {
  return expectations.filter((expectation, index) => {
    const next = expectations[index + 1];
    return (
      expectation.since.earliest <= poll.latest && (next === undefined || poll.earliest <= next.since.latest + slack)
    );
  });
}

/** Does what was seen fit? The error code tells expiry from an answer; which code an answer must give is a checker's business. */
export function fits(expectation: Expectation, seen: SeenStatus): boolean {
  if (!expectation.statuses.includes(seen.status)) return false;
  if (expectation.kind === "expired" || expectation.kind === "cancelled-or-expired")
    return seen.status !== "FAILED" || seen.errorCode === EXPIRED_CODE;
  return true;
}

/** The last expectation, when the whole poll lies after the moment from which it must hold. */
export function certainDuring(possible: readonly Expectation[], poll: Window): Expectation | undefined {
  const last = possible.at(-1);
  return last !== undefined && poll.earliest >= last.since.latest ? last : undefined;
}
