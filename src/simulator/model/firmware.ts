/**
 * What a virtual device with object 5 (Firmware Update) is, as data, and what goes wrong with its updates. Part of a plan.
 *
 * A device without `firmware` in its model has no object 5.
 *
 * Spec: OMA LwM2M Core Appendix E.6 (Firmware Update).
 */
import { z } from "zod";

const Milliseconds = z.number().int().min(0);
const Word = z.string().regex(/^[A-Za-z0-9._+-]{1,64}$/);

/** Update Results that are failures: 2 to 9. Core Appendix E.6, resource 5/0/5. */
export const UpdateFailure = z.number().int().min(2).max(9);

/** What is wrong with one attempt to update. The next one has its own. */
export const FirmwareTrouble = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  /** The download ends with this result, when all of it has come. */
  z.strictObject({ kind: z.literal("download-fails"), result: UpdateFailure }),
  /** State 1 (Downloading) for ever, whatever comes; until it is reset, or the device reboots. */
  z.strictObject({ kind: z.literal("stays-downloading") }),
  /** Pushed: reboots when this block comes, counted from 0 in the blocks of the sender, and does not answer it. Pulled: reboots at once. */
  z.strictObject({ kind: z.literal("reboots-in-download"), block: z.number().int().min(1).default(1) }),
  /** The installation ends with this cause; what State and Result follow is said by the state machine. */
  z.strictObject({ kind: z.literal("installation-fails"), result: UpdateFailure }),
  /** State 3 (Updating) for ever; until the device reboots, which counts as a failed installation. */
  z.strictObject({ kind: z.literal("stays-updating") }),
  /** Claims success (State 0, Result 1), but this is the version that runs afterwards. */
  z.strictObject({ kind: z.literal("wrong-version"), version: Word }),
  /** Shows the new version from the Execute on, before it was installed; `fails`: and then it cannot be installed. */
  z.strictObject({ kind: z.literal("version-too-early"), fails: z.boolean().default(false) }),
  /** The reboot of the installation takes this many milliseconds, instead of `bootTime`. */
  z.strictObject({ kind: z.literal("slow-reboot"), bootTime: Milliseconds }),
]);
export type FirmwareTrouble = z.infer<typeof FirmwareTrouble>;

/** What the device does wrongly whenever it comes to it. */
export const FIRMWARE_DEFECTS = [
  /** Execute of 5/0/2 is carried out, and answered 2.04, at any State. Real clients do. */
  "updates-at-any-state",
  /** A reboot at State 2 (Downloaded) loses the image. */
  "forgets-image",
] as const;

/** Protocols of Package URIs that a device can pull by, with their numbers in 5/0/8. */
export const PULL_PROTOCOLS = [
  { scheme: "coap", number: 0 },
  { scheme: "http", number: 2 },
  { scheme: "https", number: 3 },
] as const;

/** What the reference server can hold: 16 MiB. */
export const LARGEST_IMAGE = 16_777_216;

/** The schema of a device's firmware. Times are milliseconds. */
export const FirmwareModel = z.strictObject({
  /** `/3/0/3` as long as nothing was installed. */
  version: Word,
  /** 5/0/9. `push`: a Package URI of any protocol is refused; `pull`: a Package is. */
  delivery: z.enum(["pull", "push", "both"]).default("both"),
  /** 5/0/8. */
  protocols: z.array(z.literal(PULL_PROTOCOLS.map(({ scheme }) => scheme))).default(["coap"]),
  /** Milliseconds that a download by HTTP takes. One by CoAP takes what its datagrams take. */
  downloadTime: Milliseconds.default(10_000),
  /**
   * The image that every download by HTTP gives: devices are virtual, and no byte goes over HTTP. Absent: such downloads
   * end with Result 4, connection lost.
   */
  httpImage: z.strictObject({ name: Word, version: Word }).optional(),
  /** Bytes of the largest image that fits; a larger one ends with Result 2, not enough flash. Absent: `LARGEST_IMAGE`. */
  largestImage: z.number().int().min(1).max(LARGEST_IMAGE).optional(),
  /** Milliseconds from the answer to the Execute until the installation is done and the device reboots. */
  installTime: Milliseconds.default(5_000),
  /** A bad Package or Package URI is answered 4.00, besides the Update Result; else 2.04. */
  refusesBadPackages: z.boolean().default(false),
  defects: z.array(z.enum(FIRMWARE_DEFECTS)).default([]),
  /** Of the first attempt, the second, … An attempt begins with State 1. Beyond the end there are none. */
  troubles: z.array(FirmwareTrouble).default([]),
});
export type FirmwareModel = z.infer<typeof FirmwareModel>;
/** The scheme of a Package URI. */
export type PullScheme = (typeof PULL_PROTOCOLS)[number]["scheme"];
