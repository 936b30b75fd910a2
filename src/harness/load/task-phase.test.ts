import { afterEach, describe, expect, it } from "vitest";
import { type Agenda, createAgenda } from "../live/agenda.ts";
import type { Shard } from "../record/shards.ts";
import type { LoadTask } from "./arrivals.ts";
import { createSeries } from "./series.ts";
import { beginTasks } from "./task-phase.ts";
import { Workload } from "./workload.ts";

let agenda: Agenda | undefined;
afterEach(() => agenda?.close());

/**
 * Numbers of the tasks that were asked for, each done at once.
 *
 * @param isOurs whether the task of that number is
 * @param enough ends it after so many tasks; absent: when its time is over
 */
async function phase(
  arrival: object,
  duration: string,
  shard: Shard,
  isOurs: (number: number) => boolean,
  enough?: number,
) {
  const clock = createAgenda();
  agenda = clock;
  const row = { operation: "read", property: "p" };
  const workload = Workload.parse({ formatVersion: 1, arrival, duration, tasks: [row] });
  const [first] = workload.tasks;
  const series = createSeries();
  const asked: number[] = [];
  const phase = await new Promise<ReturnType<typeof beginTasks>>((resolve) => {
    const begun = beginTasks({
      workload,
      seed: "s",
      shard,
      agenda: clock,
      series,
      taskOf: (number): LoadTask => ({ number, row: first as LoadTask["row"], devices: isOurs(number) ? [7] : [] }),
      ask(task, _intended, whenDone) {
        asked.push(task.number);
        whenDone();
        if (asked.length === enough) resolve(begun);
      },
      onEnd: () => resolve(begun),
    });
  });
  phase.stop();
  expect(phase.asked).toBe(asked.length);
  return { asked, lags: series.spans("generator.lag", {}).count };
}

const OPEN = { kind: "open", perSecond: 50_000 };

describe("beginTasks in a shard", () => {
  it("passes over thousands of tasks of other shards, and asks for its own by their numbers in the whole", async () => {
    const own = [3, 2_500, 2_501, 4_999];
    const { asked } = await phase(OPEN, "30s", { index: 1, of: 9 }, (number) => own.includes(number), own.length);
    expect(asked).toEqual(own);
  });

  it("measures the lag of its event loop when it has nothing to ask for", async () => {
    const { asked, lags } = await phase(OPEN, "100ms", { index: 1, of: 9 }, () => false);
    expect(asked).toEqual([]);
    expect(lags).toBeGreaterThan(0);
  });

  it("numbers the tasks of a closed arrival so that no other shard has the same number", async () => {
    const closed = { kind: "closed", atOnce: 5 };
    const [one, two] = [
      await phase(closed, "60ms", { index: 0, of: 2 }, () => true),
      await phase(closed, "60ms", { index: 1, of: 2 }, () => true),
    ];
    expect(one.asked.slice(0, 3)).toEqual([0, 2, 4]);
    expect(two.asked.slice(0, 2)).toEqual([1, 3]);
    expect([...one.asked, ...two.asked].length).toBe(new Set([...one.asked, ...two.asked]).size);
  });

  it("asks for nothing in a shard without a place", async () => {
    expect((await phase({ kind: "closed", atOnce: 2 }, "60ms", { index: 3, of: 4 }, () => true)).asked).toEqual([]);
  });
});
