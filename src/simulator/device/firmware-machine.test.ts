import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  stepUpdate,
  UPDATE_EVENTS,
  UPDATE_ROWS,
  type UpdateEvent,
  type UpdateFacts,
  type UpdateResult,
  type UpdateSituation,
  type UpdateState,
} from "./firmware-machine.ts";

const FACTS: UpdateFacts = {
  version: "1.0",
  cause: 0,
  source: undefined,
  takesPackages: true,
  refusesBadPackages: false,
  updatesAtAnyState: false,
  forgetsImage: false,
};

const STATES: readonly UpdateState[] = [0, 1, 2, 3];

/** `State/Result answer`, or `unchanged answer`. */
function after(state: UpdateState, event: UpdateEvent, facts: Partial<UpdateFacts> = {}): string {
  const { situation, answer, taken } = stepUpdate({ state, result: 0 }, event, { ...FACTS, ...facts });
  return `${taken ? `${situation.state}/${situation.result}` : "unchanged"} ${answer}`;
}

const column = (event: UpdateEvent, facts: Partial<UpdateFacts> = {}): readonly string[] =>
  STATES.map((state) => after(state, event, facts));

const NO_ROW = "unchanged 2.04";
const NO_WAY = "unchanged 4.05";
const NOT_NOW = "unchanged 4.00";

describe("stepUpdate, from Idle, Downloading, Downloaded and Updating", () => {
  it("resets to 0/0 at every State but Updating, where it answers 4.05", () => {
    expect(column("reset")).toEqual(["0/0 2.04", "0/0 2.04", "0/0 2.04", NO_WAY]);
  });

  it("takes the first block of a Package when idle, and once more in the middle of the same push", () => {
    expect(column("package-begins", { source: "push" })).toEqual(["1/0 2.04", "1/0 2.04", NOT_NOW, NO_WAY]);
    expect(column("package-begins", { source: "pull" })).toEqual(["1/0 2.04", NOT_NOW, NOT_NOW, NO_WAY]);
    expect(column("package-begins", { takesPackages: false })).toEqual([NO_WAY, NO_WAY, NO_WAY, NO_WAY]);
  });

  it("is Downloading as soon as a Package URI is written, and only when idle (OMA #163)", () => {
    expect(column("uri-written")).toEqual(["1/0 2.04", NOT_NOW, NOT_NOW, NO_WAY]);
  });

  it("stays idle with Result 9 or 7 at a URI that it cannot use (ETS 780, 778)", () => {
    expect(column("uri-written", { cause: 9 })).toEqual(["0/9 2.04", NOT_NOW, NOT_NOW, NO_WAY]);
    expect(after(0, "uri-written", { cause: 7 })).toBe("0/7 2.04");
    expect(after(0, "uri-written", { cause: 9, refusesBadPackages: true })).toBe("0/9 4.00");
  });

  it("is Downloaded when all of the image is there and sound (ETS 755, 756)", () => {
    expect(column("downloaded")).toEqual([NO_ROW, "2/0 2.04", NO_ROW, NO_ROW]);
  });

  it.each([
    [2, "773: flash"],
    [3, "774: RAM"],
    [4, "775: connection lost"],
    [5, "776: integrity"],
    [6, "777: package type"],
    [7, "778: URI"],
  ] as const)("is idle again with Result %s when the download fails (ETS %s)", (cause, _title) => {
    expect(column("download-failed", { cause })).toEqual([NO_ROW, `0/${cause} 2.04`, NO_ROW, NO_ROW]);
    expect(after(1, "download-failed", { cause, refusesBadPackages: true })).toBe(`0/${cause} 4.00`);
  });

  it("executes Update at Downloaded alone; else 4.05 (ETS 770 to 772)", () => {
    expect(column("execute")).toEqual([NO_WAY, NO_WAY, "3/0 2.04", NO_WAY]);
  });

  it("executes it at any State with the defect of some clients", () => {
    expect(column("execute", { updatesAtAnyState: true })).toEqual(["3/0 2.04", "3/0 2.04", "3/0 2.04", NO_ROW]);
  });

  it("cancels at Downloading and Downloaded with Result 10 (1.1)", () => {
    expect(column("cancel")).toEqual([NO_WAY, "0/10 2.04", "0/10 2.04", NO_WAY]);
  });

  it("is idle with Result 1 once the new image runs (ETS 770, 771)", () => {
    expect(column("installed")).toEqual([NO_ROW, NO_ROW, NO_ROW, "0/1 2.04"]);
  });

  it("is Downloaded with Result 8 after a failed installation, whatever the cause, in 1.0 (ETS 779)", () => {
    expect(column("installation-failed", { cause: 8 })).toEqual([NO_ROW, NO_ROW, NO_ROW, "2/8 2.04"]);
    expect(after(3, "installation-failed", { cause: 5 })).toBe("2/8 2.04");
  });

  it.each([
    [2, "2/2 2.04"],
    [3, "2/3 2.04"],
    [5, "0/5 2.04"],
    [6, "0/6 2.04"],
    [8, "2/8 2.04"],
  ] as const)("tells the cause %s in 1.1, and drops an image that is at fault (OMA #393)", (cause, expected) => {
    expect(after(3, "installation-failed", { version: "1.1", cause })).toBe(expected);
  });

  it("keeps a downloaded image in a reboot, but not half a one, nor an installation", () => {
    expect(column("reboot")).toEqual([NO_ROW, "0/0 2.04", NO_ROW, "2/8 2.04"]);
    expect(column("reboot", { forgetsImage: true })).toEqual([NO_ROW, "0/0 2.04", "0/0 2.04", "2/8 2.04"]);
  });
});

