import { describe, expect, it } from "vitest";
import { OBJECTS, objectRow, resourceRow } from "./objects.ts";

const DEVICE_NAMES = [
  "manufacturer",
  "modelNumber",
  "serialNumber",
  "firmwareVersion",
  "reboot",
  "factoryReset",
  "availablePowerSources",
  "powerSourceVoltage",
  "powerSourceCurrent",
  "batteryLevel",
  "memoryFree",
  "errorCode",
  "resetErrorCode",
  "currentTime",
  "utcOffset",
  "timezone",
  "supportedBindingAndModes",
  "deviceType",
  "hardwareVersion",
  "softwareVersion",
  "batteryStatus",
  "memoryTotal",
];

const deviceIds = (operations: string): readonly number[] =>
  (objectRow(3)?.resources ?? []).filter((row) => row.operations === operations).map((row) => row.id);

describe("OBJECTS", () => {
  it("has objects 0, 1 and 3 to 7, with resource ids ascending and names unique", () => {
    expect(OBJECTS.map((row) => row.id)).toEqual([0, 1, 3, 4, 5, 6, 7]);
    expect(new Set(OBJECTS.map((row) => row.name)).size).toBe(OBJECTS.length);
    for (const { resources } of OBJECTS) {
      const ids = resources.map((row) => row.id);
      expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      expect(new Set(resources.map((row) => row.name)).size).toBe(resources.length);
    }
  });

  it("names resources 0..21 of Device as the task API does", () => {
    expect(objectRow(3)?.resources.map((row) => row.name)).toEqual(DEVICE_NAMES);
    expect(objectRow(3)?.resources.map((row) => row.id)).toEqual(DEVICE_NAMES.map((_, index) => index));
  });

  it("lets a server write 13, 14, 15 and execute 4, 5, 12 of Device, and read all else (Core E.4)", () => {
    expect(deviceIds("RW")).toEqual([13, 14, 15]);
    expect(deviceIds("E")).toEqual([4, 5, 12]);
    expect(deviceIds("R").length).toBe(22 - 6);
  });

  it("names resources 1 to 7 of Firmware Update as the task API does, and 0 and 1 can be written, 2 executed (Core E.6)", () => {
    const rows = objectRow(5)?.resources ?? [];
    expect(rows.slice(1, 8).map(({ id, name }) => `${id} ${name}`)).toEqual([
      "1 packageURI",
      "2 update",
      "3 state",
      "4 updateSupportedObjects",
      "5 updateResult",
      "6 pkgName",
      "7 pkgVersion",
    ]);
    expect(rows.filter(({ operations }) => operations.includes("W")).map(({ id }) => id)).toEqual([0, 1, 4]);
    expect(rows.filter(({ operations }) => operations === "E").map(({ id }) => id)).toEqual([2]);
  });

  it("has 6, 7, 8 and 11 of Device as multiple, and 4, 11, 16 as mandatory", () => {
    const rows = objectRow(3)?.resources ?? [];
    expect(rows.filter((row) => row.multiple).map((row) => row.id)).toEqual([6, 7, 8, 11]);
    expect(rows.filter((row) => row.mandatory).map((row) => row.id)).toEqual([4, 11, 16]);
  });

  it("types as none exactly what can be executed", () => {
    for (const { resources } of OBJECTS) {
      for (const row of resources) expect(row.type === "none").toBe(row.operations === "E");
    }
  });

  it("allows a server nothing on Security (Core E.1)", () => {
    expect(new Set(objectRow(0)?.resources.map((row) => row.operations))).toEqual(new Set([""]));
  });
});

describe("resourceRow", () => {
  it("finds a resource, and nothing for an object or resource without a row", () => {
    expect(resourceRow(3, 13)).toMatchObject({ name: "currentTime", type: "time" });
    expect(resourceRow(3, 99)).toBeUndefined();
    expect(resourceRow(2, 0)).toBeUndefined();
  });
});
