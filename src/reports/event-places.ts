/**
 * What has to be known of the other events of a history to tell one of them: its moment in their order, and whether a
 * datagram goes to an address that its device has left. Pure.
 */
import type { HistoryEvent } from "../harness/history/history.ts";

export interface EventPlace {
  /**
   * Microseconds of run time, never later than those of the events that follow. Live an event is recorded with the
   * latest moment at which it can have happened; what came after it may be known to be earlier.
   */
  readonly at: number;
  /** A datagram to an address that its device no longer has. */
  readonly toOldAddress?: string;
  /** A datagram from another address than the device's one before. */
  readonly fromNewAddress?: string;
}

/** One place for each event, in their order. */
export function eventPlaces(events: readonly HistoryEvent[]): readonly EventPlace[] {
  const times = latestTimes(events);
  const homes = new Map<number, Home>();
  return events.map((event, index) => ({ at: times[index] ?? event.at, ...addressOf(event, homes) }));
}

/** Where a device sends from. */
interface Home {
  readonly address: string;
  /** When it was first there, run time. */
  readonly since: number;
  /** A datagram from there was told as the first one. */
  readonly told: boolean;
}

function latestTimes(events: readonly HistoryEvent[]): readonly number[] {
  const times: number[] = [];
  let latest = Number.POSITIVE_INFINITY;
  for (let index = events.length - 1; index >= 0; index--) {
    latest = Math.min(latest, events[index]?.at ?? latest);
    times[index] = latest;
  }
  return times;
}

/** Keeps `homes` up to date. */
function addressOf(event: HistoryEvent, homes: Map<number, Home>): Omit<EventPlace, "at"> {
  switch (event.kind) {
    case "uplink": {
      const home = homes.get(event.device);
      // What was sent before the device moved may come after it.
      if (home !== undefined && (event.sentAt < home.since || (home.told && home.address === event.address))) return {};
      homes.set(event.device, {
        address: event.address,
        since: home?.address === event.address ? home.since : event.sentAt,
        told: true,
      });
      return home === undefined ? {} : { fromNewAddress: event.address };
    }
    case "device":
      if (event.event === "address" && event.address !== undefined)
        homes.set(event.device, { address: event.address, since: event.at, told: false });
      return {};
    case "downlink": {
      const home = event.device === undefined ? undefined : homes.get(event.device);
      return home === undefined || home.address === event.address ? {} : { toOldAddress: event.address };
    }
    default:
      return {};
  }
}
