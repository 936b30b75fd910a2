import { describe, expect, it } from "vitest";
import type { CoapContent } from "../../../protocol/coap/types.ts";
import { encodeInstance, TEXT, TLV } from "../../../protocol/lwm2m/content.ts";
import { readContent, writeContent } from "../../../protocol/lwm2m/operations.ts";
import { encodeUtf8 } from "../../../protocol/lwm2m/scalar.ts";
import { operationOfRequest, operationOfTask } from "./operation-key.ts";

const keyOf = (content: CoapContent): string | undefined =>
  operationOfRequest({ type: "CON", messageId: 1, token: "", ...content });

const TIMEZONE = 15;
const UTC_OFFSET = 14;
const timezone = encodeInstance(3, new Map([[TIMEZONE, "UTC"]]));
const both = encodeInstance(
  3,
  new Map([
    [TIMEZONE, "UTC"],
    [UTC_OFFSET, "+00:00"],
  ]),
);

describe("operationOfRequest", () => {
  const task = operationOfTask("W", "deviceProperties.device.timezone", "UTC");

  it("knows a Write of a resource as text, as TLV, and as a partial update of its instance (Core §5.4.3)", () => {
    expect(keyOf(writeContent([3, 0, TIMEZONE], TEXT, encodeUtf8("UTC")))).toBe(task);
    expect(keyOf(writeContent([3, 0, TIMEZONE], TLV, timezone))).toBe(task);
    expect(keyOf(writeContent([3, 0], TLV, timezone))).toBe(task);
  });

  it("does not take the replacement of an instance, or the update of more, for the Write of a resource", () => {
    expect(keyOf({ ...writeContent([3, 0], TLV, timezone), code: "0.03" })).not.toBe(task);
    expect(keyOf(writeContent([3, 0], TLV, both))).not.toBe(task);
  });

  it("knows the Write of a whole object by its resources, in whatever order, one or more", () => {
    const text = JSON.stringify({ utcOffset: "+00:00", timezone: "UTC" });
    expect(keyOf(writeContent([3, 0], TLV, both))).toBe(operationOfTask("W", "deviceProperties.device", text));
    const one = operationOfTask("W", "deviceProperties.device", JSON.stringify({ timezone: "UTC" }));
    expect(keyOf(writeContent([3, 0], TLV, timezone))).toBe(one);
  });

  it("knows the Read of an object and of its instance as one", () => {
    expect(keyOf(readContent([3]))).toBe(operationOfTask("R", "deviceProperties.device", undefined));
    expect(keyOf(readContent([3, 0]))).toBe("read 3/0");
  });
});
