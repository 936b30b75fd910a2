import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RestResponse } from "../../protocol/server-port.ts";
import { after, type Instant, millis, NEVER } from "../../protocol/time.ts";
import { Plan } from "../../scenarios/plan.ts";
import { createInterpreter, type Interpreter, type InterpreterEffect } from "./plan-interpreter.ts";
import { createdTaskId, type Tokens } from "./rest-requests.ts";
import { runNames } from "./run-names.ts";

const START = 1_000_000 as Instant;
const READ = { kind: "create-task", task: 0, taskType: "R", property: "deviceProperties.device.timezone" } as const;
const OK: RestResponse = { status: 200, body: {} };
const CREATED: RestResponse = { status: 201, body: { data: { id: "task-id" } } };
const REFUSED: RestResponse = { status: 400, body: { error: { code: 4001 } } };

const plan = (fields: object = {}): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "p-1",
    family: "test",
    simSeed: "seed",
    profile: {},
    deviceTypes: [{}, { taskExpiresAfter: 60 }],
    fleet: [{}, { type: 1 }, { type: 2 }],
    latency: 0,
    operations: [],
    faults: [],
    quietFrom: 1_000,
    until: 2_000,
    ...fields,
  });

const text = (effect: InterpreterEffect): string => {
  if (effect.kind === "rest") return `${effect.request.method} /${effect.request.path.join("/")}`;
  if (effect.kind === "mark") return `mark ${effect.mark}`;
  if (effect.kind === "command") return `device ${effect.device}: ${effect.operation.kind}`;
  return effect.kind;
};
const texts = (effects: readonly InterpreterEffect[]): string[] => effects.map(text);
type RestEffect = Extract<InterpreterEffect, { kind: "rest" }>;
const rests = (effects: readonly InterpreterEffect[]): RestEffect[] =>
  effects.filter((effect): effect is RestEffect => effect.kind === "rest");

const interpreterOf = (one: Plan, tokens?: Tokens): Interpreter => createInterpreter(one, runNames(one), tokens);

/** Answers the set-up with 200, one request after the other; the effects of `begin` are given back. */
function setUp(interpreter: Interpreter): readonly InterpreterEffect[] {
  let effects = interpreter.start(START);
  for (;;) {
    const [request] = rests(effects);
    if (request?.purpose.kind !== "set-up") return effects;
    effects = interpreter.handle({ kind: "answer", ticket: request.ticket, response: OK }, START);
  }
}

const at = (milliseconds: number): Instant => after(START, millis(milliseconds));
const tick = (interpreter: Interpreter, milliseconds: number): readonly InterpreterEffect[] =>
  interpreter.handle({ kind: "time" }, at(milliseconds));

describe("runNames", () => {
  it("names devices and device types after the plan, and after the campaign on a shared server", () => {
    expect(runNames(plan())).toEqual({
      devices: ["p-1-d0", "p-1-d1", "p-1-d2"],
      deviceTypes: ["p-1-t0", "p-1-t1"],
    });
    expect(runNames(plan(), "ab").devices[0]).toBe("ab-p-1-d0");
  });
});

