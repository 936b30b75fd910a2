/**
 * Which wrong behaviour, if any, a plan asks for when a request comes in.
 */

import type { CoapMessage } from "../../protocol/coap/types.ts";
import { parseOperation } from "../../protocol/lwm2m/operations.ts";
import { after, type Instant, millis } from "../../protocol/time.ts";
import type { Behaviour, RequestMatch } from "../model/device.ts";
import type { Fault } from "../model/fault.ts";

/** A behaviour and its window: from `opens` inclusive to `closes` exclusive. */
export interface PlannedBehaviour {
  readonly opens: Instant;
  readonly closes: Instant;
  readonly match: RequestMatch;
  readonly behaviour: Behaviour;
}

const NONE: readonly PlannedBehaviour[] = [];

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

/** The first behaviour that is on and matches the request. */
export function behaviourFor(
  planned: readonly PlannedBehaviour[],
  message: CoapMessage,
  now: Instant,
): Behaviour | undefined {
  return planned.find(({ opens, closes, match }) => opens <= now && now < closes && matches(match, message))?.behaviour;
}

/** What cannot be understood matches only where nothing is asked for. */
function matches(match: RequestMatch, message: CoapMessage): boolean {
  if (match.operation === undefined && match.path === undefined) return true;
  const parsed = parseOperation(message);
  if (!parsed.ok) return false;
  const { operation, path } = parsed.value;
  if (match.operation !== undefined && match.operation !== operation) return false;
  return match.path === undefined || match.path.split("/").every((id, at) => path[at] === Number(id));
}
