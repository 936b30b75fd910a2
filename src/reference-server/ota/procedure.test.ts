import { describe, expect, it } from "vitest";
import { type Event, nextOf, PROCEDURE, RESULTS, resultName, resumedAt, STATES, STEPS } from "./procedure.ts";

const EVENTS_OF: Readonly<Record<(typeof STEPS)[number], readonly Event[]>> = {
  survey: STATES,
  reset: ["changed"],
  offer: ["changed"],
  state: STATES,
  result: ["initial", "success", "stale", "failure", "deferred"],
  again: STATES,
  execute: ["changed"],
  "installed-state": STATES,
  "installed-result": ["initial", "success", "failure", "deferred"],
  version: ["expected", "unexpected"],
};
/** A Result is asked for only after a State that ends something. */
const STATES_BEFORE = (step: string) => (step.endsWith("result") ? (["idle", "downloaded"] as const) : [undefined]);

describe("the procedure of a firmware update", () => {
  it("has an answer to every event of every step, after every State that leads there", () => {
    for (const step of STEPS) {
      for (const state of STATES_BEFORE(step)) {
        for (const event of EVENTS_OF[step])
          expect(nextOf(step, state, event), `${step} ${state} ${event}`).toBeDefined();
      }
    }
  });

  it("has no row that another one hides, and none for an event that its step cannot have", () => {
    for (const [index, row] of PROCEDURE.entries()) {
      expect(EVENTS_OF[row.step]).toContain(row.event);
      const hidden = PROCEDURE.slice(0, index).some(
        ({ step, event, state }) =>
          step === row.step && event === row.event && (state === undefined || state === row.state),
      );
      expect(hidden, `${row.step} ${row.state} ${row.event}`).toBe(false);
    }
  });

  it("executes only after State Downloaded with a Result of no failure, and nothing else leads to Execute (O-03)", () => {
    const leading = PROCEDURE.filter(({ next }) => next.kind !== "done" && "step" in next && next.step === "execute");
    expect(leading).toMatchObject([
      { step: "result", state: "downloaded", event: "initial" },
      { step: "result", state: "downloaded", event: "stale" },
    ]);
  });

  it("is done only at the expected version, which is asked only at State Idle and Result Success (O-04)", () => {
    expect(PROCEDURE.filter(({ next }) => next.kind === "done")).toMatchObject([
      { step: "version", event: "expected" },
    ]);
    const asking = PROCEDURE.filter(({ next }) => next.kind === "step" && next.step === "version");
    expect(asking.map(({ state, event }) => [state, event])).toEqual([
      ["idle", "success"],
      ["idle", "success"],
    ]);
  });

  it("goes on at the same step after a failed attempt, but looks first where something may have happened", () => {
    expect(STEPS.map((step) => [step, resumedAt(step)])).toEqual([
      ["survey", "survey"],
      ["reset", "survey"],
      ["offer", "survey"],
      ["state", "state"],
      ["result", "state"],
      ["again", "again"],
      ["execute", "state"],
      ["installed-state", "installed-state"],
      ["installed-result", "installed-state"],
      ["version", "version"],
    ]);
  });

  it("names the 12 Update Results, and an unknown one by its number", () => {
    expect(RESULTS).toHaveLength(12);
    expect([resultName(8), resultName(99)]).toEqual(["Result 8 (update failed)", "Result 99 (unknown)"]);
  });
});
