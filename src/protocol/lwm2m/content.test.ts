import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CONTENT_FORMATS,
  decodeInstance,
  decodeResource,
  encodeInstance,
  encodeResource,
  formatText,
  LINK_FORMAT,
  OPAQUE,
  parseText,
  TEXT,
  TLV,
} from "./content.ts";
import { objectRow } from "./objects.ts";
import type { InstanceValues, ResourceType, ResourceValue, ScalarValue } from "./value.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const instances = (...values: ScalarValue[]): ResourceValue => new Map(values.map((value, id) => [id, value]));

const DEVICE_HEX =
  "C800144F70656E204D6F62696C6520416C6C69616E6365 C801164C69676874776569676874204D324D20436C69656E74 " +
  "C80209333435303030313233 C303312E30 8606410001410105 88070842000ED842011388 870841007D42010384 C10964 C10A0F " +
  "830B410000 C40D5182428F C60E2B30323A3030 C11055";

const DEVICE_VALUES: InstanceValues = new Map<number, ResourceValue>([
  [0, "Open Mobile Alliance"],
  [1, "Lightweight M2M Client"],
  [2, "345000123"],
  [3, "1.0"],
  [6, instances(1, 5)],
  [7, instances(3_800, 5_000)],
  [8, instances(125, 900)],
  [9, 100],
  [10, 15],
  [11, instances(0)],
  [13, 1_367_491_215],
  [14, "+02:00"],
  [16, "U"],
]);

describe("CONTENT_FORMATS", () => {
  it("has the numbers of the registry, and the constants are among them", () => {
    expect(CONTENT_FORMATS.map((row) => row.number)).toEqual([0, 40, 42, 60, 110, 112, 11542, 11543]);
    expect([TEXT, LINK_FORMAT, OPAQUE, TLV]).toEqual([0, 40, 42, 11542]);
  });
});

describe("encodeInstance and decodeInstance", () => {
  it("agree on the 121 bytes of /3/0 in the standard (Core §6.4.3)", () => {
    expect(encodeInstance(3, DEVICE_VALUES)).toEqual(hex(DEVICE_HEX));
    expect(decodeInstance(3, hex(DEVICE_HEX))).toEqual({ ok: true, value: DEVICE_VALUES });
  });

  it("take off one object-instance entry around the resources", () => {
    expect(decodeInstance(3, hex(`080079 ${DEVICE_HEX}`))).toEqual({ ok: true, value: DEVICE_VALUES });
  });

  it("agree on /1/0 of the standard", () => {
    const values = new Map<number, ResourceValue>([
      [0, 1],
      [1, 86_400],
      [6, true],
      [7, "U"],
    ]);
    expect(decodeInstance(1, hex("08000F C10001 C40100015180 C10601 C10755"))).toEqual({ ok: true, value: values });
    expect(encodeInstance(1, values)).toEqual(hex("C10001 C40100015180 C10601 C10755"));
  });

  it("agree on an empty instance", () => {
    expect(encodeInstance(3, new Map())).toEqual(new Uint8Array(0));
    expect(decodeInstance(3, new Uint8Array(0))).toEqual({ ok: true, value: new Map() });
  });

  it("take the value of a multiple resource that came as a single one for its instance 0, as coap-node sends it", () => {
    const values = new Map([[6, instances(1)]]);
    expect(decodeInstance(3, hex("C10601"))).toEqual({ ok: true, value: values });
    expect(decodeResource(3, 6, TLV, hex("C10601"))).toEqual({ ok: true, value: instances(1) });
  });

  it("skip a resource without a row, such as 22", () => {
    expect(decodeInstance(3, hex("C10964 8616 4400 00420000"))).toEqual({
      ok: true,
      value: new Map([[9, 100]]),
    });
  });

  it.each([
    ["two instances", "0000 0001", /object-instance/],
    ["a bare resource instance", "410001", /resource-instance/],
    ["an integer of three bytes", "C309010203", /3\/\*\/9: an integer has 1, 2, 4 or 8 bytes/],
    ["a manufacturer that is not UTF-8", "C100FF", /3\/\*\/0: .*UTF-8/],
    ["a single resource as multiple", "8309 410001", /3\/\*\/9: a single resource/],
    ["a multiple resource as a single one that is no integer", "C3060102 03", /3\/\*\/6: an integer has/],
    ["the same resource twice", "C10901 C10902", /twice/],
    ["the same instance twice", "8606 410001 410002", /twice/],
    ["half an entry", "C109", /cut off/],
  ])("refuse %s", (_name, bytes, error) => {
    const decoded = decodeInstance(3, hex(bytes));
    expect(decoded.ok ? "accepted" : decoded.error).toMatch(error);
  });

  it("survive the wire: any values of Device are read back", () => {
    fc.assert(
      fc.property(deviceValues(), (values) => {
        expect(decodeInstance(3, encodeInstance(3, values))).toEqual({ ok: true, value: values });
      }),
    );
  });

  it("throw for a resource without a row or a value of another type, which is a bug of ours", () => {
    expect(() => encodeInstance(3, new Map([[99, 1]]))).toThrow(TypeError);
    expect(() => encodeInstance(3, new Map([[9, "100"]]))).toThrow(TypeError);
  });
});

