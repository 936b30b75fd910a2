import { describe, expect, it } from "vitest";
import { pause } from "../../platform/timers.ts";
import { millis, seconds } from "../../protocol/time.ts";
import { createEventHub, type EventHubOptions, type Follower } from "./event-hub.ts";

const hubWith = (options: Partial<EventHubOptions> = {}) =>
  createEventHub({ epoch: "e", gather: millis(1), heartbeat: seconds(60), ...options });

function follower(backlog = 0) {
  const texts: string[] = [];
  let ended = 0;
  const self: Follower = {
    write: (text) => void texts.push(text),
    end() {
      ended += 1;
    },
    backlog,
  };
  return { self, texts, ended: () => ended };
}

const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await pause(millis(1));
};

describe("createEventHub", () => {
  it("tells many changes as one event, with a new id", async () => {
    const hub = hubWith();
    const { self, texts } = follower();
    hub.follow(self, undefined);
    for (let change = 0; change < 100; change += 1) hub.changed();
    await until(() => texts.length > 1);
    hub.changed();
    await until(() => texts.length > 2);
    hub.close();
    expect(texts).toEqual([
      "id: e-0\nevent: following\ndata:\n\n",
      "id: e-1\nevent: changed\ndata:\n\n",
      "id: e-2\nevent: changed\ndata:\n\n",
    ]);
  });

  it.each([
    ["the last event", "e-0", "following"],
    ["an older event", "e-7", "changed"],
    ["an event of the server before", "d-0", "changed"],
  ])("tells a follower that has seen %s whether it missed any", (_, lastId, event) => {
    const hub = hubWith();
    const { self, texts } = follower();
    hub.follow(self, lastId);
    hub.close();
    expect(texts).toEqual([`id: e-0\nevent: ${event}\ndata:\n\n`]);
  });

  it("takes 2 followers where 2 are the most, and another when one has left", () => {
    const hub = hubWith({ mostFollowers: 2 });
    const leave = hub.follow(follower().self, undefined);
    hub.follow(follower().self, undefined);
    expect([hub.follow(follower().self, undefined), hub.followers]).toEqual([undefined, 2]);
    leave?.();
    expect(hub.follow(follower().self, undefined)).toBeTypeOf("function");
    hub.close();
  });

  it("sends a comment now and then, so that nobody in between takes the connection for dead", async () => {
    const hub = hubWith({ heartbeat: millis(1) });
    const { self, texts } = follower();
    hub.follow(self, undefined);
    await until(() => texts.length > 2);
    hub.close();
    expect(texts.slice(1, 3)).toEqual([": still here\n\n", ": still here\n\n"]);
  });

  it("lets a follower go that does not read", async () => {
    const hub = hubWith();
    const slow = follower(70_000);
    hub.follow(slow.self, undefined);
    hub.changed();
    await until(() => slow.ended() > 0);
    expect([hub.followers, slow.texts.length]).toEqual([0, 1]);
    hub.close();
  });

  it("ends all of them when it closes, and takes no more", () => {
    const hub = hubWith();
    const { self, ended } = follower();
    hub.follow(self, undefined);
    hub.close();
    expect([ended(), hub.followers, hub.follow(follower().self, undefined)]).toEqual([1, 0, undefined]);
  });
});
