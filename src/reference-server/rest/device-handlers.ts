/**
 * Device types and devices: provisioning and configuration.
 *
 * Source: docs/semantics.md rows 8, 27, 30.
 */
import {
  DEVICE_TYPE_BOUNDS,
  DeviceRequest,
  deviceTypeRequest,
  deviceTypesInfoUpdate,
} from "../../protocol/task-api/schemas.ts";
import { toUnixMillis } from "../../protocol/time.ts";
import type { Context } from "../context.ts";
import { tooMuchProperty } from "../properties.ts";
import { addDevice, addDeviceType, noteDeviceType } from "../provisioning.ts";
import type { TaskLifecycle } from "../task-lifecycle.ts";
import type { Access } from "./access.ts";
import { answer, conflict, data, tooLarge } from "./answer.ts";
import { deviceTypeModel } from "./models.ts";
import type { Handlers } from "./router.ts";
import { parseBody } from "./validation.ts";

export type DeviceHandlers = Pick<
  Handlers,
  "add-device-type" | "add-device" | "get-device-type" | "configure-device-type"
>;

export function createDeviceHandlers(context: Context, access: Access, lifecycle: TaskLifecycle): DeviceHandlers {
  const { rules, profile } = context;
  const { taskExpiresAfterBounds } = profile;
  const bounds = { ...DEVICE_TYPE_BOUNDS, taskExpiresAfter: rules.acceptedBounds(taskExpiresAfterBounds, profile) };
  const typeRequest = deviceTypeRequest(bounds);
  const typeUpdate = deviceTypesInfoUpdate(bounds);
  return {
    "add-device-type": ({ request, now }) => {
      const body = parseBody(typeRequest, request.body);
      if (!body.ok) return body.error;
      if (context.deviceTypes.has(body.value.dtid ?? "")) return conflict("dtid", "is taken");
      const type = addDeviceType(context, body.value, now);
      return answer(201, { data: deviceTypeModel(type) });
    },
    "add-device": (call) => {
      const body = parseBody(DeviceRequest, call.request.body);
      if (!body.ok) return body.error;
      return access.ofType(body.value.dtid, call, (type) => {
        if (context.devices.has(body.value.did ?? "")) return conflict("did", "is taken");
        const tooMuch = tooMuchProperty(undefined, body.value.serverProperties ?? {});
        if (tooMuch !== undefined) return tooLarge(tooMuch);
        const { did, name } = addDevice(context, type, body.value, call.now);
        return answer(201, { data: { did, dtid: type.dtid, name } });
      });
    },
    "get-device-type": access.withType((type) => data(deviceTypeModel(type))),
    "configure-device-type": access.withType((type, { request, now }) => {
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
  };
}
