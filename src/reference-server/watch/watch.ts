/**
 * Looks on while a server works: a `ServerPort` that passes everything through, and keeps what operators ask for.
 *
 * It stands between the server and its store, so it sees the changes and when they are stored. Nobody is told of a change
 * before that: a crash could take it back.
 */
import type { ServerEffect, ServerInput, ServerPort, StoredChange } from "../../protocol/server-port.ts";
import type { Instant, Micros } from "../../protocol/time.ts";
import { aheadOf } from "../steady-clock.ts";
import { createFleetView, type FleetView } from "./fleet-view.ts";
import type { Notice } from "./notices.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

export interface Watch {
  readonly fleet: FleetView;
  readonly traffic: Traffic;
  /** Changes that wait for the store. */
  readonly waitingCommits: number;
  /** The server, watched. One that takes the place of another begins with what is stored. */
  over(server: ServerPort): ServerPort;
}

export interface WatchListener {
  onNotice(notice: Notice): void;
  /** Something that a page may show has changed: the tables of the records. */
  onStored(tables: ReadonlySet<string>): void;
  /** A device has been heard. */
  onHeard(): void;
  /** The machine's clock stands before what is stored: the server's is ahead of it by that much. */
  onClockBehind?(ahead: Micros): void;
}

export function createWatch(listener: WatchListener): Watch {
  const fleet = createFleetView();
  const traffic = createTraffic();
  const waiting = new Map<number, readonly StoredChange[]>();

  const note = (input: ServerInput, now: Instant): void => {
    if (input.kind === "datagram") {
      traffic.noteReceived(input.bytes);
      if (fleet.heard(input.from, now)) listener.onHeard();
    } else if (input.kind === "rows") {
      waiting.clear();
      fleet.restored(input.rows);
      const ahead = aheadOf(now, input.rows);
      if (ahead > 0) listener.onClockBehind?.(ahead);
    } else if (input.kind === "persisted") {
      const changes = waiting.get(input.ticket) ?? [];
      waiting.delete(input.ticket);
      for (const notice of fleet.stored(changes)) listener.onNotice(notice);
      listener.onStored(new Set(changes.map(({ table }) => table)));
    }
  };

  const noteEffect = (effect: ServerEffect): void => {
    if (effect.kind === "send") traffic.noteSent(effect.to, effect.bytes);
    else if (effect.kind === "persist") waiting.set(effect.ticket, effect.records);
  };

  return {
    fleet,
    traffic,
    get waitingCommits() {
      return waiting.size;
    },
    over: (server) => ({
      get deadline() {
        return server.deadline;
      },
      handle(input, now) {
        // A server that refuses what a store holds has thrown by then.
        const effects = server.handle(input, now);
        note(input, now);
        for (const effect of effects) noteEffect(effect);
        return effects;
      },
    }),
  };
}
