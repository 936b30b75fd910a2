/**
 * Device types and devices: provisioning, configuration, properties.
 *
 * Source: docs/semantics.md rows 8, 17, 18, 27, 30, 31.
 */
import {
  DEVICE_TYPE_BOUNDS,
  DeviceRequest,
  deviceTypeRequest,
  deviceTypesInfoUpdate,
  ServerProperties,
} from "../../protocol/task-api/schemas.ts";
import { toUnixMillis } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import type { Device, DeviceType } from "../entities.ts";
import { nested, setServerProperties } from "../properties.ts";
import { addDevice, addDeviceType, noteDeviceType } from "../provisioning.ts";
import type { TaskLifecycle } from "../task-lifecycle.ts";
import {
  type Answer,
  answer,
  type Call,
  conflict,
  data,
  forbidden,
  type Handler,
  noDeviceType,
  notFound,
} from "./answer.ts";
import { deviceTypeModel } from "./models.ts";
import { booleanOf, parseBody } from "./validation.ts";

export interface DeviceHandlers {
  readonly addDeviceType: Handler;
  readonly addDevice: Handler;
  readonly getDeviceType: Handler;
  readonly putDeviceType: Handler;
  readonly getProperties: Handler;
  readonly postServerProperties: Handler;
}

export function createDeviceHandlers(context: Context, lifecycle: TaskLifecycle): DeviceHandlers {
  const { rules, profile } = context;
  const { taskExpiresAfterBounds } = profile;
  const bounds = { ...DEVICE_TYPE_BOUNDS, taskExpiresAfter: rules.acceptedBounds(taskExpiresAfterBounds, profile) };
  const typeRequest = deviceTypeRequest(bounds);
  const typeUpdate = deviceTypesInfoUpdate(bounds);
  const mayUse = (type: DeviceType, { request }: Call): boolean =>
    rules.mayUse(type, request.token, context.administrator);

  const withType =
    (handle: (type: DeviceType, call: Call) => Answer): Handler =>
    (call) => {
      const type = context.deviceTypes.get(call.parameters.dtid ?? "");
      if (type === undefined) return noDeviceType();
      return mayUse(type, call) ? handle(type, call) : forbidden();
    };

  const withDevice =
    (handle: (device: Device, call: Call) => Answer): Handler =>
    (call) => {
      const device = context.devices.get(call.parameters.did ?? "");
      if (device === undefined) return notFound();
      return mayUse(device.type, call) ? handle(device, call) : forbidden();
    };

  return {
    addDeviceType: ({ request, now }) => {
      const body = parseBody(typeRequest, request.body);
      if (!body.ok) return body.error;
      if (context.deviceTypes.has(body.value.dtid ?? "")) return conflict("dtid", "is taken");
      const type = addDeviceType(context, body.value, now);
      return answer(201, { data: deviceTypeModel(type) });
    },
    addDevice: (call) => {
      const body = parseBody(DeviceRequest, call.request.body);
      if (!body.ok) return body.error;
      const type = context.deviceTypes.get(body.value.dtid);
      if (type === undefined) return noDeviceType();
      if (!mayUse(type, call)) return forbidden();
      if (context.devices.has(body.value.did ?? "")) return conflict("did", "is taken");
      const { did, name } = addDevice(context, type, body.value, call.now);
      return answer(201, { data: { did, dtid: type.dtid, name } });
    },
    getDeviceType: withType((type) => data(deviceTypeModel(type))),
    putDeviceType: withType((type, { request, now }) => {
      const body = parseBody(typeUpdate, request.body);
      if (!body.ok) return body.error;
      const { pmin = type.pmin, pmax = type.pmax } = body.value;
      const { devicePropertiesEnabled = type.devicePropertiesEnabled } = body.value;
      const asked = body.value.taskExpiresAfter;
      const taskExpiresAfter =
        asked === undefined ? type.taskExpiresAfter : rules.shortened(asked, taskExpiresAfterBounds, profile);
      Object.assign(type, { pmin, pmax, devicePropertiesEnabled, taskExpiresAfter, modifiedOn: toUnixMillis(now) });
      noteDeviceType(context, type);
      lifecycle.typeChanged(type);
      return data(deviceTypeModel(type));
    }),
    getProperties: withDevice((device, { request }) => {
      const withTimestamps = booleanOf("includeTimestamp", request.query.includeTimestamp);
      return withTimestamps.ok ? data(propertyGroups(device, withTimestamps.value)) : withTimestamps.error;
    }),
    postServerProperties: withDevice((device, { request, now }) => {
      const body = parseBody(ServerProperties, request.body);
      if (!body.ok) return body.error;
      setServerProperties(context, device, body.value, now);
      return data({ did: device.did });
    }),
  };
}

const propertyGroups = (device: Device, withTimestamps: boolean) => ({
  serverProperties: nested(device.serverProperties, withTimestamps),
  systemProperties: {
    did: device.did,
    connection: device.registration === undefined ? "disconnected" : "connected",
  },
  deviceProperties: nested(device.mirror, withTimestamps),
});
