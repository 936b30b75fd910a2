import { describe, expect, it } from "vitest";
import { ACCEPT, CONTENT_FORMAT, uintValue } from "../protocol/coap/options.ts";
import type { CoapMessage } from "../protocol/coap/types.ts";
import { decodeInstance, encodeInstance, TLV } from "../protocol/lwm2m/content.ts";
import type { ResourceValue } from "../protocol/lwm2m/value.ts";
import { API_OBJECTS, apiResources } from "../protocol/task-api/properties.ts";
import { brief, createTask, mirrorOf, oneDevice, taskOf } from "./test-calls.ts";
import { changed, content, pathOf, type Script } from "./test-kit.ts";

const textOf = ({ payload }: CoapMessage): string => new TextDecoder().decode(payload);

/** Runs one task on one registered device. */
function run(fields: object, script: (request: CoapMessage) => Script) {
  const { world, device } = oneDevice();
  device.register();
  device.script = script;
  const task = createTask(world, fields);
  const [request] = device.requests;
  if (request === undefined) throw new Error("no request");
  return { world, task, request, status: brief(world, task)[0], mirror: mirrorOf(world, "d") };
}

const read = { taskType: "R", property: "deviceProperties.device", taskParameters: {} };

/** Every resource that a task may name, with what each kind of task sends for it. */
const RESOURCES = API_OBJECTS.flatMap(({ name, object }) =>
  apiResources(object).map((row) => ({ property: `${name}.${row.name}`, path: `${object}/0/${row.id}`, row })),
);

describe("tasks on every resource of the API", () => {
  it("are 58 resources of 5 objects", () => {
    expect([RESOURCES.length, API_OBJECTS.length]).toEqual([58, 5]);
  });

  it.each(RESOURCES)("$property: R is GET, E is POST, W is PUT of $path", ({ property, path, row }) => {
    const sent = (taskType: string, value?: string) => {
      const taskParameters = value === undefined ? {} : { value };
      const { request } = run({ taskType, property: `deviceProperties.${property}`, taskParameters }, changed);
      return `${request.code} ${pathOf(request)}`;
    };
    expect([sent("R"), sent("E"), sent("W", row.multiple ? (row.type === "string" ? '["1"]' : "[1]") : "1")]).toEqual([
      `0.01 ${path}`,
      `0.02 ${path}`,
      `0.03 ${path}`,
    ]);
  });

  it.each([
    ["firmwareUpdate.packageURI", "https://h/f.bin", "https://h/f.bin", { packageURI: "https://h/f.bin" }],
    ["firmwareUpdate.updateSupportedObjects", "true", "1", { updateSupportedObjects: true }],
    ["connectivityStatistics.collectionPeriod", "60", "60", { collectionPeriod: 60 }],
    ["device.currentTime", "1485974852000", "1485974852", { currentTime: 1_485_974_852_000 }],
  ])("W on %s turns %j into the text %j, and the mirror shows %j", (property, value, text, mirror) => {
    const task = { property: `deviceProperties.${property}`, taskParameters: { value } };
    const { world, request, status } = run(task, changed);
    expect([textOf(request), status]).toEqual([text, "SUCCEEDED 1"]);
    const [group = ""] = property.split(".");
    expect(world.rest("GET", "devicemgmt/devices/d/properties").body).toMatchObject({
      data: { deviceProperties: { [group]: mirror } },
    });
  });

  it("R of whole objects brings typed values to the mirror: numbers, time in milliseconds, lists, opaque as base64", () => {
    const read6 = { taskType: "R", property: "deviceProperties.location", taskParameters: {} };
    const location = new Map<number, ResourceValue>([
      [0, 48.5],
      [1, -123.25],
      [4, Uint8Array.of(1, 2)],
      [5, 1_485_974_852],
    ]);
    const { world } = run(read6, () => content(encodeInstance(6, location), TLV));
    const read4 = { ...read6, property: "deviceProperties.connectivityMonitoring.ipAddresses" };
    const addresses = new Map([
      [
        4,
        new Map([
          [0, "192.0.2.1"],
          [1, "192.0.2.2"],
        ]),
      ],
    ]);
    const other = run(read4, () => content(encodeInstance(4, addresses), TLV));
    expect(world.rest("GET", "devicemgmt/devices/d/properties").body).toMatchObject({
      data: {
        deviceProperties: {
          location: { latitude: 48.5, longitude: -123.25, velocity: "AQI=", timestamp: 1_485_974_852_000 },
        },
      },
    });
    expect(other.world.rest("GET", "devicemgmt/devices/d/properties").body).toMatchObject({
      data: { deviceProperties: { connectivityMonitoring: { ipAddresses: ["192.0.2.1", "192.0.2.2"] } } },
    });
  });
});

