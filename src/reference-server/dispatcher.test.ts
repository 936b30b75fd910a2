import { describe, expect, it } from "vitest";
import { brief, createTask, historyOf, oneDevice, requestsSent, taskOf } from "./test-calls.ts";
import { changed, pathOf, refused, type Script } from "./test-kit.ts";

const silent = (): Script => "silent";
const DAY = 86_400;

describe("what drains the queue (row 4)", () => {
  it("tries a registered device at once, without any event of the device (Q-02)", () => {
    const { world, device } = oneDevice();
    device.register();
    const task = createTask(world);
    expect(device.requests.map(pathOf)).toEqual(["3/0/15"]);
    expect(taskOf(world, task)).toMatchObject({
      status: "COMPLETE",
      statuses: [{ status: "SUCCEEDED", numAttempts: 1 }],
    });
  });

  it("sends nothing to a device that is not registered, and keeps the task QUEUED with 0 attempts (Q-03)", () => {
    const { world } = oneDevice();
    const task = createTask(world);
    world.advance(3 * DAY);
    expect(world.sent).toEqual([]);
    expect(brief(world, task)).toEqual(["QUEUED 0"]);
    expect(taskOf(world, task).status).toBe("PROCESSING");
  });

  it("drains oldest first after Register, one exchange at a time (Q-04, Q-06, Q-10; row 12)", () => {
    const { world, device } = oneDevice();
    for (const name of ["timezone", "utcOffset", "timezone"]) {
      createTask(world, { property: `deviceProperties.device.${name}` });
    }
    device.script = () => "acknowledge";
    device.register();
    expect(device.requests.map(pathOf)).toEqual(["3/0/15"]);
    device.script = changed;
    world.advance(120);
    device.update();
    expect(device.requests.map(pathOf)).toEqual(["3/0/15", "3/0/15", "3/0/14", "3/0/15"]);
  });

  it("answers Register and Update before it sends a request (Q-05)", () => {
    const { world, device } = oneDevice();
    createTask(world);
    device.register();
    expect(world.sent.slice(0, 2).map(({ message }) => message.code)).toEqual(["2.01", "0.03"]);
    createTask(world);
    device.script = silent;
    createTask(world);
    world.advance(62);
    world.sent.length = 0;
    device.update();
    expect(world.sent.slice(0, 2).map(({ message }) => message.code)).toEqual(["2.04", "0.03"]);
  });

  it("does not try again by itself: a failed attempt waits for the next trigger, for 6 days if need be (R-06)", () => {
    const { world, device } = oneDevice();
    device.script = silent;
    device.register({ lifetime: 7 * DAY });
    const task = createTask(world);
    world.advance(6 * DAY);
    expect(requestsSent(world)).toHaveLength(5);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
  });

  it("tries again 30 s after a failed attempt where the profile declares timerRetry", () => {
    const { world, device } = oneDevice({ profile: { timerRetry: 30 } });
    device.script = silent;
    device.register();
    const task = createTask(world);
    world.advance(62 + 29);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    world.advance(1);
    expect(brief(world, task)).toEqual(["PROCESSING 2"]);
  });
});

