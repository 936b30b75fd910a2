/** What building blocks around firmware updates draw: devices, images, what goes wrong, and moments of an update. */
import * as fc from "fast-check";
import { FirmwareModel, type FirmwareTrouble } from "../../simulator/model/firmware.ts";
import { addImage, type UpdateTimes, updateTimes } from "../firmware-steps.ts";
import { part } from "../pace.ts";
import type { Lane, Sketch } from "../sketch.ts";
import { choicesOf, SHARE } from "./block.ts";

const weighted = <T>(rows: readonly (readonly [number, T])[]): fc.Arbitrary<T> =>
  fc.oneof(...rows.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

/** A device with object 5, and the image that it is to get. */
export const FIRMWARE = choicesOf({
  delivery: fc.constantFrom("push", "push", "pull", "pull", "both", "both", "both"),
  /** By which a device pulls. A server that speaks CoAP alone to its devices has no URI for those of HTTP. */
  protocols: weighted<FirmwareModel["protocols"]>([
    [12, ["coap"]],
    [2, ["coap", "http"]],
    [1, ["http"]],
    [1, []],
  ]),
  /** Milliseconds. */
  installTime: fc.constantFrom(0, 1_000, 5_000, 5_000, 25_000),
  refusesBadPackages: fc.boolean(),
  /** Bytes of the payload, and of a block: few blocks. */
  size: fc.constantFrom<number>(1, 100, 400, 900, 1_000, 2_500, 5_000),
  blockSize: weighted<64 | 256 | 1_024 | undefined>([
    [8, undefined],
    [1, 1_024],
    [3, 256],
    [2, 64],
  ]),
});
export type FirmwareChoice = typeof FIRMWARE extends fc.Arbitrary<infer Choice> ? Choice : never;

/** LwM2M 1.1 drops the image after 5 and 6. */
const RESULT = fc.constantFrom(2, 3, 4, 5, 5, 5, 6, 6, 6, 7, 8, 9);

/** Everything that can go wrong with one attempt. */
export const TROUBLE: fc.Arbitrary<FirmwareTrouble> = fc.oneof(
  fc.record({ kind: fc.constant("download-fails" as const), result: RESULT }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant("stays-downloading" as const) }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant("reboots-in-download" as const), block: fc.integer({ min: 1, max: 3 }) },
    { noNullPrototype: true },
  ),
  fc.record({ kind: fc.constant("installation-fails" as const), result: RESULT }, { noNullPrototype: true }),
  fc.record({ kind: fc.constant("stays-updating" as const) }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant("wrong-version" as const), version: fc.constantFrom("1.0", "1.9", "3.0") },
    { noNullPrototype: true },
  ),
  fc.record({ kind: fc.constant("version-too-early" as const), fails: fc.boolean() }, { noNullPrototype: true }),
  fc.record(
    { kind: fc.constant("slow-reboot" as const), bootTime: fc.constantFrom(0, 15_000, 60_000) },
    { noNullPrototype: true },
  ),
);

export const DEFECTS: fc.Arbitrary<FirmwareModel["defects"]> = weighted<FirmwareModel["defects"]>([
  [6, []],
  [1, ["updates-at-any-state"]],
  [1, ["forgets-image"]],
]);

/** In blocks so small that the image is many of them, a push of kilobytes would fill the plan. */
const SMALL = 1_000;
const LIVE_INSTALL_TIME = 300;

/** What goes wrong, besides what blocks before on the same lane have asked for. */
type Wrong = Partial<Pick<FirmwareModel, "troubles" | "defects">>;

/**
 * Gives the lane its firmware, unless a block before has done that, and the plan an image for it; gives the index of the
 * image.
 */
export function equip(sketch: Sketch, lane: Lane, choice: FirmwareChoice, wrong: Wrong = {}): number {
  giveFirmware(sketch, lane, choice, wrong);
  const size = (lane.model.blockSize ?? SMALL) < 256 ? Math.min(choice.size, SMALL) : choice.size;
  return addImage(sketch, lane, size);
}

export function giveFirmware(
  { pace: { mode } }: Sketch,
  lane: Lane,
  { delivery, protocols, installTime, refusesBadPackages, blockSize }: FirmwareChoice,
  wrong: Wrong = {},
): void {
  if (lane.model.firmware === undefined && blockSize !== undefined) lane.model.blockSize ??= blockSize;
  const live = mode === "live";
  lane.model.firmware ??= FirmwareModel.parse({
    version: "1.0",
    delivery,
    // Live a server may have URIs of HTTP, and no byte goes over HTTP here.
    protocols: live ? ["coap"] : protocols,
    installTime: live ? Math.min(installTime, LIVE_INSTALL_TIME) : installTime,
    refusesBadPackages,
  });
  const { troubles = [], defects = [] } = wrong;
  const before = lane.model.firmware;
  lane.model.firmware = {
    ...before,
    troubles: [...before.troubles, ...troubles],
    defects: [...new Set([...before.defects, ...defects])],
  };
}

// ── moments

/** Where in an update something happens. */
export const STAGE = fc.constantFrom(
  "begin",
  ...Array.from({ length: 6 }, () => "transfer" as const),
  "execute",
  "execute",
  "execute",
  "installing",
  "installing",
  "installing",
  "rebooting",
  "rebooting",
  "afterwards",
  "afterwards",
  "anywhere",
);
export type Stage = "begin" | "transfer" | "execute" | "installing" | "rebooting" | "afterwards" | "anywhere";

/** A moment of that stage, milliseconds from the begin of the update. */
export function momentIn(times: UpdateTimes, stage: Stage, share: number): number {
  const spans: Readonly<Record<Stage, readonly [number, number]>> = {
    begin: [0, times.transfer[0]],
    transfer: times.transfer,
    execute: [times.execute[0], times.execute[1] + 100],
    installing: [times.execute[1], times.installed],
    rebooting: [times.installed, times.registered + 100],
    afterwards: [times.registered, times.over],
    anywhere: [0, times.over],
  };
  const [from, until] = spans[stage];
  return Math.floor(from + part(share, until - from));
}

export const MOMENT = choicesOf({ stage: STAGE, share: SHARE });
export type MomentChoice = typeof MOMENT extends fc.Arbitrary<infer Choice> ? Choice : never;

/** The begin of an update, and about when it does what. */
export interface Begin {
  readonly image: number;
  readonly at: number;
  readonly times: UpdateTimes;
}

/** Milliseconds, each way: a block and its answer stay within the shortest gap between retransmissions. */
const SLOW = 400;
const SLOW_FOR = 60_000;
const SOME_BLOCKS = { size: 4_000, blockSize: 256 } as const;

/**
 * Equips the lane for an update that begins next. Where something is to happen in the midst of the transfer, that takes a
 * while: some blocks, on a link that is slower than usual.
 */
export function prepare(
  sketch: Sketch,
  lane: Lane,
  choice: FirmwareChoice,
  { stage }: MomentChoice,
  wrong: Wrong = {},
): Begin {
  const at = lane.clock + 1;
  if (stage !== "transfer") {
    const image = equip(sketch, lane, choice, wrong);
    return { image, at, times: updateTimes(sketch, lane, image) };
  }
  const image = equip(sketch, lane, { ...choice, ...SOME_BLOCKS }, wrong);
  const { device } = lane;
  sketch.faults.push({ kind: "latency", device, from: at, until: at + SLOW_FOR, direction: "both", delay: SLOW });
  return { image, at, times: updateTimes(sketch, lane, image, SLOW) };
}