function scalarOf(type: ResourceType): fc.Arbitrary<ScalarValue> {
  return type === "integer" || type === "time" ? fc.maxSafeInteger() : fc.string({ unit: "binary", maxLength: 20 });
}

function deviceValues(): fc.Arbitrary<InstanceValues> {
  const rows = (objectRow(3)?.resources ?? []).filter((row) => row.operations !== "E");
  const pairs = rows.map((row) => {
    const scalar = scalarOf(row.type);
    const value: fc.Arbitrary<ResourceValue> = row.multiple
      ? fc
          .uniqueArray(fc.tuple(fc.nat(65_535), scalar), { selector: ([id]) => id, maxLength: 4 })
          .map((all) => new Map(all))
      : scalar;
    return fc.option(fc.tuple(fc.constant(row.id), value), { nil: undefined });
  });
  return fc.tuple(...pairs).map((all) => new Map(all.filter((pair) => pair !== undefined)));
}

describe("encodeResource and decodeResource", () => {
  it.each([
    ["timezone as text", 15, TEXT, "Europe/Paris", utf8("Europe/Paris")],
    ["current time as text, in seconds", 13, TEXT, 1_367_491_215, utf8("1367491215")],
    ["battery level as TLV", 9, TLV, 100, hex("C10964")],
    ["power sources as TLV", 6, TLV, instances(1, 5), hex("8606 410001 410105")],
    ["no power sources as TLV", 6, TLV, instances(), hex("8006")],
  ] as const)("agree on %s", (_name, resource, format, value, bytes) => {
    expect(encodeResource(3, resource, value, format)).toEqual({ ok: true, value: bytes });
    expect(decodeResource(3, resource, format, bytes)).toEqual({ ok: true, value });
  });

  it("read text where there is no Content-Format", () => {
    expect(decodeResource(3, 9, undefined, utf8("100"))).toEqual({ ok: true, value: 100 });
  });

  it("read the bare instances of a multiple resource, and none from no bytes", () => {
    expect(decodeResource(3, 6, TLV, hex("410001 410105"))).toEqual({ ok: true, value: instances(1, 5) });
    expect(decodeResource(3, 6, TLV, new Uint8Array(0))).toEqual({ ok: true, value: instances() });
  });

  it("take off an object-instance entry", () => {
    expect(decodeResource(3, 9, TLV, hex("0300 C10964"))).toEqual({ ok: true, value: 100 });
  });

  it("carry opaque values as text in base64, and as they are in opaque", () => {
    expect(encodeResource(0, 5, hex("abcdef"), TEXT)).toEqual({ ok: true, value: utf8("q83v") });
    expect(decodeResource(0, 5, TEXT, utf8("q83v"))).toEqual({ ok: true, value: hex("abcdef") });
    expect(encodeResource(0, 5, hex("abcdef"), OPAQUE)).toEqual({ ok: true, value: hex("abcdef") });
    expect(decodeResource(0, 5, OPAQUE, hex("abcdef"))).toEqual({ ok: true, value: hex("abcdef") });
  });

  it("carry text for an executable resource: the device is to refuse it, not we", () => {
    expect(encodeResource(3, 4, "now", TEXT)).toEqual({ ok: true, value: utf8("now") });
  });

  it.each([
    ["letters for an integer", 9, TEXT, utf8("full")],
    ["no text for an integer", 9, TEXT, utf8("")],
    ["blanks around an integer", 9, TEXT, utf8(" 100")],
    ["a fraction for an integer", 9, TEXT, utf8("99.5")],
    ["an integer beyond 2^53", 9, TEXT, utf8("9007199254740993")],
    ["text that is not UTF-8", 15, TEXT, hex("ff")],
    ["text for a multiple resource", 6, TEXT, utf8("1")],
    ["another resource", 9, TLV, hex("C10A0F")],
    ["two resources", 9, TLV, hex("C10964 C10A0F")],
    ["no resource", 9, TLV, new Uint8Array(0)],
    ["bare instances of a single resource", 9, TLV, hex("410001")],
    ["instances mixed with a resource", 6, TLV, hex("410001 C10601")],
    ["an unknown content format", 9, 60, hex("1864")],
    ["opaque for an integer", 9, OPAQUE, hex("64")],
    ["a resource without a row", 99, TEXT, utf8("1")],
  ] as const)("decodeResource refuses %s", (_name, resource, format, bytes) => {
    expect(decodeResource(3, resource, format, bytes).ok).toBe(false);
  });

  it.each([
    ["a multiple resource as text", 6, instances(1), TEXT],
    ["a single value for a multiple resource", 6, 1, TLV],
    ["instances for a single resource", 9, instances(1), TLV],
    ["a value of another type", 9, "100", TEXT],
    ["a value of another type in TLV", 9, "100", TLV],
    ["an unknown content format", 9, 100, 60],
    ["opaque for an integer", 9, 100, OPAQUE],
    ["a resource without a row", 99, 1, TLV],
  ] as const)("encodeResource refuses %s", (_name, resource, value, format) => {
    expect(encodeResource(3, resource, value, format).ok).toBe(false);
  });

  it("are total: any bytes in any format give a value or an error", () => {
    fc.assert(
      fc.property(
        fc.nat(25),
        fc.constantFrom(undefined, 0, 42, 60, TLV),
        fc.uint8Array(),
        (resource, format, bytes) => {
          const decoded = decodeResource(3, resource, format, bytes);
          expect(decoded.ok || decoded.error.length > 0).toBe(true);
        },
      ),
    );
  });
});

