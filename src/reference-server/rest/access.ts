/**
 * Finds what the path of a request names, and lets only those use it who may: 404 where there is nothing, 403 for
 * somebody else's.
 *
 * Source: docs/semantics.md rows 29, 30.
 */
import type { Context } from "../context.ts";
import type { Device, DeviceType, Task } from "../entities.ts";
import { type Answer, type Call, forbidden, type Handler, noDeviceType, notFound } from "./answer.ts";
import { mayUseType } from "./caller.ts";

export interface Access {
  mayUse(type: DeviceType, call: Call): boolean;
  /** For paths with `:dtid`. */
  withType(handle: (type: DeviceType, call: Call) => Answer): Handler;
  /** For paths with `:did`. */
  withDevice(handle: (device: Device, call: Call) => Answer): Handler;
  /** For paths with `:tid`. */
  withTask(handle: (task: Task, call: Call) => Answer): Handler;
  /** The device type that a query or a body names. */
  ofType(dtid: string, call: Call, handle: (type: DeviceType) => Answer): Answer;
}

export function createAccess(context: Context): Access {
  const mayUse: Access["mayUse"] = (type, { caller, request }) => mayUseType(context, type, caller, request.method);
  const ofType: Access["ofType"] = (dtid, call, handle) => {
    const type = context.deviceTypes.get(dtid);
    if (type === undefined) return noDeviceType();
    return mayUse(type, call) ? handle(type) : forbidden();
  };
  return {
    mayUse,
    ofType,
    withType: (handle) => (call) => ofType(call.parameters.dtid ?? "", call, (type) => handle(type, call)),
    withDevice: (handle) => (call) => {
      const device = context.devices.get(call.parameters.did ?? "");
      if (device === undefined) return notFound();
      return mayUse(device.type, call) ? handle(device, call) : forbidden();
    },
    withTask: (handle) => (call) => {
      const task = context.tasks.get(call.parameters.tid ?? "");
      if (task === undefined) return notFound();
      return mayUse(task.type, call) ? handle(task, call) : forbidden();
    },
  };
}
