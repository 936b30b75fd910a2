import { afterEach, describe, expect, it } from "vitest";
import { pause } from "../../platform/timers.ts";
import { after, type Instant, micros, millis, NEVER } from "../../protocol/time.ts";
import { Plan } from "../../scenarios/plan.ts";
import { type Agenda, createAgenda } from "./agenda.ts";
import { createPassingDays, type PassingDays, passesDays, turnedDuration, turnTimes } from "./passing-days.ts";

const DAY = 86_400_000;
const profile = {
  coap: { ackTimeout: 0.01, ackRandomFactor: 1, maxRetransmit: 0 },
  responseTimeout: 0.01,
  reaction: 0.01,
};
const create = { kind: "create-task", task: 0, taskType: "R", property: "deviceProperties.device.timezone" } as const;
const planOf = (operations: readonly object[], changes: object = {}): Plan =>
  Plan.parse({
    formatVersion: 1,
    id: "days-1",
    family: "test",
    simSeed: "seed",
    profile,
    deviceTypes: [{}],
    fleet: [{}],
    latency: 0,
    operations,
    faults: [],
    quietFrom: 0,
    until: 8 * DAY,
    ...changes,
  });
const polls = (...at: readonly number[]): readonly object[] => at.map((each) => ({ at: each, kind: "poll", task: 0 }));

describe("passesDays", () => {
  it("is about plans with a wait that is worth a turn, and neither a restart nor a timer of the server", () => {
    expect(passesDays(planOf(polls(7 * DAY)))).toBe(true);
    expect(passesDays(planOf(polls(1_000), { until: 5_000 }))).toBe(false);
    expect(passesDays(planOf([...polls(7 * DAY), { at: 1, kind: "restart-server", downFor: 0 }]))).toBe(false);
    expect(passesDays(planOf(polls(7 * DAY), { profile: { ...profile, timerRetry: 3_600 } }))).toBe(false);
  });

  it("takes a week of waiting for seconds, and what happens in between for as long as it takes", () => {
    const { silence, lead } = turnTimes(planOf([]));
    const turned = (silence + lead) / 1_000;
    expect(turnedDuration(planOf(polls(7 * DAY, 7 * DAY + 900), { until: 7 * DAY + 1_000 }))).toBe(turned + 1_000);
  });
});

describe("createPassingDays", () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  interface Passing {
    readonly agenda: Agenda;
    readonly turns: readonly number[];
    readonly troubles: readonly unknown[];
    readonly days: PassingDays;
    readonly start: Instant;
  }
  function passing(
    plan: Plan,
    next: () => number,
    settings: { isBusy?: () => boolean; fails?: boolean } = {},
  ): Passing {
    const agenda = createAgenda();
    const start = agenda.now();
    const turns: number[] = [];
    const troubles: unknown[] = [];
    const days = createPassingDays({
      plan,
      agenda,
      clock: {
        async turn(milliseconds) {
          if (settings.fails === true) throw new Error("not permitted");
          turns.push(milliseconds);
        },
      },
      next: () => (next() === Number.POSITIVE_INFINITY ? NEVER : after(start, millis(next()))),
      isBusy: settings.isBusy ?? (() => false),
      onTrouble: (error) => void troubles.push(error),
    });
    open.push(days, agenda);
    days.begin(start);
    days.look();
    return { agenda, turns, troubles, days, start };
  }
  const quiet = millis(turnTimes(planOf([])).silence / 1_000 + 200);
  const passed = ({ agenda, start }: Passing): number => (agenda.now() - start) / 1_000;

  it("turns the clock when all has been silent for long enough, to shortly before what happens next", async () => {
    const run = passing(planOf(polls(7 * DAY)), () => 7 * DAY);
    await pause(millis(50));
    expect(run.turns).toEqual([]);
    await pause(quiet);
    expect(run.turns).toHaveLength(1);
    expect(passed(run)).toBeGreaterThan(7 * DAY - 1_000);
    expect(passed(run)).toBeLessThan(7 * DAY + 10_000);
  });

  it("does not turn it while something is under way, nor for what comes soon or never", async () => {
    const busy = passing(planOf([]), () => 7 * DAY, { isBusy: () => true });
    const soon = passing(planOf([]), () => 4_000);
    const never = passing(planOf([]), () => Number.POSITIVE_INFINITY);
    await pause(quiet);
    expect([busy, soon, never].map(({ turns }) => turns)).toEqual([[], [], []]);
  });

  it("stops short of the moment at which a task is to begin", async () => {
    const plan = planOf([{ at: 0, ...create, devices: "all", scheduledOn: 3 * DAY }]);
    const run = passing(plan, () => 7 * DAY);
    await pause(quiet);
    expect(passed(run)).toBeLessThan(3 * DAY + 10_000);
    expect(passed(run)).toBeGreaterThan(3 * DAY - 1_000);
  });

  it("says so when the clock cannot be turned, and does not believe that it was", async () => {
    const run = passing(planOf([]), () => 7 * DAY, { fails: true });
    await pause(quiet);
    expect(run.troubles).toEqual([new Error("not permitted")]);
    expect(run.agenda.ahead).toBe(micros(0));
  });
});
