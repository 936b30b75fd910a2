import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NO_PAYLOAD } from "../../protocol/coap/message.ts";
import { sortOptions, stringOption, URI_PATH, uintOption, uintValue } from "../../protocol/coap/options.ts";
import type { CoapContent, CoapMessage, CoapOption, Code } from "../../protocol/coap/types.ts";
import { decodeInstance, decodeResource, encodeInstance, TEXT, TLV } from "../../protocol/lwm2m/content.ts";
import { executeContent, readContent, writeContent } from "../../protocol/lwm2m/operations.ts";
import { decodeTlv, encodeTlv } from "../../protocol/lwm2m/tlv.ts";
import type { InstanceValues, LwM2mPath } from "../../protocol/lwm2m/value.ts";
import { carryOut } from "./operations.ts";
import type { Outcome } from "./outcome.ts";
import { instanceOf, type ValueOwner } from "./values.ts";

const newOwner = (name = "meter-7"): ValueOwner => ({ name, lifetime: 300, binding: "U", written: undefined });
const message = (content: CoapContent): CoapMessage => ({ type: "CON", messageId: 7, token: "ab", ...content });
const ask = (content: CoapContent, owner = newOwner()): Outcome => carryOut(owner, message(content));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const put = (path: LwM2mPath, format: number, payload: Uint8Array): CoapContent => ({
  ...writeContent(path, format, payload),
  code: "0.03",
});
const request = (code: Code, path: string, options: readonly CoapOption[] = [], payload = NO_PAYLOAD): CoapContent => ({
  code,
  options: sortOptions([...path.split("/").map((segment) => stringOption(URI_PATH, segment)), ...options]),
  payload,
});
const codeOf = (content: CoapContent, owner = newOwner()): Code => ask(content, owner).answer.code;
const accept = (format: number): CoapOption => uintOption(17, format);

describe("an alternate path", () => {
  const below = (root: string, own?: string): Code =>
    carryOut(newOwner(), message(readContent([3, 0, 9], undefined, root)), own).answer.code;

  it("holds all objects of the device: requests below another path, or none, find nothing (Core §6.2.3)", () => {
    expect(below("/lwm2m", "/lwm2m")).toBe("2.05");
    expect([below("/", "/lwm2m"), below("/m2m", "/lwm2m"), below("/lwm2m")]).toEqual(["4.04", "4.04", "4.04"]);
  });
});

describe("Read", () => {
  it("answers a single resource as text, a multiple one and an instance as TLV, when the server does not say", () => {
    const answers = [[3, 0, 9], [3, 0, 7], [3, 0], [3]].map(
      (path) => ask(readContent(path as unknown as LwM2mPath)).answer,
    );
    expect(answers.map(({ code, options }) => [code, uintValue({ options }, 12)])).toEqual([
      ["2.05", TEXT],
      ["2.05", TLV],
      ["2.05", TLV],
      ["2.05", TLV],
    ]);
  });

  it("answers in the format that Accept names, and 4.06 when it cannot", () => {
    expect(decodeResource(3, 0, TLV, ask(readContent([3, 0, 0], TLV)).answer.payload)).toMatchObject({ ok: true });
    const refused = [
      readContent([3, 0, 9], 42),
      readContent([3, 0, 9], 110),
      readContent([3, 0, 7], TEXT),
      readContent([3, 0], TEXT),
      readContent([3], 11543),
    ];
    expect(refused.map((content) => codeOf(content))).toEqual(new Array(5).fill("4.06"));
  });

  it("gives every readable resource of /3/0, and skips those that cannot be read", () => {
    const { answer, happened } = ask(readContent([3, 0]));
    const decoded = decodeInstance(3, answer.payload);
    expect(decoded.ok && [...decoded.value.keys()]).toEqual([
      0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    ]);
    expect(decoded.ok && decoded.value).toEqual(instanceOf(newOwner(), 3));
    expect(happened).toMatchObject([{ effect: "read", path: "3/0", messageId: 7, token: "ab" }]);
    expect(Object.keys(happened[0]?.value as object).slice(0, 2)).toEqual(["manufacturer", "modelNumber"]);
  });

  it("wraps the instance when the object is read", () => {
    const decoded = decodeTlv(ask(readContent([3])).answer.payload);
    expect(decoded.ok && decoded.value.map(({ kind, id }) => [kind, id])).toEqual([["object-instance", 0]]);
  });

  it("tells the value as the task API shows it: time in milliseconds, multiple resources as arrays", () => {
    const owner = newOwner();
    ask(put([3, 0, 13], TEXT, text("1500000000")), owner);
    expect(ask(readContent([3, 0, 13]), owner).happened[0]?.value).toBe(1_500_000_000_000);
    expect(new TextDecoder().decode(ask(readContent([3, 0, 13]), owner).answer.payload)).toBe("1500000000");
    expect(ask(readContent([3, 0, 6])).happened[0]?.value).toEqual([1, 5]);
  });

  it("refuses executables with 4.05", () => {
    expect(codeOf(readContent([3, 0, 4]))).toBe("4.05");
  });

  it("has values that depend on the name alone, differ between names and fit their types", () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(instanceOf(newOwner(name), 3)).toEqual(instanceOf(newOwner(name), 3));
      }),
    );
    fc.assert(fc.property(fc.string(), (name) => encodeInstance(3, instanceOf(newOwner(name), 3)).length > 100));
    const serials = Array.from({ length: 1_000 }, (_, index) => instanceOf(newOwner(`queue-${index}`), 3).get(2));
    expect(new Set(serials).size).toBe(1_000);
  });
});

