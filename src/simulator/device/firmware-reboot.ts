/**
 * What a reboot means for the firmware of a device: the end of a download, or of an installation.
 *
 * Spec: OMA LwM2M Core Appendix E.6.
 */
import { NEVER } from "../../protocol/time.ts";
import { happen, troubleOf } from "./firmware.ts";
import type { Device } from "./state.ts";

/** It goes off: what went on is over, unless this is the reboot that an installation ends with. */
export function firmwareGoesDown({ firmware, effects }: Device): void {
  if (firmware === undefined) return;
  firmware.request = undefined;
  firmware.endsAt = NEVER;
  if (!firmware.installing) effects.push(...happen(firmware, "reboot").effects);
}

/** It is up again: after an installation, with the new image. */
export function firmwareComesUp({ firmware, effects }: Device): void {
  if (firmware?.installing !== true) return;
  const trouble = troubleOf(firmware);
  firmware.installing = false;
  firmware.version = trouble.kind === "wrong-version" ? trouble.version : (firmware.image?.version ?? firmware.version);
  effects.push(...happen(firmware, "installed").effects);
}
