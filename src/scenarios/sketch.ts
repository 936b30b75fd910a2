/**
 * A plan in the making: lanes, one per device, on which building blocks write operations and faults.
 *
 * A sketch is a value that its owner changes until it is finished; `copySketch` makes a trial free. What a lane
 * believes about its device (`registered`) helps blocks to prepare their scene and is no prediction: blocks may overlap,
 * and faults may undo a step. The checkers judge what happened, not what was meant.
 */
import type { DeviceModel } from "../simulator/model/device.ts";
import type { Fault } from "../simulator/model/fault.ts";
import type { FirmwareUpload } from "./firmware-images.ts";
import type { Pace } from "./pace.ts";
import type { Operation } from "./plan.ts";
import type { Swarm } from "./swarm.ts";

/** One device and the time line of what happens to it. Times in milliseconds from the start of the plan. */
export interface Lane {
  readonly device: number;
  /** Index of the device type. */
  readonly type: number;
  /** From when the next block may write. */
  clock: number;
  /** Where the last block began. */
  blockStart: number;
  registered: boolean;
  /** A block has used it. */
  touched: boolean;
  /** When it last sent something, as far as the plan says. */
  lastContact: number;
  /** It never comes back, not even in the quiet phase. */
  gone: boolean;
  registersAt: number | undefined;
  /** What blocks ask of the device; the first to ask for a field has it. */
  model: Partial<DeviceModel>;
}

export interface Sketch {
  readonly pace: Pace;
  readonly swarm: Swarm;
  lanes: Lane[];
  operations: Operation[];
  faults: Fault[];
  deviceTypes: { taskExpiresAfter?: number }[];
  images: FirmwareUpload[];
  /** What a block changed the second type's taskExpiresAfter to, seconds. */
  reconfigured: number | undefined;
  /** `ref` of the next task; tasks below it exist. */
  nextTask: number;
  /** Device and kind of content of the tasks so far, so that requests can be told apart: `0 R deviceProperties.device`. */
  used: Set<string>;
}

export function emptySketch(pace: Pace, swarm: Swarm): Sketch {
  return {
    pace,
    swarm,
    lanes: Array.from({ length: swarm.devices }, (_, device) => emptyLane(device, swarm)),
    operations: [],
    faults: [],
    deviceTypes:
      swarm.typeExpiry === undefined ? [{}] : [{}, { taskExpiresAfter: withinBounds(pace, swarm.typeExpiry) }],
    images: [],
    reconfigured: undefined,
    nextTask: 0,
    used: new Set(),
  };
}

/** What the profile lets a device type have: plans begin with types that the server takes. */
const withinBounds = ({ typeBounds: { min, max } }: Pace, seconds: number): number =>
  Math.max(Math.ceil(min), Math.min(seconds, Math.floor(max)));

function emptyLane(device: number, swarm: Swarm): Lane {
  return {
    device,
    type: swarm.typeExpiry === undefined ? 0 : (device + 1) % 2,
    clock: 0,
    blockStart: 0,
    registered: false,
    touched: false,
    lastContact: 0,
    gone: false,
    registersAt: undefined,
    model: {},
  };
}

/** A copy that can be written on while the original stays. */
export const copySketch = (sketch: Sketch): Sketch => ({
  ...sketch,
  lanes: sketch.lanes.map((lane) => ({ ...lane, model: { ...lane.model } })),
  operations: [...sketch.operations],
  faults: [...sketch.faults],
  deviceTypes: sketch.deviceTypes.map((type) => ({ ...type })),
  images: [...sketch.images],
  used: new Set(sketch.used),
});

/** When the last block of the sketch is over, with all that it planned. */
export const endOf = (sketch: Sketch): number =>
  Math.max(
    ...sketch.lanes.map((lane) => lane.clock),
    ...sketch.faults.map((fault) => fault.until),
    ...sketch.operations.map(
      (operation) => operation.at + (operation.kind === "restart-server" ? operation.downFor + 1_000 : 0),
    ),
  );
