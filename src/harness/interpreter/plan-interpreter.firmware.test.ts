import { describe, expect, it } from "vitest";
import type { RestResponse } from "../../protocol/server-port.ts";
import { after, type Instant, millis } from "../../protocol/time.ts";
import { imageBytes } from "../../scenarios/firmware-images.ts";
import { Plan } from "../../scenarios/plan.ts";
import { createInterpreter, type Interpreter, type InterpreterEffect } from "./plan-interpreter.ts";
import { runNames } from "./run-names.ts";

const START = 1_000_000 as Instant;
const UPLOADED: RestResponse = { status: 201, body: { data: { updateId: "image-id" } } };
const CREATED: RestResponse = { status: 201, body: { data: { id: "task-id" } } };
const IMAGES = [
  { version: "2.0", size: 100 },
  { version: "2.1", size: 5, type: 3 },
] as const;

const plan = (operations: readonly object[], fields: object = {}): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "p-1",
    family: "test",
    simSeed: "seed",
    profile: {},
    deviceTypes: [{}, {}],
    fleet: [{}, { type: 1 }, {}],
    images: IMAGES,
    latency: 0,
    operations,
    faults: [],
    quietFrom: 1_000,
    until: 2_000,
    ...fields,
  });

const CREATE = { at: 1, kind: "create-update", task: 0, image: 0, devices: [0, 2, 3] } as const;

type RestEffect = Extract<InterpreterEffect, { kind: "rest" }>;
const rests = (effects: readonly InterpreterEffect[]): RestEffect[] =>
  effects.filter((effect): effect is RestEffect => effect.kind === "rest");

/** Answers everything that is asked before plan time 0: uploads as told, the rest with 201. */
function begun(one: Plan, upload: RestResponse | "failure" = UPLOADED) {
  const interpreter = createInterpreter(one, runNames(one));
  const asked: RestEffect[] = [];
  let effects = interpreter.start(START);
  for (let [request] = rests(effects); request !== undefined; [request] = rests(effects)) {
    asked.push(request);
    const { ticket } = request;
    const isUpload = request.purpose.kind === "upload-image";
    const input =
      isUpload && upload === "failure"
        ? ({ kind: "failure", ticket, reason: "time-out" } as const)
        : ({ kind: "answer", ticket, response: isUpload && upload !== "failure" ? upload : CREATED } as const);
    effects = interpreter.handle(input, START);
  }
  return { interpreter, asked, effects };
}

const at = (interpreter: Interpreter, milliseconds: number): RestEffect[] =>
  rests(interpreter.handle({ kind: "time" }, after(START, millis(milliseconds))));

describe("createInterpreter, firmware images", () => {
  it("uploads them after the devices, each for its device type, as base64 of the bytes that the plan says", () => {
    const { asked, effects } = begun(plan([]));
    const uploads = asked.slice(-2);
    expect(asked.map(({ request }) => request.path[0])).toEqual([
      "devicetypes",
      "devicetypes",
      "devices",
      "devices",
      "devices",
      "updates",
      "updates",
    ]);
    expect(uploads.map(({ purpose }) => purpose)).toEqual([
      { kind: "upload-image", image: 0 },
      { kind: "upload-image", image: 1 },
    ]);
    expect(uploads[1]?.request).toMatchObject({ method: "POST", body: { dtid: "p-1-t1", version: "2.1" } });
    const { image } = (uploads[0]?.request.body ?? {}) as { readonly image?: string };
    expect(new Uint8Array(Buffer.from(image ?? "", "base64"))).toEqual(imageBytes({ ...IMAGES[0], type: 0 }));
    expect(effects[0]).toEqual({ kind: "begin", start: START });
  });

  it("uploads none for a plan without any", () => {
    const { images: _left, ...without } = plan([]);
    expect(begun(without).asked.some(({ request }) => request.path[0] === "updates")).toBe(false);
  });
});

describe("createInterpreter, create-update", () => {
  it("asks for a task with the id of the uploaded image, no task type and no property", () => {
    const { interpreter } = begun(plan([{ ...CREATE, needsAcceptance: true, expiresAfter: 60, scheduledOn: 5 }]));
    const [create] = at(interpreter, 1);
    expect(create?.purpose).toEqual({ kind: "create-task", task: 0, devices: [0, 2], image: 0 });
    expect(create?.request).toMatchObject({ method: "POST", path: ["devicemgmt", "tasks"] });
    expect(create?.request.body).toEqual({
      dtid: "p-1-t0",
      dids: ["p-1-d0", "p-1-d2"],
      needsAcceptance: true,
      taskParameters: { update: { updateId: "image-id" }, expiresAfter: 60, scheduledOn: expect.any(Number) },
    });
  });

  it("means all devices of the image's type, and counts images modulo their number", () => {
    const { interpreter } = begun(plan([{ ...CREATE, image: 3, devices: "all" }]));
    const [create] = at(interpreter, 1);
    expect(create?.purpose).toEqual({ kind: "create-task", task: 0, devices: [1], image: 1 });
    expect(create?.request.body).toEqual({
      dtid: "p-1-t1",
      taskParameters: { update: { updateId: "image-id" } },
    });
  });

  it.each([
    ["refused", { status: 404, body: {} }],
    ["answered without an updateId", { status: 201, body: { data: {} } }],
    ["answered by nothing that can be read", { status: 201, body: undefined }],
    ["not answered", "failure"],
  ] as const)(
    "is skipped with all that is done with its task when the upload was %s, and the plan begins",
    (_how, upload) => {
      const poll = { at: 2, kind: "poll", task: 0 };
      const { interpreter, effects } = begun(plan([CREATE, poll]), upload);
      expect(effects[0]).toEqual({ kind: "begin", start: START });
      expect(at(interpreter, 3)).toEqual([]);
    },
  );

  it("is skipped in a plan without images", () => {
    const { images: _left, ...without } = plan([CREATE]);
    expect(at(begun(without).interpreter, 3)).toEqual([]);
  });
});

describe("createInterpreter, answer-update", () => {
  const ANSWER = { at: 2, kind: "answer-update", task: 0, device: 3, answer: "REJECTED" } as const;

  it("waits for the id of the task, then tells what the user of the device says", () => {
    const { interpreter } = begun(plan([CREATE, ANSWER]));
    const [create, ...more] = at(interpreter, 2);
    expect(more).toEqual([]);
    const input = { kind: "answer", ticket: create?.ticket ?? 0, response: CREATED } as const;
    const [answer] = rests(interpreter.handle(input, after(START, millis(3))));
    expect(answer?.purpose).toEqual({ kind: "answer-update", task: 0, device: 0, answer: "REJECTED" });
    expect(answer?.request).toMatchObject({
      method: "POST",
      path: ["devicemgmt", "tasks", "task-id", "devices", "p-1-d0", "acceptance"],
      body: { acceptanceStatus: "REJECTED" },
    });
  });

  it("is skipped when the server refused the task, or there is no stranger to answer", () => {
    const refused = begun(plan([CREATE, ANSWER]));
    const [create] = at(refused.interpreter, 2);
    const input = { kind: "answer", ticket: create?.ticket ?? 0, response: { status: 400, body: {} } } as const;
    expect(refused.interpreter.handle(input, after(START, millis(3)))).toEqual([]);
    const strange = begun(plan([CREATE, { ...ANSWER, as: "stranger" }]));
    expect(at(strange.interpreter, 2).map(({ purpose }) => purpose.kind)).toEqual(["create-task"]);
  });
});
