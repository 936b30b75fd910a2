import { describe, expect, it } from "vitest";
import { REFERENCE_RULES } from "./rules.ts";
import type { ServerRules } from "./server-rules.ts";
import { brief, createTask, mirrorOf, oneDevice, provision, TYPE } from "./test-calls.ts";
import { createWorld } from "./test-kit.ts";

describe("rules as a seam: one row replaced is another server", () => {
  const run = (rules: Partial<ServerRules>) => {
    const { world, device } = oneDevice({ rules });
    device.register();
    device.script = () => "silent";
    const task = createTask(world, { taskParameters: { value: "x", expiresAfter: 1_000 } });
    world.advance(100);
    return { world, device, task };
  };

  it("finished device tasks tried again (Q-11, I-03): only if they stay in the queue", () => {
    const defect: Partial<ServerRules> = {
      isDispatchable: (status) => status !== "PROCESSING",
      deviceMove: (from, event) => (event === "attempt" ? "PROCESSING" : REFERENCE_RULES.deviceMove(from, event)),
    };
    for (const [rules, expected] of [
      [defect, "SUCCEEDED 1"],
      [{ ...defect, staysQueued: () => true }, "SUCCEEDED 2"],
    ] as const) {
      const { world, device } = oneDevice({ rules });
      device.register();
      const task = createTask(world);
      device.update();
      expect(brief(world, task)).toEqual([expected]);
    }
  });

  it("a timer retry (R-06)", () => {
    const { world, task } = run({ retryDelay: () => 30_000_000 as ReturnType<NonNullable<ServerRules["retryDelay"]>> });
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
  });

  it("a failed attempt that fails (R-01)", () => {
    const { world, task } = run({ requeues: () => false });
    expect(brief(world, task)[0]).toMatch(/^FAILED 1 5000/);
  });

  it("attempts counted at each failure too (R-08)", () => {
    const { world, task } = run({ attemptsAfter: (attempts, event) => (event === "asleep" ? attempts : attempts + 1) });
    expect(brief(world, task)).toEqual(["QUEUED 2"]);
  });

  it("datagrams to a device that is not registered (Q-03), and no drain at Register (Q-04)", () => {
    const { world, device, task } = run({
      destination: ({ registration, former }) => (registration ?? former)?.address,
      isTrigger: (occasion) => occasion === "update",
    });
    device.deregister();
    const other = createTask(world);
    expect(brief(world, other)).toEqual(["PROCESSING 1"]);
    device.register();
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
  });

  it("one device at a time over the whole fleet (Q-09): the others' turn comes when the exchange ends", () => {
    const world = createWorld({ rules: { mayStart: (_, openOfAll) => openOfAll === 0 } });
    const devices = provision(world, ["a", "b"]);
    for (const device of devices) device.register();
    const [first] = devices;
    if (first !== undefined) first.script = () => "silent";
    const task = createTask(world);
    expect(brief(world, task)).toEqual(["PROCESSING 1", "QUEUED 0"]);
    world.advance(62);
    expect(brief(world, task)).toEqual(["QUEUED 1", "SUCCEEDED 1"]);
  });

  it("a mirror that runs ahead of the device (D-03), and a table with a move out of a terminal state (T-01)", () => {
    const { world, task } = run({
      touchesMirror: () => true,
      deviceMove: (from, event) =>
        from === "FAILED" && event === "cancel" ? "CANCELLED" : REFERENCE_RULES.deviceMove(from, event),
    });
    expect(world.rest("GET", "devicemgmt/devices/d/properties").body).toMatchObject({
      data: { deviceProperties: { device: { timezone: "x" } } },
    });
    world.advance(1_000);
    expect(brief(world, task)).toEqual(["FAILED 1 4004"]);
    world.rest("PUT", `devicemgmt/tasks/${task.id}/devices/d`, { status: "CANCELLED" });
    expect(brief(world, task)).toEqual(["CANCELLED 1"]);
  });

  it("a task that begins before it is answered (Q-01), and a drain before the answer to Register (Q-05)", () => {
    const { world, device } = oneDevice({ rules: { answersTaskFirst: false, answersFirst: false } });
    createTask(world);
    device.script = () => "silent";
    device.register();
    expect(world.sent.map(({ message: { code } }) => code)).toEqual(["0.03", "2.01"]);
    const body = { dtid: TYPE, taskType: "R", property: "deviceProperties.device.timezone" };
    const other = createWorld({ rules: { answersTaskFirst: false } });
    provision(other, ["d"])[0]?.register();
    const request = { method: "POST", path: ["devicemgmt", "tasks"], query: {}, body };
    expect(other.input({ kind: "rest", ticket: 99, request }).map(({ kind }) => kind)).toEqual(["send", "answer"]);
  });

  it("what a trigger does to each device task (Q-04, R-04, R-05): try, leave or fail", () => {
    for (const [fate, expected] of [
      ["try", "PROCESSING 2"],
      ["leave", "QUEUED 1"],
      ["fail", "FAILED 1 5000"],
    ] as const) {
      const { world, device, task } = run({
        atTrigger: () => fate,
        deviceMove: (from, event) =>
          from === "QUEUED" && event === "fail" ? "FAILED" : REFERENCE_RULES.deviceMove(from, event),
      });
      device.update();
      expect(brief(world, task)).toEqual([expected]);
    }
  });

  it("a task that is refused instead of waiting (Q-03), and an answer that stops the drain (Q-08)", () => {
    const { world } = oneDevice({
      rules: {
        refusalOf: ({ registration }) => (registration === undefined ? { code: "4001", message: "away" } : undefined),
        deviceMove: (from, event) =>
          from === "QUEUED" && event === "fail" ? "FAILED" : REFERENCE_RULES.deviceMove(from, event),
      },
    });
    expect(brief(world, createTask(world))).toEqual(["FAILED 0 4001"]);
    const slow = oneDevice({ rules: { goesOnAfterAnswer: () => false } });
    const tasks = [createTask(slow.world), createTask(slow.world)];
    slow.device.register();
    expect(tasks.flatMap((task) => brief(slow.world, task))).toEqual(["SUCCEEDED 1", "QUEUED 0"]);
  });

  it("a new task that is a trigger for the others (R-06), and an exchange repeated at once (I-02)", () => {
    const { world, task } = run({
      isTrigger: (occasion) => occasion === "new-task" || REFERENCE_RULES.isTrigger(occasion),
    });
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    createTask(world);
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
    let repeated = false;
    const unseen = run({
      repeatsAtOnce: () => {
        const first = !repeated;
        repeated = true;
        return first;
      },
    });
    expect(brief(unseen.world, unseen.task)).toEqual(["PROCESSING 1"]);
    expect(new Set(unseen.world.sent.map(({ message }) => message.token)).size).toBe(3);
  });

  it("another request at another attempt (I-06), a limit of attempts (R-01), and own requests that keep awake (Q-07)", () => {
    const { device, world, task } = run({
      requestOf: (operation, rootPath, attempt) => {
        const right = REFERENCE_RULES.requestOf(operation, rootPath, attempt);
        return right === undefined || attempt < 2 ? right : { ...right, payload: new Uint8Array([attempt]) };
      },
      requeues: (_failure, attempts) => attempts < 2,
    });
    device.update();
    expect(device.requests.map(({ payload }) => [...payload])).toEqual([[120], [2]]);
    world.advance(100);
    expect(brief(world, task)[0]).toMatch(/^FAILED 2 /);
    const sleeper = oneDevice({ rules: { keepsAwake: () => true } });
    sleeper.device.register({ queueMode: true });
    sleeper.device.script = () => "silent";
    sleeper.world.advance(80);
    createTask(sleeper.world);
    sleeper.world.advance(80);
    expect(brief(sleeper.world, createTask(sleeper.world))).toEqual(["PROCESSING 1"]);
  });

  it("what an answer brings to the mirror (D-05), and how a REST answer looks (row 20)", () => {
    const { world, device } = oneDevice({
      rules: {
        mirrored: (_said, { taskType }) => (taskType === "E" ? [{ name: "device.reboot", value: "done" }] : []),
        touchesMirror: (_taskType, moment) => moment === "succeeded",
      },
    });
    device.register();
    createTask(world);
    expect(mirrorOf(world, "d")).toEqual({});
    createTask(world, { taskType: "E", property: "deviceProperties.device.reboot", taskParameters: {} });
    expect(mirrorOf(world, "d")).toEqual({ reboot: "done" });
    const curt = oneDevice({ rules: { rendered: ({ status }) => ({ status: status + 1, body: { data: "short" } }) } });
    expect(curt.world.rest("GET", "devicemgmt/devices/d/properties")).toEqual({ status: 201, body: { data: "short" } });
  });

  it("a Register that is refused because the endpoint is registered (G-02), and answers in messages of their own", () => {
    const { device } = oneDevice({ rules: { errorAtReRegister: { code: "4.03", diagnostic: "duplicate" } } });
    expect([device.register(), device.register()]).toEqual(["2.01", "4.03"]);
    const { world, device: other } = oneDevice({ rules: { answersSeparately: true } });
    expect(other.register()).toBe("2.01");
    expect(world.sent.map(({ message: { type, code } }) => `${type} ${code}`)).toEqual(["ACK 0.00", "CON 2.01"]);
  });
});
