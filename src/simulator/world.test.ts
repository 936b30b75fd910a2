import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Instant, NEVER } from "../protocol/time.ts";
import { createWakeups, createWorld, PRIORITY, type World } from "./world.ts";

const at = (time: number): Instant => time as Instant;
const world = <E>(bounds: { maxEvents?: number; maxTime?: number } = {}): World<E> =>
  createWorld<E>({
    start: at(100),
    maxEvents: bounds.maxEvents ?? 1_000_000,
    maxTime: at(bounds.maxTime ?? 1_000_000),
  });

describe("createWorld", () => {
  it("stands at its start, and jumps from event to event, then to the end of the run", () => {
    const simulation = world<string>();
    const seen: unknown[] = [simulation.now];
    simulation.schedule(at(400), "b");
    simulation.schedule(at(200), "a");
    const end = simulation.run(at(500), (event, now) => seen.push([event, now, simulation.now]));
    expect([end, seen, simulation.now, simulation.performed]).toEqual([
      "done",
      [100, ["a", 200, 200], ["b", 400, 400]],
      500,
      2,
    ]);
  });

  it("fires a deadline due at now before an input at now, also one that came up at that very instant", () => {
    const simulation = world<string>();
    const seen: string[] = [];
    simulation.schedule(at(200), "input 1");
    simulation.schedule(at(200), "input 2");
    simulation.schedule(at(200), "deadline", PRIORITY.deadline);
    simulation.run(at(200), (event) => {
      seen.push(event);
      if (event === "input 1") simulation.schedule(at(200), "new deadline", PRIORITY.deadline);
    });
    expect(seen).toEqual(["deadline", "input 1", "new deadline", "input 2"]);
  });

  it("leaves what is due after `until` to the next run", () => {
    const simulation = world<string>();
    const seen: string[] = [];
    simulation.schedule(at(300), "at the end");
    simulation.schedule(at(301), "after it");
    expect(simulation.run(at(300), (event) => seen.push(event))).toBe("done");
    expect(seen).toEqual(["at the end"]);
    expect(simulation.run(at(301), (event) => seen.push(event))).toBe("done");
    expect(seen).toEqual(["at the end", "after it"]);
  });

  it("cuts off a run in which each event makes another at the same instant", () => {
    const simulation = world<number>({ maxEvents: 50 });
    simulation.schedule(at(200), 0);
    expect(simulation.run(at(300), (event) => simulation.schedule(at(200), event + 1))).toBe("cut-off-events");
    expect([simulation.now, simulation.performed]).toEqual([200, 50]);
    expect(simulation.run(at(300), () => undefined)).toBe("cut-off-events");
  });

  it("is done when the last event allowed was also the last one due", () => {
    const simulation = world<number>({ maxEvents: 1 });
    simulation.schedule(at(200), 0);
    expect(simulation.run(at(300), () => undefined)).toBe("done");
  });

  it("cuts off a run that would go beyond `maxTime`, and stands there", () => {
    const simulation = world<string>({ maxTime: 250 });
    simulation.schedule(at(250), "last");
    simulation.schedule(at(251), "beyond");
    const seen: string[] = [];
    expect(simulation.run(at(300), (event) => seen.push(event))).toBe("cut-off-time");
    expect([seen, simulation.now]).toEqual([["last"], 250]);
  });

  it("is done when nothing was due beyond `maxTime`", () => {
    expect(world({ maxTime: 250 }).run(at(300), () => undefined)).toBe("done");
    expect(world({ maxTime: 250 }).run(NEVER, () => undefined)).toBe("done");
  });

  it("refuses an event in the past, at no time, and between two microseconds", () => {
    for (const wrong of [99, Number.NaN, NEVER, 100.5])
      expect(() => world<string>().schedule(at(wrong), "x")).toThrow(/cannot be scheduled/);
  });
});

describe("createWakeups", () => {
  /** Runs one actor that wants to be called at each of its deadlines in turn, moved by `moves` on the way. */
  function calls(
    moves: readonly { readonly at: number; readonly deadline: number }[],
    until: number,
  ): { seen: number[]; events: number } {
    const simulation = world<"wake" | { readonly deadline: number }>();
    const wakeups = createWakeups<"wake" | { readonly deadline: number }>(simulation, 1, () => "wake");
    const seen: number[] = [];
    for (const move of moves) simulation.schedule(at(move.at), { deadline: move.deadline });
    simulation.run(at(until), (event, now) => {
      if (event !== "wake") return wakeups.want(0, at(event.deadline));
      if (!wakeups.fire(0)) return;
      seen.push(now);
      wakeups.want(0, NEVER);
    });
    return { seen, events: simulation.performed - moves.length };
  }

  it("calls an actor at its deadline, once", () => {
    expect(calls([{ at: 100, deadline: 200 }], 900)).toEqual({ seen: [200], events: 1 });
  });

  it("does not call an actor that wants nothing any more", () => {
    expect(
      calls(
        [
          { at: 100, deadline: 200 },
          { at: 150, deadline: NEVER },
        ],
        900,
      ).seen,
    ).toEqual([]);
  });

  it("needs no second event until the first fires when a deadline moves on a hundred times", () => {
    const moves = Array.from({ length: 100 }, (_, step) => ({ at: 100 + step, deadline: 300 + step }));
    expect(calls(moves, 900)).toEqual({ seen: [399], events: 2 });
  });

  it("calls at the earlier deadline when it moves back, and serves the later one with the event that was there", () => {
    const moves = [
      { at: 100, deadline: 500 },
      { at: 110, deadline: 200 },
      { at: 210, deadline: 500 },
    ];
    expect(calls(moves, 900)).toEqual({ seen: [200, 500], events: 2 });
  });

  it("makes no new event for an event that two others have overtaken", () => {
    const moves = [500, 400, 300].map((deadline) => ({ at: 100, deadline }));
    expect(calls([...moves, { at: 310, deadline: 600 }], 900)).toEqual({ seen: [300, 600], events: 4 });
  });

  it("calls at once for a deadline that has passed", () => {
    expect(calls([{ at: 300, deadline: 200 }], 900).seen).toEqual([300]);
  });

  it("calls exactly when an actor with one deadline that is looked at every microsecond would act", () => {
    const move = fc.record({
      at: fc.integer({ min: 100, max: 140 }),
      deadline: fc.oneof(fc.integer({ min: 90, max: 150 }), fc.constant(NEVER as number)),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 12 }), (moves) => {
        const expected: number[] = [];
        let deadline = NEVER as number;
        for (let now = 100; now <= 200; now++) {
          const inputs = moves.filter((each) => each.at === now);
          if (deadline <= now) {
            expected.push(now);
            deadline = NEVER;
          }
          for (const input of inputs) {
            deadline = input.deadline;
            if (deadline <= now) {
              expected.push(now);
              deadline = NEVER;
            }
          }
        }
        expect(calls(moves, 200).seen).toEqual(expected);
      }),
    );
  });

  it("keeps the actors apart", () => {
    const simulation = world<number>();
    const wakeups = createWakeups<number>(simulation, 3, (actor) => actor);
    for (const actor of [0, 1, 2]) wakeups.want(actor, at(200 + actor));
    const seen: number[][] = [];
    simulation.run(at(300), (actor, now) => {
      if (wakeups.fire(actor)) seen.push([actor, now]);
      wakeups.want(actor, NEVER);
    });
    expect(seen).toEqual([
      [0, 200],
      [1, 201],
      [2, 202],
    ]);
  });
});
