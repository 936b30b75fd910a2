import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../platform/errors.ts";
import { exists, listDirectory, readJson, readText, writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import { Plan } from "../../scenarios/plan.ts";
import type { CampaignResult } from "../campaign/campaign.ts";
import type { History } from "../history/history.ts";
import { historyHash, historyText } from "../history/history-file.ts";
import { CoverageRecord } from "../record/coverage-record.ts";
import { readSavedPlan } from "../record/formats.ts";
import type { RunRecord } from "../record/verdict.ts";
import { beginRecord, completeRecord, failurePaths, writeKept, writeResult } from "./record-files.ts";

const RUN: RunRecord = {
  formatVersion: 1,
  fleetproof: "0.1.0",
  node: "v20.20.2",
  status: "incomplete",
  target: "sim",
  profile: "artik",
  seed: "1",
  arguments: [],
  startedAt: "2026-01-01T00:00:00Z",
};

const PLAN = Plan.parse({
  formatVersion: 1,
  id: "queue-1",
  family: "queue",
  simSeed: "s",
  profile: {},
  deviceTypes: [{}],
  fleet: [{}],
  latency: 0,
  operations: [],
  faults: [],
  quietFrom: 0,
  until: 1_000,
});

const historyOf = (at: number): History => ({
  header: { formatVersion: 1, plan: "queue-1", mode: "sim", startedAt: 0, devices: ["d"], deviceTypes: ["t"] },
  events: [
    { kind: "uplink", at, sentAt: 0, device: 0, address: "a:1", bytes: Uint8Array.from([0x40, 0xff]) },
    { kind: "mark", at: 5, mark: "end" },
  ],
});

const finding = { requirement: "Q-01", events: [0], expected: "later", actual: "earlier" };

const RESULT = {
  verdict: { formatVersion: 1, outcome: "fail" },
  failures: [
    {
      id: "Q-01-queue-1",
      finding,
      plan: PLAN,
      history: historyOf(1),
      shrunk: PLAN,
      shrunkHistory: historyOf(2),
      shrunkFinding: finding,
      historyHash: historyHash(historyOf(2)),
    },
  ],
  states: undefined,
  coverage: { formatVersion: 1, conditions: { "answer-lost": 3 }, transitions: {} },
  tasks: { formatVersion: 1, ends: [] },
} as unknown as CampaignResult;

const ORIGIN = { fleetproof: "0.1.0", target: "sim", mutant: "m", exact: true };
const newDirectory = () => path.join(tmpdir(), `fleetproof-${uniqueName()}`);

async function writtenRecord() {
  const directory = newDirectory();
  await beginRecord(directory, RUN);
  await writeResult(directory, RESULT, ORIGIN);
  return { directory, files: failurePaths("Q-01-queue-1") };
}

describe("a record", () => {
  it("is incomplete until it is completed", async () => {
    const { directory } = await writtenRecord();
    expect(await readJson(path.join(directory, "run.json"))).toMatchObject({ status: "incomplete" });
    await completeRecord(directory, RUN, "2026-01-01T00:01:00Z");
    expect(await readJson(path.join(directory, "run.json"))).toMatchObject({
      status: "complete",
      finishedAt: "2026-01-01T00:01:00Z",
    });
  });

  it("keeps for each failure the plan and the shrunk plan, with the history of each", async () => {
    const { directory, files } = await writtenRecord();
    expect(await listDirectory(path.join(directory, "failures/Q-01-queue-1"))).toEqual([
      "history.ndjson",
      "plan.json",
      "shrunk-history.ndjson",
      "shrunk.json",
    ]);
    const lines = (await readText(path.join(directory, files.history))).split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[1]).toContain('"bytes":"40ff"');
  });

  it("saves a plan with target, mutant, finding, and the hash of the history that shows it", async () => {
    const { directory, files } = await writtenRecord();
    expect(await readSavedPlan(path.join(directory, files.shrunk))).toEqual({
      formatVersion: 1,
      fleetproof: "0.1.0",
      target: "sim",
      mutant: "m",
      requirement: "Q-01",
      expected: "later",
      actual: "earlier",
      historyHash: historyHash(historyOf(2)),
      plan: PLAN,
    });
  });

  it("keeps a history that shows no failure beside its plan, which names no requirement", async () => {
    const { directory } = await writtenRecord();
    const kept = { plan: PLAN, history: historyText(historyOf(1)), historyHash: historyHash(historyOf(1)) };
    await writeKept(directory, kept, ORIGIN);
    const folder = path.join(directory, "histories/queue-1");
    const saved = await readSavedPlan(path.join(folder, "plan.json"));
    expect(saved).toEqual({
      formatVersion: 1,
      fleetproof: "0.1.0",
      target: "sim",
      mutant: "m",
      historyHash: kept.historyHash,
      plan: PLAN,
    });
    expect(await readText(path.join(folder, "history.ndjson"))).toBe(kept.history);
    await beginRecord(directory, RUN);
    expect(await exists(path.join(directory, "histories"))).toBe(false);
  });

  it("says in how many plans each condition was met", async () => {
    const { directory } = await writtenRecord();
    expect(CoverageRecord.parse(await readJson(path.join(directory, "coverage.json")))).toEqual(RESULT.coverage);
  });

  it("loses the evidence of the record that was there before", async () => {
    const { directory } = await writtenRecord();
    await beginRecord(directory, RUN);
    expect(await exists(path.join(directory, "failures"))).toBe(false);
  });

  it("is not begun in a directory whose failures are not ours", async () => {
    const directory = newDirectory();
    await writeText(path.join(directory, "failures/theirs.txt"), "keep me");
    await expect(beginRecord(directory, RUN)).rejects.toThrow(UsageError);
    expect(await readText(path.join(directory, "failures/theirs.txt"))).toBe("keep me");
  });
});
