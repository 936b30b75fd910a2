/**
 * Packages that come in blocks: the first block is the begin of a download, and a device may have had enough of any.
 *
 * The blocks are put together by the CoAP endpoint; `firmware-operations.ts` gets the whole.
 *
 * Spec: OMA LwM2M Core Appendix E.6, resource 5/0/0; RFC 7959 §2.5, §2.9.
 */
import { type Block, blockOffset } from "../../protocol/coap/block.ts";
import { SIZE1, uintValue } from "../../protocol/coap/options.ts";
import { exchangeLifetime } from "../../protocol/coap/params.ts";
import type { CoapMessage, Code } from "../../protocol/coap/types.ts";
import { FIRMWARE_UPDATE } from "../../protocol/lwm2m/objects.ts";
import { parseOperation } from "../../protocol/lwm2m/operations.ts";
import { after, type Instant } from "../../protocol/time.ts";
import { happen, largestImageOf, troubleOf } from "./firmware.ts";
import type { Device } from "./state.ts";

/**
 * A block has come.
 *
 * @returns the code that refuses it; `undefined`: it is taken, or is none of a Package
 */
export function onPackageBlock(device: Device, message: CoapMessage, block: Block, now: Instant): Code | undefined {
  const { firmware } = device;
  // A whole package in one block is a plain write.
  const alone = block.num === 0 && !block.more;
  if (firmware === undefined || alone || !isPackage(device, message)) return undefined;
  if (block.num === 0) {
    const { answer, taken, effects } = happen(firmware, "package-begins");
    device.effects.push(...effects);
    if (!taken) return answer;
  }
  // It was reset meanwhile, or the device has rebooted.
  if (firmware.situation.state !== 1 || firmware.source !== "push") return "4.08";
  if (sizeOf(message, block) > largestImageOf(firmware.model)) {
    device.effects.push(...happen(firmware, "download-failed", 2).effects);
    return "4.13";
  }
  const trouble = troubleOf(firmware);
  if (trouble.kind === "reboots-in-download" && block.num >= trouble.block) {
    device.work.push({ kind: "afterwards", what: "reboot" });
  }
  firmware.endsAt = after(now, exchangeLifetime(device.options.coap));
  return undefined;
}

function isPackage(device: Device, message: CoapMessage): boolean {
  const parsed = parseOperation(message);
  if (!parsed.ok) return false;
  const { operation, path, rootPath } = parsed.value;
  return operation === "write" && rootPath === device.rootPath && path.join("/") === `${FIRMWARE_UPDATE}/0/0`;
}

/** Bytes of the package, as far as the block tells. */
const sizeOf = (message: CoapMessage, block: Block): number =>
  Math.max(uintValue(message, SIZE1) ?? 0, blockOffset(block) + message.payload.length);