describe("Write", () => {
  const written = (content: CoapContent): unknown => {
    const owner = newOwner();
    const { answer, happened } = ask(content, owner);
    return answer.code === "2.04"
      ? happened.map(({ path, value }) => [path, value, owner.written?.get(3 * 65_536 + Number(path.split("/")[2]))])
      : answer.code;
  };

  it("takes text, TLV, and text when the format is missing", () => {
    const tlv = encodeTlv([{ kind: "resource", id: 15, value: text("Asia/Tokyo") }]);
    const expected = [["3/0/15", "Asia/Tokyo", "Asia/Tokyo"]];
    expect(written(put([3, 0, 15], TEXT, text("Asia/Tokyo")))).toEqual(expected);
    expect(written(put([3, 0, 15], TLV, tlv))).toEqual(expected);
    expect(written(request("0.03", "3/0/15", [], text("Asia/Tokyo")))).toEqual(expected);
  });

  it("refuses what is not of the type with 4.00 and says why, and keeps the old value", () => {
    const owner = newOwner();
    const before = ask(readContent([3, 0, 13]), owner).answer.payload;
    const { answer, happened } = ask(put([3, 0, 13], TEXT, text("noon")), owner);
    expect([answer.code, answer.payload.length > 0, answer.options, happened]).toEqual(["4.00", true, [], []]);
    expect(ask(readContent([3, 0, 13]), owner).answer.payload).toEqual(before);
  });

  it("refuses a format that it does not have with 4.15, and a resource that is not writable with 4.05", () => {
    expect([42, 110, 11543].map((format) => codeOf(put([3, 0, 15], format, text("x"))))).toEqual([
      "4.15",
      "4.15",
      "4.15",
    ]);
    expect([0, 7, 4].map((resource) => codeOf(put([3, 0, resource], TEXT, text("1"))))).toEqual([
      "4.05",
      "4.05",
      "4.05",
    ]);
    expect([TEXT, 112].map((format) => codeOf(put([3, 0], format, text("x"))))).toEqual(["4.15", "4.15"]);
  });

  it("of part of an instance changes what it names; a replacement puts the rest back to what it was at first", () => {
    const values = (entries: InstanceValues): Uint8Array => encodeInstance(3, entries);
    const owner = newOwner();
    const initial = instanceOf(owner, 3);
    expect(
      codeOf(
        writeContent(
          [3, 0],
          TLV,
          values(
            new Map<number, string | number>([
              [14, "+09:00"],
              [13, 5],
            ]),
          ),
        ),
        owner,
      ),
    ).toBe("2.04");
    expect([13, 14, 15].map((id) => instanceOf(owner, 3).get(id))).toEqual([5, "+09:00", initial.get(15)]);
    const { happened } = ask(put([3, 0], TLV, values(new Map([[15, "Asia/Tokyo"]]))), owner);
    expect(happened.map(({ path }) => path)).toEqual(["3/0/15"]);
    expect([13, 14, 15].map((id) => instanceOf(owner, 3).get(id))).toEqual([
      initial.get(13),
      initial.get(14),
      "Asia/Tokyo",
    ]);
  });

  it("of an instance with one resource that is not writable is refused as a whole with 4.05", () => {
    const owner = newOwner();
    const before = instanceOf(owner, 3);
    expect(
      codeOf(
        writeContent(
          [3, 0],
          TLV,
          encodeInstance(
            3,
            new Map<number, string>([
              [15, "Asia/Tokyo"],
              [0, "me"],
            ]),
          ),
        ),
        owner,
      ),
    ).toBe("4.05");
    expect(instanceOf(owner, 3)).toEqual(before);
  });

  it("replacing /1/0 without its mandatory resources is 4.00; a new lifetime asks for an Update", () => {
    expect(codeOf(put([1, 0], TLV, encodeInstance(1, new Map([[1, 60]]))))).toBe("4.00");
    const outcome = ask(writeContent([1, 0], TLV, encodeInstance(1, new Map([[1, 60]]))));
    expect([outcome.answer.code, outcome.afterwards]).toEqual(["2.04", "update"]);
    expect(ask(put([1, 0, 2], TEXT, text("5"))).afterwards).toBeUndefined();
  });

  it("of an instance without Content-Format, or of broken TLV, is 4.00", () => {
    expect(codeOf(request("0.03", "3/0", [], text("x")))).toBe("4.00");
    expect(codeOf(writeContent([3, 0], TLV, Uint8Array.of(0xc8, 0x0f, 9)))).toBe("4.00");
  });
});

