/** Laws of loss in bursts, after Gilbert and Elliott: what the three figures of a file mean in the long run. */
import { describe, expect, it } from "vitest";
import { FleetFile, type FleetFileText } from "../model/fleet.ts";
import { createDecisions } from "./decisions.ts";
import { createLink, linkPlan } from "./link.ts";

type Link = FleetFileText["groups"][number]["link"];
const DATAGRAMS = 60_000;

function linkOf(link: Link, device = 0) {
  const [group] = FleetFile.parse({ formatVersion: 1, groups: [{ name: "g", share: 1, link }] }).groups;
  if (group === undefined) throw new Error("there is a group");
  return createLink(linkPlan(group), device, createDecisions("bursts"));
}
const lostUp = (link: Link, count = DATAGRAMS): readonly boolean[] => {
  const made = linkOf(link);
  return Array.from({ length: count }, (_, at) => made.fate("up", 90, at).lost === "burst");
};
const share = (all: readonly boolean[]): number => all.filter(Boolean).length / all.length;

/** Part of the datagrams that are in a burst: a chain of two states, of which `begins` also counts right after an end. */
const inBursts = (begins: number, ends: number): number => begins / (ends + begins * (1 - ends));
/** Datagrams of a burst: it is as long as no end comes, or comes with a new beginning. */
const meanLength = (begins: number, ends: number): number => 1 / (ends * (1 - begins));

describe("loss in bursts", () => {
  it.each([
    [0.5, 25],
    [2, 10],
    [10, 50],
    [40, 40],
    [5, 100],
  ])("with begins %d and ends %d: its part of the datagrams and its length are those of the chain", (begins, ends) => {
    const lost = lostUp({ bursts: { begins, ends } });
    const part = inBursts(begins / 100, ends / 100);
    const length = meanLength(begins / 100, ends / 100);
    expect(share(lost) / part).toBeGreaterThan(0.85);
    expect(share(lost) / part).toBeLessThan(1.15);
    const runs =
      lost
        .map((each) => (each ? "x" : "."))
        .join("")
        .match(/x+/g) ?? [];
    const found = runs.join("").length / runs.length;
    expect(found / length).toBeGreaterThan(0.88);
    expect(found / length).toBeLessThan(1.12);
  });

  it("loses of a burst the share that it says, and of what is outside nothing", () => {
    const all = lostUp({ bursts: { begins: 5, ends: 10 } });
    const some = lostUp({ bursts: { begins: 5, ends: 10, loss: 30 } });
    expect(some.every((each, at) => !each || all[at])).toBe(true);
    const part = share(some) / share(all);
    expect(part).toBeGreaterThan(0.28);
    expect(part).toBeLessThan(0.32);
    expect(share(lostUp({ bursts: { begins: 100, ends: 100, loss: 0 } }, 1_000))).toBe(0);
  });

  it("is a burst for ever where it begins at once and hardly ends, and never where it does not begin", () => {
    expect(share(lostUp({ bursts: { begins: 100, ends: 0.001 } }, 1_000))).toBe(1);
    expect(share(lostUp({ bursts: { begins: 0, ends: 50 } }, 1_000))).toBe(0);
  });

  it("happens in each direction by itself: what goes down changes nothing about what goes up", () => {
    const bursts = { begins: 10, ends: 20 };
    const alone = lostUp({ bursts }, 2_000);
    const busy = linkOf({ bursts });
    const among = Array.from({ length: 2_000 }, (_, at) => {
      for (let down = 0; down < at % 4; down++) busy.fate("down", 20, at);
      return busy.fate("up", 90, at).lost === "burst";
    });
    expect(among).toEqual(alone);
    const down = linkOf({ bursts });
    expect(Array.from({ length: 2_000 }, (_, at) => down.fate("down", 90, at).lost === "burst")).not.toEqual(alone);
  });

  it("depends on the number of the datagram, not on its time or its length", () => {
    const bursts = { begins: 10, ends: 20 };
    const other = linkOf({ bursts });
    const slow = Array.from(
      { length: 2_000 },
      (_, at) => other.fate("up", 20 + (at % 50), at * 60_000).lost === "burst",
    );
    expect(slow).toEqual(lostUp({ bursts }, 2_000));
  });
});