describe("parseText", () => {
  it.each([
    ["string", "", ""],
    ["integer", "-42", -42],
    ["integer", "-0", 0],
    ["integer", "007", 7],
    ["time", "1367491215", 1_367_491_215],
    ["float", "-1.5e3", -1_500],
    ["float", ".5", 0.5],
    ["boolean", "1", true],
    ["boolean", "0", false],
    ["none", "0='a'", "0='a'"],
  ] as const)("reads %s %j as %j (Core §6.4.1)", (type, text, value) => {
    expect(parseText(type, text)).toEqual({ ok: true, value });
  });

  it.each([
    ["integer", "0x10"],
    ["integer", "1e3"],
    ["integer", "+1"],
    ["float", "NaN"],
    ["float", "1e999"],
    ["float", "."],
    ["boolean", "true"],
    ["opaque", "q83"],
    ["opaque", "q8_v"],
    ["string", "\ud800"],
  ] as const)("refuses %s %j and quotes it or says why", (type, text) => {
    const parsed = parseText(type, text);
    expect(parsed.ok ? "accepted" : parsed.error).toMatch(/is not|surrogate/);
  });

  it("quotes at most 40 characters of a peer's text", () => {
    const parsed = parseText("integer", "x".repeat(1_000));
    expect(parsed.ok ? "" : parsed.error).toHaveLength('"'.length * 2 + 41 + " is not an integer".length);
  });

  it("reads back what formatText writes", () => {
    const values = fc.oneof(
      fc.tuple(fc.constant("integer" as const), fc.maxSafeInteger()),
      fc.tuple(fc.constant("boolean" as const), fc.boolean()),
      fc.tuple(fc.constant("string" as const), fc.string({ unit: "binary" })),
      fc.tuple(fc.constant("opaque" as const), fc.uint8Array()),
      fc.tuple(
        fc.constant("float" as const),
        fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => value + 0),
      ),
    );
    fc.assert(
      fc.property(values, ([type, value]) => {
        expect(parseText(type, formatText(value))).toEqual({ ok: true, value });
      }),
    );
  });
});
