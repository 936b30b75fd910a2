import { describe, expect, it } from "vitest";
import { createProgressLine } from "./progress.ts";

function recorder(errIsTerminal: boolean) {
  const written: string[] = [];
  let time = 0;
  const line = createProgressLine({ err: (text) => void written.push(text), errIsTerminal, columns: 20 }, () => time);
  const at = (milliseconds: number) => {
    time = milliseconds;
  };
  return { written, line, at };
}

describe("createProgressLine", () => {
  it("rewrites one line on a terminal, at most ten times a second, cut to the width, and clears it", () => {
    const { written, line, at } = recorder(true);
    line.show("1 of 1000 plans, 0 failing");
    at(50);
    line.show("2 of 1000 plans");
    at(100);
    line.show("3 of 1000 plans");
    line.clear();
    line.clear();
    expect(written).toEqual(["\r\u001b[2K1 of 1000 plans, 0 ", "\r\u001b[2K3 of 1000 plans", "\r\u001b[2K"]);
  });

  it("writes a plain line every 5 s elsewhere, the first after 5 s, and has nothing to clear", () => {
    const { written, line, at } = recorder(false);
    for (const milliseconds of [0, 4_999, 5_000, 5_001, 10_000]) {
      at(milliseconds);
      line.show(`at ${milliseconds}`);
    }
    line.clear();
    expect(written).toEqual(["at 5000\n", "at 10000\n"]);
  });
});