describe("Execute", () => {
  it("of reboot asks for a reboot, with and without arguments", () => {
    expect(ask(executeContent([3, 0, 4]))).toMatchObject({
      afterwards: "reboot",
      happened: [{ effect: "executed", path: "3/0/4" }],
    });
    expect(ask(executeContent([3, 0, 4], "0='a'"))).toMatchObject({
      afterwards: "reboot",
      happened: [{ value: "0='a'" }],
    });
  });

  it("of factory reset puts object 3 back and leaves object 1 and the registration alone", () => {
    const owner = newOwner();
    const initial = instanceOf(owner, 3);
    ask(put([3, 0, 15], TEXT, text("Asia/Tokyo")), owner);
    ask(put([1, 0, 1], TEXT, text("60")), owner);
    expect(ask(executeContent([3, 0, 5]), owner)).toMatchObject({ answer: { code: "2.04" } });
    expect([instanceOf(owner, 3), instanceOf(owner, 1).get(1)]).toEqual([initial, 60]);
  });

  it("of reset error code leaves one error code, 0", () => {
    const owner = newOwner();
    ask(executeContent([3, 0, 12]), owner);
    expect(instanceOf(owner, 3).get(11)).toEqual(new Map([[0, 0]]));
  });

  it("of what is not executable is 4.05", () => {
    expect(
      [executeContent([3, 0, 9]), executeContent([3, 0, 15]), request("0.02", "3/0")].map((content) => codeOf(content)),
    ).toEqual(["4.05", "4.05", "4.05"]);
  });
});

describe("what a device refuses, and how", () => {
  it.each([
    [
      "object 0, whatever the operation",
      "4.01",
      [
        readContent([0]),
        readContent([0, 0, 1]),
        put([0, 0, 1], TEXT, text("1")),
        request("0.04", "0/0"),
        request("0.05", "0"),
      ],
    ],
    [
      "an object, instance or resource that it does not have",
      "4.04",
      [
        readContent([5]),
        readContent([3, 1]),
        readContent([3, 0, 22]),
        readContent([1, 0, 5]),
        put([3, 1, 15], TEXT, text("x")),
        executeContent([1, 0, 4]),
        request("0.01", "x"),
      ],
    ],
    ["a path below another root", "4.04", [readContent([3, 0, 9], undefined, "/lwm2m")]],
    [
      "create, delete, attributes, and methods without meaning",
      "4.05",
      [
        request("0.02", "3"),
        request("0.04", "3/0"),
        request("0.03", "3/0/9", [stringOption(15, "pmin=1")]),
        request("0.05", "3/0"),
      ],
    ],
    [
      "a critical option that it does not know or cannot honour",
      "4.02",
      [
        request("0.01", "3/0/9", [{ number: 9, value: NO_PAYLOAD }]),
        request("0.01", "3/0/9", [uintOption(23, 0)]),
        request("0.03", "3/0/15", [uintOption(27, 8)], text("x")),
        request("0.01", "3/0/9", [accept(TEXT), accept(TLV)]),
      ],
    ],
  ] as const)("%s: %s", (_, code, contents) => {
    expect(contents.map((content) => codeOf(content))).toEqual(contents.map(() => code));
  });

  it("ignores elective options that it does not know", () => {
    expect(codeOf(request("0.01", "3/0/9", [{ number: 2_000, value: text("?") }, uintOption(6, 0)]))).toBe("2.05");
  });

  it("lists its resources for Discover", () => {
    const links = (path: string) => new TextDecoder().decode(ask(request("0.01", path, [accept(40)])).answer.payload);
    expect(links("3/0/9")).toBe("</3/0/9>");
    expect(links("1/0")).toBe("</1/0>,</1/0/0>,</1/0/1>,</1/0/2>,</1/0/3>,</1/0/6>,</1/0/7>,</1/0/8>");
    expect(links("3")).toMatch(/^<\/3>,<\/3\/0>,<\/3\/0\/0>,/);
  });

  it("is total: any method, path, option and payload has an answer with a response code and changes nothing unless 2.04", () => {
    const option = fc.record({
      number: fc.constantFrom(1, 5, 6, 9, 12, 15, 17, 23, 27, 60, 300),
      value: fc.uint8Array({ maxLength: 4 }),
    });
    const path = fc.array(fc.constantFrom("0", "1", "3", "4", "7", "9", "13", "15", "21", "x", "", "65535"), {
      minLength: 1,
      maxLength: 5,
    });
    const code = fc.constantFrom<Code>("0.01", "0.02", "0.03", "0.04", "0.05", "0.31");
    fc.assert(
      fc.property(
        code,
        path,
        fc.array(option, { maxLength: 3 }),
        fc.uint8Array({ maxLength: 20 }),
        (method, segments, options, payload) => {
          const owner = newOwner();
          const { answer, happened } = ask(request(method, segments.join("/"), options, payload), owner);
          expect(answer.code).toMatch(/^[245]\.\d\d$/);
          if (answer.code !== "2.04") expect(owner.written).toBeUndefined();
          if (!answer.code.startsWith("2.")) expect(happened).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
