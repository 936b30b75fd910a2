import { describe, expect, it } from "vitest";
import { HarnessError, UsageError } from "../../platform/errors.ts";
import { openModuleAdapter } from "./module-adapter.ts";
import { testTarget } from "./test-kit.ts";

describe("openModuleAdapter", () => {
  it("has the capabilities that are declared, no others, and the verbs that are functions", async () => {
    const { adapter } = await testTarget({ capabilities: { cancel: true }, cancelTask: () => undefined });
    expect(adapter).toMatchObject({ name: "./my-server.js", coap: "coap://127.0.0.1:5683" });
    expect(adapter.capabilities).toMatchObject({ cancel: true, mirror: false, restart: false });
    expect(adapter.capabilities.expiry).toBeUndefined();
    expect([...adapter.verbs]).toEqual(["provision", "createTask", "deviceStatuses", "cancelTask"]);
  });

  it.each<[string, object, string]>([
    ["a verb that is mistyped", { deviceStatus: () => [] }, 'there is no "deviceStatus": did you mean deviceStatuses?'],
    ["a verb that is no function", { getTask: "t" }, 'getTask is "t" and not a function'],
    ["no createTask", { createTask: undefined }, "createTask is missing"],
    ["no capabilities", { capabilities: undefined }, "capabilities: "],
    [
      "a capability that is mistyped",
      { capabilities: { cancle: true } },
      'capabilities: there is no "cancle": did you mean cancel?',
    ],
    ["a capability that is no boolean", { capabilities: { mirror: "yes" } }, "capabilities.mirror: "],
    ["an expiry without a least time", { capabilities: { expiry: {} } }, "capabilities.expiry.minSeconds: "],
    [
      "a capability whose verb is missing",
      { capabilities: { cancel: true } },
      "capabilities.cancel is declared and needs the verb cancelTask, which is missing",
    ],
    ["no address", { coap: undefined }, "coap is missing: "],
    ["both an address and start", { start: () => "coap://h" }, "give either coap or start"],
    ["an address that is none", { coap: "127.0.0.1:5683" }, 'coap: "127.0.0.1:5683" is not an address'],
    ["a start that gives no address", { coap: undefined, start: () => 5683 }, "coap: 5683 is not an address"],
  ])("refuses %s, and says what to do", async (_, changes, wanted) => {
    const refused = await testTarget(changes as Record<string, unknown>).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UsageError);
    expect((refused as UsageError).message).toContain(`./my-server.js: ${wanted}`);
  });

  it("refuses a module that exports nothing as default", async () => {
    await expect(openModuleAdapter("a.js", undefined)).rejects.toThrow(/its default export is nothing .*defineTarget/);
  });

  it("starts the server where it says how, and is a harness error where that fails", async () => {
    const { adapter } = await testTarget({ coap: undefined, start: () => "coap://127.0.0.1:9" });
    expect(adapter.coap).toBe("coap://127.0.0.1:9");
    const start = () => {
      throw new Error("port in use");
    };
    const failed = await testTarget({ coap: undefined, start }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(HarnessError);
    expect((failed as HarnessError).message).toContain("./my-server.js: start: it threw Error: port in use");
  });

  it("closes once", async () => {
    const { adapter, asked } = await testTarget({ close: () => undefined });
    await adapter.close();
    await adapter.close();
    expect(asked).toEqual(["close []"]);
  });
});
