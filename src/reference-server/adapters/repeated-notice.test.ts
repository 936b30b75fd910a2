import { describe, expect, it } from "vitest";
import { after, SIMULATION_START, seconds } from "../../protocol/time.ts";
import { createRepeatedNotice } from "./repeated-notice.ts";

describe("createRepeatedNotice", () => {
  it("tells the first time at once, and then once in 10 s how often it was", () => {
    const told: number[] = [];
    const notice = createRepeatedNotice((times) => told.push(times));
    for (let index = 0; index < 1_000; index += 1) notice.happened(after(SIMULATION_START, seconds(index / 100)));
    expect(told).toEqual([1]);
    notice.happened(after(SIMULATION_START, seconds(10)));
    expect(told).toEqual([1, 1_000]);
  });
});
