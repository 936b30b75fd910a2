/**
 * `tasks.json`: what became of the device tasks of a campaign, how often each was attempted and how long it took, over
 * all plans. Firmware updates are left out: they are made of many operations.
 *
 * Spans are counted in buckets of two significant digits, so that records of any size are small and can be added.
 */
import { z } from "zod";

export const TASK_RECORD_FORMAT_VERSION = 1;

/** `open`: it had not come to an end when its plan was over. */
export const DEVICE_TASK_ENDS = ["succeeded", "failed", "expired", "cancelled", "open"] as const;
export type RecordedEnd = (typeof DEVICE_TASK_ENDS)[number];

/** Device tasks by a whole number, in its order. */
const Counts = z.record(z.string().regex(/^\d+$/), z.number().int().min(1));

export const TaskRecord = z.strictObject({
  formatVersion: z.literal(TASK_RECORD_FORMAT_VERSION),
  /** In the order of `DEVICE_TASK_ENDS`, those that occurred. */
  ends: z.array(
    z.strictObject({
      end: z.enum(DEVICE_TASK_ENDS),
      deviceTasks: z.number().int().min(1),
      /** By the number of attempts that were seen at the device's link. */
      attempts: Counts,
      /** By milliseconds from when the task began to the end, in buckets; empty for `open`. */
      milliseconds: Counts,
    }),
  ),
});
export type TaskRecord = z.infer<typeof TaskRecord>;

/** What one plan contributes: a row for each device task. */
export interface EndedTask {
  readonly end: RecordedEnd;
  readonly attempts: number;
  /** Absent while it is open. */
  readonly milliseconds?: number;
}

/** The upper end of the bucket that a span of so many milliseconds falls into: two significant digits, rounded up. */
export function bucketOf(milliseconds: number): number {
  let unit = 1;
  while (milliseconds / unit > 99) unit *= 10;
  return Math.ceil(milliseconds / unit) * unit;
}

interface Sums {
  deviceTasks: number;
  readonly attempts: Map<number, number>;
  readonly milliseconds: Map<number, number>;
}

/** Adds up what plans contribute. */
export class TaskSums {
  private readonly ends = new Map<RecordedEnd, Sums>();

  add(tasks: readonly EndedTask[]): void {
    for (const { end, attempts, milliseconds } of tasks) {
      const sums: Sums = this.ends.get(end) ?? { deviceTasks: 0, attempts: new Map(), milliseconds: new Map() };
      this.ends.set(end, sums);
      sums.deviceTasks += 1;
      increase(sums.attempts, attempts);
      if (milliseconds !== undefined) increase(sums.milliseconds, bucketOf(milliseconds));
    }
  }

  record(): TaskRecord {
    return {
      formatVersion: TASK_RECORD_FORMAT_VERSION,
      ends: DEVICE_TASK_ENDS.flatMap((end) => {
        const sums = this.ends.get(end);
        if (sums === undefined) return [];
        const { deviceTasks, attempts, milliseconds } = sums;
        return [{ end, deviceTasks, attempts: sorted(attempts), milliseconds: sorted(milliseconds) }];
      }),
    };
  }
}

const increase = (counts: Map<number, number>, key: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const sorted = (counts: ReadonlyMap<number, number>): Record<string, number> =>
  Object.fromEntries([...counts].sort(([a], [b]) => a - b));
