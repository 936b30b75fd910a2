import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CONTENT_FORMAT,
  LOCATION_PATH,
  stringOption,
  stringOptions,
  URI_PATH,
  URI_QUERY,
  uintOption,
  uintValue,
} from "../coap/options.ts";
import type { CoapContent, CoapMessage, CoapOption } from "../coap/types.ts";
import type { Link } from "./link-format.ts";
import { isRegister, parseRegister, parseUpdate, registrationLocation } from "./registration.ts";
import { deregisterContent, type RegisterFields, registerContent, updateContent } from "./registration-requests.ts";

const OBJECTS = "</1/0>,</3/0>";
const link = (path: string, attributes: readonly (readonly [string, string | true])[] = []): Link => ({
  path,
  attributes: new Map(attributes),
});
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = (content: Partial<CoapMessage>): CoapMessage => ({
  type: "CON",
  code: "0.02",
  messageId: 1,
  token: "",
  options: [],
  payload: new Uint8Array(0),
  ...content,
});
const received = (content: CoapContent): CoapMessage => message(content);

/** POST /rd as a device sends it. */
function register(query: readonly string[], payload: string | Uint8Array = OBJECTS, more: Partial<CoapMessage> = {}) {
  return message({
    options: [stringOption(URI_PATH, "rd"), ...query.map((parameter) => stringOption(URI_QUERY, parameter))],
    payload: typeof payload === "string" ? utf8(payload) : payload,
    ...more,
  });
}

const accepted = (query: readonly string[], payload?: string) => {
  const parsed = parseRegister(register(query, payload));
  if (!parsed.ok) throw new Error(`refused: ${parsed.error.diagnostic}`);
  return parsed.value;
};
const refused = (query: readonly string[], payload?: string | Uint8Array) => {
  const parsed = parseRegister(register(query, payload));
  return parsed.ok ? undefined : parsed.error;
};

