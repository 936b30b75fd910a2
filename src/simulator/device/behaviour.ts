/**
 * Which wrong behaviour, if any, a plan asks for when a request comes in.
 */

import type { CoapMessage } from "../../protocol/coap/types.ts";
import { parseOperation } from "../../protocol/lwm2m/operations.ts";
import { after, type Instant, millis } from "../../protocol/time.ts";
import type { Behaviour, RequestMatch } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";
import type { Device } from "./state.ts";

/** A behaviour and its window: from `opens` inclusive to `closes` exclusive. */
export interface PlannedBehaviour {
  readonly opens: Instant;
  readonly closes: Instant;
  readonly match: RequestMatch;
  readonly behaviour: Behaviour;
}

const NONE: readonly PlannedBehaviour[] = [];

/** The behaviours among a device's faults, with their windows as points in time; `start` is plan time 0. */
export function plannedBehaviours(faults: readonly Fault[], start: Instant): readonly PlannedBehaviour[] {
  const own = faults.filter((fault) => fault.kind === "behaviour");
  if (own.length === 0) return NONE;
  return own.map(({ from, until, match, behaviour }) => ({
    opens: after(start, millis(from)),
    closes: after(start, millis(until)),
    match,
    behaviour,
  }));
}

/**
 * The first behaviour that is on and matches the request.
 *
 * @param block number of the block that it brings or asks for; absent: it is the request as a whole
 */
export function behaviourFor(
  planned: readonly PlannedBehaviour[],
  message: CoapMessage,
  now: Instant,
  block?: number,
): PlannedBehaviour | undefined {
  return planned.find(
    ({ opens, closes, match }) => opens <= now && now < closes && isAt(match, block) && fits(match, message),
  );
}

/** What the device is to do about a request, or about a block of one; that is not to be done twice is spent with it. */
export function plannedFor(
  device: Pick<Device, "behaviours" | "spent">,
  message: CoapMessage,
  now: Instant,
  block?: number,
): Behaviour | undefined {
  const { behaviours, spent } = device;
  const left = spent === undefined ? behaviours : behaviours.filter((planned) => !spent.has(planned));
  const planned = behaviourFor(left, message, now, block);
  if (planned?.match.once === true) {
    device.spent ??= new Set();
    device.spent.add(planned);
  }
  return planned?.behaviour;
}

const isAt = (match: RequestMatch, block: number | undefined): boolean =>
  match.block === undefined || block === undefined ? match.block === block : block >= match.block;

/** Whether a behaviour is for this request. What cannot be understood fits only where nothing is asked for. */
export function fits(match: RequestMatch, message: CoapMessage): boolean {
  if (match.operation === undefined && match.path === undefined) return true;
  const parsed = parseOperation(message);
  if (!parsed.ok) return false;
  const { operation, path } = parsed.value;
  if (match.operation !== undefined && match.operation !== operation) return false;
  return match.path === undefined || match.path.split("/").every((id, at) => path[at] === Number(id));
}
