import { describe, expect, it } from "vitest";
import { Plan } from "../../scenarios/plan.ts";
import {
  appendPlan,
  joinPlans,
  normalisePlan,
  silenceDevices,
  withoutDevice,
  withoutDevices,
} from "./normalise-plan.ts";

const READ = { taskType: "R", property: "deviceProperties.device.timezone" } as const;

const plan = (fields: object): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "p-1",
    family: "test",
    simSeed: "seed",
    profile: {},
    deviceTypes: [{}, { taskExpiresAfter: 60 }],
    fleet: [{}, { type: 1 }, { type: 3, queueMode: true }],
    latency: 5,
    operations: [],
    faults: [],
    quietFrom: 100,
    until: 200,
    ...fields,
  });

const offline = (device: number) => ({ kind: "offline", device, from: 1, until: 2 }) as const;

describe("normalisePlan", () => {
  it("spells out indices that count modulo the fleet and the device types, and targets that are the same twice", () => {
    const normal = normalisePlan(
      plan({
        operations: [
          { at: 1, kind: "create-task", task: 7, ...READ, devices: [4, 1, 3], type: 5 },
          { at: 2, kind: "update", device: 5 },
          { at: 3, kind: "configure-type", type: 3, taskExpiresAfter: 90 },
          { at: 4, kind: "cancel-device-task", task: 7, device: 3 },
        ],
        faults: [offline(8)],
      }),
    );
    expect(normal.fleet.map(({ type }) => type)).toEqual([0, 1, 1]);
    expect(normal.operations).toMatchObject([
      { task: 7, devices: [1, 0], type: 1 },
      { device: 2 },
      { type: 1 },
      { task: 7, device: 0 },
    ]);
    expect(normal.faults).toEqual([offline(2)]);
  });

  it("changes nothing in a normal plan, and nothing the second time", () => {
    const once = normalisePlan(plan({ operations: [{ at: 1, kind: "update", device: 9 }] }));
    expect(normalisePlan(once)).toEqual(once);
  });
});

describe("withoutDevice", () => {
  const whole = normalisePlan(
    plan({
      operations: [
        { at: 1, kind: "create-task", task: 0, ...READ, devices: [0, 1, 2] },
        { at: 1, kind: "create-task", task: 1, ...READ, devices: [1] },
        { at: 1, kind: "create-task", task: 2, ...READ, devices: "all" },
        { at: 2, kind: "update", device: 1 },
        { at: 3, kind: "update", device: 2 },
        { at: 4, kind: "poll", task: 1 },
      ],
      faults: [offline(0), offline(1), offline(2)],
    }),
  );

  it("takes its operations, its faults and tasks that were for it alone, and renumbers what stood behind it", () => {
    const less = withoutDevice(whole, 1);
    expect(less.fleet).toEqual([whole.fleet[0], whole.fleet[2]]);
    expect(less.faults).toEqual([offline(0), offline(1)]);
    expect(less.operations).toMatchObject([
      { task: 0, devices: [0, 1] },
      { task: 2, devices: "all" },
      { kind: "update", device: 1, at: 3 },
      { kind: "poll", task: 1 },
    ]);
  });

  it("leaves a plan that can be read again, whichever device goes", () => {
    for (const gone of [0, 1, 2]) expect(Plan.parse(withoutDevice(whole, gone))).toEqual(withoutDevice(whole, gone));
  });
});

describe("withoutDevices", () => {
  it("is the same as one device after the other", () => {
    const whole = normalisePlan(
      plan({
        operations: [
          { at: 1, kind: "create-task", task: 0, ...READ, devices: [2, 0, 1] },
          { at: 2, kind: "update", device: 2 },
          { at: 3, kind: "update", device: 1 },
        ],
        faults: [offline(0), offline(2)],
      }),
    );
    expect(withoutDevices(whole, new Set([0, 1]))).toEqual(withoutDevice(withoutDevice(whole, 1), 0));
    expect(withoutDevices(whole, new Set())).toEqual(whole);
  });
});

describe("silenceDevices", () => {
  it("takes all that is about a device and leaves it in its place, so that the others keep theirs", () => {
    const whole = normalisePlan(
      plan({
        fleet: [{}, { type: 1, registersAt: 5, lifetime: 77 }, { queueMode: true }],
        operations: [
          { at: 1, kind: "create-task", task: 0, ...READ, devices: [0, 1, 2] },
          { at: 1, kind: "create-task", task: 1, ...READ, devices: [1] },
          { at: 1, kind: "create-task", task: 2, ...READ, devices: "all" },
          { at: 2, kind: "update", device: 1 },
          { at: 3, kind: "update", device: 2 },
        ],
        faults: [offline(0), offline(1), offline(2)],
      }),
    );
    const silent = silenceDevices(whole, new Set([1]));
    expect(silent.fleet).toEqual([whole.fleet[0], plan({ fleet: [{ type: 1 }] }).fleet[0], whole.fleet[2]]);
    expect(silent.operations).toMatchObject([
      { task: 0, devices: [0, 2] },
      { task: 2, devices: "all" },
      { kind: "update", device: 2 },
    ]);
    expect(silent.faults).toEqual([offline(0), offline(2)]);
  });
});

