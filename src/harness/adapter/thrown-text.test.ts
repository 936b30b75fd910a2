import { describe, expect, it } from "vitest";
import { thrownText } from "./thrown-text.ts";

const refused = (address: string) =>
  Object.assign(new Error(`connect ECONNREFUSED ${address}`), { code: "ECONNREFUSED" });

const withStack = (error: Error, ...lines: readonly string[]): Error =>
  Object.assign(error, {
    stack: [`${error.name}: ${error.message}`, ...lines.map((line) => `    at ${line}`)].join("\n"),
  });

describe("thrownText", () => {
  it("names what caused it, and the place in the adapter and not the one in Node", () => {
    const error = withStack(
      new TypeError("fetch failed", { cause: refused("127.0.0.1:9") }),
      "node:internal/deps/undici/undici:14976:13",
      "async ask (file:///a.mjs:19:13)",
    );
    expect(thrownText(error)).toBe(
      "TypeError: fetch failed: connect ECONNREFUSED 127.0.0.1:9 (at async ask (file:///a.mjs:19:13)); does the server run, and is that its address?",
    );
  });

  it("takes the first of several addresses, and a code where there are no words", () => {
    const cause = Object.assign(new AggregateError([refused("::1:9"), refused("127.0.0.1:9")]), {
      code: "ECONNREFUSED",
    });
    expect(thrownText(withStack(new TypeError("fetch failed", { cause })))).toBe(
      "TypeError: fetch failed: ECONNREFUSED: connect ECONNREFUSED ::1:9; does the server run, and is that its address?",
    );
  });

  it("does not ask for the server where something else is wrong", () => {
    const error = withStack(new TypeError("x is undefined", { cause: new Error("why") }), "f (file:///a.mjs:1:1)");
    expect(thrownText(error)).toBe("TypeError: x is undefined: why (at f (file:///a.mjs:1:1))");
    expect(thrownText("text")).toBe('"text"');
  });

  it("ends where causes go round", () => {
    const error = new Error("a");
    error.cause = error;
    expect(thrownText(withStack(error))).toBe("Error: a: a: a: a: a");
  });
});
