import { describe, expect, it } from "vitest";
import type { Behaviour, RequestMatch } from "../simulator/model/device.ts";
import type { Fault } from "../simulator/model/fault.ts";
import { describeFault, describeOperation, planSignature } from "./describe.ts";
import { describeTime } from "./describe-time.ts";
import { generatePlan } from "./generate.ts";
import { type Operation, PlannedDevice } from "./plan.ts";
import { SHIPPED_PROFILES } from "./profiles/shipped-profiles.ts";

describe("describeTime", () => {
  it("says seconds, and the larger unit where it comes out whole", () => {
    expect([0, 12_500, 119_999, 120_000, 604_800_000].map(describeTime)).toEqual([
      "0 s",
      "12.5 s",
      "119.999 s",
      "120 s (2 min)",
      "604800 s (7 d)",
    ]);
  });
});

describe("describeOperation", () => {
  const line = (operation: Operation): string => describeOperation(operation);

  it("names task, type, property, value, devices and expiry of a task", () => {
    const task = {
      at: 500,
      kind: "create-task",
      task: 3,
      taskType: "W",
      property: "deviceProperties.device.timezone",
      type: 0,
    } as const;
    expect(line({ ...task, value: "Asia/Seoul", devices: [0, 2], expiresAfter: 60 })).toBe(
      'at 0.5 s task 3 is created: write deviceProperties.device.timezone = "Asia/Seoul" on devices 0, 2, expires after 60 s',
    );
    expect(line({ ...task, taskType: "R", devices: "all", type: 1 })).toBe(
      "at 0.5 s task 3 is created: read deviceProperties.device.timezone on all devices of type 1",
    );
    expect(line({ ...task, taskType: "R", devices: [1], scheduledOn: 90_000, expiresAfter: 60 })).toBe(
      "at 0.5 s task 3 is created: read deviceProperties.device.timezone on device 1, to begin at 90 s, expires after 60 s",
    );
  });

  it("says how the server dies, and for how long", () => {
    const restart = { at: 1_000, kind: "restart-server", downFor: 2_500 } as const;
    expect(line(restart)).toBe("at 1 s the server's process is killed, and started again after 2.5 s");
    expect(line({ ...restart, dies: "before-storing" })).toBe(
      "at 1 s the server's process is killed when it is about to store something, and started again after 2.5 s",
    );
    expect(line({ ...restart, dies: "after-storing" })).toMatch(/ is killed when it has just stored something, and /);
  });

  it("says who asks when it is not the owner of the device type", () => {
    expect(line({ at: 1_000, kind: "poll", task: 2, as: "stranger" })).toBe(
      "at 1 s task 2 and its device tasks are read, with the token of somebody else",
    );
    expect(line({ at: 1_000, kind: "cancel-task", task: 2, as: "nobody" })).toMatch(/, without any token$/);
  });

  it("says what a device does", () => {
    expect(line({ at: 12_000, kind: "register", device: 0 })).toBe("at 12 s device 0 registers");
    expect(line({ at: 0, kind: "change-address", device: 1, update: false })).toBe(
      "at 0 s device 1 gets a new address and says nothing",
    );
    expect(line({ at: 2_000, kind: "malformed-register", device: 1, defect: "foreign-version" })).toBe(
      "at 2 s device 1 sends a Register of LwM2M 9.9",
    );
    expect(line({ at: 1, kind: "stray-response", device: 2, token: "last", type: "CON" })).toBe(
      "at 0.001 s device 2 sends a stray CON response with the token of its last exchange",
    );
  });
});

it("describeOperation shows the begin of a long value, and how long it is", () => {
  const value = `Asia/${"x".repeat(2_000)}`;
  const task = {
    at: 0,
    kind: "create-task" as const,
    task: 0,
    taskType: "W" as const,
    property: "p",
    devices: [0],
    type: 0,
  };
  expect(describeOperation({ ...task, value })).toContain(`p = "Asia/${"x".repeat(35)}…" (2005 letters) on device 0`);
});

