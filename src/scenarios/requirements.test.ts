import { describe, expect, it } from "vitest";
import { ALL_BLOCKS } from "./blocks/all-blocks.ts";
import { ALL_FAMILIES, familyByName } from "./families/all-families.ts";
import { CHECKED_REQUIREMENT_IDS, isChecked, REQUIREMENTS, requirementById } from "./requirements.ts";
import { MOST_BLOCKS } from "./swarm.ts";

const countOf = (prefix: string): number => REQUIREMENTS.filter((row) => row.id.startsWith(prefix)).length;

describe("REQUIREMENTS", () => {
  it("has 83 rows with 83 different ids", () => {
    expect(REQUIREMENTS).toHaveLength(83);
    expect(new Set(REQUIREMENTS.map((row) => row.id)).size).toBe(83);
  });

  it("counts 11 Q, 13 R, 10 E, 11 M, 4 L, 8 G, 6 D, 6 I, 8 O, 1 A and 5 T", () => {
    const counts = ["Q-", "R-", "E-", "M-", "L-", "G-", "D-", "I-", "O-", "A-", "T-"].map(countOf);
    expect(counts).toEqual([11, 13, 10, 11, 4, 8, 6, 6, 8, 1, 5]);
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
    expect(new Set(REQUIREMENTS.map((row) => row.sentence)).size).toBe(83);
    for (const row of REQUIREMENTS) {
      expect(row.sentence, row.id).toMatch(/^[A-Z].*\.$/);
      expect(row.source.length, row.id).toBeGreaterThan(5);
    }
  });

  it("blames the device for I-01 and M-11 only", () => {
    expect(REQUIREMENTS.filter((row) => row.subject === "device").map((row) => row.id)).toEqual(["M-11", "I-01"]);
  });

  it("declares Q-10, R-13, E-07, L-04, D-06, I-05 and A-01; Q-05 is a SHOULD and R-06 a MUST (choice 4)", () => {
    const declared = REQUIREMENTS.filter((row) => row.level === "DECLARED").map((row) => row.id);
    expect(declared).toEqual(["Q-10", "R-13", "E-07", "L-04", "D-06", "I-05", "A-01"]);
    expect(requirementById("Q-05")?.level).toBe("SHOULD");
    expect(requirementById("R-06")?.level).toBe("MUST");
  });

  it("gives a reason of a sentence's length for each of the 9 rows without a checker", () => {
    const unchecked = REQUIREMENTS.filter((row) => !isChecked(row));
    expect(unchecked).toHaveLength(9);
    expect(CHECKED_REQUIREMENT_IDS).toHaveLength(74);
    for (const row of unchecked) {
      expect(row.checked === true ? "" : row.checked.notChecked, row.id).toMatch(/.{20,}/);
    }
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
