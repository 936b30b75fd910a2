import { describe, expect, it } from "vitest";
import { ALL_BLOCKS } from "./blocks/all-blocks.ts";
import { ALL_FAMILIES, familyByName } from "./families/all-families.ts";
import { CHECKED_REQUIREMENT_IDS, isChecked, REQUIREMENTS, requirementById } from "./requirements.ts";
import { MOST_BLOCKS } from "./swarm.ts";

const countOf = (prefix: string): number => REQUIREMENTS.filter((row) => row.id.startsWith(prefix)).length;

describe("REQUIREMENTS", () => {
  it("has 88 rows with 88 different ids", () => {
    expect(REQUIREMENTS).toHaveLength(88);
    expect(new Set(REQUIREMENTS.map((row) => row.id)).size).toBe(88);
  });

  it("counts 11 Q, 16 R, 10 E, 11 M, 4 L, 8 G, 6 D, 6 I, 8 O, 1 A, 5 T and 2 S", () => {
    const counts = ["Q-", "R-", "E-", "M-", "L-", "G-", "D-", "I-", "O-", "A-", "T-", "S-"].map(countOf);
    expect(counts).toEqual([11, 16, 10, 11, 4, 8, 6, 6, 8, 1, 5, 2]);
  });

  it("numbers each group from 01 without a gap", () => {
    const letters = [...new Set(REQUIREMENTS.map((row) => row.id.slice(0, 2)))];
    for (const letter of letters) {
      const expected = Array.from(
        { length: countOf(letter) },
        (_, index) => `${letter}${String(index + 1).padStart(2, "0")}`,
      );
      expect(REQUIREMENTS.filter((row) => row.id.startsWith(letter)).map((row) => row.id)).toEqual(expected);
    }
  });

  it("says each thing once: no sentence stands twice, each ends with a full stop and names a source", () => {
    expect(new Set(REQUIREMENTS.map((row) => row.sentence)).size).toBe(88);
    for (const row of REQUIREMENTS) {
      expect(row.sentence, row.id).toMatch(/^[A-Z].*\.$/);
      expect(row.source.length, row.id).toBeGreaterThan(5);
    }
  });

  it("blames the device for I-01 and M-11 only", () => {
    expect(REQUIREMENTS.filter((row) => row.subject === "device").map((row) => row.id)).toEqual(["M-11", "I-01"]);
  });

  it("declares Q-10, R-13, E-07, L-04, D-06, I-05, A-01 and S-02; Q-05 is a SHOULD and R-06 a MUST (choice 4)", () => {
    const declared = REQUIREMENTS.filter((row) => row.level === "DECLARED").map((row) => row.id);
    expect(declared).toEqual(["Q-10", "R-13", "E-07", "L-04", "D-06", "I-05", "A-01", "S-02"]);
    expect(requirementById("Q-05")?.level).toBe("SHOULD");
    expect(requirementById("R-06")?.level).toBe("MUST");
  });

  it("has a checker for each row", () => {
    expect(REQUIREMENTS.filter((row) => !isChecked(row))).toEqual([]);
    expect(CHECKED_REQUIREMENT_IDS).toHaveLength(REQUIREMENTS.length);
  });

  it("finds no row for an id that does not exist", () => {
    expect(requirementById("Q-99")).toBeUndefined();
    expect(requirementById("")).toBeUndefined();
  });
});

describe("families of a requirement", () => {
  const blockOf = new Map(ALL_BLOCKS.map((block) => [block.id, block]));

  it("exist, and hold a block that provokes each checked requirement they are named for", () => {
    for (const row of REQUIREMENTS.filter(isChecked)) {
      expect(row.families.length, row.id).toBeGreaterThan(0);
      for (const name of row.families) {
        const ids = Object.keys(familyByName(name).blocks);
        const provoked = ALL_BLOCKS.filter((block) => ids.includes(block.id)).flatMap((block) => block.exercises);
        // Periods inherited from the device type or from the default are told apart by plans, not by blocks.
        if (row.id !== "E-01" && row.id !== "E-03") expect(provoked, `${row.id} in ${name}`).toContain(row.id);
      }
    }
  });

  it("mix known blocks only, with positive whole weights, and leave no block out", () => {
    const mixed = ALL_FAMILIES.flatMap((family) => Object.entries(family.blocks));
    for (const [, weight] of mixed) expect(Number.isInteger(weight) && (weight ?? 0) > 0).toBe(true);
    expect(new Set(mixed.map(([id]) => id))).toEqual(new Set(blockOf.keys()));
  });

  it("have block ids that are unique, and fewer blocks than the swarm has factors", () => {
    expect(blockOf.size).toBe(ALL_BLOCKS.length);
    expect(ALL_BLOCKS.length).toBeLessThanOrEqual(MOST_BLOCKS);
  });
});
