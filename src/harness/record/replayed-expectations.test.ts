import { describe, expect, it } from "vitest";
import type { History } from "../history/history.ts";
import type { Expectations } from "./expectations.ts";
import { type MeetingOptions, meetReplays, type Replayed } from "./replayed-expectations.ts";

const history: History = {
  header: { formatVersion: 1, plan: "p-1", mode: "sim", startedAt: 0, devices: [], deviceTypes: [] },
  events: [],
};
const finding = { requirement: "R-04", events: [], expected: "", actual: "" };
const file = (...ids: readonly string[]): Expectations => ({
  formatVersion: 1,
  broken: ids.map((requirement) => ({ requirement })),
});

const breaks = (recorded: string, ...broken: readonly string[]): Replayed => ({
  recorded,
  outcome: { kind: "reproduced", history, broken, kept: [], looks: [], finding, sameHistory: undefined },
});
const keeps = (recorded: string | undefined, ...kept: readonly string[]): Replayed => ({
  recorded,
  outcome: { kind: "passes", history, broken: [], kept, looks: [], examined: 1 },
});
const undecided = (recorded: string, ...kept: readonly string[]): Replayed => ({
  recorded,
  outcome: { kind: "inconclusive", history, broken: [], kept, looks: [], reason: "the run was cut off" },
});

const met = (replays: readonly Replayed[], expected: Expectations, options: Partial<MeetingOptions> = {}) =>
  meetReplays(replays, expected, { strict: false, complete: true, ...options });
const NONE = { known: [], unexpected: [], stale: [], warnings: [] };

describe("meetReplays", () => {
  it("tells known failures from new ones, over all plans together", () => {
    const replays = [breaks("R-04", "R-04", "I-05"), breaks("T-01", "T-01", "R-04")];
    expect(met(replays, file("R-04", "T-01"))).toEqual({ ...NONE, known: ["R-04", "T-01"], unexpected: ["I-05"] });
  });

  it("calls an entry stale when every plan that was saved for it keeps it", () => {
    expect(met([keeps("R-04", "R-04"), keeps("R-04", "R-04", "T-01")], file("R-04"))).toEqual({
      ...NONE,
      stale: ["R-04"],
    });
    expect(met([keeps("R-04", "R-04"), breaks("T-01", "R-04")], file("R-04"))).toEqual({ ...NONE, known: ["R-04"] });
  });

  it("calls none stale of which too little was seen", () => {
    const others = [keeps("T-01", "T-01", "R-04"), keeps(undefined, "R-04")];
    expect(met(others, file("R-04"))).toEqual(NONE);
    expect(met([keeps("R-04", "T-01")], file("R-04"))).toEqual(NONE);
    expect(met([keeps("R-04", "R-04"), undecided("R-04", "R-04")], file("R-04"))).toEqual(NONE);
    expect(met([keeps("R-04", "R-04")], file("R-04"), { complete: false })).toEqual(NONE);
  });

  it("calls an entry stale that names no requirement at all", () => {
    expect(met([breaks("R-04", "R-04")], file("R-04", "R-99")).stale).toEqual(["R-99"]);
  });

  it("lets a SHOULD warn, unless it is strict or the file names it", () => {
    const replays = [breaks("E-10", "E-10")];
    expect(met(replays, file())).toEqual({ ...NONE, warnings: ["E-10"] });
    expect(met(replays, file(), { strict: true })).toEqual({ ...NONE, unexpected: ["E-10"] });
    expect(met(replays, file("E-10"))).toEqual({ ...NONE, known: ["E-10"] });
  });
});