describe("appendPlan", () => {
  it("lets the second happen after the end of the first, on its devices and types, with tasks of its own", () => {
    const first = plan({
      operations: [{ at: 1, kind: "create-task", task: 4, ...READ, devices: [0] }],
      faults: [offline(1)],
    });
    const second = plan({
      fleet: [{ lifetime: 5 }, {}, {}, {}, {}],
      deviceTypes: [{}, {}, {}],
      operations: [
        { at: 2, kind: "create-task", task: 1, ...READ, devices: [4], type: 2, scheduledOn: 3 },
        { at: 3, kind: "poll", task: 1 },
        { at: 4, kind: "update", device: 3 },
      ],
      faults: [offline(5)],
      quietFrom: 500,
      until: 900,
    });
    const both = appendPlan(first, second);
    expect(both.fleet).toEqual(first.fleet);
    expect(both.deviceTypes).toEqual(first.deviceTypes);
    expect(both.operations).toMatchObject([
      { at: 1, task: 4, devices: [0] },
      { at: 202, task: 6, devices: [1], type: 0, scheduledOn: 203 },
      { at: 203, kind: "poll", task: 6 },
      { at: 204, kind: "update", device: 0 },
    ]);
    expect(both.faults).toEqual([offline(1), { kind: "offline", device: 2, from: 201, until: 202 }]);
    expect(both).toMatchObject({ quietFrom: 700, until: 1_100 });
    expect(Plan.parse(both)).toEqual(both);
  });
});

describe("joinPlans", () => {
  const first = plan({
    operations: [{ at: 1, kind: "create-task", task: 4, ...READ, devices: [0], type: 0 }],
    faults: [offline(1)],
  });
  const second = plan({
    id: "p-2",
    deviceTypes: [{ taskExpiresAfter: 90 }],
    fleet: [{}],
    operations: [
      { at: 2, kind: "create-task", task: 4, ...READ, devices: [6], type: 1 },
      { at: 3, kind: "poll", task: 4 },
      { at: 4, kind: "configure-type", type: 0, taskExpiresAfter: 60 },
    ],
    faults: [offline(3)],
    quietFrom: 500,
    until: 900,
  });

  it("puts devices, types and tasks of the second behind those of the first, none of them shared", () => {
    const joined = joinPlans(first, second);
    expect(joined.fleet.map(({ type }) => type)).toEqual([0, 1, 1, 2]);
    expect(joined.deviceTypes).toEqual([{}, { taskExpiresAfter: 60 }, { taskExpiresAfter: 90 }]);
    expect(joined.operations).toMatchObject([
      { task: 4, devices: [0], type: 0 },
      { task: 9, devices: [3], type: 2 },
      { kind: "poll", task: 9 },
      { kind: "configure-type", type: 2 },
    ]);
    expect(joined.faults).toEqual([offline(1), offline(3)]);
    expect(joined).toMatchObject({ quietFrom: 500, until: 900 });
    expect(Plan.parse(joined)).toEqual(joined);
  });

  it("keeps the first as it is when the second does nothing", () => {
    const { operations, faults } = joinPlans(first, plan({ id: "p-2" }));
    expect({ operations, faults }).toEqual({ operations: first.operations, faults: first.faults });
  });
});

describe("plans with firmware images", () => {
  const update = (task: number, image: number, devices: readonly number[] | "all" = [0]) =>
    ({ at: 1, kind: "create-update", task, image, devices, scheduledOn: 7 }) as const;
  const images = [
    { version: "2.0", size: 1, type: 2 },
    { version: "2.1", size: 1, type: 1 },
  ];

  it("spells out images and the types that they are for", () => {
    const normal = normalisePlan(plan({ images, operations: [update(0, 3, [4, 1])] }));
    expect(normal.images?.map(({ type }) => type)).toEqual([0, 1]);
    expect(normal.operations).toMatchObject([{ image: 1, devices: [1] }]);
  });

  it("keeps a plan without images without them", () => {
    expect(normalisePlan(plan({ operations: [update(0, 3)] }))).not.toHaveProperty("images");
  });

  it("moves the targets of an update as those of any task", () => {
    const normal = normalisePlan(plan({ images, operations: [update(0, 0, [0, 2]), update(1, 1, [1])] }));
    expect(withoutDevice(normal, 1).operations).toMatchObject([{ task: 0, devices: [0, 1] }]);
    expect(silenceDevices(normal, new Set([0])).operations).toMatchObject([{ devices: [2] }, { devices: [1] }]);
  });

  it("renumbers images and their types when plans are joined, and images when one follows the other", () => {
    const one = plan({ images, operations: [update(0, 1)] });
    const joined = joinPlans(one, one);
    expect(joined.images?.map(({ type }) => type)).toEqual([0, 1, 2, 3]);
    expect(joined.operations).toMatchObject([
      { task: 0, image: 1, devices: [0] },
      { task: 1, image: 3, devices: [3] },
    ]);
    const appended = appendPlan(one, one);
    expect(appended.images).toHaveLength(4);
    expect(appended.operations).toMatchObject([
      { at: 1, task: 0, image: 1, scheduledOn: 7 },
      { at: 201, task: 1, image: 3, scheduledOn: 207 },
    ]);
  });
});
