/**
 * The end of a fleet: every device that holds a registration de-registers, not too many at once.
 *
 * One that is offline or off says nothing and gives its place to the next; its registration ends with its lifetime.
 */
import { now } from "../../platform/clock.ts";
import type { Instant, Micros } from "../../protocol/time.ts";
import type { FleetHost } from "./fleet-host.ts";
import { createPacer } from "./pacing.ts";

export interface Goodbye {
  /** De-registers under way. */
  readonly inFlight: number;
  begin(at: Instant): void;
  /** A De-register of that device was answered. */
  answered(device: number): void;
}

export interface GoodbyeOptions {
  readonly hosts: ReadonlyMap<number, FleetHost>;
  readonly places: number;
  /** How long a place is held at most. */
  readonly hold: Micros;
  /** Nobody is left to say goodbye; may be called several times. */
  readonly onDone: () => void;
}

export function createGoodbye({ hosts, places, hold, onDone }: GoodbyeOptions): Goodbye {
  const pacer = createPacer(places, hold);

  const leave = (first: readonly number[]): void => {
    const leaving = [...first];
    for (let index = leaving.shift(); index !== undefined; index = leaving.shift()) {
      const host = hosts.get(index);
      host?.give({ kind: "command", command: { kind: "deregister" } });
      if (host?.device.listening !== true) leaving.push(...pacer.settled(index, now()));
    }
  };
  const endWhenAllLeft = (): void => {
    if (pacer.inFlight === 0 && pacer.waiting === 0) onDone();
  };

  return {
    get inFlight() {
      return pacer.inFlight;
    },
    begin(at) {
      for (const [index, { device }] of hosts) if (device.registered) leave(pacer.due(index, at));
      endWhenAllLeft();
    },
    answered(device) {
      leave(pacer.settled(device, now()));
      endWhenAllLeft();
    },
  };
}
