import { describe, expect, it } from "vitest";
import { linkTo, readPageAddress } from "./page-address.ts";

describe("readPageAddress", () => {
  it("takes pages from 1 and texts that are not empty, and everything else as absent", () => {
    expect(readPageAddress({ type: "t", find: "", devices: "3", tasks: "0", part: "x", other: "y" })).toEqual({
      type: "t",
      find: undefined,
      devices: 3,
      tasks: 1,
      part: 1,
      task: undefined,
      device: undefined,
    });
  });
});

describe("linkTo", () => {
  it("gives an address that reads back as the same, whatever is in it", () => {
    const address = readPageAddress({ type: "a b&c=d", device: 'ü"<', devices: "2" });
    const link = linkTo(address, { tasks: 4 });
    expect(readPageAddress(Object.fromEntries(new URLSearchParams(link)))).toEqual({ ...address, tasks: 4 });
  });

  it("leaves out what is as usual", () => {
    expect(linkTo(readPageAddress({ device: "d" }), { device: undefined, devices: 1 })).toBe("?");
  });
});
