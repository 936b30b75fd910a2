import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTlv, encodeTlv, type TlvEntry } from "./tlv.ts";

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ""), "hex"));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const resource = (id: number, value: Uint8Array): TlvEntry => ({ kind: "resource", id, value });
const instance = (id: number, ...children: TlvEntry[]): TlvEntry => ({ kind: "object-instance", id, children });
const multiple = (id: number, ...values: [number, Uint8Array][]): TlvEntry => ({
  kind: "multiple-resource",
  id,
  children: values.map(([child, value]) => ({ kind: "resource-instance", id: child, value })),
});

const DEVICE_HEX =
  "C800144F70656E204D6F62696C6520416C6C69616E6365 C801164C69676874776569676874204D324D20436C69656E74 " +
  "C80209333435303030313233 C303312E30 8606410001410105 88070842000ED842011388 870841007D42010384 C10964 C10A0F " +
  "830B410000 C40D5182428F C60E2B30323A3030 ";

const DEVICE: readonly TlvEntry[] = [
  resource(0, text("Open Mobile Alliance")),
  resource(1, text("Lightweight M2M Client")),
  resource(2, text("345000123")),
  resource(3, text("1.0")),
  multiple(6, [0, hex("01")], [1, hex("05")]),
  multiple(7, [0, hex("0ED8")], [1, hex("1388")]),
  multiple(8, [0, hex("7D")], [1, hex("0384")]),
  resource(9, hex("64")),
  resource(10, hex("0F")),
  multiple(11, [0, hex("00")]),
  resource(13, hex("5182428F")),
  resource(14, text("+02:00")),
];

const VECTORS: readonly { name: string; bytes: number; hex: string; entries: readonly TlvEntry[] }[] = [
  { name: "/3/0", bytes: 121, hex: `${DEVICE_HEX}C11055`, entries: [...DEVICE, resource(16, text("U"))] },
  {
    name: "/3 with its instance",
    bytes: 124,
    hex: `080079 ${DEVICE_HEX}C11055`,
    entries: [instance(0, ...DEVICE, resource(16, text("U")))],
  },
  {
    name: "/3/0 of before 1.0, binding as resource 15",
    bytes: 121,
    hex: `${DEVICE_HEX}C10F55`,
    entries: [...DEVICE, resource(15, text("U"))],
  },
  {
    name: "/2 with two instances",
    bytes: 38,
    hex: "08000E C10001 C10100 8302417F07 C1037F 080212 C10003 C10100 8702 417F07 61013601 C1037F",
    entries: [
      instance(
        0,
        resource(0, hex("01")),
        resource(1, hex("00")),
        multiple(2, [0x7f, hex("07")]),
        resource(3, hex("7F")),
      ),
      instance(
        2,
        resource(0, hex("03")),
        resource(1, hex("00")),
        multiple(2, [0x7f, hex("07")], [310, hex("01")]),
        resource(3, hex("7F")),
      ),
    ],
  },
  {
    name: "/1 with one instance",
    bytes: 18,
    hex: "08000F C10001 C40100015180 C10601 C10755",
    entries: [
      instance(0, resource(0, hex("01")), resource(1, hex("00015180")), resource(6, hex("01")), resource(7, text("U"))),
    ],
  },
  {
    name: "/65/0 with object links",
    bytes: 37,
    hex: "88000C 440000420000 440100420001 C8010D38363133383030373535353030 C40212345678",
    entries: [
      multiple(0, [0, hex("00420000")], [1, hex("00420001")]),
      resource(1, text("8613800755500")),
      resource(2, hex("12345678")),
    ],
  },
  {
    name: "/66 with two instances",
    bytes: 82,
    hex:
      "080026 C8000B6D79536572766963652031 C8010F496E7465726E65742E31352E323334 C40200430000 " +
      "080126 C8000B6D79536572766963652032 C8010F496E7465726E65742E31352E323335 C402FFFFFFFF",
    entries: [
      instance(0, resource(0, text("myService 1")), resource(1, text("Internet.15.234")), resource(2, hex("00430000"))),
      instance(1, resource(0, text("myService 2")), resource(1, text("Internet.15.235")), resource(2, hex("FFFFFFFF"))),
    ],
  },
  {
    name: "a multiple resource as bare instances",
    bytes: 6,
    hex: "410001 410105",
    entries: [
      { kind: "resource-instance", id: 0, value: hex("01") },
      { kind: "resource-instance", id: 1, value: hex("05") },
    ],
  },
  {
    name: "a multiple resource with its entry",
    bytes: 8,
    hex: "8606 410001 410105",
    entries: [multiple(6, [0, hex("01")], [1, hex("05")])],
  },
];