describe("parseRegister", () => {
  it("reads all that a device says about itself", () => {
    const root = '</>;rt="oma.lwm2m";ct="110 112"';
    expect(accepted(["ep=dev-1", "lt=300", "lwm2m=1.1", "b=U", "Q"], `${root},</1/0>,</3/0>,</44>;ver=2.2`)).toEqual({
      endpoint: "dev-1",
      lifetime: 300,
      version: "1.1",
      binding: "U",
      queueMode: true,
      rootPath: "/",
      contentFormats: [110, 112],
      objects: [link("/1/0"), link("/3/0"), link("/44", [["ver", "2.2"]])],
    });
  });

  it("takes version 1.0, binding U and no queue mode where only ep is given", () => {
    expect(accepted(["ep=dev-1"])).toMatchObject({
      lifetime: undefined,
      version: "1.0",
      binding: "U",
      queueMode: false,
      rootPath: "/",
      contentFormats: [],
    });
  });

  it.each(["1.0", "1.0.0", "1.0.2", "1.1", "1.1.1", "1.2"])("accepts version %s", (version) => {
    expect(accepted(["ep=d", `lwm2m=${version}`]).version).toBe(version);
  });

  it.each(["2.0", "9.9", "0.9", "1.3"])("answers 4.12 to version %s (Transport, Table 6)", (version) => {
    expect(refused(["ep=d", `lwm2m=${version}`])).toMatchObject({ code: "4.12" });
  });

  it.each([
    ["UQ", "1.1", "U", true],
    ["UQ", "1.0", "U", true],
    ["UQS", "1.0", "US", true],
    ["SQ", "1.0", "S", true],
    ["U", "1.0", "U", false],
    ["T", "1.0", "T", false],
    ["UT", "1.1", "UT", false],
    ["N", "1.1", "N", false],
  ])("reads b=%s with version %s as %s, queue mode %s", (sent, version, binding, queueMode) => {
    expect(accepted(["ep=d", `lwm2m=${version}`, `b=${sent}`])).toMatchObject({ binding, queueMode });
  });

  it.each(["b=X", "b=", "b=Q", "b=QU", "b=UU", "b=u", "b"])("answers 4.00 to the binding %s", (binding) => {
    expect(refused(["ep=d", binding])).toMatchObject({ code: "4.00", diagnostic: expect.stringContaining("b") });
  });

  it.each([
    ["lt=0", 0],
    ["lt=30", 30],
    ["lt=86400", 86_400],
    ["lt=2147483648", 2_147_483_648],
  ])("accepts %s", (lifetime, expected) => {
    expect(accepted(["ep=d", lifetime]).lifetime).toBe(expected);
  });

  it.each(["lt=-1", "lt=", "lt=abc", "lt=1.5", "lt=1e3", "lt=2147483649", "lt"])("answers 4.00 to %s", (lifetime) => {
    expect(refused(["ep=d", lifetime])).toMatchObject({ code: "4.00", diagnostic: expect.stringContaining("lt") });
  });

  it.each([
    ["no ep", []],
    ["an empty ep", ["ep="]],
    ["ep without a value", ["ep"]],
    ["ep twice", ["ep=a", "ep=b"]],
    ["Q with a value", ["ep=d", "Q=1"]],
    ["Q with an empty value", ["ep=d", "Q="]],
    ["a version that is no version", ["ep=d", "lwm2m=one"]],
    ["a version without minor", ["ep=d", "lwm2m=1"]],
  ])("answers 4.00 to %s", (_name, query) => {
    expect(refused(query)).toMatchObject({ code: "4.00" });
  });

  it("answers 4.00 to an ep that is not UTF-8", () => {
    const options: CoapOption[] = [
      stringOption(URI_PATH, "rd"),
      { number: URI_QUERY, value: Uint8Array.of(0x65, 0x70, 0x3d, 0xff) },
    ];
    expect(parseRegister(register([], OBJECTS, { options }))).toMatchObject({ ok: false, error: { code: "4.00" } });
  });

  it.each([
    ["an empty payload", ""],
    ["the root alone", '</>;rt="oma.lwm2m"'],
    ["links that are no objects", "</foo>,</3/0/1/2>"],
    ["a list that is broken", "</3/0"],
    ["a list that is not UTF-8", Uint8Array.of(0xff)],
    ["a number in the alternate path", '</a/7>;rt="oma.lwm2m",</a/7/3/0>'],
    ["an alternate path that is not absolute", '<lwm2m>;rt="oma.lwm2m",<lwm2m/3/0>'],
  ])("answers 4.00 to %s", (_name, payload) => {
    expect(refused(["ep=d"], payload)).toMatchObject({ code: "4.00" });
  });

  it("ignores parameters that it does not know, and keeps an = in a value", () => {
    expect(accepted(["ep=a=b", "mac=00:11", "token=x", "pid"]).endpoint).toBe("a=b");
  });

  it("accepts an object without instances and one of a second server", () => {
    expect(accepted(["ep=d"], "</1/1>,</3/0>,</33605>").objects.map((row) => row.path)).toEqual([
      "/1/1",
      "/3/0",
      "/33605",
    ]);
  });

  it.each([
    ['</lwm2m>;rt="oma.lwm2m",</lwm2m/1/0>,</lwm2m/3/0>,</other>', "/lwm2m"],
    ['</lwm2m/>;rt="oma.lwm2m",</lwm2m/1/0>,</lwm2m/3/0>', "/lwm2m"],
    ['</a/b>;rt="x oma.lwm2m",</a/b/1/0>,</a/b/3/0>,</5/0>', "/a/b"],
  ])("takes the alternate path off: %s (Core §6.2.3)", (payload, rootPath) => {
    expect(accepted(["ep=d"], payload)).toMatchObject({ rootPath, objects: [link("/1/0"), link("/3/0")] });
  });

  it("does not judge message type, token or Content-Format", () => {
    expect(parseRegister(register(["ep=d"], OBJECTS, { type: "NON", token: "" })).ok).toBe(true);
    const options = [stringOption(URI_PATH, "rd"), uintOption(CONTENT_FORMAT, 40), stringOption(URI_QUERY, "ep=d")];
    expect(parseRegister(register([], OBJECTS, { options })).ok).toBe(true);
  });

  it("is total: any parameters and any payload give a registration or 4.00 or 4.12", () => {
    const parameter = fc.oneof(fc.string(), fc.stringMatching(/^(ep|lt|lwm2m|b|Q)(=[UQ0-9.]{0,4})?$/));
    fc.assert(
      fc.property(fc.array(parameter), fc.oneof(fc.uint8Array(), fc.string().map(utf8)), (query, payload) => {
        const parsed = parseRegister(register(query, payload));
        expect(parsed.ok || ["4.00", "4.12"].includes(parsed.error.code)).toBe(true);
      }),
    );
  });
});

