import { describe, expect, it } from "vitest";
import { FleetSchemas, readServer } from "./fleet-options.ts";

describe("readServer", () => {
  it("reads a loopback address, with port 5683 where none is given (RFC 7252 §6.1)", () => {
    expect(readServer("server", "coap://127.0.0.1")).toEqual({ host: "127.0.0.1", port: 5683 });
    expect(readServer("server", "coap://[::1]:6000")).toEqual({ host: "::1", port: 6000 });
    expect(readServer("server", "coap://localhost:1")).toEqual({ host: "localhost", port: 1 });
  });

  it("refuses every other machine: a fleet is a flood", () => {
    for (const host of ["10.0.0.1", "example.org", "0.0.0.0", "[2001:db8::1]", "127.0.0.1.example.org"]) {
      expect(() => readServer("server", `coap://${host}:5683`)).toThrow("not on this machine");
    }
  });

  it("refuses what is no CoAP address", () => {
    for (const text of ["127.0.0.1:5683", "http://127.0.0.1", "coaps://127.0.0.1"]) {
      expect(() => readServer("server", text)).toThrow("is not an address");
    }
  });
});

describe("--shard", () => {
  it("counts from 0: 0/4 to 3/4", () => {
    expect(FleetSchemas.shard.parse("3/4")).toEqual({ index: 3, count: 4 });
    for (const text of ["4/4", "0/0", "1", "-1/2", "1/2/3"])
      expect(FleetSchemas.shard.safeParse(text).success).toBe(false);
  });
});
