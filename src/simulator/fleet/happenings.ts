/**
 * What a virtual device is told of a happening of its fleet.
 */
import type { DeviceInput } from "../device/types.ts";
import type { Happening } from "./types.ts";

/** The input of a virtual device that a happening is. */
export function inputOf(happening: Happening): DeviceInput {
  switch (happening.kind) {
    case "offline":
      return OFFLINE;
    case "online":
      return ONLINE;
    case "reboot":
    case "factory-reset":
      return { kind: "command", command: { kind: happening.kind } };
    case "power-cut":
      return { kind: "command", command: { kind: "power-cut", lasts: happening.lasts } };
    case "lose-registration":
      return { kind: "command", command: { kind: "register" } };
    case "rebind":
      return { kind: "command", command: { kind: "change-address", update: false } };
  }
}

const OFFLINE: DeviceInput = { kind: "connectivity", online: false };
const ONLINE: DeviceInput = { kind: "connectivity", online: true };
