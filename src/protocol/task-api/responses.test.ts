import { describe, expect, it } from "vitest";
import type { z } from "zod";
import {
  DeviceTask,
  DeviceTypeEnvelope,
  ErrorEnvelope,
  PendingTasksEnvelope,
  PropertiesEnvelope,
  PropertiesQueryEnvelope,
  Task,
  TaskByDeviceListEnvelope,
  TaskEnvelope,
  TaskHistoryEnvelope,
  TaskListEnvelope,
  TaskStatusCounts,
  TaskStatusesEnvelope,
} from "./responses.ts";

/** Where the first thing wrong is. */
const fieldOf = (schema: z.ZodType, body: unknown): string | undefined =>
  schema.safeParse(body).error?.issues[0]?.path.join(".");

const CREATED = {
  data: {
    id: "0123456789abcdef0123456789abcdef",
    dtid: "type-1",
    dids: ["dev-1"],
    filter: null,
    taskType: "W",
    property: "deviceProperties.device.timezone",
    taskParameters: { value: "America/Los_Angeles", expiresAfter: 604_800 },
    status: "REQUESTED",
    createdOn: 1_482_279_165_339,
    modifiedOn: 1_482_279_165_339,
    statusCounts: { totalDevices: 0, numCompleted: 0, numSucceeded: 0, numFailed: 0, numCancelled: 0 },
  },
};

describe("answers", () => {
  it("read a recorded task, null as absent", () => {
    const { filter: _absent, ...data } = CREATED.data;
    expect(TaskEnvelope.parse(CREATED)).toEqual({ data });
  });

  it("need of a task its id and status alone, keep unknown keys, and do not judge the status", () => {
    expect(Task.parse({ id: "t", status: "DREAMING", colour: "red" })).toEqual({
      id: "t",
      status: "DREAMING",
      colour: "red",
    });
    expect(fieldOf(Task, { id: "t" })).toBe("status");
    expect(fieldOf(TaskEnvelope, { data: { status: "COMPLETE" } })).toBe("data.id");
  });

  it.each([
    [4004, "4004"],
    ["4004", "4004"],
    [null, undefined],
    [undefined, undefined],
  ])("read the error code %j as %j (row 20)", (errorCode, expected) => {
    expect(DeviceTask.parse({ did: "d", status: "FAILED", errorCode }).errorCode).toBe(expected);
  });

  it("keep a count that they do not know, and nothing else beside the counts", () => {
    const counts = TaskStatusCounts.parse({ totalDevices: 3, numWaiting: 1, note: "soon" });
    expect(counts).toEqual({ totalDevices: 3, numWaiting: 1, note: undefined });
    expect(TaskStatusCounts.safeParse({ totalDevices: "3" }).success).toBe(false);
  });

  it("read a page of device tasks", () => {
    const statuses = [{ did: "d", status: "QUEUED", ts: 1, numAttempts: 0, acceptanceStatus: "WAITING" }];
    const body = { total: 1, offset: 0, count: 1, data: { id: "t", status: "PROCESSING", statuses } };
    expect(TaskStatusesEnvelope.parse(body)).toEqual(body);
    expect(TaskStatusesEnvelope.parse({ data: { id: "t", status: "QUEUING" } }).data.statuses).toBeUndefined();
  });

  it("read the history of a task, whose entries have no did", () => {
    const body = {
      data: {
        history: [
          { status: "REQUESTED", ts: 1 },
          { did: "d", status: "QUEUED" },
        ],
      },
    };
    expect(TaskHistoryEnvelope.parse(body)).toEqual(body);
  });

  it("read lists of tasks, by type and by device", () => {
    const list = { total: 0, offset: 0, count: 0, statusCounts: { COMPLETE: 0 }, data: { tasks: [] } };
    expect(TaskListEnvelope.parse(list)).toEqual(list);
    const byDevice = { data: { tasks: [{ id: "t", status: "COMPLETE", statuses: [{ did: "d", status: "FAILED" }] }] } };
    expect(TaskByDeviceListEnvelope.parse(byDevice)).toEqual(byDevice);
  });

  it("read properties with null as a value, and the page above or inside data", () => {
    const properties = { serverProperties: {}, systemProperties: { connection: null }, deviceProperties: {} };
    expect(PropertiesEnvelope.parse({ data: properties })).toEqual({ data: properties });
    const above = { total: 1, data: {} };
    const inside = { data: { total: 1, properties: [properties] } };
    expect(PropertiesQueryEnvelope.parse(above)).toEqual(above);
    expect(PropertiesQueryEnvelope.parse(inside)).toEqual(inside);
  });

  it("read what else a server answers", () => {
    expect(PendingTasksEnvelope.parse({ data: ["t"] })).toEqual({ data: ["t"] });
    expect(DeviceTypeEnvelope.parse({ data: { dtid: "x", pmin: 300 } })).toEqual({ data: { dtid: "x", pmin: 300 } });
    expect(ErrorEnvelope.parse({ error: { code: 4001, message: "Invalid dtid" } })).toEqual({
      error: { code: "4001", message: "Invalid dtid" },
    });
  });

  it("refuse what is no answer of this API", () => {
    for (const body of [undefined, null, "", "OK", [], {}]) {
      expect(TaskEnvelope.safeParse(body).success).toBe(false);
      expect(ErrorEnvelope.safeParse(body).success).toBe(false);
    }
  });
});
