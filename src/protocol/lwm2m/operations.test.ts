import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ACCEPT,
  CONTENT_FORMAT,
  OBSERVE,
  stringOption,
  stringOptions,
  URI_PATH,
  URI_QUERY,
  uintOption,
} from "../coap/options.ts";
import type { CoapContent, CoapMessage, CoapOption, Code } from "../coap/types.ts";
import { TEXT, TLV } from "./content.ts";
import { executeContent, parseOperation, readContent, writeContent } from "./operations.ts";
import type { LwM2mPath } from "./value.ts";

const PAYLOAD = Uint8Array.of(0x31);
const message = (content: CoapContent): CoapMessage => ({ type: "CON", messageId: 1, token: "", ...content });
const request = (
  code: Code,
  path: string,
  more: readonly CoapOption[] = [],
  payload = new Uint8Array(0),
): CoapMessage =>
  message({
    code,
    options: [
      ...path
        .split("/")
        .slice(1)
        .map((segment) => stringOption(URI_PATH, segment)),
      ...more,
    ],
    payload,
  });
const format = uintOption(CONTENT_FORMAT, TLV);

describe("readContent, writeContent, executeContent", () => {
  it("write Read as GET with Accept (Transport, Table 3)", () => {
    const content = readContent([3, 0], TLV);
    expect(content.code).toBe("0.01");
    expect(content.options).toEqual([
      stringOption(URI_PATH, "3"),
      stringOption(URI_PATH, "0"),
      uintOption(ACCEPT, 11542),
    ]);
    expect(content.payload.length).toBe(0);
  });

  it("write Write as PUT on a resource and as POST on an instance", () => {
    expect(writeContent([3, 0, 15], TEXT, PAYLOAD)).toMatchObject({ code: "0.03", payload: PAYLOAD });
    expect(writeContent([3, 0], TLV, PAYLOAD)).toMatchObject({ code: "0.02", payload: PAYLOAD });
  });

  it("write Execute as POST, without payload where there are no arguments", () => {
    expect(executeContent([3, 0, 4])).toMatchObject({ code: "0.02", payload: new Uint8Array(0) });
    expect(executeContent([3, 0, 4]).options.length).toBe(3);
    expect(executeContent([3, 0, 4], "0='a'").payload).toEqual(new TextEncoder().encode("0='a'"));
  });

  it("put the alternate path before the numbers", () => {
    expect(stringOptions(readContent([3, 0, 9], undefined, "/a/b"), URI_PATH)).toEqual(["a", "b", "3", "0", "9"]);
  });
});

describe("parseOperation", () => {
  it.each([
    ["0.01", "/3", [], 0, "read", [3]],
    ["0.01", "/3/0", [], 0, "read", [3, 0]],
    ["0.01", "/3/0/9", [], 0, "read", [3, 0, 9]],
    ["0.01", "/3/0", [uintOption(ACCEPT, 40)], 0, "discover", [3, 0]],
    ["0.01", "/3/0/9", [uintOption(OBSERVE, 0)], 0, "observe", [3, 0, 9]],
    ["0.01", "/3/0/9", [uintOption(OBSERVE, 1)], 0, "cancel-observe", [3, 0, 9]],
    ["0.03", "/3/0/15", [format], 1, "write", [3, 0, 15]],
    ["0.03", "/3/0/15", [], 1, "write", [3, 0, 15]],
    ["0.03", "/3/0", [format], 1, "write", [3, 0]],
    ["0.02", "/3/0", [format], 1, "write", [3, 0]],
    ["0.03", "/3/0/9", [stringOption(URI_QUERY, "pmin=10")], 0, "write-attributes", [3, 0, 9]],
    ["0.03", "/3", [stringOption(URI_QUERY, "pmin=10")], 0, "write-attributes", [3]],
    ["0.02", "/3/0/4", [], 0, "execute", [3, 0, 4]],
    ["0.02", "/3/0/4", [], 1, "execute", [3, 0, 4]],
    ["0.02", "/44", [format], 1, "create", [44]],
    ["0.04", "/44/1", [], 0, "delete", [44, 1]],
  ] as const)("calls %s %s with %j and %i bytes: %s", (code, path, options, size, operation, expected) => {
    const parsed = parseOperation(request(code, path, options, new Uint8Array(size)));
    expect(parsed).toMatchObject({ ok: true, value: { operation, path: expected, rootPath: "/" } });
  });

  it("tells the partial update of an instance from its replacement", () => {
    expect(parseOperation(request("0.02", "/3/0", [format], PAYLOAD))).toMatchObject({ value: { partial: true } });
    expect(parseOperation(request("0.03", "/3/0", [format], PAYLOAD))).toMatchObject({ value: { partial: false } });
    expect(parseOperation(request("0.02", "/3/0/4"))).toMatchObject({ value: { partial: false } });
  });

  it("gives Content-Format and Accept, and undefined where there is none", () => {
    const both = [uintOption(CONTENT_FORMAT, TEXT), uintOption(ACCEPT, TLV)];
    expect(parseOperation(request("0.03", "/3/0/15", both))).toMatchObject({ value: { format: 0, accept: 11542 } });
    expect(parseOperation(request("0.01", "/3/0/15"))).toMatchObject({
      value: { format: undefined, accept: undefined },
    });
  });

  it("finds the alternate path before the first number (Core §6.2.3)", () => {
    expect(parseOperation(request("0.01", "/lwm2m/3/0"))).toMatchObject({
      value: { rootPath: "/lwm2m", path: [3, 0] },
    });
    expect(parseOperation(request("0.01", "/a/b/3"))).toMatchObject({ value: { rootPath: "/a/b", path: [3] } });
  });

  it.each(["/", "/rd", "/lwm2m", "/3/x", "/3/0/x", "/3/0/6/0", "/65535", "/3/65535", "/99999", "/3//0", "/3/00"])(
    "answers 4.04 to the path %s",
    (path) => {
      expect(parseOperation(request("0.01", path))).toEqual({ ok: false, error: "4.04" });
    },
  );

  it.each([
    ["0.03", "/3", 1],
    ["0.02", "/3/0", 0],
    ["0.04", "/3", 0],
    ["0.04", "/3/0/9", 0],
    ["0.05", "/3/0", 1],
    ["0.07", "/3/0", 1],
    ["0.09", "/3/0", 0],
  ] as const)("answers 4.05 to %s %s with %i bytes", (code, path, size) => {
    expect(parseOperation(request(code, path, [], new Uint8Array(size)))).toEqual({ ok: false, error: "4.05" });
  });

  it("reads back what readContent, writeContent and executeContent write", () => {
    const id = fc.nat(65_534);
    const instance = fc.tuple(id, id);
    const resource = fc.tuple(id, id, id);
    const root = fc.constantFrom("/", "/lwm2m", "/a/b");
    const read = (content: CoapContent) => parseOperation(message(content));
    fc.assert(
      fc.property(fc.oneof(instance, resource), root, (path: LwM2mPath, rootPath) => {
        const partial = path.length === 2;
        expect(read(readContent(path, TLV, rootPath))).toMatchObject({
          value: { operation: "read", path, rootPath, accept: TLV },
        });
        expect(read(writeContent(path, TLV, PAYLOAD, rootPath))).toMatchObject({
          value: { operation: "write", path, rootPath, partial, format: TLV },
        });
      }),
    );
    fc.assert(
      fc.property(resource, root, (path, rootPath) => {
        expect(read(executeContent(path, "", rootPath))).toMatchObject({
          value: { operation: "execute", path, rootPath },
        });
      }),
    );
  });
});
