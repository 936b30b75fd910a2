import { describe, expect, it } from "vitest";
import { seconds } from "../time.ts";
import { Peers } from "./peers.ts";
import { type RecentMessage, RecentMessages } from "./recent-messages.ts";
import { at, keyedRandom, PEER, STRANGER } from "./test-kit.ts";

const peers = new Peers(keyedRandom(1), seconds(247));
const message = (messageId: number, confirmable: boolean, from = PEER): RecentMessage => ({
  peer: peers.use(from, at(0)),
  messageId,
  confirmable,
  reply: undefined,
  expires: at(0),
});
const newRecent = (): RecentMessages => new RecentMessages(seconds(247), seconds(145));

describe("RecentMessages", () => {
  it("find a message by peer and message id, not by one of them", () => {
    const recent = newRecent();
    const seven = message(7, true);
    recent.remember(seven, at(0));
    expect(recent.find(peers.use(PEER, at(0)), 7)).toBe(seven);
    expect(recent.find(peers.use(PEER, at(0)), 8)).toBeUndefined();
    expect(recent.find(peers.use(STRANGER, at(0)), 7)).toBeUndefined();
  });

  it("forget a Confirmable message after 247 s and a Non-confirmable one after 145 s (RFC 7252 §4.8.2)", () => {
    const recent = newRecent();
    recent.remember(message(1, true), at(0));
    recent.remember(message(2, false), at(0));
    const remembered = (now: number): number => {
      recent.sweep(at(now));
      return recent.size;
    };
    expect([144.999_999, 145, 246.999_999, 247].map(remembered)).toEqual([2, 1, 1, 0]);
  });
});
