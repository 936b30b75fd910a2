import { describe, expect, it } from "vitest";
import type { FetchOutcome } from "../../simulator/device/types.ts";
import { createAgenda } from "../live/agenda.ts";
import { createDownloads } from "./downloads.ts";

const LOST: FetchOutcome = { kind: "lost" };

/** At most two at once; what is under way, and what has come of each. */
function bench() {
  const underWay = new Map<string, () => void>();
  const settled: string[] = [];
  const agenda = createAgenda();
  const downloads = createDownloads({
    agenda,
    most: 2,
    download: ({ url }, settle) => {
      underWay.set(url, () => {
        underWay.delete(url);
        settle(LOST);
      });
      return () => void underWay.delete(url);
    },
  });
  agenda.close();
  return {
    start: (url: string) => downloads.start({ url, largest: 1 }, () => void settled.push(url)),
    settle: (url: string) => underWay.get(url)?.(),
    underWay: () => [...underWay.keys()].join(" "),
    settled,
  };
}

describe("createDownloads", () => {
  it("has at most so many under way, and begins the others in their order as places become free", () => {
    const { start, settle, underWay, settled } = bench();
    for (const url of ["a", "b", "c", "d"]) start(url);
    expect(underWay()).toBe("a b");
    settle("b");
    expect(underWay()).toBe("a c");
    settle("a");
    settle("c");
    settle("d");
    expect([underWay(), settled]).toEqual(["", ["b", "a", "c", "d"]]);
    start("e");
    expect(underWay()).toBe("e");
  });

  it("gives the place of a download that is given up to the next, once", () => {
    const { start, settle, underWay, settled } = bench();
    const giveUp = start("a");
    for (const url of ["b", "c", "d"]) start(url);
    giveUp();
    giveUp();
    expect(underWay()).toBe("b c");
    settle("c");
    expect([underWay(), settled]).toEqual(["b d", ["c"]]);
  });

  it("never begins one that is given up while it waits, and frees nothing by that", () => {
    const { start, settle, underWay } = bench();
    for (const url of ["a", "b"]) start(url);
    start("c")();
    start("d");
    expect(underWay()).toBe("a b");
    settle("a");
    expect(underWay()).toBe("b d");
  });
});
