/** For tests of firmware updates: one registered device with object 5, one image, and tasks for them. Used by tests only. */
import { createTask, oneDevice, taskOf } from "../test-calls.ts";
import type { TestDevice, World, WorldOptions } from "../test-kit.ts";
import { type TestFirmware, updateTo, upload, withFirmware } from "./test-device.ts";

export const COAP = "coap://198.51.100.1:5683";
export const WITH_COAP: WorldOptions = { firmware: { locations: () => ["http://198.51.100.1:8080/v1.1", COAP] } };

export interface Scene {
  readonly world: World;
  readonly device: TestDevice;
  readonly firmware: TestFirmware;
  readonly updateId: string;
  readonly start: (fields?: object) => { readonly id: string };
}

export function scene(fields: Partial<TestFirmware> = {}, options: WorldOptions = WITH_COAP): Scene {
  const { world, device } = oneDevice(options);
  const firmware = withFirmware(device, fields);
  const updateId = upload(world);
  device.register();
  return { world, device, firmware, updateId, start: (more = {}) => createTask(world, updateTo(updateId, more)) };
}

/** What the mirror shows of the resources that matter. */
export const mirror = (world: World): unknown => {
  const { body } = world.rest("GET", "devicemgmt/devices/d/properties");
  const { device, firmwareUpdate } = (body as { data: { deviceProperties: Record<string, Record<string, unknown>> } })
    .data.deviceProperties;
  return [firmwareUpdate?.state, firmwareUpdate?.updateResult, device?.firmwareVersion];
};
export const errorOf = (world: World, task: { readonly id: string }) => {
  const [first] = taskOf(world, task).statuses;
  return `${first?.errorCode} ${first?.errorMessage}`;
};
export const PULLED = ["GET 5/0", "PUT 5/0/1", "GET 5/0/3"];
export const LOOKED = ["GET 5/0/3", "GET 5/0/5"];
export const FINISHED = [...LOOKED, "GET 3/0/3"];
