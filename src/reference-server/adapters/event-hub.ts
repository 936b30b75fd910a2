/**
 * Tells browsers that something has changed, as server-sent events. What has changed they ask for themselves, so an event
 * is a few bytes, and many changes within a moment are one event.
 *
 * A follower that was away gives the id of the last event that it has seen, and hears at once whether it missed any.
 *
 * Spec: WHATWG HTML §9.2 (server-sent events).
 */

import { now } from "../../platform/clock.ts";
import { createAlarm } from "../../platform/timers.ts";
import { after, type Instant, type Micros, millis, seconds } from "../../protocol/time.ts";

/** One open response. */
export interface Follower {
  write(text: string): void;
  end(): void;
  /** Bytes that the client has not taken yet. */
  readonly backlog: number;
}

export interface EventHub {
  readonly followers: number;
  /** Something has changed. */
  changed(): void;
  /** @param lastId of the last event that the client has seen. @returns how to leave; `undefined`: there are too many */
  follow(follower: Follower, lastId: string | undefined): (() => void) | undefined;
  /** Ends all of them, and takes no more. */
  close(): void;
}

export interface EventHubOptions {
  /** Tells events of this server from those of the one before it. */
  readonly epoch: string;
  readonly mostFollowers?: number;
  /** How long changes are gathered. */
  readonly gather?: Micros;
  readonly heartbeat?: Micros;
}

/** A follower that does not read is let go. */
const MOST_BACKLOG = 64 * 1024;

export function createEventHub(options: EventHubOptions): EventHub {
  const { epoch, mostFollowers = 64, gather = millis(250), heartbeat = seconds(15) } = options;
  const followers = new Set<Follower>();
  let number = 0;
  let isAnnounced = false;
  let isClosed = false;
  const event = (): string => `id: ${epoch}-${number}\nevent: changed\ndata:\n\n`;

  const tell = (text: string): void => {
    for (const follower of followers) {
      if (follower.backlog <= MOST_BACKLOG) {
        follower.write(text);
      } else {
        followers.delete(follower);
        follower.end();
      }
    }
  };

  const announce = createAlarm(() => {
    isAnnounced = false;
    number += 1;
    tell(event());
  });
  const beat = createAlarm(() => {
    tell(": still here\n\n");
    if (followers.size > 0) beat.set(soon(heartbeat));
  });

  return {
    get followers() {
      return followers.size;
    },
    changed() {
      if (isAnnounced || isClosed) return;
      isAnnounced = true;
      announce.set(soon(gather));
    },
    follow(follower, lastId) {
      if (isClosed || followers.size >= mostFollowers) return undefined;
      if (followers.size === 0) beat.set(soon(heartbeat));
      followers.add(follower);
      const missed = lastId !== undefined && lastId !== `${epoch}-${number}`;
      follower.write(missed ? event() : `id: ${epoch}-${number}\nevent: following\ndata:\n\n`);
      return () => void followers.delete(follower);
    },
    close() {
      isClosed = true;
      announce.close();
      beat.close();
      for (const follower of followers) follower.end();
      followers.clear();
    },
  };
}

const soon = (span: Micros): Instant => after(now(), span);
