import { describe, expect, it } from "vitest";
import { inputOf } from "./happenings.ts";

describe("inputOf", () => {
  it.each([
    [{ kind: "offline" }, { kind: "connectivity", online: false }],
    [{ kind: "online" }, { kind: "connectivity", online: true }],
    [{ kind: "reboot" }, { kind: "command", command: { kind: "reboot" } }],
    [{ kind: "factory-reset" }, { kind: "command", command: { kind: "factory-reset" } }],
    [
      { kind: "power-cut", lasts: 7 },
      { kind: "command", command: { kind: "power-cut", lasts: 7 } },
    ],
    [{ kind: "lose-registration" }, { kind: "command", command: { kind: "register" } }],
    [{ kind: "rebind" }, { kind: "command", command: { kind: "change-address", update: false } }],
  ] as const)("tells a device of %j as %j", (happening, input) => {
    expect(inputOf({ at: 5, ...happening })).toEqual(input);
  });
});
