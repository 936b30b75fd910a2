import { describe, expect, it } from "vitest";
import { isEvident, planLines } from "./plan-text.ts";
import { SMALL_PLAN } from "./test-kit.ts";

describe("planLines", () => {
  it("tells devices, operations and faults in the order of time, and the end", () => {
    expect(planLines(SMALL_PLAN, 200)).toEqual([
      "device 0: registers at 0 s",
      "from 0.5 s to 9 s device 0 loses 100 % of its datagrams",
      'at 1 s task 0 is created: write deviceProperties.device.timezone = "UTC" on device 0',
      "at 12 s device 0 updates its registration",
      "at 20 s all faults are over",
      "at 60 s the plan ends",
    ]);
  });

  it("has what shows the violation behind the operation that brought it about", () => {
    const lines = planLines(SMALL_PLAN, 200, [{ at: 12_000, text: "12.000 s ← device 0 CON POST /rd/1" }]);
    const at = lines.indexOf("▶ 12.000 s ← device 0 CON POST /rd/1");
    expect(lines[at - 1]).toBe("at 12 s device 0 updates its registration");
    expect(lines.filter(isEvident)).toHaveLength(1);
  });

  it("tells devices that are alike once", () => {
    const [plain] = SMALL_PLAN.fleet;
    if (plain === undefined) throw new Error("the plan has a device");
    const sleepy = { ...plain, queueMode: true, awakeFor: 93_000, registersAt: undefined };
    const lines = planLines({ ...SMALL_PLAN, fleet: [plain, plain, sleepy, plain], operations: [], faults: [] }, 200);
    expect(lines).toEqual([
      "devices 0–1, 3: registers at 0 s",
      "device 2: not registered, sleeps 93 s after its last message",
      "at 60 s the plan ends",
    ]);
  });

  it("wraps at the width, and ends after the last operation when that is later than the plan's end", () => {
    const lines = planLines({ ...SMALL_PLAN, until: 5_000 }, 40);
    expect(lines.filter((line) => line.length > 42)).toEqual([]);
    expect(lines.at(-1)).toBe("at 12 s the plan ends");
  });
});
