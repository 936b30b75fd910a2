import { describe, expect, it } from "vitest";
import { openUdp } from "../../platform/udp.ts";
import { millis, seconds } from "../../protocol/time.ts";
import { createFleet } from "../../simulator/fleet/fleet.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import { inOrderOfStart } from "./live-device.ts";
import { reach } from "./reach.ts";

describe("reach", () => {
  it("takes whatever comes back for an answer, after the first ping or a later one", async () => {
    for (const deaf of [0, 2]) {
      const server = await openUdp({ host: "127.0.0.1" });
      const pings: Uint8Array[] = [];
      server.onMessage((from, bytes) => {
        pings.push(bytes);
        if (pings.length > deaf) server.send(from, Uint8Array.of(0));
      });
      expect(await reach(server.address, seconds(2))).toBe("answers");
      // An empty Confirmable message, and a new one each time: RFC 7252 §4.3.
      expect(pings.map(([head, code]) => [head, code])).toEqual(pings.map(() => [0x40, 0]));
      expect(new Set(pings.map((bytes) => bytes.join())).size).toBe(pings.length);
      await server.close();
    }
  });

  it("tells a closed port from one that is silent", async () => {
    const server = await openUdp({ host: "127.0.0.1" });
    expect(await reach(server.address, millis(100))).toBe("silent");
    await server.close();
    expect(await reach(server.address, seconds(2))).toBe("refuses");
  });
});

describe("inOrderOfStart", () => {
  it("sorts the devices of a storm by when they are due, and those of one moment by their numbers", () => {
    const storm = (over: string) =>
      createFleet(
        FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1, start: { kind: "storm", over } }] }),
        { seed: "s", devices: 500 },
      );
    const devices = Array.from({ length: 250 }, (_, place) => place * 2 + 1).reverse();
    const fleet = storm("50ms");
    const sorted = inOrderOfStart(fleet, devices);
    expect([...sorted].sort((a, b) => a - b)).toEqual([...devices].reverse());
    const keys = sorted.map((index) => fleet.member(index).registersAt * 1_000 + index);
    expect(keys).toEqual([...keys].sort((a, b) => a - b));
    expect(inOrderOfStart(storm("0s"), devices)).toEqual([...devices].reverse());
  });
});
