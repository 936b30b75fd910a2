import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runKills } from "./kills.ts";
import { createLedger, type ShownTask } from "./ledger.ts";
import { compileProgram, type Program } from "./server-process.ts";

let program: Program;
let directory = "";
beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), "fleetproof-kills-"));
  program = compileProgram();
});
afterAll(() => {
  program.remove();
  rmSync(directory, { recursive: true, force: true });
});

describe("a server killed with SIGKILL 10 times under load", () => {
  it("has everything that it acknowledged, and takes nothing back (npm run durability kills it 200 times)", async () => {
    const report = await runKills({
      program,
      kills: 10,
      seed: "ci",
      data: path.join(directory, "kills.db"),
      directory,
    });
    expect(report.violations).toEqual([]);
    expect(report.kills).toBe(10);
    expect(report.acknowledgedTasks).toBeGreaterThan(20);
    expect(report.executions).toBeGreaterThan(10);
  }, 180_000);
});

describe("createLedger", () => {
  const TASK: ShownTask = {
    id: "t1",
    dtid: "sensor",
    dids: ["a", "b"],
    taskType: "W",
    taskParameters: { value: "v1" },
    status: "PROCESSING",
    statusCounts: { totalDevices: 2, numCompleted: 0, numSucceeded: 0, numFailed: 0, numCancelled: 0 },
  };
  const look = (a: string, b: string, counts: object, fields: object = {}) => ({
    task: { ...TASK, statusCounts: { ...TASK.statusCounts, ...counts }, ...fields },
    statuses: [
      { did: "a", status: a, ts: 1, numAttempts: 1 },
      { did: "b", status: b, ts: 1, numAttempts: 1 },
    ],
  });
  const begun = () => {
    const ledger = createLedger(() => "v1");
    ledger.acknowledged(TASK);
    return ledger;
  };

  it("agrees with a task that goes on after a kill, and knows what is open", () => {
    const ledger = begun();
    ledger.executed("a", "v1", 1);
    ledger.looked("t1", 200, look("SUCCEEDED", "PROCESSING", { numSucceeded: 1 }), 1);
    ledger.looked("t1", 200, look("SUCCEEDED", "QUEUED", { numSucceeded: 1 }), 2);
    expect([ledger.violations, ledger.open()]).toEqual([[], ["t1"]]);
    ledger.looked("t1", 200, look("SUCCEEDED", "FAILED", { numSucceeded: 1, numFailed: 1 }), 2);
    expect([ledger.violations, ledger.open()]).toEqual([[], []]);
  });

  it("sees a task that is lost", () => {
    const ledger = begun();
    ledger.looked("t1", 404, undefined, 2);
    expect(ledger.violations).toEqual(["t1 was acknowledged, and is answered with 404"]);
  });

  it("sees a device task that goes back, and counts that do not agree", () => {
    const ledger = begun();
    ledger.looked("t1", 200, look("FAILED", "QUEUED", { numFailed: 1 }), 1);
    ledger.looked("t1", 200, look("QUEUED", "QUEUED", { numFailed: 1 }), 2);
    expect(ledger.violations).toEqual([
      expect.stringMatching(/^t1: counts .*"numFailed":1.*devices are .*"numFailed":0/),
      "t1 a: FAILED (1 attempts) in epoch 1, QUEUED (1 attempts) in 2",
    ]);
  });

  it("sees a cancellation that is taken back, and a task that is another", () => {
    const ledger = begun();
    ledger.cancelled("t1", { status: "CANCELLED" });
    ledger.looked("t1", 200, look("QUEUED", "QUEUED", {}, { dtid: "other" }), 2);
    expect(ledger.violations).toEqual(['t1: dtid was "sensor" and is "other"', "t1: was CANCELLED, is PROCESSING"]);
  });

  it("sees an execution after the end was shown before the kill, and a success without one", () => {
    const ledger = begun();
    ledger.looked("t1", 200, look("SUCCEEDED", "CANCELLED", { numSucceeded: 1, numCancelled: 1 }), 1);
    ledger.executed("b", "v1", 1);
    ledger.executed("b", "v1", 2);
    expect(ledger.violations).toEqual([
      "t1 a: SUCCEEDED, but the device has never written v1",
      "t1 b: executed in epoch 2, though CANCELLED was shown in epoch 1",
    ]);
  });

  it("sees an id that is given twice, a history that is rewritten, and attempts that are forgotten", () => {
    const ledger = begun();
    ledger.acknowledged(TASK);
    const other = begun();
    other.history("t1", ["QUEUED", "PROCESSING"]);
    other.history("t1", ["QUEUED", "PROCESSING", "QUEUED"]);
    other.history("t1", ["QUEUED", "QUEUED", "QUEUED"]);
    other.looked("t1", 200, look("QUEUED", "QUEUED", {}), 1);
    const { task, statuses } = look("QUEUED", "QUEUED", {});
    other.looked("t1", 200, { task, statuses: statuses.map((shown) => ({ ...shown, numAttempts: 0 })) }, 2);
    expect(ledger.violations).toEqual(["t1 was given to two tasks"]);
    expect(other.violations).toEqual([
      "t1: its history was rewritten",
      "t1 a: numAttempts went back to 0",
      "t1 b: numAttempts went back to 0",
    ]);
  });
});
