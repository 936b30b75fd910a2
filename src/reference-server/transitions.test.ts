import { describe, expect, it } from "vitest";
import { DEVICE_TASK_STATUSES, TASK_STATUSES } from "../protocol/task-api/states.ts";
import { DEVICE_TASK_MOVES, deviceTaskMove, isTerminal, TASK_MOVES, taskMove } from "./transitions.ts";

describe("the tables of moves (States; T-01)", () => {
  it("have one row per status and event", () => {
    for (const moves of [DEVICE_TASK_MOVES, TASK_MOVES]) {
      const keys = moves.map(({ from, event }) => `${from} ${event}`);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("lead out of no terminal status", () => {
    expect(DEVICE_TASK_MOVES.filter(({ from }) => isTerminal(from))).toEqual([]);
    expect(TASK_MOVES.filter(({ from }) => from === "COMPLETE" || from === "CANCELLED")).toEqual([]);
  });

  it("reach every status from the first", () => {
    const reach = (start: string, moves: readonly { readonly from: string; readonly to: string }[]) => {
      const seen = new Set([start]);
      for (const at of seen) for (const { from, to } of moves) if (from === at) seen.add(to);
      return [...seen].sort();
    };
    expect(reach("REQUESTED", DEVICE_TASK_MOVES)).toEqual([...DEVICE_TASK_STATUSES].sort());
    expect(reach("SCHEDULED", TASK_MOVES)).toEqual([...TASK_STATUSES].sort());
  });

  it("end every open device task at expiry, as FAILED or CANCELLED", () => {
    for (const status of DEVICE_TASK_STATUSES.filter((candidate) => !isTerminal(candidate))) {
      expect(["FAILED", "CANCELLED"]).toContain(deviceTaskMove(status, "expire"));
    }
  });

  it("give nothing for what means nothing", () => {
    expect(deviceTaskMove("SUCCEEDED", "cancel")).toBeUndefined();
    expect(taskMove("COMPLETE", "cancel")).toBeUndefined();
  });
});
