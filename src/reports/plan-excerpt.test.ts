import { describe, expect, it } from "vitest";
import { excerpt } from "./plan-excerpt.ts";

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `at ${from + index} s`);
const told = (plan: readonly string[], most: number) => excerpt(plan, most).map(({ text }) => text);

describe("excerpt", () => {
  it("keeps what shows the violation and what is before it, and counts what it leaves out on either side", () => {
    expect(told([...lines(1, 9), "▶ 9 s ← device 0", ...lines(10, 12)], 4)).toEqual([
      "… 6 lines more in the report",
      "at 7 s",
      "at 8 s",
      "at 9 s",
      "▶ 9 s ← device 0",
      "… 3 lines more in the report",
    ]);
  });

  it("keeps all of what shows the violation, also lines that go on, and tells of which kind each line is", () => {
    const plan = [...lines(1, 9), "▶ 9 s ← device 0 CON", "  POST /rd", "at 10 s a device", "  registers"];
    expect(excerpt(plan, 3).slice(1)).toEqual([
      { kind: "plan", text: "at 9 s" },
      { kind: "evident", text: "▶ 9 s ← device 0 CON" },
      { kind: "evident", text: "  POST /rd" },
      { kind: "left-out", text: "… 2 lines more in the report" },
    ]);
  });

  it("begins at the beginning where nothing shows the violation, and leaves no single line out", () => {
    expect(told(lines(1, 5), 3)).toEqual([...lines(1, 3), "… 2 lines more in the report"]);
    expect(told(lines(1, 4), 3)).toEqual(lines(1, 4));
  });
});
