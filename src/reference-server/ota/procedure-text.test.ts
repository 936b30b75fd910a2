import { describe, expect, it } from "vitest";
import { PROCEDURE, STEPS } from "./procedure.ts";
import { renderProcedurePage } from "./procedure-text.ts";

describe("renderProcedurePage", () => {
  it("has a line for each of the 10 steps and for each row of the table", () => {
    const lines = renderProcedurePage().split("\n");
    expect(STEPS).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith("| ") && !/^\| step /.test(line))).toHaveLength(
      10 + PROCEDURE.length,
    );
    expect(lines).toContain("| result | downloaded | initial | execute | O-03 |");
  });
});
