import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LeaveOutOptions, leaveOut } from "./leave-out.ts";

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

async function leaveOutBy(
  parts: readonly number[],
  fails: (kept: readonly number[]) => boolean,
  options?: LeaveOutOptions,
) {
  let kept = parts;
  let executions = 0;
  const attempt = async (gone: readonly number[]): Promise<boolean> => {
    executions++;
    const rest = kept.filter((part) => !gone.includes(part));
    if (!fails(rest)) return false;
    kept = rest;
    return true;
  };
  const left = await leaveOut(parts, attempt, options);
  expect(left).toEqual(kept);
  return { left, executions };
}

describe("leaveOut", () => {
  it("finds one part among 1,024 within 20 attempts, wherever it stands", async () => {
    for (const needed of [0, 511, 700, 1_023]) {
      const { left, executions } = await leaveOutBy(upTo(1_024), (kept) => kept.includes(needed));
      expect(left).toEqual([needed]);
      expect(executions).toBeLessThanOrEqual(21);
    }
  });

  it("keeps exactly what is needed, whatever that is", async () => {
    const needed = fc.uniqueArray(fc.nat(39), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(needed, async (parts) => {
        const { left } = await leaveOutBy(upTo(40), (kept) => parts.every((part) => kept.includes(part)));
        expect(left).toEqual([...parts].sort((a, b) => a - b));
      }),
    );
  });

  it("never tries to leave out all parts at once, but a single last one", async () => {
    expect((await leaveOutBy([1, 2], () => true)).left).toEqual([]);
    const sizes: number[] = [];
    await leaveOut([1, 2, 3, 4], async (gone) => sizes.push(gone.length) > 0);
    expect(sizes).toEqual([2, 1, 1]);
  });

  it("leaves as many as must stay", async () => {
    expect((await leaveOutBy([1, 2, 3], () => true, { least: 1 })).left).toHaveLength(1);
  });

  it("goes through 5 single parts with 5 attempts when the chunk is 1", async () => {
    expect((await leaveOutBy(upTo(5), () => false, { chunk: 1 })).executions).toBe(5);
  });

  it("asks nothing when there are no parts", async () => {
    expect((await leaveOutBy([], () => true)).executions).toBe(0);
  });
});
