import { describe, expect, it } from "vitest";
import { createHash, sha256, uniqueName } from "./hash.ts";

describe("createHash", () => {
  it("gives the vector of FIPS 180-4 for `abc`, however it is cut", () => {
    const expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(sha256("abc")).toBe(expected);
    const hash = createHash();
    hash.update("a");
    hash.update(Uint8Array.of(0x62, 0x63));
    expect(hash.hex()).toBe(expected);
  });

  it("gives the vector of FIPS 180-4 for nothing", () => {
    expect(createHash().hex()).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});

describe("uniqueName", () => {
  it("is 32 hex characters, and another each time", () => {
    expect(uniqueName()).toMatch(/^[0-9a-f]{32}$/);
    expect(uniqueName()).not.toBe(uniqueName());
  });
});
