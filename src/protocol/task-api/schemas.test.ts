import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { z } from "zod";
import {
  AcceptanceRequest,
  DeviceRequest,
  deviceTypeRequest,
  deviceTypesInfoUpdate,
  firstIssue,
  ServerProperties,
  TaskRequest,
  TaskUpdateRequest,
  taskRequest,
} from "./schemas.ts";

const READ = { dtid: "type-1", dids: ["dev-1"], taskType: "R", property: "deviceProperties.device" };
const WRITE = {
  dtid: "type-1",
  taskType: "W",
  property: "deviceProperties.device.timezone",
  taskParameters: { value: "Europe/Paris" },
};
const UPDATE = { dtid: "type-1", taskParameters: { update: { updateId: "image-1" } } };

function issue(schema: z.ZodType, body: unknown): { field: string; message: string } | undefined {
  const parsed = schema.safeParse(body);
  return parsed.success ? undefined : firstIssue(parsed.error);
}

describe("TaskRequest", () => {
  it.each([
    ["a read", READ],
    ["a write", WRITE],
    ["a write of the empty text", { ...WRITE, taskParameters: { value: "" } }],
    ["an execute", { ...READ, taskType: "E", property: "deviceProperties.device.reboot" }],
    ["a task for all devices of the type", { ...READ, dids: undefined }],
    ["a task for a filter", { ...READ, dids: undefined, filter: "serverProperties.x=1" }],
    ["a task for later", { ...READ, taskParameters: { scheduledOn: 1_767_225_600_000, expiresAfter: 60 } }],
    ["a firmware update", UPDATE],
    ["a firmware update that the user must accept", { ...UPDATE, needsAcceptance: true }],
  ])("accepts %s as it is", (_name, body) => {
    expect(TaskRequest.parse(body)).toEqual(body);
  });

  it("drops fields that it does not know", () => {
    expect(TaskRequest.parse({ ...READ, colour: "red" })).toEqual(READ);
  });

  it.each([
    ["no body", undefined, "body"],
    ["a list", [], "body"],
    ["no dtid", { ...READ, dtid: undefined }, "dtid"],
    ["a number as dtid", { ...READ, dtid: 7 }, "dtid"],
    ["no dids in the list", { ...READ, dids: [] }, "dids"],
    ["a did with a comma", { ...READ, dids: ["a,b"] }, "dids.0"],
    ["an empty did", { ...READ, dids: ["a", ""] }, "dids.1"],
    ["both dids and filter", { ...READ, filter: "a=b" }, "filter"],
    ["an empty filter", { ...READ, dids: undefined, filter: "" }, "filter"],
    ["an unknown task type", { ...READ, taskType: "X" }, "taskType"],
    ["no task type", { ...READ, taskType: undefined }, "taskType"],
    ["no property", { ...READ, property: undefined }, "property"],
    ["a write without parameters", { ...WRITE, taskParameters: undefined }, "taskParameters.value"],
    ["a write without value", { ...WRITE, taskParameters: {} }, "taskParameters.value"],
    ["a number as value", { ...WRITE, taskParameters: { value: 1 } }, "taskParameters.value"],
    ["a fraction as expiresAfter", { ...READ, taskParameters: { expiresAfter: 1.5 } }, "taskParameters.expiresAfter"],
    ["zero as expiresAfter", { ...READ, taskParameters: { expiresAfter: 0 } }, "taskParameters.expiresAfter"],
    ["a text as scheduledOn", { ...READ, taskParameters: { scheduledOn: "now" } }, "taskParameters.scheduledOn"],
    ["an update with a property", { ...UPDATE, property: "deviceProperties.device" }, "property"],
    ["an update without its id", { ...UPDATE, taskParameters: { update: {} } }, "taskParameters.update.updateId"],
  ])("refuses %s and names the field", (_name, body, field) => {
    expect(issue(TaskRequest, body)).toMatchObject({ field, message: expect.stringMatching(/./) });
  });

  it("takes the bounds of expiresAfter from its argument, both inclusive (row 8)", () => {
    const schema = taskRequest({ min: 1, max: 2_592_000 });
    const withExpiry = (expiresAfter: number) => ({ ...READ, taskParameters: { expiresAfter } });
    expect(issue(schema, withExpiry(1))).toBeUndefined();
    expect(issue(schema, withExpiry(2_592_000))).toBeUndefined();
    expect(issue(schema, withExpiry(2_592_001))).toEqual({
      field: "taskParameters.expiresAfter",
      message: "Maximum value 2592000",
    });
    expect(issue(schema, withExpiry(0))?.message).toBe("Minimum value 1");
  });

  it("is total: any JSON gives a request or a named field", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const found = issue(TaskRequest, body);
        expect(found === undefined || (found.field.length > 0 && found.message.length > 0)).toBe(true);
      }),
    );
  });
});

