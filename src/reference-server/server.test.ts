import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { address } from "../protocol/address.ts";
import { encodeMessage } from "../protocol/coap/message.ts";
import {
  CONTENT_FORMAT,
  LOCATION_PATH,
  stringOption,
  URI_PATH,
  URI_QUERY,
  uintOption,
} from "../protocol/coap/options.ts";
import type { Code, MessageType } from "../protocol/coap/types.ts";
import type { RestRequest } from "../protocol/server-port.ts";
import { createTask, oneDevice, provision, requestsSent, type TaskView, TYPE, taskOf } from "./test-calls.ts";
import { changed, createWorld, type Script, type World } from "./test-kit.ts";

const TERMINAL = ["SUCCEEDED", "FAILED", "CANCELLED"];

/** T-01..T-03 as an outsider can check them on one answer. */
function expectConsistent({ status, statusCounts, statuses }: TaskView): void {
  const count = (...wanted: string[]): number => statuses.filter((entry) => wanted.includes(entry.status)).length;
  expect(statusCounts).toEqual({
    totalDevices: statuses.length,
    numCompleted: count(...TERMINAL),
    numSucceeded: count("SUCCEEDED"),
    numFailed: count("FAILED"),
    numCancelled: count("CANCELLED"),
  });
  if (status !== "CANCELLED") expect(status === "COMPLETE").toBe(count(...TERMINAL) === statuses.length);
  for (const entry of statuses) expect(entry.errorCode === undefined).toBe(entry.status !== "FAILED");
}

const text = fc.constantFrom(
  "",
  "rd",
  "tasks",
  "devicemgmt",
  "d0",
  "d1",
  TYPE,
  "ep=d0",
  "lt=5",
  "Q",
  "b=UQ",
  "lwm2m=1.1",
  "x",
);
const option = fc.oneof(
  fc
    .tuple(fc.constantFrom(URI_PATH, URI_QUERY, LOCATION_PATH), text)
    .map(([number, value]) => stringOption(number, value)),
  fc.nat(70_000).map((value) => uintOption(CONTENT_FORMAT, value)),
);
const message = fc
  .record({
    type: fc.constantFrom<MessageType>("CON", "NON", "ACK"),
    code: fc.constantFrom<Code>("0.01", "0.02", "0.04", "2.01", "2.04", "2.05", "4.04", "5.00", "3.01", "7.00"),
    messageId: fc.nat(3),
    token: fc.constantFrom("", "ab", "0102030405060708"),
    options: fc.array(option, { maxLength: 4 }).map((options) => options.sort((a, b) => a.number - b.number)),
    payload: fc.oneof(fc.constant(new TextEncoder().encode("</3/0>")), fc.uint8Array({ maxLength: 8 })),
  })
  .map((fields) => encodeMessage(fields));
const datagram = fc.tuple(fc.nat(3), fc.oneof(message, fc.uint8Array({ maxLength: 40 })));

const request: fc.Arbitrary<RestRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", ""),
  path: fc.array(
    fc.constantFrom(
      "devicemgmt",
      "tasks",
      "devices",
      "devicetypes",
      "statuses",
      "history",
      "properties",
      "d0",
      TYPE,
      "x",
      "",
    ),
    {
      maxLength: 6,
    },
  ),
  query: fc.dictionary(
    fc.constantFrom("count", "offset", "status", "dids", "did", "includeTimestamp"),
    fc.string({ maxLength: 5 }),
  ),
  body: fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        dtid: fc.constantFrom(TYPE, "x"),
        taskType: fc.constantFrom("R", "W", "E", "X"),
        property: fc.constantFrom(
          "deviceProperties.device",
          "deviceProperties.device.timezone",
          "serverProperties.x",
          "y",
        ),
        dids: fc.array(fc.constantFrom("d0", "d1", "x")),
        taskParameters: fc.record(
          { value: fc.string(), expiresAfter: fc.integer({ min: -1, max: 100 }) },
          { requiredKeys: [] },
        ),
        status: fc.constantFrom("CANCELLED", "x"),
      },
      { requiredKeys: [] },
    ),
  ),
});