describe("UPDATE_ROWS", () => {
  const facts = fc.record<UpdateFacts>({
    version: fc.constantFrom("1.0", "1.1"),
    cause: fc.constantFrom<UpdateResult>(0, 2, 3, 4, 5, 6, 7, 8, 9),
    source: fc.constantFrom("push", "pull", undefined),
    takesPackages: fc.boolean(),
    refusesBadPackages: fc.boolean(),
    updatesAtAnyState: fc.boolean(),
    forgetsImage: fc.boolean(),
  });

  it("says for every State what a request does", () => {
    const requests = ["reset", "package-begins", "uri-written", "execute", "cancel"] as const;
    for (const event of requests) {
      for (const state of STATES) {
        const rows = UPDATE_ROWS.filter(
          ({ from, on, when }) => on === event && from.includes(state) && when === undefined,
        );
        expect([event, state, rows.length]).toEqual([event, state, 1]);
      }
    }
  });

  it("has no row that can never be the first that fits", () => {
    const met = new Set<number>();
    fc.assert(
      fc.property(fc.constantFrom(...STATES), fc.constantFrom(...UPDATE_EVENTS), facts, (state, event, given) => {
        met.add(
          UPDATE_ROWS.findIndex(
            ({ from, on, when }) => on === event && from.includes(state) && (when?.(given) ?? true),
          ),
        );
      }),
      { numRuns: 20_000, seed: 1 },
    );
    met.delete(-1);
    expect([...met].sort((a, b) => a - b)).toEqual(UPDATE_ROWS.map((_, index) => index));
  });

  it("leads a device without defects to Updating by Downloaded alone, and to Result 1 by Updating alone", () => {
    const sound = facts.map((given) => ({ ...given, updatesAtAnyState: false }));
    const story = fc.array(fc.tuple(fc.constantFrom(...UPDATE_EVENTS), sound), { maxLength: 30 });
    fc.assert(
      fc.property(story, (events) => {
        let situation: UpdateSituation = { state: 0, result: 0 };
        for (const [event, given] of events) {
          const next = stepUpdate(situation, event, given).situation;
          if (next.state === 3 && situation.state !== 3) expect(situation.state).toBe(2);
          if (next.result === 1 && situation.result !== 1) expect(situation.state).toBe(3);
          situation = next;
        }
      }),
    );
  });
});
