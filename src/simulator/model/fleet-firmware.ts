/**
 * Object 5 of the devices of a fleet, as data: what is in `firmware.ts`, with times as people write them.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (Firmware Update).
 */
import { z } from "zod";
import { FirmwareModel, UpdateFailure } from "./firmware.ts";
import { FleetDuration } from "./fleet-time.ts";

const model = FirmwareModel.shape;
const version = model.version;
const result = UpdateFailure.describe("Update Result, 2 to 9.");

const FleetTrouble = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none").describe("Nothing is wrong with this attempt.") }),
  z.strictObject({ kind: z.literal("download-fails").describe("The download fails when all of it has come."), result }),
  z.strictObject({ kind: z.literal("stays-downloading").describe("State 1 for ever, until it is reset or reboots.") }),
  z.strictObject({
    kind: z.literal("reboots-in-download").describe("Reboots at a block of a pushed image, or at once when it pulls."),
    block: z.number().int().min(1).default(1).describe("Number of the block, from 1; the first has 0."),
  }),
  z.strictObject({ kind: z.literal("installation-fails").describe("The installation fails."), result }),
  z.strictObject({
    kind: z.literal("stays-updating").describe("State 3 for ever, until it reboots; the installation has then failed."),
  }),
  z.strictObject({
    kind: z.literal("wrong-version").describe("Claims success, but another version runs."),
    version: version.describe("The version that runs."),
  }),
  z.strictObject({
    kind: z.literal("version-too-early").describe("Shows the new version from the Execute on."),
    fails: z.boolean().default(false).describe("Whether the installation fails afterwards."),
  }),
  z.strictObject({
    kind: z.literal("slow-reboot").describe("The reboot of the installation takes longer."),
    bootTime: FleetDuration.describe("How long, instead of `bootTime` of the device."),
  }),
]);

const Image = z.strictObject({
  name: version.describe("Name of the package."),
  version: version.describe("Version that it installs."),
});

/** The schema of `firmware` of a device. */
export const FleetFirmware = z.strictObject({
  version: version.describe("The version that runs at first, as /3/0/3 shows it."),
  delivery: model.delivery.describe("How an image comes: by Package URI, by writing the Package, or either (5/0/9)."),
  protocols: model.protocols.describe("Protocols of Package URIs (5/0/8)."),
  downloadTime: FleetDuration.prefault("10s").describe(
    "In virtual time: how long a download by HTTP takes. One by CoAP takes what its datagrams take.",
  ),
  httpImage: Image.optional().describe(
    "In virtual time: the image that a download by HTTP gives; absent: such downloads fail with Result 4.",
  ),
  installTime: FleetDuration.prefault("5s").describe("From the answer to the Execute until the device reboots."),
  refusesBadPackages: model.refusesBadPackages.describe(
    "Whether a bad Package is answered 4.00, besides the Update Result.",
  ),
  defects: model.defects.describe("What it does wrongly whenever it comes to it."),
  troubles: z
    .array(FleetTrouble)
    .max(100)
    .default([])
    .describe("What is wrong with the first attempt to update, the second, …; beyond the end, and if absent, nothing."),
});
