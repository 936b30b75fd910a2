import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { now } from "../../platform/clock.ts";
import { seconds } from "../../protocol/time.ts";
import type { FleetHost } from "./fleet-host.ts";
import { createGoodbye } from "./goodbye.ts";

interface Scene {
  readonly registered: boolean;
  readonly listening: boolean;
}

/** Hosts of devices that do as little as a goodbye asks about, and who was told to de-register. */
function hostsOf(devices: readonly Scene[]) {
  const told: number[] = [];
  const hosts = new Map(
    devices.map((device, index): [number, FleetHost] => [
      index,
      { device, give: () => void told.push(index) } as unknown as FleetHost,
    ]),
  );
  return { hosts, told };
}
const scene = fc.record({ registered: fc.boolean(), listening: fc.boolean() });
const places = fc.integer({ min: 1, max: 5 });

describe("createGoodbye", () => {
  it("tells each registered device once, never has more under way than places, and ends when the last has its answer", () => {
    fc.assert(
      fc.property(fc.array(scene, { maxLength: 30 }), places, (devices, many) => {
        const { hosts, told } = hostsOf(devices);
        let ends = 0;
        const goodbye = createGoodbye({ hosts, places: many, hold: seconds(60), onDone: () => void ends++ });
        goodbye.begin(now());
        const waiting = new Set<number>();
        let seen = 0;
        for (;;) {
          // One that is offline says nothing, so nobody waits for it.
          for (const index of told.slice(seen)) if (devices[index]?.listening === true) waiting.add(index);
          seen = told.length;
          expect(goodbye.inFlight).toBe(waiting.size);
          expect(waiting.size).toBeLessThanOrEqual(many);
          const [next] = waiting;
          if (next === undefined) break;
          expect(ends).toBe(0);
          waiting.delete(next);
          goodbye.answered(next);
        }
        expect(ends).toBeGreaterThan(0);
        expect([...told].sort((a, b) => a - b)).toEqual(
          devices.flatMap(({ registered }, index) => (registered ? [index] : [])),
        );
      }),
    );
  });

  it("takes an answer that nobody waits for as nothing", () => {
    const { hosts, told } = hostsOf([{ registered: true, listening: true }]);
    let ends = 0;
    const goodbye = createGoodbye({ hosts, places: 1, hold: seconds(60), onDone: () => void ends++ });
    goodbye.begin(now());
    goodbye.answered(7);
    expect([told, goodbye.inFlight, ends]).toEqual([[0], 1, 0]);
  });
});
