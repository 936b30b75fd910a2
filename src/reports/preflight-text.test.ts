import { describe, expect, it } from "vitest";
import { renderPreflight } from "./preflight-text.ts";

const step = (outcome: Parameters<typeof renderPreflight>[2][number]["outcome"]) => ({
  name: `is ${outcome}`,
  outcome,
  detail: "why",
  ...(outcome === "finding" ? { requirement: "G-01" } : {}),
});
const text = (...outcomes: Parameters<typeof step>[0][]): string =>
  renderPreflight("h", "empty", outcomes.map(step), [], { columns: 200, colours: false });
const lastLine = (...outcomes: Parameters<typeof step>[0][]): string | undefined =>
  text(...outcomes)
    .trimEnd()
    .split("\n")
    .at(-1);

describe("renderPreflight", () => {
  it("names the kind of each step that is not simply ok or skipped", () => {
    const shown = text("ok", "set-up fault", "unclear", "finding", "not offered", "skipped");
    expect(shown).toMatch(/ ✓ is ok +why\n/);
    expect(shown).toMatch(/ ! is set-up fault +set-up fault: why\n/);
    expect(shown).toMatch(/ \? is unclear +unclear: why\n/);
    expect(shown).toMatch(/ ✗ is finding +finding G-01: why\n/);
    expect(shown).toMatch(/ – is not offered +not offered: why\n/);
    expect(shown).toMatch(/ · is skipped +why\n/);
  });

  it.each([
    [["ok", "not offered"], /^READY: the target can be verified\.$/],
    [["ok", "finding"], /^READY, and 1 promise of the server broken already\.$/],
    [["unclear", "finding"], /^NOT READY: 1 step unclear: the adapter or the server is wrong there\./],
    [["set-up fault", "unclear", "unclear"], /^NOT READY: 1 set-up fault, and 2 steps unclear\. This says nothing/],
  ] as const)("concludes from %j", (outcomes, conclusion) => {
    expect(lastLine(...outcomes)).toMatch(conclusion);
  });
});
