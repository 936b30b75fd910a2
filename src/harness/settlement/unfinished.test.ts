import { describe, expect, it } from "vitest";
import { createUnfinished } from "./unfinished.ts";

const OTA = { families: ["ota"] } as const;

/** So many plans of a family that ran to their end, and so many that did not. */
function campaign(counts: Readonly<Record<string, readonly [finished: number, cutOff: number]>>) {
  const unfinished = createUnfinished();
  for (const [family, [finished, cutOff]] of Object.entries(counts))
    for (let index = 0; index < finished + cutOff; index++)
      unfinished.add({
        id: `${family}-${index}`,
        ...(index < finished
          ? { cutOff: false }
          : { cutOff: true, cutOffBecause: `this process was ${5_000 + index} ms late` }),
      });
  return unfinished;
}

describe("createUnfinished", () => {
  it("leaves a requirement open while fewer than twenty plans that are made for it ran to their end", () => {
    expect(campaign({ ota: [19, 1] }).mightShow(OTA, false)).toBe(true);
    expect(campaign({ ota: [20, 80] }).mightShow(OTA, false)).toBe(false);
    expect(campaign({ ota: [0, 1] }).mightShow(OTA, false)).toBe(true);
  });

  it("leaves nothing open for what was cut off of other families, but for plans of none", () => {
    expect(campaign({ queue: [0, 9] }).mightShow(OTA, false)).toBe(false);
    expect(campaign({ "my-plan": [0, 1] }).mightShow(OTA, false)).toBe(true);
  });

  it("takes a campaign that was interrupted for one whose plans may all be missing", () => {
    expect(campaign({ queue: [50, 0] }).mightShow(OTA, false)).toBe(false);
    expect(campaign({ queue: [50, 0] }).mightShow(OTA, true)).toBe(true);
    expect(campaign({ ota: [20, 0] }).mightShow(OTA, true)).toBe(false);
  });

  it("counts reasons that differ in their numbers as one, and tells the first", () => {
    const unfinished = campaign({ ota: [1, 2], queue: [0, 1] });
    unfinished.add({ id: "queue-9", cutOff: true });
    expect(unfinished.plans).toBe(4);
    expect(unfinished.because).toEqual([
      { plan: "ota-1", reason: "this process was 5001 ms late", plans: 3 },
      { plan: "queue-9", reason: "a bound was hit", plans: 1 },
    ]);
  });
});
