import { describe, expect, it } from "vitest";
import { ARTIK, completeProfile } from "../protocol/profile.ts";
import { errorOfAnswer } from "./error-mapping.ts";
import { createTask, oneDevice, taskOf } from "./test-calls.ts";
import { refused } from "./test-kit.ts";

const corrected = completeProfile(ARTIK);
const literal = completeProfile({ ...ARTIK, errorMapping: "literal" });

describe("errorOfAnswer (rows 1–3)", () => {
  it.each([
    ["4.00", "4000", "4000"],
    ["4.01", "4010", "4010"],
    ["4.03", "4030", "4030"],
    ["4.04", "4040", "4000"],
    ["4.05", "4050", "4050"],
    ["4.06", "4060", "4060"],
    ["4.15", "4150", "4150"],
    ["4.02", "4000", "4000"],
    ["4.29", "4000", "4000"],
    ["5.00", "5000", "5000"],
    ["5.03", "5000", "5000"],
  ] as const)("maps %s to %s corrected and to %s literal", (code, first, second) => {
    expect([errorOfAnswer(code, "", corrected).code, errorOfAnswer(code, "", literal).code]).toEqual([first, second]);
  });

  it("takes the diagnostic, else the page's message; without a row it names the CoAP code first", () => {
    expect(errorOfAnswer("4.00", "no such zone", corrected).message).toBe("no such zone");
    expect(errorOfAnswer("4.00", "", corrected).message).toBe("Invalid value");
    expect(errorOfAnswer("4.04", "", corrected).message).toBe("Resource is not found");
    expect(errorOfAnswer("4.29", "", corrected).message).toBe("CoAP 4.29");
    expect(errorOfAnswer("4.29", "slow down", corrected).message).toBe("CoAP 4.29: slow down");
  });

  it("takes the fallback codes of the profile", () => {
    const profile = completeProfile({ ...ARTIK, fallbackCodes: { clientError: 4900, serverError: 5900 } });
    expect([errorOfAnswer("4.02", "", profile).code, errorOfAnswer("5.01", "", profile).code]).toEqual([
      "4900",
      "5900",
    ]);
  });

  it("is a function for Read, Write and Execute alike (M-08), and errorCode is a string (row 20)", () => {
    for (const fields of [
      { taskType: "R", property: "deviceProperties.device.timezone" },
      {},
      { taskType: "E", property: "deviceProperties.device.reboot" },
    ]) {
      const { world, device } = oneDevice();
      device.register();
      device.script = () => refused("4.15", "why");
      const task = createTask(world, fields);
      expect(taskOf(world, task).statuses).toMatchObject([
        { status: "FAILED", errorCode: "4150", errorMessage: "why" },
      ]);
    }
  });
});
