import { describe, expect, it } from "vitest";
import { micros, millis } from "../../protocol/time.ts";
import { createStarts, type StartsOptions } from "./starts.ts";

const startsWith = (options: Partial<StartsOptions>) =>
  createStarts({ behind: () => 0, stopped: () => false, interval: micros(0), ...options });

/** A run that goes on until it is told to end. */
function openRun() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { run: () => ended, end };
}

describe("createStarts", () => {
  it("begins in the order of asking, and gives what the work gives", async () => {
    const order: number[] = [];
    const starts = startsWith({});
    const work = [1, 2, 3].map((number) =>
      starts.begin(async () => {
        order.push(number);
        return number * 10;
      }),
    );
    expect(await Promise.all(work)).toEqual([10, 20, 30]);
    expect(order).toEqual([1, 2, 3]);
  });

  it.each(["behind", "late"] as const)(
    "lets nothing more begin while it is too far %s, as long as something runs",
    async (why) => {
      let delay = 1_000_000;
      const starts = startsWith({ [why]: () => delay });
      const { run, end } = openRun();
      const first = starts.begin(run);
      await starts.begun;
      let hasBegun = false;
      const second = starts.begin(async () => {
        hasBegun = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      expect(hasBegun).toBe(false);
      delay = 0;
      await second;
      expect(hasBegun).toBe(true);
      end();
      await first;
    },
  );

  it("waits for no target that has nothing to do, for it may be gone", async () => {
    const starts = startsWith({ behind: () => Number.POSITIVE_INFINITY });
    await starts.begin(async () => {});
    await expect(starts.begin(async () => "begun")).resolves.toBe("begun");
  });

  it("lets whoever waits begin at once when it is stopped, and forgets a run that fails", async () => {
    const starts = startsWith({ stopped: () => true, behind: () => 1_000_000, interval: millis(60_000) });
    await expect(starts.begin(() => Promise.reject(new Error("gone")))).rejects.toThrow("gone");
    await expect(starts.begin(async () => "begun")).resolves.toBe("begun");
  });
});
