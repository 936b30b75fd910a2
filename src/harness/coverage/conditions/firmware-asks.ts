/** What is asked of one firmware update: how it ended, and what its device did. */
import type { UpdateEvent } from "../../../simulator/device/firmware-machine.ts";
import type { Scene } from "../scene.ts";
import { stepsOf, type UpdateScene } from "../update-scene.ts";

export type Asks = (update: UpdateScene, scene: Scene) => boolean;

export const succeeded: Asks = ({ end }) => end?.status === "SUCCEEDED";

export const failedWith =
  (...codes: readonly string[]): Asks =>
  ({ end }) =>
    end?.status === "FAILED" && codes.includes(end.errorCode ?? "");

/** Its device went through that, with that Update Result if one is given. */
export const did =
  (what: UpdateEvent, result?: number): Asks =>
  (update) =>
    stepsOf(update).some((step) => step.what === what && (result === undefined || step.result === result));

export const all =
  (...parts: readonly Asks[]): Asks =>
  (update, scene) =>
    parts.every((part) => part(update, scene));
