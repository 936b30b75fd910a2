import { describe, expect, it } from "vitest";
import { locationsOf } from "./firmware-locations.ts";

const at = (host: string) => ({ http: `http://${host}:8080/v1.1`, coap: `coap://${host}:5683` });

describe("locationsOf", () => {
  it("gives the addresses that the server listens on, CoAP first", () => {
    expect(locationsOf(at("192.0.2.1"), undefined)).toEqual(["coap://192.0.2.1:5683", "http://192.0.2.1:8080/v1.1"]);
  });

  it.each(["0.0.0.0", "[::]"])("gives none for %s, by which nobody is reached", (host) => {
    expect(locationsOf(at(host), undefined)).toEqual([]);
  });

  it.each([
    ["0.0.0.0", "fleet.example", "fleet.example"],
    ["[::]", "2001:db8::1", "[2001:db8::1]"],
    ["[::1]", "10.0.0.1", "10.0.0.1"],
  ])("puts a public host in the place of %s", (host, publicHost, shown) => {
    expect(locationsOf(at(host), publicHost)).toEqual([`coap://${shown}:5683`, `http://${shown}:8080/v1.1`]);
  });
});