describe("createInterpreter, set-up", () => {
  it("provisions device types, then devices of them, one request at a time, and begins", () => {
    const interpreter = interpreterOf(plan());
    const seen: RestEffect[] = [];
    let effects = interpreter.start(START);
    for (let [request] = rests(effects); request !== undefined; [request] = rests(effects)) {
      expect(effects).toHaveLength(1);
      expect(interpreter.deadline).toBe(NEVER);
      seen.push(request);
      effects = interpreter.handle({ kind: "answer", ticket: request.ticket, response: CREATED }, START);
    }
    expect(seen.map(({ request }) => [request.path.join("/"), request.body])).toEqual([
      ["devicetypes", { dtid: "p-1-t0", name: "p-1-t0", devicePropertiesEnabled: true }],
      ["devicetypes", { dtid: "p-1-t1", name: "p-1-t1", devicePropertiesEnabled: true, taskExpiresAfter: 60 }],
      ["devices", { did: "p-1-d0", dtid: "p-1-t0", name: "p-1-d0" }],
      ["devices", { did: "p-1-d1", dtid: "p-1-t1", name: "p-1-d1" }],
      ["devices", { did: "p-1-d2", dtid: "p-1-t0", name: "p-1-d2" }],
    ]);
    expect(effects).toEqual([
      { kind: "begin", start: START },
      { kind: "mark", mark: "start" },
    ]);
    expect(interpreter.deadline).toBe(at(1_000));
  });

  it("waits for nothing but the answer: time does not begin before", () => {
    const interpreter = interpreterOf(plan());
    interpreter.start(START);
    expect(tick(interpreter, 5_000)).toEqual([]);
  });

  it.each([
    ["is refused", { kind: "answer", response: REFUSED } as const, 'HTTP 400 {"error":{"code":4001}}'],
    ["gets no answer", { kind: "failure", reason: "time-out" } as const, "no answer: time-out"],
  ])("aborts when it %s", (_what, input, why) => {
    const interpreter = interpreterOf(plan());
    const [request] = rests(interpreter.start(START));
    const effects = interpreter.handle({ ...input, ticket: request?.ticket ?? 0 }, START);
    expect(effects).toEqual([{ kind: "abort", reason: `provisioning by POST /devicetypes failed: ${why}` }]);
    expect(interpreter.deadline).toBe(NEVER);
    expect(tick(interpreter, 9_000)).toEqual([]);
  });

  it("sends the token with every request, and none without one", () => {
    const one = plan({ operations: [{ at: 1, kind: "poll-mirror", device: 0 }] });
    const withToken = interpreterOf(one, { owner: "T" });
    const [first] = rests(withToken.start(START));
    expect(first?.request).toMatchObject({ token: "T", body: { owner: "T" } });
    const without = interpreterOf(one);
    setUp(without);
    expect(rests(tick(without, 1))[0]?.request).not.toHaveProperty("token");
  });
});

describe("createInterpreter, plan time that stood still", () => {
  it("does all that is left so much later", () => {
    const interpreter = interpreterOf(plan());
    setUp(interpreter);
    expect(interpreter.deadline).toBe(at(1_000));
    interpreter.postpone(millis(700));
    expect(interpreter.deadline).toBe(at(1_700));
    expect(tick(interpreter, 1_500)).toEqual([]);
    expect(tick(interpreter, 1_700)).not.toEqual([]);
  });
});

