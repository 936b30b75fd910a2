import path from "node:path";
import { describe, expect, it } from "vitest";
import { requireTool } from "./tools.ts";

const PATH = path.dirname(process.execPath);
const NODE = path.basename(process.execPath);

describe("requireTool", () => {
  it("finds a program by the first of its names that is there, and says nothing", () => {
    const lines: string[] = [];
    const environment = { PATH: `/nowhere${path.delimiter}${PATH}` };
    const found = requireTool(["no-such-tool", NODE], "nodejs", { environment, say: (line) => lines.push(line) });
    expect([found, lines]).toEqual([process.execPath, []]);
  });

  it("names what is missing and what installs it, in one line", () => {
    const lines: string[] = [];
    const environment = { PATH };
    const found = requireTool(["no-such-tool"], "some-package", { environment, say: (line) => lines.push(line) });
    expect([found, lines]).toEqual([undefined, ["skipped: no-such-tool is missing: apt-get install some-package"]]);
  });

  it("throws in CI instead", () => {
    const environment = { PATH, CI: "true" };
    expect(() => requireTool(["no-such-tool"], "some-package", { environment })).toThrow(/no-such-tool is missing/);
  });
});
