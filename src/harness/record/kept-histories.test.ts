import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeText } from "../../platform/files.ts";
import { uniqueName } from "../../platform/hash.ts";
import type { History } from "../history/history.ts";
import { historyText } from "../history/history-file.ts";
import { findHistories, findSavedPlans, firstDivergence, historyBeside } from "./kept-histories.ts";

const newDirectory = (): string => path.join(tmpdir(), `fleetproof-${uniqueName()}`);

async function record(): Promise<string> {
  const directory = newDirectory();
  for (const file of [
    "run.json",
    "failures/Q-01-queue-1/plan.json",
    "failures/Q-01-queue-1/history.ndjson",
    "failures/Q-01-queue-1/shrunk.json",
    "failures/Q-01-queue-1/shrunk-history.ndjson",
    "histories/queue-2/plan.json",
    "histories/queue-2/history.ndjson",
    "node_modules/x/plan.json",
    ".cache/history.ndjson",
  ])
    await writeText(path.join(directory, file), "");
  return directory;
}

const pair = (plan: string, history: string) => ({ plan, history });

describe("findHistories", () => {
  it("finds every history of a record with its plan, in the order of the paths", async () => {
    const directory = await record();
    const failure = path.join(directory, "failures/Q-01-queue-1");
    const kept = path.join(directory, "histories/queue-2");
    expect(await findHistories(directory)).toEqual([
      pair(path.join(failure, "plan.json"), path.join(failure, "history.ndjson")),
      pair(path.join(failure, "shrunk.json"), path.join(failure, "shrunk-history.ndjson")),
      pair(path.join(kept, "plan.json"), path.join(kept, "history.ndjson")),
    ]);
    expect(await findHistories(failure)).toHaveLength(2);
  });

  it("takes one file: a history, or its plan", async () => {
    expect(await findHistories(path.join(await record(), "run.json"))).toHaveLength(1);
    const shrunk = path.join(await record(), "failures/Q-01-queue-1/shrunk.json");
    expect(await findHistories(shrunk)).toEqual(await findHistories(historyBeside(shrunk)));
  });

  it("finds none in an empty directory, and says when there is none at that place", async () => {
    expect(await findHistories(path.join(await record(), "node_modules"))).toEqual([]);
    await expect(findHistories(newDirectory())).rejects.toThrow("does not exist");
  });
});

describe("findSavedPlans", () => {
  it("finds plans and shrunk plans", async () => {
    const directory = await record();
    expect((await findSavedPlans(directory)).map((file) => path.relative(directory, file))).toEqual([
      "failures/Q-01-queue-1/plan.json",
      "failures/Q-01-queue-1/shrunk.json",
      "histories/queue-2/plan.json",
    ]);
  });
});

describe("firstDivergence", () => {
  const historyOf = (at: number, address = "a:1"): History => ({
    header: { formatVersion: 1, plan: "queue-1", mode: "sim", startedAt: 0, devices: ["d"], deviceTypes: ["t"] },
    events: [
      { kind: "uplink", at, sentAt: 0, device: 0, address, bytes: Uint8Array.from([0x40, 0xff]) },
      { kind: "mark", at: 5, mark: "end" },
    ],
  });
  async function recorded(history: History): Promise<string> {
    const file = path.join(newDirectory(), "shrunk.json");
    await writeText(historyBeside(file), historyText(history));
    return file;
  }

  it("names the first event that differs from the recorded history beside the plan", async () => {
    const shrunk = await recorded(historyOf(2));
    expect(await firstDivergence(shrunk, historyOf(2))).toBeUndefined();
    expect(await firstDivergence(shrunk, historyOf(3))).toMatch(/^event 0, recorded as .*"at":2.*, now .*"at":3/);
    const shorter = { ...historyOf(2), events: historyOf(2).events.slice(0, 1) };
    expect(await firstDivergence(shrunk, shorter)).toMatch(/^event 1, recorded as .*, now nothing$/);
    expect(await firstDivergence(await recorded(shorter), historyOf(2))).toMatch(/^event 1, recorded as nothing, now /);
    const renamed = { ...historyOf(2), header: { ...historyOf(2).header, plan: "queue-2" } };
    expect(await firstDivergence(shrunk, renamed)).toMatch(/^the header, recorded as .*queue-1.*queue-2/);
  });

  it("shows the difference of two long events, not 200 characters that are equal", async () => {
    const long = "x".repeat(500);
    const file = await recorded(historyOf(2, `${long}:1`));
    expect(await firstDivergence(file, historyOf(2, `${long}:2`))).toMatch(/recorded as ….*x:1".*now ….*x:2"/);
  });

  it("knows nothing where no history was recorded", async () => {
    expect(await firstDivergence(path.join(newDirectory(), "shrunk.json"), historyOf(2))).toBeUndefined();
  });
});
