import { describe, expect, it } from "vitest";
import { FleetFile, type FleetFileText } from "../model/fleet.ts";
import { createFleet } from "./fleet.ts";
import type { Happening } from "./types.ts";

type GroupText = Partial<FleetFileText["groups"][number]>;

function happenings(
  group: GroupText,
  {
    events = [],
    index = 0,
    devices = 1,
    minutes = 60,
  }: { events?: FleetFileText["events"]; index?: number; devices?: number; minutes?: number } = {},
): readonly Happening[] {
  const file = FleetFile.parse({ formatVersion: 1, events, groups: [{ name: "g", share: 1, ...group }] });
  const timeline = createFleet(file, { seed: "s", devices, duration: minutes * 60_000 }).timeline(index);
  const found: Happening[] = [];
  while (timeline.nextAt < Number.POSITIVE_INFINITY) {
    const at = timeline.nextAt;
    const next = timeline.take();
    if (next === undefined || next.at !== at) throw new Error("the next one is not the next one");
    found.push(next);
  }
  expect(timeline.take()).toBeUndefined();
  return found;
}
/** `online 12`: in minutes. */
const brief = (all: readonly Happening[]): readonly string[] => all.map(({ at, kind }) => `${kind} ${at / 60_000}`);

describe("the timeline of a device", () => {
  it("is empty where nothing happens", () => {
    expect(happenings({})).toEqual([]);
  });

  it("has a fixed cycle of 10 minutes online and 5 offline, up to the end of the run", () => {
    const connectivity = { kind: "cycle", online: "10m", offline: "5m", inStep: true } as const;
    expect(brief(happenings({ connectivity }, { minutes: 31 }))).toEqual([
      "offline 10",
      "online 15",
      "offline 25",
      "online 30",
    ]);
  });

  it("begins cycles at different times unless they are in step, and keeps their length", () => {
    const connectivity = { kind: "cycle", online: "10m", offline: "5m" } as const;
    const first = Array.from(
      { length: 50 },
      (_, index) => happenings({ connectivity }, { index, devices: 50 })[0]?.at ?? 0,
    );
    expect(Math.max(...first)).toBeLessThanOrEqual(600_000);
    expect(new Set(first).size).toBeGreaterThan(40);
  });

  it("has the nights of a day of 20 minutes, also the one in which the run begins", () => {
    const connectivity = {
      kind: "day-night",
      day: "20m",
      onlineFrom: "8m",
      onlineUntil: "16m",
      startsAt: "4m",
    } as const;
    const start = { kind: "storm", over: "0s" } as const;
    expect(brief(happenings({ connectivity, start }, { minutes: 45 }))).toEqual([
      "offline 0",
      "online 4",
      "offline 12",
      "online 24",
      "offline 32",
      "online 44",
    ]);
  });

  it("follows a timetable, once or in repetitions of an hour", () => {
    const offline = [
      { from: "1m", until: "2m" },
      { from: "30m", until: "40m" },
    ];
    const once = ["offline 1", "online 2", "offline 30", "online 40"];
    expect(brief(happenings({ connectivity: { kind: "timetable", offline } }, { minutes: 120 }))).toEqual(once);
    const again = happenings({ connectivity: { kind: "timetable", offline, repeatEvery: "1h" } }, { minutes: 91 });
    expect(brief(again)).toEqual([...once, "offline 61", "online 62", "offline 90"]);
  });

  it("is offline until the last of several causes is over", () => {
    const connectivity: GroupText["connectivity"] = { kind: "timetable", offline: [{ from: "10m", until: "20m" }] };
    const events = [{ kind: "outage", at: "15m", lasts: "10m" } as const];
    expect(brief(happenings({ connectivity }, { events }))).toEqual(["offline 10", "online 25"]);
  });

  it("begins with being offline when the device registers meanwhile, and tells nothing from before", () => {
    const events = [
      { kind: "outage", at: "1m", lasts: "10m" } as const,
      { kind: "power-cut", at: "2m", lasts: "1m" } as const,
    ];
    const start = { kind: "storm", over: "0s", after: "5m" } as const;
    expect(brief(happenings({ start }, { events }))).toEqual(["offline 5", "online 11"]);
  });

  it("has reboots, factory resets, losses and rebindings every so often from the first Register on", () => {
    const start = { kind: "storm", over: "0s", after: "1m" } as const;
    const found = happenings(
      { start, reboots: "7m", factoryResets: "20m", registrationLoss: "15m", nat: { rebinding: "11m" } },
      { minutes: 22 },
    );
    expect(brief(found)).toEqual([
      "reboot 8",
      "rebind 12",
      "reboot 15",
      "lose-registration 16",
      "factory-reset 21",
      "reboot 22",
    ]);
  });

  it("has a power cut with what it lasts, its spread included", () => {
    const events = [
      { kind: "power-cut", at: "10m", lasts: "2m", spread: { kind: "uniform", from: "0s", to: "30s" } } as const,
    ];
    const lasts = Array.from({ length: 200 }, (_, index) => {
      const [cut] = happenings({}, { events, index, devices: 200 });
      return cut?.kind === "power-cut" ? cut.lasts : 0;
    });
    expect(Math.min(...lasts)).toBeGreaterThanOrEqual(120_000);
    expect(Math.max(...lasts)).toBeLessThanOrEqual(150_000);
    expect(new Set(lasts).size).toBeGreaterThan(150);
  });

  it("is cut for 90 of 100 devices, and for the groups that are named alone", () => {
    const events: FleetFileText["events"] = [{ kind: "outage", at: "10m", lasts: "2m", percent: 90, groups: ["g"] }];
    const affected = Array.from({ length: 1_000 }, (_, index) =>
      happenings({}, { events, index, devices: 1_000 }),
    ).filter((found) => found.length > 0);
    expect(affected.length).toBeGreaterThan(860);
    expect(affected.length).toBeLessThan(940);
  });

  it("swizzles: devices go within 10 minutes, and are back within the 10 after the pause, in another order", () => {
    const events = [{ kind: "swizzle", at: "5m", stop: "10m", hold: "5m", resume: "10m" } as const];
    const found = Array.from({ length: 100 }, (_, index) => happenings({}, { events, index, devices: 100 }));
    const [gone, back] = [0, 1].map((place) => found.map((own) => own[place]?.at ?? 0));
    expect(Math.min(...(gone ?? []))).toBeGreaterThanOrEqual(300_000);
    expect(Math.max(...(gone ?? []))).toBeLessThan(900_000);
    expect(Math.min(...(back ?? []))).toBeGreaterThan(1_200_000);
    expect(Math.max(...(back ?? []))).toBeLessThanOrEqual(1_800_000);
    const order = (times: readonly number[] = []) =>
      times.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at);
    expect(order(gone).map(({ index }) => index)).not.toEqual(order(back).map(({ index }) => index));
  });
});
