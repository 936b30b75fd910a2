import { describe, expect, it } from "vitest";
import { ALL_BLOCKS } from "../scenarios/blocks/all-blocks.ts";
import { ALL_FAMILIES } from "../scenarios/families/all-families.ts";
import { renderFamiliesPage } from "./families-text.ts";

const PAGE = renderFamiliesPage(ALL_FAMILIES, ALL_BLOCKS);

describe("renderFamiliesPage", () => {
  it("has one row per family and one per block, each with its sentence", () => {
    for (const { name } of ALL_FAMILIES)
      expect(PAGE).toMatch(new RegExp(`^\\| \\*\\*${name}\\*\\* \\| \\d+ % \\|`, "m"));
    for (const { sentence } of ALL_FAMILIES) expect(PAGE).toContain(sentence);
    for (const { id, sentence } of ALL_BLOCKS) expect(PAGE).toContain(`| \`${id}\` | ${sentence} |`);
  });

  it("names every block in a family of its own, beside chaos", () => {
    expect(PAGE.split("\n").filter((line) => line.startsWith("| `") && line.endsWith("|  |"))).toEqual([]);
  });
});
