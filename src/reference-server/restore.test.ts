import { describe, expect, it } from "vitest";
import { COAP_DEFAULTS } from "../protocol/coap/params.ts";
import { completeProfile } from "../protocol/profile.ts";
import type { ServerEffect } from "../protocol/server-port.ts";
import { type Instant, SIMULATION_START } from "../protocol/time.ts";
import { createReferenceServer } from "./server.ts";
import {
  brief,
  cancel,
  createTask,
  historyOf,
  mirrorOf,
  oneDevice,
  provision,
  requestsSent,
  TYPE,
  taskOf,
} from "./test-calls.ts";
import { changed, createWorld, keyedRandom, pathOf, type Script } from "./test-kit.ts";

const silent = (): Script => "silent";
const DAY = 86_400;
const START = 1_767_225_600_000;

describe("a restarted server (row 26)", () => {
  it("knows each task, count, history, property and device type as before", () => {
    const world = createWorld();
    const devices = provision(world, ["a", "b", "c"], { taskExpiresAfter: 600, pmin: 100 });
    for (const device of devices.slice(0, 2)) device.register();
    const first = createTask(world, { dids: ["a", "c"] });
    const second = createTask(world, { filter: "serverProperties.x=1" });
    const third = createTask(world, { property: "serverProperties.x", taskParameters: { value: "1" } });
    const fourth = createTask(world, { taskParameters: { value: "x", scheduledOn: START + 100_000 } });
    cancel(world, first, "c");
    const look = () =>
      JSON.stringify([
        [first, second, third, fourth].map((task) => [taskOf(world, task), historyOf(world, task)]),
        historyOf(world, first, "a"),
        ["a", "b", "c"].map(
          (did) =>
            world.rest("GET", `devicemgmt/devices/${did}/properties`, undefined, { includeTimestamp: "true" }).body,
        ),
        world.rest("GET", `devicemgmt/devicetypes/${TYPE}`).body,
      ]);
    const before = look();
    world.restart();
    expect(look()).toBe(before);
    world.advance(100);
    expect(brief(world, fourth)).toEqual(["SUCCEEDED 1", "SUCCEEDED 1", "QUEUED 0"]);
  });

  it("counts an exchange in flight as a failed attempt and tries it at the next trigger, not before", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const task = createTask(world);
    world.advance(3);
    world.restart();
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    world.advance(300);
    expect(brief(world, task)).toEqual(["QUEUED 1"]);
    device.script = changed;
    expect(device.update()).toBe("2.04");
    expect(brief(world, task)).toEqual(["SUCCEEDED 2"]);
    expect(historyOf(world, task, "d").map(({ status }) => status)).toEqual([
      "REQUESTED",
      "QUEUED",
      "PROCESSING",
      "QUEUED",
      "PROCESSING",
      "SUCCEEDED",
    ]);
  });

  it("ends a cancelled exchange in flight as CANCELLED", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = silent;
    const task = createTask(world);
    cancel(world, task, "d");
    world.restart();
    expect(brief(world, task)).toEqual(["CANCELLED 1"]);
    expect(taskOf(world, task).status).toBe("COMPLETE");
  });

  it("keeps registrations: the location, the address and the rest of the lifetime", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 100 });
    world.advance(60);
    world.restart();
    expect(brief(world, createTask(world))).toEqual(["SUCCEEDED 1"]);
    world.advance(39.999);
    expect(device.update()).toBe("2.04");
    world.restart();
    world.advance(100);
    expect(device.update()).toBe("4.04");
  });

  it("serves what came due while it was away: expired, removed, dead", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 100 });
    const task = createTask(world);
    device.online = false;
    const other = createTask(world, { taskParameters: { value: "x", expiresAfter: 50 } });
    const again = createTask(world, { taskParameters: { value: "x", expiresAfter: 30 * DAY } });
    world.advance(10);
    world.restart();
    world.advance(60);
    expect([...brief(world, task), ...brief(world, other), ...brief(world, again)]).toEqual([
      "SUCCEEDED 1",
      "FAILED 1 4004",
      "QUEUED 0",
    ]);
    world.advance(30 * DAY);
    world.restart();
    expect(world.rest("GET", `devicemgmt/tasks/${again.id}`).status).toBe(404);
    expect(device.update()).toBe(undefined);
  });

  it("keeps the order of creation over the restart (Q-10)", () => {
    const { world, device } = oneDevice();
    for (const name of ["timezone", "utcOffset", "currentTime"]) {
      if (name === "currentTime") world.restart();
      createTask(world, { taskType: "R", property: `deviceProperties.device.${name}` });
    }
    device.register();
    expect(device.requests.map(pathOf)).toEqual(["3/0/15", "3/0/14", "3/0/13"]);
  });

  it("gives no id, token or message id again that it gave before", () => {
    const { world, device } = oneDevice();
    device.register();
    const ids = [createTask(world).id];
    world.restart();
    ids.push(createTask(world).id);
    world.restart();
    ids.push(createTask(world).id);
    expect(new Set(ids).size).toBe(3);
    expect(new Set(requestsSent(world).map(({ message }) => message.token)).size).toBe(3);
    expect(mirrorOf(world, "d")).toEqual({ timezone: "Europe/Paris" });
  });
});

describe("waiting for the store", () => {
  const kinds = (effects: readonly ServerEffect[]): string[] => effects.map(({ kind }) => kind);
  const newServer = () =>
    createReferenceServer({
      profile: completeProfile({ name: "t", reaction: 5 }),
      coap: COAP_DEFAULTS,
      random: keyedRandom("x"),
    });
  const now = SIMULATION_START as Instant;
  const rest = (ticket: number, method: string, path: string, body?: unknown) =>
    ({ kind: "rest", ticket, request: { method, path: path.split("/"), query: {}, body } }) as const;

  it("the 201 leaves only after `persisted`, and answers behind it wait for it", () => {
    const server = newServer();
    const [persist, ...none] = server.handle(rest(1, "POST", "devicetypes", { dtid: "t", name: "T" }), now);
    expect([persist?.kind, none]).toEqual(["persist", []]);
    expect(server.handle(rest(2, "GET", "devicemgmt/devicetypes/t"), now)).toEqual([]);
    if (persist?.kind !== "persist") throw new Error("no persist");
    const answers = server.handle({ kind: "persisted", ticket: persist.ticket }, now);
    expect(answers.map((effect) => effect.kind === "answer" && effect.ticket)).toEqual([1, 2]);
  });

  it("the answer to POST stands before the first datagram of the task (Q-01)", () => {
    const { world, device } = oneDevice();
    device.register();
    const body = { dtid: TYPE, taskType: "R", property: "deviceProperties.device.timezone" };
    expect(kinds(world.input(rest(999, "POST", "devicemgmt/tasks", body)))).toEqual(["answer", "send"]);
  });

  it("between `start` and `rows` REST gets 503 and datagrams are dropped; then it serves", () => {
    const server = newServer();
    const [query] = server.handle({ kind: "start" }, now);
    expect(query).toMatchObject({ kind: "query", table: "*" });
    expect(server.handle(rest(1, "GET", "devicemgmt/tasks/x"), now)).toMatchObject([{ response: { status: 503 } }]);
    server.handle({ kind: "rows", ticket: 1, rows: [] }, now);
    const effects = server.handle(rest(2, "GET", "devicemgmt/tasks/x"), now);
    expect(effects).toEqual([]);
  });

  it("persists nothing on a request that is refused", () => {
    const server = newServer();
    expect(kinds(server.handle(rest(1, "POST", "devicemgmt/tasks", { dtid: "none" }), now))).toEqual(["answer"]);
  });
});
