import { describe, expect, it } from "vitest";
import { resolveProperty } from "../../protocol/task-api/properties.ts";
import { PROPERTY_PATHS, propertyAt, propertyPath } from "./property-paths.ts";

describe("propertyPath", () => {
  it.each([
    ["deviceProperties.device", "/3/0"],
    ["deviceProperties.device.timezone", "/3/0/15"],
    ["deviceProperties.firmwareUpdate.packageURI", "/5/0/1"],
    ["deviceProperties.firmwareUpdate.package", undefined],
    ["serverProperties.site", undefined],
    ["toString", undefined],
  ])("is, of %s, %s", (property, path) => {
    expect(propertyPath(property)).toBe(path);
    if (path !== undefined) expect(propertyAt(path)).toBe(property);
  });

  it("knows each name as tasks do, and no path twice", () => {
    const entries = Object.entries(PROPERTY_PATHS);
    for (const [property, path] of entries) {
      const found = resolveProperty(property);
      expect(found.ok && "path" in found.value && `/${found.value.path.join("/")}`).toBe(path);
    }
    expect(new Set(Object.values(PROPERTY_PATHS)).size).toBe(entries.length);
    expect(propertyAt("/9/0")).toBeUndefined();
  });
});