type Act =
  | { readonly kind: "request"; readonly request: RestRequest }
  | { readonly kind: "datagram"; readonly from: number; readonly bytes: Uint8Array }
  | { readonly kind: "task"; readonly value: string; readonly expiresAfter: number }
  | { readonly kind: "cancel"; readonly task: number; readonly device: number | undefined }
  | { readonly kind: "register" | "update" | "deregister" | "move" | "sleep"; readonly device: number }
  | { readonly kind: "script"; readonly device: number; readonly script: Script }
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "restart" };

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("request" as const), request }),
  datagram.map(([from, bytes]): Act => ({ kind: "datagram", from, bytes })),
  fc.record({ kind: fc.constant("task" as const), value: fc.string(), expiresAfter: fc.integer({ min: 1, max: 500 }) }),
  fc.record({
    kind: fc.constant("cancel" as const),
    task: fc.nat(5),
    device: fc.option(fc.nat(2), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constantFrom(
      "register" as const,
      "update" as const,
      "deregister" as const,
      "move" as const,
      "sleep" as const,
    ),
    device: fc.nat(2),
  }),
  fc.record({
    kind: fc.constant("script" as const),
    device: fc.nat(2),
    script: fc.constantFrom<Script>("silent", "acknowledge", "reset", changed(), { ...changed(), code: "4.04" }),
  }),
  fc.record({ kind: fc.constant("advance" as const), seconds: fc.nat(200) }),
  fc.constant<Act>({ kind: "restart" }),
);

function perform(world: World, devices: ReturnType<typeof provision>, tasks: string[], step: Act, index: number): void {
  const device = "device" in step ? devices[(step.device ?? 0) % devices.length] : undefined;
  switch (step.kind) {
    case "request":
      world.input({ kind: "rest", ticket: 1_000_000 + index, request: step.request });
      break;
    case "datagram":
      world.input({
        kind: "datagram",
        from: devices[step.from]?.address ?? address("203.0.113.1:1"),
        bytes: step.bytes,
      });
      break;
    case "task":
      tasks.push(createTask(world, { taskParameters: { value: step.value, expiresAfter: step.expiresAfter } }).id);
      break;
    case "cancel": {
      const path = `devicemgmt/tasks/${tasks[step.task % Math.max(1, tasks.length)]}`;
      world.rest("PUT", step.device === undefined ? path : `${path}/devices/d${step.device}`, { status: "CANCELLED" });
      break;
    }
    case "move":
      if (device !== undefined) device.address = address(`198.18.0.${device.did.slice(1)}:${1_000 + index}`);
      break;
    case "sleep":
      if (device !== undefined) device.online = !device.online;
      break;
    case "script":
      if (device !== undefined) device.script = () => step.script;
      break;
    case "advance":
      world.advance(step.seconds);
      break;
    case "restart":
      world.restart();
      break;
    default:
      device?.[step.kind]();
  }
}

describe("the server as a whole", () => {
  it("never throws, and counts, statuses and errors always agree, whatever comes in", () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const world = createWorld();
        const devices = provision(world, ["d0", "d1", "d2"]);
        const tasks: string[] = [];
        for (const [index, step] of acts.entries()) {
          perform(world, devices, tasks, step, index);
          for (const id of tasks) expectConsistent(taskOf(world, { id }));
        }
        world.advance(600);
        for (const id of tasks) {
          const task = taskOf(world, { id });
          expectConsistent(task);
          expect(task.statuses.every(({ status }) => TERMINAL.includes(status))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("comes to rest: after an attempt nothing is due until something happens", () => {
    const { world, device } = oneDevice();
    device.register({ lifetime: 100 });
    device.script = () => "silent";
    createTask(world);
    world.advance(3_600);
    expect(requestsSent(world)).toHaveLength(5);
  });

  it("keeps 300 devices with hourly Updates alive: one answer each, no other datagram", () => {
    const world = createWorld();
    const devices = provision(
      world,
      Array.from({ length: 300 }, (_, index) => `d${index}`),
    );
    for (const device of devices) device.register({ lifetime: 7_200 });
    for (let hour = 0; hour < 3; hour += 1) {
      world.advance(3_600);
      for (const device of devices) expect(device.update()).toBe("2.04");
    }
    expect(world.sent).toHaveLength(300 * 4);
  });
});