describe("parseUpdate", () => {
  const update = (query: readonly string[], payload = "", version?: string) =>
    parseUpdate(register(query, payload), version);

  it("reads no change from an Update without parameters (Core §5.3.2)", () => {
    expect(update([])).toEqual({ ok: true, value: {} });
  });

  it("reads only what the device changed", () => {
    expect(update(["lt=60"])).toEqual({ ok: true, value: { lifetime: 60 } });
    expect(update(["b=UQ"])).toEqual({ ok: true, value: { binding: "U", queueMode: true } });
    expect(update([], "</3/0>")).toEqual({ ok: true, value: { rootPath: "/", objects: [link("/3/0")] } });
  });

  it("ends queue mode by a binding without Q in 1.0 only; since 1.1 it is fixed by Register", () => {
    expect(update(["b=U"], "", "1.0")).toEqual({ ok: true, value: { binding: "U", queueMode: false } });
    expect(update(["b=U"], "", "1.0.2")).toMatchObject({ value: { queueMode: false } });
    expect(update(["b=U"], "", "1.1")).toEqual({ ok: true, value: { binding: "U" } });
    expect(update(["b=U"])).toEqual({ ok: true, value: { binding: "U" } });
  });

  it.each([
    ["a bad lifetime", ["lt=-1"], ""],
    ["a bad binding", ["b=?"], ""],
    ["a broken object list", [], "</3/0"],
    ["a list without an object", [], '</>;rt="oma.lwm2m"'],
  ])("answers 4.00 to %s", (_name, query, payload) => {
    expect(update(query, payload)).toMatchObject({ ok: false, error: { code: "4.00" } });
  });

  it("takes the alternate path off, as Register does", () => {
    expect(update([], '</m>;rt="oma.lwm2m",</m/3/0>')).toEqual({
      ok: true,
      value: { rootPath: "/m", objects: [link("/3/0")] },
    });
  });
});

describe("registerContent", () => {
  const fields: RegisterFields = { endpoint: "dev-1", lifetime: 300, objects: [link("/1/0"), link("/3/0")] };
  const query = (content: CoapContent): readonly string[] => stringOptions(content, URI_QUERY);

  it("is POST /rd with link format, options in ascending order", () => {
    const content = registerContent({ ...fields, version: "1.1", binding: "U", queueMode: true });
    expect(content.code).toBe("0.02");
    expect(content.options.map((option) => option.number)).toEqual([11, 12, 15, 15, 15, 15, 15]);
    expect(stringOptions(content, URI_PATH)).toEqual(["rd"]);
    expect(uintValue(content, CONTENT_FORMAT)).toBe(40);
    expect(query(content)).toEqual(["ep=dev-1", "lt=300", "lwm2m=1.1", "b=U", "Q"]);
    expect(new TextDecoder().decode(content.payload)).toBe("</1/0>,</3/0>");
  });

  it("puts Q into the binding for 1.0 and where no version is sent (Core, Table 8)", () => {
    expect(query(registerContent({ ...fields, version: "1.0", queueMode: true }))).toContain("b=UQ");
    expect(query(registerContent({ ...fields, queueMode: true }))).toEqual(["ep=dev-1", "lt=300", "b=UQ"]);
  });

  it("sends nothing but ep where nothing else is given", () => {
    expect(query(registerContent({ endpoint: "d", objects: [] }))).toEqual(["ep=d"]);
  });

  it("writes the alternate path before every object", () => {
    const content = registerContent({ ...fields, rootPath: "/lwm2m" });
    expect(new TextDecoder().decode(content.payload)).toBe('</lwm2m>;rt="oma.lwm2m",</lwm2m/1/0>,</lwm2m/3/0>');
  });

  it("survives the wire: parseRegister reads what was given", () => {
    const path = fc.tuple(fc.nat(65_534), fc.nat(65_534)).map(([object, instance]) => `/${object}/${instance}`);
    const anyFields = fc.record({
      endpoint: fc.string({ minLength: 1, maxLength: 32 }),
      lifetime: fc.option(fc.nat(), { nil: undefined }),
      version: fc.constantFrom("1.0", "1.1", "1.2"),
      binding: fc.constantFrom("U", "S", "US"),
      queueMode: fc.boolean(),
      rootPath: fc.constantFrom("/", "/lwm2m", "/a/b"),
      objects: fc.uniqueArray(path, { minLength: 1, maxLength: 5 }).map((all) => all.map((text) => link(text))),
    });
    fc.assert(
      fc.property(anyFields, (given) => {
        const parsed = parseRegister(received(registerContent(given)));
        expect(parsed).toEqual({ ok: true, value: { ...given, contentFormats: [] } });
      }),
    );
  });
});

