import { describe, expect, it } from "vitest";
import { address } from "../address.ts";
import { seconds } from "../time.ts";
import { newExchange } from "./exchange.ts";
import { MOST_FORGOTTEN, Peers } from "./peers.ts";
import { at, keyedRandom, PEER, STRANGER } from "./test-kit.ts";

const newPeers = (): Peers => new Peers(keyedRandom(1), seconds(247));

describe("Peers", () => {
  it("know a peer from its first use, by its address", () => {
    const peers = newPeers();
    expect(peers.find(PEER)).toBeUndefined();
    const peer = peers.use(PEER, at(0));
    expect(peers.find(PEER)).toBe(peer);
    expect(peers.use(PEER, at(1))).toBe(peer);
    expect(peers.use(STRANGER, at(1)).index).not.toBe(peer.index);
    expect([...peers.all()].map((one) => one.address)).toEqual([PEER, STRANGER]);
  });

  it("forget a peer 247 s after its last use, at the latest after twice that time", () => {
    const peers = newPeers();
    peers.use(PEER, at(0));
    peers.sweep(at(246));
    peers.use(PEER, at(246));
    peers.sweep(at(247));
    expect(peers.size).toBe(1);
    peers.sweep(at(494));
    expect(peers.size).toBe(0);
  });

  it("keep a peer while something is open or queued, however old", () => {
    const peers = newPeers();
    const peer = peers.use(PEER, at(0));
    const exchange = newExchange(undefined, peer, new Uint8Array(4), "");
    peer.open = [exchange];
    peers.sweep(at(1_000));
    expect(peers.size).toBe(1);
    peer.open = [];
    peer.queue.push(exchange);
    peers.sweep(at(2_000));
    expect(peers.size).toBe(1);
    peer.queue = [];
    peers.sweep(at(3_000));
    expect(peers.size).toBe(0);
  });

  it("go on counting the messages of a forgotten peer, so that no id and no token comes again", () => {
    const peers = newPeers();
    const before = peers.numbers(peers.use(PEER, at(0)));
    expect([before.take(at(0), seconds(247)), before.take(at(0), seconds(247))]).toEqual([0, 1]);
    peers.sweep(at(500));
    expect(peers.size).toBe(0);
    const again = peers.numbers(peers.use(PEER, at(500)));
    expect(again.take(at(500), seconds(247))).toBe(2);
    expect(again.token(2)).not.toBe(before.token(0));
    expect(again.messageId(2)).toBe(before.messageId(2));
  });

  it("number each peer by its own random stream, whatever others do", () => {
    const alone = newPeers();
    const among = newPeers();
    for (let port = 1; port <= 50; port++) among.numbers(among.use(address(`192.0.2.7:${port}`), at(0)));
    expect(among.numbers(among.use(PEER, at(0))).token(0)).toBe(alone.numbers(alone.use(PEER, at(0))).token(0));
    expect(among.numbers(among.use(STRANGER, at(0))).token(0)).not.toBe(alone.numbers(alone.use(PEER, at(0))).token(0));
  });

  it("remember the counts of 262,144 forgotten peers, and drop the one that was forgotten first", () => {
    const peers = new Peers(() => () => 1, seconds(247));
    const name = (index: number) => address(`peer-${index}:1`);
    for (let index = 0; index <= MOST_FORGOTTEN; index++) {
      peers.numbers(peers.use(name(index), at(0))).take(at(0), seconds(247));
    }
    peers.sweep(at(500));
    expect(peers.size).toBe(0);
    const taken = [0, 1, MOST_FORGOTTEN].map((index) => peers.numbers(peers.use(name(index), at(500))).taken);
    expect(taken).toEqual([0, 1, 1]);
  });

  it("look at 10,000 idle peers only when their time is over", () => {
    const peers = newPeers();
    for (let port = 1; port <= 10_000; port++) peers.use(address(`192.0.2.7:${port}`), at(0));
    peers.sweep(at(246));
    expect(peers.size).toBe(10_000);
    peers.sweep(at(247));
    expect(peers.size).toBe(0);
  });
});