describe("requests to the device", () => {
  it("a write of a resource is PUT with text", () => {
    const { request } = run({}, changed);
    expect([request.code, pathOf(request), uintValue(request, CONTENT_FORMAT), textOf(request)]).toEqual([
      "0.03",
      "3/0/15",
      0,
      "Europe/Paris",
    ]);
  });

  it("a write of the whole object is POST with TLV of the resources named", () => {
    const value = JSON.stringify({ timezone: "Asia/Tokyo", utcOffset: "+09:00" });
    const { request, mirror } = run({ property: "deviceProperties.device", taskParameters: { value } }, changed);
    expect([request.code, pathOf(request), uintValue(request, CONTENT_FORMAT)]).toEqual(["0.02", "3/0", TLV]);
    expect(decodeInstance(3, request.payload)).toEqual({
      ok: true,
      value: new Map([
        [15, "Asia/Tokyo"],
        [14, "+09:00"],
      ]),
    });
    expect(mirror).toEqual({ timezone: "Asia/Tokyo", utcOffset: "+09:00" });
  });

  it("a read of a resource has no Accept, a read of the object asks for TLV", () => {
    const single = run({ ...read, property: "deviceProperties.device.batteryLevel" }, () => content("77"));
    expect([single.request.code, pathOf(single.request), uintValue(single.request, ACCEPT)]).toEqual([
      "0.01",
      "3/0/9",
      undefined,
    ]);
    const whole = run(read, () => content(encodeInstance(3, new Map()), TLV));
    expect([pathOf(whole.request), uintValue(whole.request, ACCEPT)]).toEqual(["3/0", TLV]);
  });

  it("an execution is POST without payload", () => {
    const { request, status, mirror } = run(
      { taskType: "E", property: "deviceProperties.device.reboot", taskParameters: {} },
      changed,
    );
    expect([request.code, pathOf(request), request.payload.length, status]).toEqual([
      "0.02",
      "3/0/4",
      0,
      "SUCCEEDED 1",
    ]);
    expect(mirror).toEqual({});
  });

  it("a write on a read-only resource is sent: the device's answer decides (row 29)", () => {
    const { status } = run({ property: "deviceProperties.device.manufacturer" }, () => ({
      ...changed(),
      code: "4.05",
    }));
    expect(status).toBe("FAILED 1 4050");
  });

  it("a text that is no value of the resource goes to the device as it is", () => {
    const { request, status, mirror } = run(
      { property: "deviceProperties.device.currentTime", taskParameters: { value: "noon" } },
      () => ({ ...changed(), code: "4.00" }),
    );
    expect([textOf(request), status, mirror]).toEqual(["noon", "FAILED 1 4000", {}]);
  });
});

describe("mirror (rows 17, 31)", () => {
  it("a read of the object brings every resource, typed; arrays by instance, time in milliseconds (D-01)", () => {
    const values = new Map<number, string | number | ReadonlyMap<number, number>>([
      [0, "Maker"],
      [
        7,
        new Map([
          [1, 5000],
          [0, 3800],
        ]),
      ],
      [9, 77],
      [13, 1_700_000_000],
    ]);
    const { mirror, status } = run(read, () => content(encodeInstance(3, values), TLV));
    expect(status).toBe("SUCCEEDED 1");
    expect(mirror).toEqual({
      manufacturer: "Maker",
      powerSourceVoltage: [3800, 5000],
      batteryLevel: 77,
      currentTime: 1_700_000_000_000,
    });
  });

  it("leaves out what a read of the object says of an executable resource, as coap-node says _exec_ of Reboot", () => {
    const values = new Map<number, string>([
      [0, "Maker"],
      [4, "_exec_"],
    ]);
    const { mirror, status } = run(read, () => content(encodeInstance(3, values), TLV));
    expect([status, mirror]).toEqual(["SUCCEEDED 1", { manufacturer: "Maker" }]);
  });

  it("a write changes its own property and its ts only; includeTimestamp shows them (D-02)", () => {
    const { world, device } = oneDevice();
    device.register();
    device.script = () =>
      content(
        encodeInstance(
          3,
          new Map<number, string | number>([
            [15, "a"],
            [9, 5],
          ]),
        ),
        TLV,
      );
    const { createdOn } = createTask(world, read);
    world.advance(10);
    device.script = changed;
    createTask(world);
    const answer = world.rest("GET", "devicemgmt/devices/d/properties", undefined, { includeTimestamp: "true" });
    expect(answer.body).toMatchObject({
      data: {
        deviceProperties: {
          device: {
            timezone: { value: "Europe/Paris", ts: createdOn + 10_000 },
            batteryLevel: { value: 5, ts: createdOn },
          },
        },
      },
    });
  });

  it("is untouched by an error, by silence, and before the answer (D-03)", () => {
    for (const script of [(): Script => ({ ...changed(), code: "5.00" }), (): Script => "silent"]) {
      expect(run({}, script).mirror).toEqual({});
    }
  });
});

describe("answers that do not fit (row 25)", () => {
  it.each([
    ["2.05 to a write", {}, content("x")],
    ["2.04 to a read", read, changed()],
    [
      "2.01 to an execution",
      { taskType: "E", property: "deviceProperties.device.reboot" },
      { ...changed(), code: "2.01" as const },
    ],
    ["text for a whole object", read, content("x")],
    ["broken TLV", read, content(Uint8Array.of(0xc8, 0x00, 0xff), TLV)],
    ["a text that is no number", { ...read, property: "deviceProperties.device.batteryLevel" }, content("full")],
    ["an unknown content format", { ...read, property: "deviceProperties.device.batteryLevel" }, content("7", 9999)],
  ])("%s: FAILED 5000, and no mirror", (_, fields, script) => {
    const { world, task, status, mirror } = run(fields, () => script);
    expect([status, mirror]).toEqual(["FAILED 1 5000", {}]);
    expect(taskOf(world, task).statuses[0]?.errorMessage).toMatch(/^Internal server error: /);
  });
});
