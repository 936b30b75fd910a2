import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectRow, type ResourceRow } from "../lwm2m/objects.ts";
import { API_OBJECTS, fromApiObjectText, fromApiText, resolveProperty, toApiValue } from "./properties.ts";

const error = (result: { readonly ok: boolean; readonly error?: string }): string =>
  result.ok ? "accepted" : (result.error ?? "");
const deviceRow = (name: string): ResourceRow => {
  const row = objectRow(3)?.resources.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no ${name}`);
  return row;
};

describe("resolveProperty", () => {
  it.each(objectRow(3)?.resources ?? [])("finds deviceProperties.device.$name at 3/0/$id", (row) => {
    expect(resolveProperty(`deviceProperties.device.${row.name}`)).toEqual({
      ok: true,
      value: { kind: "resource", path: [3, 0, row.id], row },
    });
  });

  it("finds the whole object", () => {
    expect(resolveProperty("deviceProperties.device")).toEqual({
      ok: true,
      value: { kind: "object", path: [3, 0], object: 3 },
    });
  });

  it("finds a server property of any name, with dots too", () => {
    expect(resolveProperty("serverProperties.enabled")).toEqual({
      ok: true,
      value: { kind: "server", name: "enabled" },
    });
    expect(resolveProperty("serverProperties.a.b")).toEqual({ ok: true, value: { kind: "server", name: "a.b" } });
  });

  it("finds the other objects of one instance, and has no name for the rest", () => {
    expect(API_OBJECTS.map(({ name, object }) => `${object} ${name}`)).toEqual([
      "3 device",
      "4 connectivityMonitoring",
      "5 firmwareUpdate",
      "6 location",
      "7 connectivityStatistics",
    ]);
    expect(resolveProperty("deviceProperties.firmwareUpdate.packageURI")).toMatchObject({
      ok: true,
      value: { kind: "resource", path: [5, 0, 1] },
    });
    expect(resolveProperty("deviceProperties.location")).toMatchObject({
      ok: true,
      value: { kind: "object", path: [6, 0] },
    });
    expect(resolveProperty("deviceProperties.connectivityMonitoring.ipAddresses")).toMatchObject({
      ok: true,
      value: { path: [4, 0, 4], row: { multiple: true } },
    });
    for (const name of ["security", "server", "firmwareUpdate.package"]) {
      expect(resolveProperty(`deviceProperties.${name}`).ok).toBe(false);
    }
  });

  it.each([
    ["deviceProperties.device.timeZone", /"timeZone"; near are timezone/],
    ["deviceProperties.device.batery", /unknown property of device "batery"; known are manufacturer/],
    ["deviceProperties.device.battery", /near are batteryLevel, batteryStatus/],
    ["deviceProperties.device.currentTme", /near are currentTime/],
    ["deviceProperties.device.zzzzzzzzzz", /unknown property of device "zzzzzzzzzz"; known are manufacturer, /],
    ["deviceProperties.device.", /unknown property of device ""; known are/],
    ["deviceProperties.devise", /unknown object "devise"; near are device/],
    ["deviceProperties", /unknown object ""; known are device/],
    ["deviceProperty.device.timezone", /unknown property group "deviceProperty"; near are deviceProperties/],
    ["systemProperties.did", /unknown property group "systemProperties"; known are deviceProperties, serverProperties/],
    ["", /unknown property group ""; known are deviceProperties, serverProperties/],
    ["serverProperties", /lacks the name/],
    ["serverProperties.", /lacks the name/],
    ["deviceProperties.device.timezone.x", /deeper/],
    ["deviceProperties.device.__proto__", /unknown property of device/],
    ["deviceProperties.constructor", /unknown object/],
  ])("refuses %j and helps", (property, expected) => {
    expect(error(resolveProperty(property))).toMatch(expected);
  });

  it("is total: any text gives a property or an error", () => {
    const near = fc.tuple(fc.constantFrom("deviceProperties.", "deviceProperties.device.", ""), fc.string());
    fc.assert(
      fc.property(near, ([start, end]) => {
        const resolved = resolveProperty(start + end);
        expect(resolved.ok || resolved.error.length > 0).toBe(true);
      }),
    );
  });
});

describe("toApiValue", () => {
  it.each([
    ["a string", 15, "Europe/Paris", "Europe/Paris"],
    ["a number", 9, 100, 100],
    ["time in milliseconds", 13, 1_485_974_852, 1_485_974_852_000],
    ["no instances", 6, new Map(), []],
    [
      "instances in the order of their ids",
      7,
      new Map([
        [9, 5_000],
        [1, 3_800],
      ]),
      [3_800, 5_000],
    ],
  ] as const)("shows %s (row 31)", (_name, resource, value, expected) => {
    expect(toApiValue(3, resource, value)).toEqual(expected);
  });

  it("shows booleans as they are and opaque values as base64", () => {
    expect(toApiValue(1, 6, true)).toBe(true);
    expect(toApiValue(0, 5, Uint8Array.of(0xab, 0xcd, 0xef))).toBe("q83v");
  });
});

describe("fromApiText", () => {
  it.each([
    ["timezone", "America/Los_Angeles", "America/Los_Angeles"],
    ["timezone", "", ""],
    ["batteryLevel", "42", 42],
    ["currentTime", "1485974852", 1_485_974_852],
    ["currentTime", "1485974852999", 1_485_974_852],
    ["currentTime", "99999999999", 99_999_999_999],
    ["currentTime", "100000000000", 100_000_000],
    ["currentTime", "0", 0],
    ["reboot", "now", "now"],
  ])("reads for %s the text %j as %j", (name, text, value) => {
    expect(fromApiText(deviceRow(name), text)).toEqual({ ok: true, value });
  });

  it("reads a multiple resource from a JSON array, or one value for instance 0", () => {
    const row = deviceRow("powerSourceVoltage");
    expect(fromApiText(row, "[3800, 5000]")).toEqual({
      ok: true,
      value: new Map([
        [0, 3_800],
        [1, 5_000],
      ]),
    });
    expect(fromApiText(row, '["3800"]')).toEqual({ ok: true, value: new Map([[0, 3_800]]) });
    expect(fromApiText(row, "[]")).toEqual({ ok: true, value: new Map() });
    expect(fromApiText(row, "3800")).toEqual({ ok: true, value: new Map([[0, 3_800]]) });
  });

  it("reads a boolean from true, false, 1 and 0", () => {
    const row = objectRow(1)?.resources.find((candidate) => candidate.type === "boolean");
    if (row === undefined) throw new Error("object 1 has a boolean");
    expect(["true", "1", "false", "0"].map((text) => fromApiText(row, text))).toEqual(
      [true, true, false, false].map((value) => ({ ok: true, value })),
    );
    expect(error(fromApiText(row, "yes"))).toMatch(/^notificationStoring: "yes"/);
  });

  it.each([
    ["batteryLevel", "full", /^batteryLevel: "full" is not an integer/],
    ["currentTime", "2017-02-01T18:47:32Z", /^currentTime: .* is not an integer/],
    ["powerSourceVoltage", "[1, true]", /^powerSourceVoltage: the value is not of type integer/],
    ["powerSourceVoltage", "[1", /^powerSourceVoltage: not a JSON array/],
    ["powerSourceVoltage", "x", /^powerSourceVoltage: "x" is not an integer/],
  ])("refuses for %s the text %j and names the resource", (name, text, expected) => {
    expect(error(fromApiText(deviceRow(name), text))).toMatch(expected);
  });

  it("reads back what toApiValue shows of a time between 1973 and 5138, in milliseconds", () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000_000, max: 99_999_999_999 }), (value) => {
        expect(fromApiText(deviceRow("currentTime"), String(toApiValue(3, 13, value)))).toEqual({ ok: true, value });
      }),
    );
  });
});

describe("fromApiObjectText", () => {
  it("reads writable resources by name, from JSON's types and from text", () => {
    const text = '{"timezone":"Europe/Paris","currentTime":1485974852000,"utcOffset":"+01:00"}';
    expect(fromApiObjectText(3, text)).toEqual({
      ok: true,
      value: new Map<number, string | number>([
        [15, "Europe/Paris"],
        [13, 1_485_974_852],
        [14, "+01:00"],
      ]),
    });
    expect(fromApiObjectText(3, '{"currentTime":"1485974852"}')).toEqual({
      ok: true,
      value: new Map([[13, 1_485_974_852]]),
    });
  });

  it("reads booleans of JSON", () => {
    expect(fromApiObjectText(1, '{"notificationStoring":false}')).toEqual({ ok: true, value: new Map([[6, false]]) });
  });

  it.each([
    ["{}", /names no resource/],
    ["", /is a JSON object/],
    ["Europe/Paris", /is a JSON object/],
    ["null", /is a JSON object/],
    ["[]", /is a JSON object/],
    ['{"batteryLevel":1}', /"batteryLevel" cannot be written; writable are currentTime, utcOffset, timezone/],
    ['{"reboot":""}', /"reboot" cannot be written/],
    ['{"__proto__":1}', /"__proto__" cannot be written/],
    ['{"timezone":1}', /^timezone: the value is not of type string/],
    ['{"timezone":null}', /^timezone: the value is not of type string/],
    ['{"timezone":["a"]}', /^timezone: the value is not of type string/],
    ['{"currentTime":1.5}', /^currentTime: "1.5" is not an integer/],
    ['{"currentTime":1e300}', /^currentTime: /],
  ])("refuses %j and says why", (text, expected) => {
    expect(error(fromApiObjectText(3, text))).toMatch(expected);
  });

  it("refuses everything for an object without a row", () => {
    expect(fromApiObjectText(99, '{"timezone":"x"}').ok).toBe(false);
  });
});