describe("createInterpreter, running", () => {
  it("does what is due, in order of time and of the plan, then says quiet, end and done", () => {
    const operations = [
      { at: 30, kind: "register", device: 4 },
      { at: 10, kind: "update", device: 1 },
      { at: 30, kind: "deregister", device: 0 },
      { at: 0, kind: "reboot", device: 2 },
    ];
    const interpreter = interpreterOf(plan({ operations }));
    expect(texts(setUp(interpreter))).toEqual(["begin", "mark start", "device 2: reboot"]);
    expect(interpreter.deadline).toBe(at(10));
    expect(tick(interpreter, 9)).toEqual([]);
    expect(texts(tick(interpreter, 10))).toEqual(["device 1: update"]);
    expect(texts(tick(interpreter, 1_500))).toEqual(["device 1: register", "device 0: deregister", "mark quiet"]);
    expect(interpreter.deadline).toBe(at(2_000));
    expect(texts(tick(interpreter, 2_000))).toEqual(["mark end", "done"]);
    expect(interpreter.deadline).toBe(NEVER);
    expect(tick(interpreter, 3_000)).toEqual([]);
  });

  it("ends when the last operation is done, should that be after `until`", () => {
    const interpreter = interpreterOf(plan({ operations: [{ at: 5_000, kind: "update", device: 0 }] }));
    setUp(interpreter);
    expect(texts(tick(interpreter, 4_999))).toEqual(["mark quiet"]);
    expect(texts(tick(interpreter, 5_000))).toEqual(["device 0: update", "mark end", "done"]);
  });

  it("creates tasks for devices by name, each once, for all of a type without naming them", () => {
    const interpreter = interpreterOf(
      plan({
        operations: [
          { at: 1, ...READ, devices: [4, 1, 0], type: 3, expiresAfter: 30 },
          { at: 1, ...READ, task: 1, taskType: "W", value: "UTC", devices: "all" },
        ],
      }),
    );
    setUp(interpreter);
    const [named, all] = rests(tick(interpreter, 1));
    expect(named).toMatchObject({
      purpose: { kind: "create-task", task: 0, devices: [1, 0] },
      request: {
        method: "POST",
        path: ["devicemgmt", "tasks"],
        body: { dtid: "p-1-t1", dids: ["p-1-d1", "p-1-d0"], taskType: "R", taskParameters: { expiresAfter: 30 } },
      },
    });
    expect(all?.purpose).toEqual({ kind: "create-task", task: 1, devices: [0, 2] });
    expect(all?.request.body).toEqual({
      dtid: "p-1-t0",
      taskType: "W",
      property: READ.property,
      taskParameters: { value: "UTC" },
    });
  });

  it("asks for a scheduledOn in milliseconds since the Unix epoch, reckoned from the start of the plan", () => {
    const interpreter = interpreterOf(
      plan({ operations: [{ at: 1, ...READ, devices: [0], expiresAfter: 30, scheduledOn: 90_500 }] }),
    );
    setUp(interpreter);
    const [asked] = rests(tick(interpreter, 1));
    // START is 1000 ms after the epoch.
    expect(asked?.request.body).toMatchObject({ taskParameters: { expiresAfter: 30, scheduledOn: 91_500 } });
  });

  it("lets operations on a task wait for the answer to its POST, and keeps their order", () => {
    const interpreter = interpreterOf(
      plan({
        operations: [
          { at: 1, ...READ, devices: [0] },
          { at: 2, kind: "poll", task: 0 },
          { at: 3, kind: "cancel-device-task", task: 0, device: 3 },
          { at: 4, kind: "cancel-task", task: 0 },
          { at: 5, kind: "poll-history", task: 0 },
          { at: 6, kind: "update", device: 1 },
        ],
      }),
    );
    setUp(interpreter);
    const effects = tick(interpreter, 6);
    expect(texts(effects)).toEqual(["POST /devicemgmt/tasks", "device 1: update"]);
    const ticket = rests(effects)[0]?.ticket ?? 0;
    expect(texts(interpreter.handle({ kind: "answer", ticket, response: CREATED }, at(7)))).toEqual([
      "GET /devicemgmt/tasks/task-id",
      "GET /devicemgmt/tasks/task-id/statuses",
      "PUT /devicemgmt/tasks/task-id/devices/p-1-d0",
      "PUT /devicemgmt/tasks/task-id",
      "GET /devicemgmt/tasks/task-id/statuses/history",
      "GET /devicemgmt/tasks/task-id/statuses/history",
    ]);
  });

  it("reads the history of the task, then of each of its devices", () => {
    const operations = [
      { at: 1, ...READ, devices: [0, 2] },
      { at: 2, kind: "poll-history", task: 0 },
    ];
    const interpreter = interpreterOf(plan({ operations }));
    setUp(interpreter);
    const ticket = rests(tick(interpreter, 1))[0]?.ticket ?? 0;
    interpreter.handle({ kind: "answer", ticket, response: CREATED }, at(1));
    const asked = rests(tick(interpreter, 2)).map(({ request, purpose }) => [request.query, purpose]);
    expect(asked).toEqual([
      [{}, { kind: "poll-history", task: 0 }],
      [{ did: "p-1-d0" }, { kind: "poll-history", task: 0, device: 0 }],
      [{ did: "p-1-d2" }, { kind: "poll-history", task: 0, device: 2 }],
    ]);
  });

  it("asks as a stranger with the stranger's token, and not at all without one (choice 30)", () => {
    const operations = [
      { at: 1, ...READ, devices: [0] },
      { at: 2, ...READ, task: 1, devices: [0], as: "stranger" },
      { at: 3, kind: "poll", task: 0, as: "stranger" },
      { at: 3, kind: "poll-history", task: 0, as: "stranger" },
      { at: 3, kind: "cancel-task", task: 0, as: "stranger" },
      { at: 3, kind: "cancel-device-task", task: 0, device: 0, as: "stranger" },
    ];
    const run = (interpreter: Interpreter) => {
      setUp(interpreter);
      const ticket = rests(tick(interpreter, 1))[0]?.ticket ?? 0;
      interpreter.handle({ kind: "answer", ticket, response: CREATED }, at(1));
      return rests(tick(interpreter, 3));
    };
    const asked = run(interpreterOf(plan({ operations, profile: { access: { owner: "O", stranger: "S" } } })));
    expect(asked.map(({ request, purpose }) => [request.token, "as" in purpose && purpose.as])).toEqual(
      Array.from({ length: 6 }, () => ["S", "stranger"]),
    );
    expect(run(interpreterOf(plan({ operations }), { owner: "O" }))).toEqual([]);
  });

  it("asks as nobody without any token, whatever the owner's is, and not at all where nobody owns anything (choice 30)", () => {
    const operations = [{ at: 1, ...READ, devices: [0], as: "nobody" }];
    const asked = (interpreter: Interpreter) => {
      setUp(interpreter);
      return rests(tick(interpreter, 1)).map(({ request, purpose }) => ({
        ...request,
        by: "as" in purpose && purpose.as,
      }));
    };
    const access = { owner: "O", stranger: "S" };
    expect(asked(interpreterOf(plan({ operations, profile: { access } })))).toMatchObject([
      { anonymous: true, by: "nobody" },
    ]);
    expect(asked(interpreterOf(plan({ operations, profile: { access } })))[0]).not.toHaveProperty("token");
    expect(asked(interpreterOf(plan({ operations }), { owner: "O" }))).toEqual([]);
  });

  it.each([
    ["is refused", { kind: "answer", response: REFUSED } as const],
    ["is answered without an id", { kind: "answer", response: OK } as const],
    ["gets no answer", { kind: "failure", reason: "time-out" } as const],
  ])("skips operations on a task whose POST %s", (_what, input) => {
    const operations = [
      { at: 1, ...READ, devices: [0] },
      { at: 1, kind: "poll", task: 0 },
      { at: 9, kind: "cancel-task", task: 0 },
    ];
    const interpreter = interpreterOf(plan({ operations }));
    setUp(interpreter);
    const ticket = rests(tick(interpreter, 1))[0]?.ticket ?? 0;
    expect(interpreter.handle({ ...input, ticket }, at(2))).toEqual([]);
    expect(tick(interpreter, 9)).toEqual([]);
  });

  it("skips operations on a task that no operation creates, and a second creation of the same", () => {
    const operations = [
      { at: 1, kind: "poll", task: 5 },
      { at: 2, ...READ, devices: [0] },
      { at: 3, ...READ, devices: [1] },
    ];
    const interpreter = interpreterOf(plan({ operations }));
    setUp(interpreter);
    expect(rests(tick(interpreter, 3))).toMatchObject([{ purpose: { devices: [0] } }]);
  });

  it("asks for properties with their timestamps, and configures device types", () => {
    const operations = [
      { at: 1, kind: "poll-mirror", device: 4 },
      { at: 1, kind: "configure-type", type: 3, taskExpiresAfter: 90 },
    ];
    const interpreter = interpreterOf(plan({ operations }));
    setUp(interpreter);
    expect(rests(tick(interpreter, 1))).toMatchObject([
      {
        purpose: { kind: "poll-mirror", device: 1 },
        request: {
          method: "GET",
          path: ["devicemgmt", "devices", "p-1-d1", "properties"],
          query: { includeTimestamp: "true" },
        },
      },
      {
        purpose: { kind: "configure-type", type: 1 },
        request: { method: "PUT", path: ["devicemgmt", "devicetypes", "p-1-t1"], body: { taskExpiresAfter: 90 } },
      },
    ]);
  });

  it("ends with the plan, whatever is still waiting for an answer", () => {
    const operations = [
      { at: 1, ...READ, devices: [0] },
      { at: 2, kind: "poll", task: 0 },
    ];
    const interpreter = interpreterOf(plan({ operations }));
    setUp(interpreter);
    const effects = tick(interpreter, 2_000);
    expect(texts(effects).slice(-2)).toEqual(["mark end", "done"]);
    const ticket = rests(effects)[0]?.ticket ?? 0;
    expect(interpreter.handle({ kind: "answer", ticket, response: CREATED }, at(2_001))).toEqual([]);
  });

  it("gives the same effects for the same plan, however often it is called in between", () => {
    const operation = fc.oneof(
      fc.record({ at: fc.nat(50), kind: fc.constant("update"), device: fc.nat(5) }),
      fc.record({ at: fc.nat(50), kind: fc.constant("poll-mirror"), device: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(operation), fc.array(fc.nat(2_000)), (operations, calls) => {
        const direct = interpreterOf(plan({ operations }));
        const often = interpreterOf(plan({ operations }));
        const once = [...setUp(direct), ...tick(direct, 2_000)];
        const bits = [...setUp(often)];
        for (const moment of [...calls.sort((a, b) => a - b), 2_000]) bits.push(...tick(often, moment));
        expect(bits).toEqual(once);
      }),
      { numRuns: 200 },
    );
  });
});

describe("createdTaskId", () => {
  it("reads the id of the envelope, and says so when there is none", () => {
    expect(createdTaskId(CREATED)).toBe("task-id");
    for (const body of [undefined, null, "x", {}, { data: {} }, { data: { id: 7 } }, { data: { id: "" } }])
      expect(createdTaskId({ status: 201, body })).toBeUndefined();
  });
});
