import { describe, expect, it } from "vitest";
import { createSecretRandomSource, digestOf, isSameDigest, newSecret } from "./secrets.ts";

describe("newSecret", () => {
  it("is 43 characters for a header, and never the same twice", () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    for (const secret of secrets) expect(secret).toMatch(/^[\w-]{43}$/);
    expect(new Set(secrets).size).toBe(100);
  });
});

describe("digestOf", () => {
  it("is SHA-256 in hex: the example of FIPS 180-4", () => {
    expect(digestOf("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("isSameDigest", () => {
  it("tells equal texts from different ones, also of different lengths", () => {
    expect(isSameDigest("ab", "ab")).toBe(true);
    expect(isSameDigest("ab", "ac")).toBe(false);
    expect(isSameDigest("ab", "abc")).toBe(false);
  });
});

describe("createSecretRandomSource", () => {
  const draws = (source: ReturnType<typeof createSecretRandomSource>, key: string) => {
    const stream = source(key);
    return Array.from({ length: 20 }, stream);
  };

  it("gives 32-bit numbers, the same ones for the same key, others for another key and in another process", () => {
    const source = createSecretRandomSource();
    const first = draws(source, "a");
    expect(draws(source, "a")).toEqual(first);
    expect(new Set([...first, ...draws(source, "b"), ...draws(createSecretRandomSource(), "a")]).size).toBe(60);
    for (const number of first) expect(number >>> 0).toBe(number);
  });
});
