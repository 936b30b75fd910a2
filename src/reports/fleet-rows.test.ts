import { describe, expect, it } from "vitest";
import { createFleetMeter } from "../harness/fleet/meter.ts";
import type { FleetSummary, VirtualFleet } from "../harness/record/fleet-result.ts";
import { fleetRows } from "./fleet-rows.ts";

const FLEET = {
  counts: { ...createFleetMeter().counts, sent: 7 },
  responses: { "update 2.04": 3 },
} as Partial<FleetSummary>;

describe("fleetRows", () => {
  it("has words for what the record counts, and all rows of a live fleet", () => {
    const rows = fleetRows({ ...FLEET, kernelDrops: { devices: 0, server: 2 } } as FleetSummary);
    expect(rows).toContainEqual(["datagrams sent by devices", 7]);
    expect(rows).toContainEqual(["retransmissions by the server", 0]);
    expect(rows).toContainEqual(["answers update 2.04", 3]);
    expect(rows).toContainEqual(["dropped by the kernel, for want of buffer: server", 2]);
  });

  it("adds what virtual time knows, where there is any of it", () => {
    const answers = { registrations: 9, updates: 9, deregistrations: 9, refused: 9 };
    const counts = { events: 40, duplicated: 1, corrupted: 0, missed: 0, offline: 0, sleeps: 5 };
    const virtual: VirtualFleet = { ...answers, ...counts, lost: { burst: 2, loss: 0 }, happenings: { reboot: 3 } };
    const rows = fleetRows(FLEET as FleetSummary, virtual).slice(fleetRows(FLEET as FleetSummary).length);
    expect(rows).toEqual([
      ["datagrams: duplicated", 1],
      ["datagrams lost: burst", 2],
      ["befell devices: reboot", 3],
      ["times asleep", 5],
      ["events of the virtual world", 40],
    ]);
  });
});
