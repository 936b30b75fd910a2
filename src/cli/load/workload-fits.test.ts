import { describe, expect, it } from "vitest";
import { Workload } from "../../harness/load/workload.ts";
import { FleetFile } from "../../simulator/model/fleet.ts";
import { refuseWithoutFirmware } from "./workload-fits.ts";

const PLAIN = { name: "plain", share: 1 };
const UPDATABLE = { name: "updatable", share: 1, device: { firmware: { version: "1.0" } } };
const READ = { operation: "read", property: "deviceProperties.device.timezone" };
const FIRMWARE = { operation: "firmware", version: "2.0" };

const refuse = (tasks: readonly object[], groups: readonly object[]) => () =>
  refuseWithoutFirmware(
    Workload.parse({ formatVersion: 1, arrival: { kind: "closed", atOnce: 1 }, tasks }).tasks,
    FleetFile.parse({ formatVersion: 1, groups }),
  );

describe("refuseWithoutFirmware", () => {
  it("names the task and the field when no device has object 5", () => {
    expect(refuse([READ, FIRMWARE], [PLAIN])).toThrow(
      '--workload: tasks[1]: a firmware update, but no group of the fleet file has device.firmware, such as { version: "1.0" }',
    );
  });

  it("names the group when the task is for one without object 5", () => {
    const row = { ...FIRMWARE, targets: { kind: "group", group: "plain" } };
    expect(refuse([row], [PLAIN, UPDATABLE])).toThrow(
      "--workload: tasks[0]: a firmware update, but group plain of the fleet file has no device.firmware",
    );
  });

  it("takes a fleet of which some devices can be updated, and any fleet without updates", () => {
    expect(refuse([FIRMWARE], [PLAIN, UPDATABLE])).not.toThrow();
    expect(refuse([{ ...FIRMWARE, targets: { kind: "group", group: "updatable" } }], [PLAIN, UPDATABLE])).not.toThrow();
    expect(refuse([READ], [PLAIN])).not.toThrow();
  });
});
