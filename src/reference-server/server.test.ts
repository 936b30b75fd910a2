import { describe, expect, it } from "vitest";
import { createWorld } from "./test-kit.ts";

describe("x", () => {
  it("y", () => {
    const w = createWorld();
    console.log(w.rest("POST", "devicetypes", { dtid: "t", name: "T" }));
    console.log(w.rest("POST", "devices", { did: "d", dtid: "t" }));
    const d = w.device("d");
    console.log(d.register(), d.location);
    const r = w.rest("POST", "devicemgmt/tasks", {
      dtid: "t",
      taskType: "W",
      property: "deviceProperties.device.timezone",
      taskParameters: { value: "x" },
    });
    console.log(JSON.stringify(r));
    console.log(JSON.stringify(w.rest("GET", `devicemgmt/tasks/${(r.body as any).data.id}/statuses`)));
    console.log(JSON.stringify(w.rest("GET", "devicemgmt/devices/d/properties")));
    expect(1).toBe(1);
  });
});
