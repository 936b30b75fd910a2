/**
 * What the devices of a group in a fleet file are: the fields of a virtual device, with times as people write them.
 */
import { z } from "zod";
import { DeviceModel, Lwm2mVersion } from "./device.ts";
import { FleetFirmware } from "./fleet-firmware.ts";
import { FleetDuration, LongerThanNothing, Percent } from "./fleet-time.ts";

/** YAML reads 1.1 as a number, and 1.0 as 1. */
const Version = z.union(
  [Lwm2mVersion, z.literal([1, 1.1, 1.2]).transform((number) => Lwm2mVersion.parse(number.toFixed(1)))],
  `must be ${Lwm2mVersion.options.join(", ")}`,
);

const model = DeviceModel.shape;
/** The schema of `device` of a group. */
export const FleetDevice = z.strictObject({
  lifetime: LongerThanNothing.prefault("1h")
    .refine((milliseconds) => milliseconds % 1_000 === 0, "must be whole seconds")
    .describe("`lt` of Register."),
  lwm2m: Version.prefault("1.0").describe(
    "The version of LwM2M that it registers with; refused with 4.12, it goes on with the one before it, down to 1.0.",
  ),
  queueMode: model.queueMode.describe(
    "Sleeps while it has nothing to say, and tells so by `b=UQ` (1.0) or `Q` (since 1.1).",
  ),
  awakeFor: FleetDuration.prefault("93s").describe(
    "Queue mode: how long it listens after the last message that it sent.",
  ),
  deduplicates: model.deduplicates.describe(
    "Whether copies of a request are recognised and answered alike (RFC 7252 §4.5).",
  ),
  bootTime: FleetDuration.prefault("3s").describe("From a reboot until it registers again."),
  thinkTime: FleetDuration.prefault("0s").describe("From the empty ACK to the separate response; 0s: piggybacked."),
  rootPath: model.rootPath.describe("The alternate path that it declares, such as /lwm2m; absent: /."),
  blockSize: model.blockSize.describe("Bytes of the blocks in which it answers (RFC 7959); absent: 1024."),
  longTexts: model.longTexts.describe("Bytes of its timezone and its manufacturer; absent: a few."),
  firmware: FleetFirmware.optional().describe("Object 5, Firmware Update; absent: the device has none."),
});
export type FleetDevice = z.infer<typeof FleetDevice>;

/** When a device sends Update by itself. */
export const FleetUpdates = z.strictObject({
  share: Percent.min(1).default(80).describe("Percent of the lifetime after which it sends an Update; 1 to 100."),
  jitter: Percent.default(10).describe(
    "Percent of the lifetime by which a device may be earlier than that, its own for life; 0 to 100, and less than `share`.",
  ),
});
