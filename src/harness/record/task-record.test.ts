import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketOf, DEVICE_TASK_ENDS, type EndedTask, TaskRecord, TaskSums } from "./task-record.ts";

const recordOf = (tasks: readonly EndedTask[]): TaskRecord => {
  const sums = new TaskSums();
  sums.add(tasks);
  return sums.record();
};

describe("bucketOf", () => {
  it.each([
    [0, 0],
    [7, 7],
    [99, 99],
    [100, 100],
    [101, 110],
    [12_345, 13_000],
    [2_592_000_000, 2_600_000_000],
  ])("puts %d ms into the bucket that ends at %d", (span, bucket) => {
    expect(bucketOf(span)).toBe(bucket);
  });

  it("is never less than the span, and at most a tenth more", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (span) => {
        expect(bucketOf(span)).toBeGreaterThanOrEqual(span);
        expect(bucketOf(span)).toBeLessThanOrEqual(span * 1.1 + 1);
      }),
    );
  });
});

describe("TaskSums", () => {
  it("counts attempts and spans by how device tasks ended, in the order of the ends", () => {
    expect(
      recordOf([
        { end: "open", attempts: 0 },
        { end: "succeeded", attempts: 1, milliseconds: 40 },
        { end: "succeeded", attempts: 3, milliseconds: 12_345 },
      ]),
    ).toEqual({
      formatVersion: 1,
      ends: [
        { end: "succeeded", deviceTasks: 2, attempts: { 1: 1, 3: 1 }, milliseconds: { 40: 1, 13000: 1 } },
        { end: "open", deviceTasks: 1, attempts: { 0: 1 }, milliseconds: {} },
      ],
    });
  });

  it("gives the same record in whatever portions and order tasks come, and one that its schema accepts", () => {
    const task = fc.record({
      end: fc.constantFrom(...DEVICE_TASK_ENDS),
      attempts: fc.nat(5),
      milliseconds: fc.nat(1e9),
    });
    fc.assert(
      fc.property(fc.array(task), fc.nat(5), (tasks, cut) => {
        const sums = new TaskSums();
        sums.add(tasks.slice(cut));
        sums.add(tasks.slice(0, cut));
        expect(sums.record()).toEqual(recordOf(tasks));
        expect(TaskRecord.parse(sums.record())).toEqual(sums.record());
      }),
    );
  });
});
