import { describe, expect, it } from "vitest";
import { createPlansAtOnce } from "./plans-at-once.ts";

/** A campaign of which the time and the strain are told. */
function campaign(most: number) {
  let [elapsed, strained] = [0, false];
  const hasRoom = createPlansAtOnce({ most, isStrained: () => strained, elapsed: () => elapsed });
  const second = (isStrained: boolean, running: number): boolean => {
    elapsed += 1_000;
    strained = isStrained;
    return hasRoom(running);
  };
  return { hasRoom, second };
}

describe("createPlansAtOnce", () => {
  it("lets in as many as are allowed while all keep up", () => {
    const { hasRoom } = campaign(200);
    expect([hasRoom(199), hasRoom(200)]).toEqual([true, false]);
  });

  it("halves what is running, each second in which somebody cannot keep up, down to eight", () => {
    const { hasRoom, second } = campaign(200);
    expect(second(true, 100)).toBe(false);
    expect([hasRoom(49), hasRoom(50)]).toEqual([true, false]);
    second(true, 50);
    expect([hasRoom(24), hasRoom(25)]).toEqual([true, false]);
    second(true, 25);
    second(true, 12);
    expect([hasRoom(7), hasRoom(8)]).toEqual([true, false]);
  });

  it("changes nothing within a second, and lets in ten more each second in which all went well", () => {
    const { hasRoom, second } = campaign(60);
    second(true, 60);
    expect([hasRoom(29), hasRoom(30), hasRoom(30)]).toEqual([true, false, false]);
    expect(second(false, 30)).toBe(true);
    expect([hasRoom(39), hasRoom(40)]).toEqual([true, false]);
    for (let count = 0; count < 5; count++) second(false, 40);
    expect([hasRoom(59), hasRoom(60)]).toEqual([true, false]);
  });

  it("never lets in more than are allowed, also where that is fewer than eight", () => {
    const { hasRoom, second } = campaign(3);
    second(true, 3);
    expect([hasRoom(2), hasRoom(3)]).toEqual([true, false]);
  });
});
