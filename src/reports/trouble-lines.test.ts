import { describe, expect, it } from "vitest";
import type { Verdict } from "../harness/record/verdict.ts";
import { FAILED_VERDICT } from "./test-kit.ts";
import { troubleLines } from "./trouble-lines.ts";

const told = (changes: Partial<Verdict>, most = 5) => troubleLines({ ...FAILED_VERDICT, ...changes }, most);
const silent = (plan: string) => ({ plan, reason: "timeout: REST GET /tasks/1: no answer within 10 s" });

describe("troubleLines", () => {
  it("says nothing of a campaign in which nothing went wrong, however late its process was", () => {
    expect(told({ worstLateness: 4_000 })).toEqual([]);
  });

  it("says why plans did not run to the end, whose slowness that was, and what to do", () => {
    const cutOffBecause = [
      { plan: "cancel-12", reason: "this process was 5380 ms late", plans: 83 },
      { plan: "queue-3", reason: "interrupted", plans: 1 },
    ];
    expect(told({ cutOff: 84, cutOffBecause, worstLateness: 6_081 })).toEqual([
      "83 plans did not run to the end, first cancel-12: this process was 5380 ms late.",
      "1 plan did not run to the end: interrupted.",
      expect.stringMatching(/^This machine was busy: .* up to 6081 ms late itself.*--at-once 10.*--time/),
    ]);
    expect(told({ cutOff: 2 })).toEqual(["2 plans did not run to the end."]);
  });

  it("says of requests without answer that the target did not answer, unless this machine was busy", () => {
    const harnessErrors = [silent("queue-1"), silent("queue-2")];
    expect(told({ harnessErrors, worstLateness: 40 })).toEqual([
      "queue-1 cannot be relied on: timeout: REST GET /tasks/1: no answer within 10 s",
      "queue-2 cannot be relied on: timeout: REST GET /tasks/1: no answer within 10 s",
      expect.stringMatching(/^This process was at most 40 ms late: it was the target that did not answer/),
    ]);
    expect(told({ harnessErrors, worstLateness: 900 }).at(-1)).toMatch(/^This machine was busy/);
    expect(told({ harnessErrors: [{ plan: "queue-1", reason: "refused: nobody" }] })).toHaveLength(1);
  });

  it("tells the number and the first of more plans than it may tell one by one", () => {
    const harnessErrors = [silent("queue-1"), silent("queue-2"), silent("queue-3")];
    expect(told({ harnessErrors }, 2)[0]).toMatch(/^3 plans cannot be relied on, first queue-1: timeout: /);
  });
});
