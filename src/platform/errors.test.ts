import { describe, expect, it } from "vitest";
import { HarnessError, oneLineStack, socketError, systemCode, UsageError } from "./errors.ts";

const system = (code: string): Error => Object.assign(new Error(`bind ${code}`), { code });

describe("socketError", () => {
  it.each([
    ["EADDRINUSE", "address-in-use"],
    ["EADDRNOTAVAIL", "address-not-available"],
    ["EACCES", "permission-denied"],
    ["EMFILE", "too-many-open-files"],
    ["ENOTFOUND", "host-not-found"],
    ["ECONNREFUSED", "socket-failed"],
  ])("turns %s into %s, names the address and keeps the cause", (code, expected) => {
    const cause = system(code);
    const error = socketError("udp 127.0.0.1:5683", cause);
    expect(error).toBeInstanceOf(HarnessError);
    expect(error).toMatchObject({ name: "HarnessError", code: expected, cause });
    expect(error.message).toContain("udp 127.0.0.1:5683");
  });

  it("takes anything that was thrown", () => {
    expect(socketError("udp", "text")).toMatchObject({ code: "socket-failed", message: "udp failed: text" });
  });
});

describe("systemCode", () => {
  it("is undefined for an error that is not the system's", () => {
    expect(systemCode(new Error("x"))).toBeUndefined();
    expect(systemCode(undefined)).toBeUndefined();
    expect(systemCode(Object.assign(new Error("x"), { code: 7 }))).toBeUndefined();
  });
});

describe("UsageError", () => {
  it("is told apart from a HarnessError by its class and its name", () => {
    expect(new UsageError("bad-value", "--runs x is no number")).toMatchObject({
      name: "UsageError",
      code: "bad-value",
    });
  });
});

describe("oneLineStack", () => {
  it("has no line break, and begins with the message", () => {
    const text = oneLineStack(new Error("broken"));
    expect(text).not.toContain("\n");
    expect(text).toMatch(/^Error: broken \| at /);
    expect(oneLineStack(42)).toBe("42");
  });
});