describe("describeFault", () => {
  const window = { device: 1, from: 3_000, until: 90_000 };

  it("says which block of a value a behaviour is for, and whether it is for one alone", () => {
    const told = (behaviour: Behaviour, match: RequestMatch): string =>
      describeFault({ kind: "behaviour", ...window, match, behaviour }).replace("from 3 s to 90 s device 1 ", "");
    expect(told({ kind: "error", code: "4.08" }, { block: 2, once: true })).toBe(
      "answers 4.08 to the first block from number 2 on of a request",
    );
    expect(told({ kind: "smaller-blocks", size: 64 }, { block: 0, operation: "write" })).toBe(
      "asks for blocks of 64 bytes after every block from number 0 on of a write request",
    );
    expect(told({ kind: "too-large", size: 64 }, { block: 0, once: true })).toBe(
      "answers 4.13, asking for blocks of 64 bytes, to the first block from number 0 on of a request",
    );
    expect(told({ kind: "changes" }, { operation: "read", path: "3/0/15", block: 1 })).toBe(
      "changes what is read at every block from number 1 on of a read request on /3/0/15",
    );
    expect(told({ kind: "reboots" }, { once: true })).toBe("reboots instead of answering the first request");
  });

  it("says who suffers what and when", () => {
    expect(describeFault({ kind: "loss", ...window, direction: "down", permille: 1_000 })).toBe(
      "from 3 s to 90 s device 1 loses 100 % of its downlink datagrams",
    );
    expect(describeFault({ kind: "offline", ...window })).toBe("from 3 s to 90 s device 1 is offline");
  });

  it("says how a device answers, and to which requests", () => {
    const behaviour = { kind: "error", code: "4.00", diagnostic: "no such zone" } as const;
    const match = { operation: "write", path: "3/0/15" } as const;
    expect(describeFault({ kind: "behaviour", ...window, match, behaviour })).toBe(
      'from 3 s to 90 s device 1 answers 4.00 "no such zone" to every write request on /3/0/15',
    );
    expect(describeFault({ kind: "behaviour", ...window, match: {}, behaviour: { kind: "slow", delay: 500 } })).toBe(
      "from 3 s to 90 s device 1 acknowledges, and 0.5 s later answers, every request",
    );
  });
});

describe("what a device can be told beyond the usual", () => {
  it("is said in words: a new lifetime, a response of somebody else's, a success that does not fit", () => {
    expect(describeOperation({ at: 0, kind: "update", device: 0, lifetime: 90 })).toBe(
      "at 0 s device 0 updates its registration, with the lifetime 90 s from now on",
    );
    const stray = { kind: "stray-response", device: 0, token: "unknown", type: "ACK" } as const;
    expect(describeOperation({ at: 0, ...stray, messageId: "asked", code: "4.04" })).toBe(
      "at 0 s device 0 sends a stray ACK response 4.04 under the message id of the last request with an unknown token",
    );
    const behaviour = { kind: "success", code: "2.05", format: 11_542, payload: "c8" } as const;
    expect(describeFault({ kind: "behaviour", device: 0, from: 0, until: 1_000, match: {}, behaviour })).toBe(
      "from 0 s to 1 s device 0 answers 2.05 with content format 11542 and the bytes c8 to every request",
    );
  });
});

describe("planSignature", () => {
  const plan = generatePlan({ seed: "signature", index: 1, profile: SHIPPED_PROFILES.artik, mode: "sim" });

  const quiet = { ...plan, fleet: [PlannedDevice.parse({}), PlannedDevice.parse({})], operations: [], faults: [] };

  it("is empty for a plan in which nothing happens", () => {
    expect(planSignature(quiet)).toBe("");
  });

  it("tells kind, device modulo the fleet, and task type, in order of time whatever the order in the file", () => {
    const operations: Operation[] = [
      { at: 9, kind: "poll", task: 0 },
      { at: 2, kind: "create-task", task: 0, taskType: "E", property: "p", devices: [5], type: 0 },
      { at: 1, kind: "register", device: 3 },
    ];
    const fleet = quiet.fleet.slice(0, 1);
    expect(planSignature({ ...quiet, fleet, operations })).toBe("register:0 create-task:E:0 poll");
  });

  it("tells faults by kind, direction and behaviour, and says once what is repeated", () => {
    const poll = (at: number): Operation => ({ at, kind: "poll", task: 0 });
    const faults: Fault[] = [
      { kind: "loss", device: 1, from: 5, until: 9, direction: "down", permille: 300 },
      { kind: "behaviour", device: 1, from: 30, until: 31, match: {}, behaviour: { kind: "slow", delay: 5 } },
    ];
    expect(planSignature({ ...quiet, operations: [poll(10), poll(20)], faults })).toBe(
      "loss:0:down poll behaviour:0:slow",
    );
  });

  it("is the same whatever the number of a device, and whether it registers by itself", () => {
    const by = (device: number): Operation => ({ at: 1, kind: "register", device });
    expect(planSignature({ ...quiet, operations: [by(0)] })).toBe("register:0");
    expect(planSignature({ ...quiet, operations: [by(1)] })).toBe("register:0");
    expect(planSignature({ ...quiet, fleet: [PlannedDevice.parse({ registersAt: 7 })] })).toBe("register:0");
  });

  it("does not change when everything happens later", () => {
    const operations = plan.operations.map((operation) => ({ ...operation, at: operation.at + 5_000 }));
    expect(planSignature({ ...quiet, operations })).toBe(planSignature({ ...quiet, operations: plan.operations }));
  });
});
