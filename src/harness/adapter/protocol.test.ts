import { describe, expect, it } from "vitest";
import { HarnessError } from "../../platform/errors.ts";
import { readHello, readReply } from "./protocol.ts";

const HELLO = {
  protocol: 1,
  coap: "coap://127.0.0.1:5683",
  capabilities: { cancel: true },
  verbs: ["provision", "createTask", "deviceStatuses", "cancelTask", "close"],
};

const hello = (changes: object = {}) => readHello("a.py", { kind: "result", value: { ...HELLO, ...changes } });

describe("readHello", () => {
  it("reads what the adapter can do, and whether it wants to be told the end", () => {
    const { closes, coap, capabilities, verbs } = hello();
    expect([closes, coap, capabilities.cancel, capabilities.mirror]).toEqual([true, HELLO.coap, true, false]);
    expect([...verbs]).toEqual(HELLO.verbs.slice(0, 4));
    expect(hello({ verbs: HELLO.verbs.slice(0, 4) }).closes).toBe(false);
  });

  it.each<[string, object, string]>([
    ["another version", { protocol: 2 }, "it speaks version 2 of the protocol, this program version 1"],
    ["no address", { coap: undefined }, "coap: nothing is not an address such as coap://127.0.0.1:5683"],
    ["no capabilities", { capabilities: undefined }, "capabilities: "],
    ["a verb that there is not", { verbs: ["creatTask"] }, 'verbs[0]: "creatTask" is none of provision, createTask'],
    ["no createTask", { verbs: ["provision", "deviceStatuses"] }, "createTask is missing"],
    [
      "a capability that it cannot do",
      { capabilities: { mirror: true } },
      "capabilities.mirror is declared and needs the verb properties",
    ],
    ["a field that there is not", { version: 1 }, 'there is no "version"'],
  ])("throws a harness error that names adapter and field for %s", (_, changes, wanted) => {
    expect(() => hello(changes)).toThrow(HarnessError);
    expect(() => hello(changes)).toThrow(`a.py: hello: ${wanted}`);
  });

  it("says why the adapter says nothing", () => {
    expect(() => readHello("a.py", { kind: "failed", reason: "it ended" })).toThrow("a.py: hello: it ended");
  });
});

describe("readReply", () => {
  it.each([
    [
      { id: 1, result: null },
      { kind: "result", value: null },
    ],
    [
      { id: 1, refused: { status: 404, message: "no" } },
      { kind: "refused", status: 404, message: "no" },
    ],
    [
      { id: 1, refused: {} },
      { kind: "refused", status: 400, message: "" },
    ],
    [
      { id: 1, error: "KeyError" },
      { kind: "failed", reason: "KeyError" },
    ],
    [
      { id: 1, error: { a: 1 } },
      { kind: "failed", reason: '{"a":1}' },
    ],
  ])("reads %j", (value, outcome) => {
    expect(readReply(value)).toEqual({ ok: true, value: { id: 1, outcome } });
  });

  it.each([
    "text",
    null,
    { result: 1 },
    { id: "1", result: 1 },
    { id: 1 },
    { id: 1, result: 1, error: "x" },
    { id: 1, refused: { status: 200, message: "" } },
  ])("takes %j for no answer", (value) => {
    expect(readReply(value)).toMatchObject({ ok: false, error: expect.stringContaining("is no answer") });
  });
});
