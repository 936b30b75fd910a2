/** When a device that works on its firmware by itself is asked next. In memory only: a restart waits for a trigger. */
import { type Instant, NEVER } from "../../protocol/time.ts";
import { createDeadlines } from "../deadlines.ts";
import type { DeviceTask } from "../entities.ts";
import { isResting } from "./turns.ts";

export interface Polls {
  readonly next: Instant;
  watch(deviceTask: DeviceTask, until: Instant): void;
  /** A device task that is due; call until there is none. */
  take(now: Instant): DeviceTask | undefined;
}

export function createPolls(): Polls {
  const dueAt = new WeakMap<DeviceTask, Instant>();
  const deadlines = createDeadlines<DeviceTask>((deviceTask) =>
    isResting(deviceTask) && !deviceTask.task.removed ? (dueAt.get(deviceTask) ?? NEVER) : NEVER,
  );
  return {
    get next() {
      return deadlines.next;
    },
    watch(deviceTask, until) {
      dueAt.set(deviceTask, until);
      deadlines.watch(deviceTask);
    },
    take: deadlines.take,
  };
}