describe("TaskUpdateRequest and AcceptanceRequest", () => {
  it("allow cancelling and nothing else (row 29)", () => {
    expect(TaskUpdateRequest.parse({ status: "CANCELLED" })).toEqual({ status: "CANCELLED" });
    for (const body of [{ status: "COMPLETE" }, { status: "cancelled" }, {}]) {
      expect(issue(TaskUpdateRequest, body)?.field).toBe("status");
    }
  });

  it("allow accepting and rejecting", () => {
    expect(AcceptanceRequest.parse({ acceptanceStatus: "REJECTED" })).toEqual({ acceptanceStatus: "REJECTED" });
    expect(issue(AcceptanceRequest, { acceptanceStatus: "WAITING" })?.field).toBe("acceptanceStatus");
  });
});

describe("deviceTypesInfoUpdate", () => {
  it("accepts any part, and nothing at all", () => {
    const whole = { devicePropertiesEnabled: true, pmin: 60, pmax: 86_400, taskExpiresAfter: 604_800 };
    expect(deviceTypesInfoUpdate().parse(whole)).toEqual(whole);
    expect(deviceTypesInfoUpdate().parse({})).toEqual({});
  });

  it.each([
    [{ pmin: 59 }, "pmin"],
    [{ pmin: 3_601 }, "pmin"],
    [{ pmax: 3_599 }, "pmax"],
    [{ pmax: 86_401 }, "pmax"],
    [{ taskExpiresAfter: 59 }, "taskExpiresAfter"],
    [{ taskExpiresAfter: 604_801 }, "taskExpiresAfter"],
    [{ taskExpiresAfter: "60" }, "taskExpiresAfter"],
    [{ devicePropertiesEnabled: "yes" }, "devicePropertiesEnabled"],
  ])("refuses %j by the cloud's own limits", (body, field) => {
    expect(issue(deviceTypesInfoUpdate(), body)?.field).toBe(field);
  });

  it("takes other bounds as argument, and never pmax below pmin", () => {
    const any = { min: 0, max: 100 };
    const schema = deviceTypesInfoUpdate({ pmin: any, pmax: any, taskExpiresAfter: { min: 1, max: 5 } });
    expect(issue(schema, { taskExpiresAfter: 1, pmin: 3, pmax: 3 })).toBeUndefined();
    expect(issue(schema, { pmin: 4, pmax: 3 })).toEqual({ field: "pmax", message: "pmax must not be below pmin" });
    expect(issue(schema, { taskExpiresAfter: 6 })?.field).toBe("taskExpiresAfter");
  });
});

describe("provisioning bodies (row 27)", () => {
  it("need of a device type the name alone", () => {
    expect(deviceTypeRequest().parse({ name: "Pump" })).toEqual({ name: "Pump" });
    const whole = { dtid: "pump", name: "Pump", owner: "u", taskExpiresAfter: 60, devicePropertiesEnabled: true };
    expect(deviceTypeRequest().parse(whole)).toEqual(whole);
    expect(issue(deviceTypeRequest(), {})?.field).toBe("name");
    expect(issue(deviceTypeRequest(), { name: "Pump", taskExpiresAfter: 1 })?.field).toBe("taskExpiresAfter");
  });

  it("need of a device the type alone", () => {
    expect(DeviceRequest.parse({ dtid: "pump" })).toEqual({ dtid: "pump" });
    const whole = { did: "d", dtid: "pump", name: "Pump 1", token: "t", serverProperties: { enabled: true, n: 73 } };
    expect(DeviceRequest.parse(whole)).toEqual(whole);
    expect(issue(DeviceRequest, { did: "d" })?.field).toBe("dtid");
    expect(issue(DeviceRequest, { dtid: "pump", did: "a/b" })).toEqual({ field: "did", message: "Invalid id" });
  });
});

describe("ServerProperties", () => {
  it("are a JSON object of any names, and not a list or a text", () => {
    const body = { name: "x", enabled: false, random: 73, deep: { list: [1, null] } };
    expect(ServerProperties.parse(body)).toEqual(body);
    expect(ServerProperties.parse({})).toEqual({});
    for (const wrong of [[], "x", null, undefined]) expect(issue(ServerProperties, wrong)?.field).toBe("body");
  });
});