describe("a failed attempt (R-01..R-05, rows 5, 6)", () => {
  it("is 5 equal datagrams at 0, 2, 6, 14, 30 s, counted once, requeued at 62 s (R-07, R-08)", () => {
    const { world, device } = oneDevice();
    device.script = silent;
    device.register();
    const task = createTask(world);
    world.advance(61.9);
    expect(brief(world, task)).toEqual(["PROCESSING 1"]);
    world.advance(0.1);
    expect(requestsSent(world).map(({ at }) => at)).toEqual([0, 2, 6, 14, 30]);
    expect(new Set(requestsSent(world).map(({ message }) => message.messageId)).size).toBe(1);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
  });

  it.each([
    ["no ACK", (): Script => "silent", 62],
    ["an empty ACK and 120 s of silence", (): Script => "acknowledge", 120],
    ["RST", (): Script => "reset", 0],
  ])("by %s requeues, and Update tries again with new message id and token", (_, script, wait) => {
    const { world, device } = oneDevice();
    device.script = script;
    device.register();
    const task = createTask(world);
    world.advance(wait);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    device.script = changed;
    device.update();
    expect(brief(world, task)).toEqual(["SUCCEEDED 2"]);
    const tokens = new Set(requestsSent(world).map(({ message }) => message.token));
    const ids = new Set(requestsSent(world).map(({ message }) => message.messageId));
    expect([tokens.size, ids.size]).toEqual([2, 2]);
  });

  it("by an unreachable address requeues (F4)", () => {
    const { world, device } = oneDevice();
    device.script = silent;
    device.register();
    const task = createTask(world);
    world.input({ kind: "unreachable", address: device.address });
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
  });

  it("is told by the history with each status change and its time", () => {
    const { world, device } = oneDevice();
    device.script = silent;
    const task = createTask(world);
    world.advance(10);
    device.register();
    world.advance(62);
    device.script = changed;
    device.update();
    const seen = historyOf(world, task, "d").map(({ status, numAttempts, ts }) => [
      status,
      numAttempts,
      ts - task.createdOn,
    ]);
    expect(seen).toEqual([
      ["REQUESTED", 0, 0],
      ["QUEUED", 0, 0],
      ["PROCESSING", 1, 10_000],
      ["QUEUED", 1, 72_000],
      ["PROCESSING", 2, 72_000],
      ["SUCCEEDED", 2, 72_000],
    ]);
    expect(historyOf(world, task).map(({ status }) => status)).toEqual([
      "REQUESTED",
      "QUEUING",
      "PROCESSING",
      "COMPLETE",
    ]);
  });
});

describe("an answer is final (R-09, I-03)", () => {
  it.each(["4.00", "4.04", "4.29", "5.03"] as const)("%s is never retried on a later Update or Register", (code) => {
    const { world, device } = oneDevice();
    device.script = () => refused(code);
    device.register();
    const task = createTask(world);
    expect(brief(world, task)[0]).toMatch(/^FAILED 1 /);
    device.update();
    device.register();
    expect(device.requests).toHaveLength(1);
  });

  it("goes on with the next task: an error answer does not stop the drain", () => {
    const { world, device } = oneDevice();
    const first = createTask(world);
    const second = createTask(world);
    device.script = () => refused("4.04");
    device.register();
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["FAILED 1 4040", "FAILED 1 4040"]);
  });
});

describe("after a failed attempt (row 28)", () => {
  it("stops the drain until the next trigger, then goes on from the oldest", () => {
    const { world, device } = oneDevice();
    const first = createTask(world);
    const second = createTask(world);
    device.script = silent;
    device.register();
    world.advance(200);
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["QUEUED 1", "QUEUED 0"]);
    device.script = changed;
    device.update();
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["SUCCEEDED 2", "SUCCEEDED 1"]);
  });

  it("goes on with the others where the profile says so, but not with the one that failed", () => {
    const { world, device } = oneDevice({ profile: { drainAfterFailure: "continue" } });
    const first = createTask(world);
    const second = createTask(world);
    device.script = () => (device.requests.length === 1 ? "silent" : changed());
    device.register();
    world.advance(200);
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["QUEUED 1", "SUCCEEDED 1"]);
  });

  it("tries a task created meanwhile at once; its success does not retry the older one", () => {
    const { world, device } = oneDevice();
    device.script = silent;
    device.register();
    const first = createTask(world);
    world.advance(62);
    device.script = changed;
    const second = createTask(world);
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["QUEUED 1", "SUCCEEDED 1"]);
  });

  it("a task created during an exchange is tried when that has been answered", () => {
    const { world, device } = oneDevice();
    device.register();
    device.online = false;
    createTask(world);
    const second = createTask(world);
    expect(brief(world, second)).toEqual(["QUEUED 0"]);
    device.online = true;
    world.advance(2);
    expect(brief(world, second)).toEqual(["SUCCEEDED 1"]);
  });

  it("a task created during an exchange that then fails waits for the next trigger", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = () => "acknowledge";
    const first = createTask(world);
    const second = createTask(world);
    device.script = changed;
    world.advance(1_000);
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["QUEUED 1", "QUEUED 0"]);
    device.update();
    expect([...brief(world, first), ...brief(world, second)]).toEqual(["SUCCEEDED 2", "SUCCEEDED 1"]);
  });

  it("an Update during an exchange does not retry that device task when the exchange fails", () => {
    const { world, device } = oneDevice();
    device.script = silent;
    device.register();
    const task = createTask(world);
    world.advance(10);
    device.update();
    world.advance(300);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
  });
});
