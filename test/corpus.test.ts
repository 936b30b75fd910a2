/**
 * What was found once is found for ever: every entry of the corpus still parses, runs on its mutant to the same bytes,
 * breaks the same requirement, and passes on the server without the defect.
 */
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { historyHash } from "../src/harness/history/history-file.ts";
import { findHistories } from "../src/harness/record/kept-histories.ts";
import { recheck } from "../src/harness/saved/recheck.ts";
import { MUTANTS } from "../src/mutants/all-mutants.ts";
import type { Mutant } from "../src/mutants/mutant.ts";
import { readText, writeText } from "../src/platform/files.ts";
import { sha256, uniqueName } from "../src/platform/hash.ts";
import { CORPUS, entriesOf, mismatch, planFileOf, readEntry, runOnMutant } from "./corpus.ts";

const LONGEST_HISTORY = 40_000;

const historyFileOf = (mutant: string): string => path.join(CORPUS, mutant, "history.ndjson");

async function hashes(mutants: readonly Mutant[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const mutant of mutants)
    found.set(mutant.id, historyHash(runOnMutant((await readEntry(mutant.id)).plan, mutant)));
  return found;
}

describe("the corpus", () => {
  it("has an entry for every mutant, and none without a mutant: npm run corpus -- --update", async () => {
    expect(await entriesOf()).toEqual(MUTANTS.map(({ id }) => id).sort());
  });

  it.each(MUTANTS.map((mutant) => [mutant.id, mutant] as const))(
    "%s fails as recorded, byte for byte, and passes without the defect",
    async (_id, mutant) => {
      const saved = await readEntry(mutant.id);
      expect(saved).toMatchObject({ target: "sim", mutant: mutant.id });
      expect(await mismatch(mutant, saved)).toBeUndefined();
      const recorded = await readText(historyFileOf(mutant.id));
      expect(`sha256:${sha256(recorded)}`).toBe(saved.historyHash);
      expect(recorded.length).toBeLessThan(LONGEST_HISTORY);
    },
  );

  it("runs to the same bytes a second time in one process, in the opposite order", async () => {
    const entries = await entriesOf();
    const mutants = MUTANTS.filter(({ id }) => entries.includes(id));
    const first = await hashes(mutants);
    const second = await hashes([...mutants].reverse());
    for (const [id, hash] of first) expect(second.get(id), id).toBe(hash);
  });

  it("shows its failures from the recorded histories alone, without any server", async () => {
    const summary = await recheck({ histories: await findHistories(CORPUS), only: [], strict: false });
    expect(summary.unreadable).toEqual([]);
    expect(summary.edited).toEqual([]);
    expect(summary.differences.filter(({ kind }) => kind === "gone")).toEqual([]);
    expect(summary.histories).toBe((await entriesOf()).length);
    expect(summary.same).toBe(summary.histories);
  });
});

describe("an entry that does not replay", () => {
  const [mutant] = MUTANTS;
  if (mutant === undefined) throw new Error("no mutants");

  it("is reported with the first event that differs", async () => {
    const corpus = path.join(tmpdir(), `fleetproof-${uniqueName()}`);
    const saved = await readEntry(mutant.id);
    const lines = (await readText(historyFileOf(mutant.id))).split("\n");
    const altered = lines.with(4, (lines[4] ?? "").replace(/"at":\d+/, '"at":7'));
    await writeText(path.join(path.dirname(planFileOf(mutant.id, corpus)), "history.ndjson"), altered.join("\n"));
    const stale = { ...saved, historyHash: `sha256:${sha256(altered.join("\n"))}` };
    expect(await mismatch(mutant, stale, corpus)).toMatch(
      /^another history, first at event 3, recorded as \{.*"at":7.*, now \{.*"at":\d/,
    );
  });

  it("is reported when its requirement does not fail, or the server without the defect is accused", async () => {
    const saved = await readEntry(mutant.id);
    const harmless: Mutant = { id: mutant.id, sentence: "", source: "", requirement: mutant.requirement };
    const recorded = historyHash(runOnMutant(saved.plan, harmless));
    expect(await mismatch(harmless, { ...saved, historyHash: recorded })).toBe(`${mutant.requirement} does not fail`);
    expect(await mismatch({ ...mutant, requirement: "X-01" }, saved)).toBe(
      `it was caught by ${saved.requirement}, and is to be caught by X-01`,
    );
  });
});
