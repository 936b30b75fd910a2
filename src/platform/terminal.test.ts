import { afterEach, describe, expect, it, vi } from "vitest";
import { columns, printError, printLine, tolerateClosedPipes, wantsColour } from "./terminal.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("printLine and printError", () => {
  it("write one line to stdout and to stderr", () => {
    const out = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const error = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    printLine("result");
    printError("progress");
    expect(out.mock.calls).toEqual([["result\n"]]);
    expect(error.mock.calls).toEqual([["progress\n"]]);
  });
});

describe("the kind of screen", () => {
  it("is 80 columns wide and without colour where there is no terminal", () => {
    vi.spyOn(process, "stdout", "get").mockReturnValue({} as typeof process.stdout);
    expect(columns("stdout")).toBe(80);
    expect(wantsColour("stdout")).toBe(false);
  });

  it("has colour on a terminal unless NO_COLOR says no", () => {
    vi.spyOn(process, "stdout", "get").mockReturnValue({ isTTY: true, columns: 120 } as typeof process.stdout);
    vi.stubEnv("NO_COLOR", "");
    expect([columns("stdout"), wantsColour("stdout")]).toEqual([120, true]);
    vi.stubEnv("NO_COLOR", "1");
    expect(wantsColour("stdout")).toBe(false);
  });
});

describe("tolerateClosedPipes", () => {
  it("swallows EPIPE and nothing else", () => {
    const listeners: ((error: Error) => void)[] = [];
    const stream = { on: (_: string, listener: (error: Error) => void) => listeners.push(listener) };
    vi.spyOn(process, "stdout", "get").mockReturnValue(stream as never);
    vi.spyOn(process, "stderr", "get").mockReturnValue(stream as never);
    tolerateClosedPipes();
    expect(listeners).toHaveLength(2);
    listeners[0]?.(Object.assign(new Error("closed"), { code: "EPIPE" }));
    expect(() => listeners[0]?.(new Error("disk full"))).toThrow("disk full");
  });
});