const BROKEN: readonly { name: string; hex: string; error: RegExp }[] = [
  { name: "counting bytes", hex: "0011223344556677889900", error: /byte 5 is cut off/ },
  {
    name: "/1 as the draft prints it, instance two bytes short",
    hex: "08000D C10001 C40100015180 C10601 C10755",
    error: /byte 15 is cut off/,
  },
  {
    name: "/2 as the draft prints it, multiple resource one byte short",
    hex: "08000E C10001 C10100 8302417F07 C1037F 080212 C10003 C10100 8602 417F07 61013601 C1037F",
    error: /cut off/,
  },
  {
    name: "/66 as the draft prints it, instances three bytes short",
    hex:
      "080023 C8000B6D79536572766963652031 C8010F496E7465726E65742E31352E323334 C40200430000 " +
      "080123 C8000B6D79536572766963652032 C8010F496E7465726E65742E31352E323335 C402FFFFFFFF",
    error: /cut off/,
  },
  {
    name: "/3/0 as the draft prints it, a letter short",
    hex: DEVICE_HEX.replace("4C69676874776569676874", "4C696768747765696774"),
    error: /cut off|misplaced/,
  },
  { name: "a type byte alone", hex: "C1", error: /byte 0 is cut off/ },
  { name: "no length where one is announced", hex: "C800", error: /byte 0 is cut off/ },
  { name: "a value one byte short", hex: "C20001", error: /byte 0 is cut off/ },
  {
    name: "an instance inside an instance",
    hex: "0200 0000",
    error: /byte 2 is a misplaced/,
  },
  { name: "a resource inside a multiple resource", hex: "8306 C10001", error: /byte 2 is a misplaced resource/ },
];

describe("encodeTlv and decodeTlv", () => {
  it.each(VECTORS)("encode $name as the $bytes bytes of the standard, and read them back", (vector) => {
    const bytes = hex(vector.hex);
    expect(bytes.length).toBe(vector.bytes);
    expect(decodeTlv(bytes)).toEqual({ ok: true, value: vector.entries });
    expect(encodeTlv(vector.entries)).toEqual(bytes);
  });

  it("reads no entries from no bytes", () => {
    expect(decodeTlv(new Uint8Array(0))).toEqual({ ok: true, value: [] });
    expect(encodeTlv([])).toEqual(new Uint8Array(0));
  });

  it.each([
    [7, 0, "c7"],
    [8, 1, "c80008"],
    [255, 1, "c800ff"],
    [256, 2, "d0000100"],
    [65_535, 2, "d000ffff"],
    [65_536, 3, "d800010000"],
  ])("give a value of %i bytes a length field of %i bytes (Core §6.4.3)", (length, _size, head) => {
    const bytes = encodeTlv([resource(0, new Uint8Array(length))]);
    expect(Buffer.from(bytes).toString("hex").startsWith(head)).toBe(true);
    expect(decodeTlv(bytes)).toEqual({ ok: true, value: [resource(0, new Uint8Array(length))] });
  });

  it("write ids above 255 in two bytes", () => {
    expect(encodeTlv([resource(255, hex("01"))])).toEqual(hex("C1FF01"));
    expect(encodeTlv([resource(256, hex("01"))])).toEqual(hex("E1010001"));
  });
});

describe("decodeTlv", () => {
  it.each(BROKEN)("refuses $name", (vector) => {
    const decoded = decodeTlv(hex(vector.hex));
    expect(decoded.ok ? "accepted" : decoded.error).toMatch(vector.error);
  });

  it("is total: any bytes give entries or an error", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const decoded = decodeTlv(bytes);
        expect(decoded.ok ? Array.isArray(decoded.value) : decoded.error.length > 0).toBe(true);
      }),
    );
  });

  it("refuses every proper beginning of one entry", () => {
    const bytes = hex("08000F C10001 C40100015180 C10601 C10755");
    for (let length = 1; length < bytes.length; length += 1) expect(decodeTlv(bytes.slice(0, length)).ok).toBe(false);
  });
});

const id = fc.nat(0xffff);
const value = fc.uint8Array({ maxLength: 300 });
const resourceEntries = fc.record({ kind: fc.constant("resource" as const), id, value });
const multipleEntries = fc.record({
  kind: fc.constant("multiple-resource" as const),
  id,
  children: fc.array(fc.record({ kind: fc.constant("resource-instance" as const), id, value }), { maxLength: 4 }),
});
const entries: fc.Arbitrary<TlvEntry[]> = fc.array(
  fc.oneof(
    resourceEntries,
    multipleEntries,
    fc.record({
      kind: fc.constant("object-instance" as const),
      id,
      children: fc.array(fc.oneof(resourceEntries, multipleEntries), { maxLength: 4 }),
    }),
  ),
  { maxLength: 4 },
);

describe("encodeTlv", () => {
  it("survives the wire: what is written is read back", () => {
    fc.assert(
      fc.property(entries, (written) => {
        expect(decodeTlv(encodeTlv(written))).toEqual({ ok: true, value: written });
      }),
    );
  });

  it("throws for an id that has no place, which is a bug of ours", () => {
    expect(() => encodeTlv([resource(65_536, hex("00"))])).toThrow(RangeError);
    expect(() => encodeTlv([resource(-1, hex("00"))])).toThrow(RangeError);
  });
});
