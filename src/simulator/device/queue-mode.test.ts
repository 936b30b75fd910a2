import { describe, expect, it } from "vitest";
import { readContent } from "../../protocol/lwm2m/operations.ts";
import type { Fault } from "../model/fault.ts";
import { response, scriptedRun } from "./scripted-run.ts";

const sleeper = { queueMode: true, awakeFor: 5_000 } as const;
const read = readContent([3, 0, 9]);
/** The states and what the device sent, without what the server sent. */
const ofDevice = (log: readonly string[]): readonly string[] =>
  log.filter((line) => !/ (server|answer|failed) /.test(line));

describe("a device in queue mode", () => {
  it("falls asleep `awakeFor` after its last message, and hears nothing then", () => {
    const run = scriptedRun({ registersAt: 0, until: 6_000, model: sleeper, requests: [[5_500, read]] });
    expect(run.log.slice(2)).toEqual(["5000 asleep", "5500 server CON 0.01 /3/0/9"]);
    expect(run.device.listening).toBe(false);
  });

  it("stays awake `awakeFor` after each answer that it gives", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 20_000,
      model: sleeper,
      requests: [
        [4_000, read],
        [8_000, read],
      ],
    });
    expect(run.log.filter((line) => line.endsWith("answer 2.05"))).toHaveLength(2);
    expect(run.log.at(-1)).toBe("13010 asleep");
  });

  it("never sleeps without queue mode, nor before it has sent anything", () => {
    expect(scriptedRun({ registersAt: 0, until: 900_000 }).log).not.toContain("93000 asleep");
    expect(scriptedRun({ until: 900_000, model: sleeper }).log).toEqual([]);
  });

  it("wakes for its Update, and for a command", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 29_000,
      model: { ...sleeper, updateEvery: 10_000 },
      commands: [[18_000, { kind: "update" }]],
    });
    expect(ofDevice(run.log).slice(1)).toEqual([
      "5000 asleep",
      "10020 awake",
      "10020 device CON 0.02 /rd/0",
      "15020 asleep",
      "18000 awake",
      "18000 device CON 0.02 /rd/0",
      "23000 asleep",
      "28020 awake",
      "28020 device CON 0.02 /rd/0",
    ]);
  });

  it("registers when its lifetime ended in its sleep", () => {
    const run = scriptedRun({ registersAt: 0, until: 11_000, model: { ...sleeper, lifetime: 8, updateEvery: 10_000 } });
    expect(ofDevice(run.log).slice(1)).toEqual([
      "5000 asleep",
      "10020 awake",
      "10020 device CON 0.02 /rd?ep=meter-7&lt=8&lwm2m=1.0&b=UQ",
    ]);
  });

  it("does not sleep while its own request is open, and sleeps as soon as that ended", () => {
    const answer = (_: unknown, count: number) => (count === 0 ? response("2.01", ["rd", "0"]) : undefined);
    const run = scriptedRun({
      registersAt: 0,
      until: 70_000,
      model: { queueMode: true, awakeFor: 1_000 },
      answer,
      commands: [[500, { kind: "update" }]],
      coap: { ackRandomFactor: 1 },
    });
    const lines = ofDevice(run.log).slice(1);
    expect(lines.slice(0, 6)).toEqual([
      "500 device CON 0.02 /rd/0",
      "2500 device CON 0.02 /rd/0",
      "6500 device CON 0.02 /rd/0",
      "14500 device CON 0.02 /rd/0",
      "30500 device CON 0.02 /rd/0",
      "62500 asleep",
    ]);
    expect(lines[6]).toMatch(/ awake$/);
    expect(lines[7]).toMatch(/ device CON 0.02 \/rd\?ep=/);
  });

  it("waits no more for a request that a newer one replaced", () => {
    const answer = (_: unknown, count: number) => (count === 1 ? undefined : response("2.01", ["rd", "0"]));
    const commands = [
      [1_000, { kind: "update" }],
      [1_500, { kind: "update" }],
    ] as const;
    const run = scriptedRun({ registersAt: 0, until: 9_000, model: sleeper, answer, commands });
    expect(run.log.at(-1)).toBe("6500 asleep");
  });

  it("does not sleep while it owes an answer, or waits for the ACK of one", () => {
    const slow: Fault = {
      kind: "behaviour",
      device: 0,
      from: 0,
      until: 9_000_000,
      match: {},
      behaviour: { kind: "slow", delay: 20_000 },
    };
    const deaf: Fault = { kind: "loss", device: 0, direction: "down", from: 20_000, until: 26_000, permille: 1_000 };
    const run = scriptedRun({
      registersAt: 0,
      until: 100_000,
      model: { queueMode: true, awakeFor: 1_500 },
      faults: [slow, deaf],
      requests: [[1_000, read]],
      coap: { ackRandomFactor: 1 },
    });
    const lines = ofDevice(run.log)
      .filter((line) => !line.includes("read"))
      .slice(1);
    expect(lines).toEqual([
      "1010 device ACK 0.00",
      "21010 device CON 2.05",
      "23010 device CON 2.05",
      "27010 device CON 2.05",
      "28510 asleep",
    ]);
  });

  it("gives up waiting for that ACK after MAX_TRANSMIT_WAIT, 62 s without jitter", () => {
    const slow: Fault = {
      kind: "behaviour",
      device: 0,
      from: 0,
      until: 9_000_000,
      match: {},
      behaviour: { kind: "slow", delay: 1_000 },
    };
    const deaf: Fault = { kind: "loss", device: 0, direction: "down", from: 1_500, until: 900_000, permille: 1_000 };
    const run = scriptedRun({
      registersAt: 0,
      until: 200_000,
      model: sleeper,
      faults: [slow, deaf],
      requests: [[1_000, read]],
      coap: { ackRandomFactor: 1 },
    });
    expect(run.log.at(-1)).toBe("64010 asleep");
  });

  it("does not fall asleep offline, and is awake when it is back", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 40_000,
      model: sleeper,
      faults: [{ kind: "offline", device: 0, from: 1_000, until: 30_000 }],
    });
    expect(ofDevice(run.log).slice(1)).toEqual([
      "1000 offline",
      "30000 online",
      "30000 device CON 0.02 /rd/0",
      "35000 asleep",
    ]);
  });

  it("wakes up when an offline window ends in its sleep", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 31_000,
      model: sleeper,
      faults: [{ kind: "offline", device: 0, from: 10_000, until: 30_000 }],
    });
    expect(ofDevice(run.log).slice(1)).toEqual([
      "5000 asleep",
      "10000 offline",
      "30000 online",
      "30000 awake",
      "30000 device CON 0.02 /rd/0",
    ]);
  });

  it("is awake after a reboot", () => {
    const run = scriptedRun({ registersAt: 0, until: 11_000, model: sleeper, commands: [[6_000, { kind: "reboot" }]] });
    expect(ofDevice(run.log).slice(1)).toEqual([
      "5000 asleep",
      "6000 reboot",
      "9000 boot",
      "9000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=UQ",
    ]);
    expect(run.device.listening).toBe(true);
  });
});
