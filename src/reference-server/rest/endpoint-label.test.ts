import { describe, expect, it } from "vitest";
import { endpointLabel } from "./endpoint-label.ts";

describe("endpointLabel", () => {
  it.each([
    ["POST", "devicemgmt/tasks", "create-task"],
    ["GET", "devicemgmt/tasks/", "list-tasks"],
    ["HEAD", "devicemgmt/tasks/any%2Fid", "get-task"],
    ["PUT", "devicemgmt/tasks/t/devices/d", "cancel-device-task"],
    ["DELETE", "devicemgmt/tasks", "none"],
    ["GET", "devicemgmt/tasks/t/elsewhere", "none"],
    ["GET", "", "none"],
  ])("takes %s /%s as %s", (method, path, label) => {
    expect(endpointLabel(method, path)).toBe(label);
  });
});