describe("updateContent and deregisterContent", () => {
  it("send the location back option by option, with its empty segments", () => {
    for (const location of [["rd", "0"], ["reg", "1", ""], ["rd/1"], ["/rd/0"]]) {
      expect(stringOptions(updateContent(location), URI_PATH)).toEqual(location);
      expect(stringOptions(deregisterContent(location), URI_PATH)).toEqual(location);
    }
  });

  it("send an Update without fields as a bare POST, and De-register as a bare DELETE", () => {
    expect(updateContent(["rd", "x"])).toMatchObject({ code: "0.02", payload: new Uint8Array(0) });
    expect(updateContent(["rd", "x"]).options.length).toBe(2);
    expect(deregisterContent(["rd", "x"])).toMatchObject({ code: "0.04", payload: new Uint8Array(0) });
  });

  it("are read back by parseUpdate", () => {
    const content = updateContent(["rd", "x"], { lifetime: 60, binding: "UQ", objects: [link("/3/0")] });
    expect(parseUpdate(received(content))).toEqual({
      ok: true,
      value: { lifetime: 60, binding: "U", queueMode: true, rootPath: "/", objects: [link("/3/0")] },
    });
  });
});

describe("isRegister", () => {
  const at = (code: CoapMessage["code"], ...path: string[]): CoapMessage =>
    message({ code, options: path.map((segment) => stringOption(URI_PATH, segment)) });

  it("is true for POST /rd and nothing else", () => {
    expect(isRegister(at("0.02", "rd"))).toBe(true);
    expect(isRegister(at("0.02", "rd", "1"))).toBe(false);
    expect(isRegister(at("0.04", "rd"))).toBe(false);
    expect(isRegister(at("0.02", "bs"))).toBe(false);
    expect(isRegister(at("0.02"))).toBe(false);
  });
});

describe("registrationLocation", () => {
  const created = (...path: string[]): CoapMessage =>
    message({ type: "ACK", code: "2.01", options: path.map((segment) => stringOption(LOCATION_PATH, segment)) });

  it.each([[["rd", "0"]], [["reg", "1", ""]], [["rd/1"]], [["/rd/0"]]])("keeps %j of a 2.01 as it came", (path) => {
    expect(registrationLocation(created(...path))).toEqual(path);
  });

  it("finds the location of an Update and of a De-register", () => {
    expect(registrationLocation(received(updateContent(["rd", "x"])))).toEqual(["rd", "x"]);
    expect(registrationLocation(received(deregisterContent(["rd", "x", ""])))).toEqual(["rd", "x", ""]);
    expect(registrationLocation(received(updateContent(["rd/1"])))).toEqual(["rd/1"]);
  });

  it("finds none in a Register, another path, another method, or a 2.01 without Location-Path", () => {
    expect(registrationLocation(register(["ep=d"]))).toBeUndefined();
    expect(registrationLocation(received(updateContent(["bs", "x"])))).toBeUndefined();
    expect(registrationLocation(message({ ...updateContent(["rd", "x"]), code: "0.01" }))).toBeUndefined();
    expect(registrationLocation(created())).toBeUndefined();
  });
});
