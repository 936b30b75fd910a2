import { describe, expect, it } from "vitest";
import { decodeMessage, readMessageId } from "../../protocol/coap/message.ts";
import { stringOptions, URI_PATH, URI_QUERY } from "../../protocol/coap/options.ts";
import { readContent } from "../../protocol/lwm2m/operations.ts";
import type { Fault } from "../model/fault.ts";
import { response, scriptedRun } from "./scripted-run.ts";
import type { DeviceCommand } from "./types.ts";

const offline = (from: number, until: number): Fault => ({ kind: "offline", device: 0, from, until });
const lost = (direction: "up" | "down", from: number, until: number): Fault => ({
  kind: "loss",
  device: 0,
  direction,
  from,
  until,
  permille: 1_000,
});
/** The lines of what the device did, without what the server sent. */
const ofDevice = (log: readonly string[]): readonly string[] => log.filter((line) => !line.includes(" server "));
/** One transmission, 2 s. */
const quick = { ackRandomFactor: 1, maxRetransmit: 0 };
const register: DeviceCommand = { kind: "register" };
const update: DeviceCommand = { kind: "update" };

describe("Register", () => {
  it("says endpoint, lifetime, version and binding in one Confirmable POST /rd, and keeps silent afterwards", () => {
    const run = scriptedRun({ registersAt: 100, until: 9_000_000, model: { lifetime: 300 } });
    expect(run.log).toEqual(["100 device CON 0.02 /rd?ep=meter-7&lt=300&lwm2m=1.0&b=U", "110 server ACK 2.01"]);
    expect(Buffer.from(run.datagrams[0] ?? "", "hex").toString("latin1")).toContain("</1/0>,</3/0>");
    expect(run.device.registered).toBe(true);
  });

  it("declares its alternate path by a root link before its objects", () => {
    const run = scriptedRun({ registersAt: 0, until: 5, model: { rootPath: "/lwm2m" } });
    expect(Buffer.from(run.datagrams[0] ?? "", "hex").toString("latin1")).toContain(
      '</lwm2m>;rt="oma.lwm2m",</lwm2m/1/0>,</lwm2m/3/0>',
    );
  });

  it("sends nothing at all without `registersAt` and commands", () => {
    expect(scriptedRun({ until: 100_000_000 })).toMatchObject({
      log: [],
      device: { registered: false, listening: true },
    });
  });

  it("leaves `lt` out when the model has none, and declares queue mode by `b=UQ` in 1.0 and by `Q` in 1.1", () => {
    const first = (model: NonNullable<Parameters<typeof scriptedRun>[0]["model"]>) =>
      scriptedRun({ registersAt: 0, until: 5, model }).log[0];
    expect(first({})).toBe("0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U");
    expect(first({ queueMode: true })).toBe("0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=UQ");
    expect(first({ queueMode: true, lwm2m: "1.1" })).toBe("0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.1&b=U&Q");
  });

  it("tries again 30 to 35 s after the last of 5 unanswered transmissions has timed out", () => {
    const run = scriptedRun({ registersAt: 0, until: 130_000, answer: () => undefined, coap: { ackRandomFactor: 1 } });
    const times = run.log.map((line) => Number(line.split(" ")[0]));
    expect(times.slice(0, 5)).toEqual([0, 2_000, 6_000, 14_000, 30_000]);
    expect(times[5]).toBeGreaterThanOrEqual(62_000 + 30_000);
    expect(times[5]).toBeLessThanOrEqual(62_000 + 35_000);
  });

  it("waits differently on each device and each time, and the same in each run", () => {
    const retries = (seed: string) => {
      const { log } = scriptedRun({
        registersAt: 0,
        until: 600_000,
        seed,
        answer: () => undefined,
        coap: { ackRandomFactor: 1, maxRetransmit: 0 },
      });
      return log.map((line) => Number(line.split(" ")[0])).map((time, index, all) => time - (all[index - 1] ?? 0));
    };
    expect(retries("a")).toEqual(retries("a"));
    expect(retries("a")).not.toEqual(retries("b"));
    expect(new Set(retries("a").slice(1)).size).toBeGreaterThan(5);
  });

  it("spreads these waits over the whole of 30 to 35 s", () => {
    const waits = Array.from({ length: 300 }, (_, seed) => {
      const run = scriptedRun({ registersAt: 0, until: 38_000, seed: `${seed}`, answer: () => undefined, coap: quick });
      return Number(run.log[1]?.split(" ")[0]) - 2_000;
    });
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30_000);
    expect(Math.min(...waits)).toBeLessThan(30_200);
    expect(Math.max(...waits)).toBeGreaterThan(34_800);
    expect(Math.max(...waits)).toBeLessThanOrEqual(35_000);
  });

  it("tries again 60 s after it was refused, and after a 2.01 without a location", () => {
    for (const answer of [response("4.03"), response("2.01")]) {
      const run = scriptedRun({ registersAt: 0, until: 130_000, answer: () => answer });
      expect(ofDevice(run.log).map((line) => line.slice(0, 24))).toEqual([
        "0 device CON 0.02 /rd?ep",
        "60020 device CON 0.02 /r",
        "120040 device CON 0.02 /",
      ]);
      expect(run.device.registered).toBe(false);
    }
  });

  it("steps down from 1.1 to 1.0 at once when the server answers 4.12", () => {
    const answer = (_: unknown, count: number) => (count === 0 ? response("4.12") : response("2.01", ["rd", "1"]));
    const run = scriptedRun({ registersAt: 0, until: 1_000, answer, model: { lwm2m: "1.1", queueMode: true } });
    expect(ofDevice(run.log)).toEqual([
      "0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.1&b=U&Q",
      "20 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=UQ",
    ]);
  });

  it("steps down from 1.2 to 1.1 and on to 1.0, each as soon as it is answered 4.12, and stays there", () => {
    const answer = (_: unknown, count: number) => (count < 2 ? response("4.12") : response("2.01", ["rd", "1"]));
    const run = scriptedRun({
      registersAt: 0,
      until: 5_000,
      answer,
      model: { lwm2m: "1.2", queueMode: true },
      commands: [[4_000, register]],
    });
    expect(ofDevice(run.log)).toEqual([
      "0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.2&b=U&Q",
      "20 device CON 0.02 /rd?ep=meter-7&lwm2m=1.1&b=U&Q",
      "40 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=UQ",
      "4000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=UQ",
    ]);
  });

  it("does not step down below 1.0: refused with 4.12 it tries again 60 s later", () => {
    const run = scriptedRun({ registersAt: 0, until: 61_000, answer: () => response("4.12") });
    expect(ofDevice(run.log)).toEqual([
      "0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "60020 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
    ]);
  });

  it.each([[["rd", "0"]], [["reg", "1", ""]], [["rd/1"]], [["/rd/0"]], [["", "", ""]], [["é%2F", "a?b"]]])(
    "keeps each Location-Path option of %j as it is, for Update and De-register",
    (location) => {
      const paths: (readonly string[])[] = [];
      scriptedRun({
        registersAt: 0,
        until: 5_000,
        model: { lwm2m: "1.2", updateEvery: 1_000 },
        commands: [[4_500, { kind: "deregister" }]],
        answer: (message, count) => {
          if (count === 0) return response("2.01", location);
          paths.push(stringOptions(message, URI_PATH));
          return response(message.code === "0.04" ? "2.02" : "2.04");
        },
      });
      expect(paths).toHaveLength(5);
      expect(paths.every((path) => JSON.stringify(path) === JSON.stringify(location))).toBe(true);
    },
  );

  it("ignores requests until its Register is answered, and answers a copy that arrives afterwards", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 5_000,
      faults: [lost("down", 5, 15)],
      requests: [[20, readContent([3, 0, 9])]],
      coap: { ackRandomFactor: 1 },
    });
    expect(run.log).toEqual([
      "0 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "10 server ACK 2.01",
      "20 server CON 0.01 /3/0/9",
      "2000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "2010 server ACK 2.01",
      "2020 server CON 0.01 /3/0/9",
      expect.stringMatching(/^2030 read 3\/0\/9 \d+$/),
      "2030 device ACK 2.05",
      "2040 answer 2.05",
    ]);
  });
});

describe("Update", () => {
  it("goes to the location option by option, `updateEvery` after each answer", () => {
    const location = ["rd", "", "a/b"];
    const answer = (_: unknown, count: number) => (count === 0 ? response("2.01", location) : response("2.04"));
    const run = scriptedRun({ registersAt: 0, until: 3_000, answer, model: { updateEvery: 1_000 } });
    expect(ofDevice(run.log).slice(1)).toEqual(["1020 device CON 0.02 /rd//a/b", "2040 device CON 0.02 /rd//a/b"]);
  });

  it.each(["4.04", "4.00"] as const)("is followed by a Register at once when it is answered %s", (code) => {
    const answer = (_: unknown, count: number) =>
      count === 1 ? response(code) : response("2.01", ["rd", String(count)]);
    const run = scriptedRun({ registersAt: 0, until: 5_000, answer, commands: [[1_000, update]] });
    expect(ofDevice(run.log).slice(1)).toEqual([
      "1000 device CON 0.02 /rd/0",
      "1020 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
    ]);
  });

  it("is followed by a Register 2 to 5 s later when it is answered by another error or by nothing", () => {
    for (const refusal of [response("5.03"), undefined]) {
      const answer = (_: unknown, count: number) => (count === 1 ? refusal : response("2.01", ["rd", String(count)]));
      const run = scriptedRun({
        registersAt: 0,
        until: 20_000,
        answer,
        commands: [[1_000, update]],
        coap: { maxRetransmit: 0, ackRandomFactor: 1 },
      });
      const failedAt = refusal === undefined ? 3_000 : 1_020;
      const [, , again] = ofDevice(run.log);
      expect(again).toContain("/rd?ep=");
      expect(Number(again?.split(" ")[0])).toBeGreaterThanOrEqual(failedAt + 2_000);
      expect(Number(again?.split(" ")[0])).toBeLessThanOrEqual(failedAt + 5_000);
    }
  });

  it("is sent on command also when the lifetime is over, as late Updates are", () => {
    const run = scriptedRun({ registersAt: 0, until: 50_000, model: { lifetime: 10 }, commands: [[40_000, update]] });
    expect(ofDevice(run.log)[1]).toBe("40000 device CON 0.02 /rd/0");
  });

  it("is skipped without a registration", () => {
    expect(scriptedRun({ until: 2_000, commands: [[1_000, update]] }).log).toEqual(["1000 skipped update"]);
  });

  it("replaces an Update that is still open", () => {
    const answer = (_: unknown, count: number) => (count === 1 ? undefined : response("2.01", ["rd", "0"]));
    const run = scriptedRun({
      registersAt: 0,
      until: 20_000,
      answer,
      commands: [
        [1_000, update],
        [1_500, update],
      ],
    });
    expect(ofDevice(run.log).slice(1)).toEqual(["1000 device CON 0.02 /rd/0", "1500 device CON 0.02 /rd/0"]);
  });
});

describe("De-register", () => {
  it("goes to the location, and the device ignores requests afterwards", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 1_200,
      commands: [[1_000, { kind: "deregister" }]],
      requests: [[1_100, readContent([3, 0])]],
      model: { updateEvery: 5_000 },
    });
    expect(run.log.slice(2)).toEqual([
      "1000 device CON 0.04 /rd/0",
      "1010 server ACK 2.02",
      "1100 server CON 0.01 /3/0",
    ]);
    expect(run.device.registered).toBe(false);
  });

  it("is meant, also when it is not answered: no Update, no Register, not even after an offline window", () => {
    const answer = (_: unknown, count: number) => (count === 0 ? response("2.01", ["rd", "0"]) : undefined);
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000_000,
      answer,
      model: { updateEvery: 5_000 },
      faults: [offline(500_000, 600_000)],
      commands: [[1_000, { kind: "deregister" }]],
      coap: { maxRetransmit: 1 },
    });
    expect(
      ofDevice(run.log)
        .slice(1)
        .map((line) => line.split(" ").slice(1).join(" ")),
    ).toEqual(["device CON 0.04 /rd/0", "device CON 0.04 /rd/0", "offline", "online"]);
  });
});

describe("commands about the registration", () => {
  it("registers whatever the state, and answers nothing until that Register is answered", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 1_015,
      commands: [[1_000, register]],
      requests: [[1_000, readContent([3, 0])]],
    });
    expect(run.log.slice(2)).toEqual([
      "1000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "1000 server CON 0.01 /3/0",
      "1010 server ACK 2.01",
    ]);
  });

  it("sends a stale Update to the location before the last Register, and makes nothing of its 4.04", () => {
    const answer = (_: unknown, count: number) =>
      count === 2 ? response("4.04") : response("2.01", ["rd", String(count)]);
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      answer,
      commands: [
        [1_000, register],
        [2_000, { kind: "stale-update" }],
      ],
    });
    expect(ofDevice(run.log).slice(2)).toEqual(["2000 device CON 0.02 /rd/0"]);
    expect(run.device.registered).toBe(true);
  });

  it("skips a stale Update when there never was another location, and when the server gave the same one again", () => {
    const answer = () => response("2.01", ["rd", "1"]);
    const commands = [
      [1_000, { kind: "stale-update" }],
      [2_000, register],
      [3_000, { kind: "stale-update" }],
    ] as const;
    const run = scriptedRun({ registersAt: 0, until: 9_000, answer, commands });
    expect(run.log.filter((line) => line.includes("skipped"))).toEqual([
      "1000 skipped stale-update",
      "3000 skipped stale-update",
    ]);
  });

  it("moves to a new address, and says so by an Update only when told to", () => {
    const commands = [
      [1_000, { kind: "change-address", update: false }],
      [2_000, { kind: "change-address", update: true }],
    ] as const;
    const run = scriptedRun({ registersAt: 0, until: 9_000, commands });
    expect(run.log.slice(2)).toEqual(["1000 move", "2000 move", "2000 device CON 0.02 /rd/0", "2010 server ACK 2.04"]);
  });
});

describe("an Update with a lifetime", () => {
  it("tells it, keeps it and says it in later Registers; an Update without one says none", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      model: { lifetime: 60 },
      commands: [
        [1_000, { kind: "update", lifetime: 300 }],
        [2_000, { kind: "update" }],
        [3_000, { kind: "update", lifetime: 300 }],
        [4_000, { kind: "register" }],
      ],
    });
    const said = run.datagrams.flatMap((hex) => {
      const decoded = decodeMessage(Buffer.from(hex, "hex"));
      if (!decoded.ok || decoded.value.code !== "0.02") return [];
      return [
        stringOptions(decoded.value, URI_QUERY)
          .filter((text) => text.startsWith("lt="))
          .join(),
      ];
    });
    expect(said).toEqual(["lt=60", "lt=300", "", "lt=300", "lt=300"]);
  });

  it("ends its registration by that lifetime: back after it, the device registers", () => {
    const back = (lifetime: number) =>
      scriptedRun({
        registersAt: 0,
        until: 90_000,
        model: { lifetime: 60 },
        commands: [[1_000, { kind: "update", lifetime }]],
        faults: [{ kind: "offline", device: 0, from: 2_000, until: 40_000 }],
      }).log.find((line) => line.startsWith("40000 device CON"));
    expect(back(20)).toContain("/rd?");
    expect(back(300)).toContain("/rd/");
  });

  it("changes nothing when it cannot be sent", () => {
    const run = scriptedRun({
      until: 9_000,
      model: { lifetime: 60 },
      commands: [
        [1_000, { kind: "update", lifetime: 300 }],
        [2_000, { kind: "register" }],
      ],
    });
    expect(run.log).toContain("1000 skipped update");
    expect(run.log.some((line) => line.includes("lt=60"))).toBe(true);
  });
});

describe("reboot", () => {
  it("loses registration and exchanges, and registers after `bootTime` with message ids and tokens of its own", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      model: { bootTime: 4_000 },
      commands: [[1_000, { kind: "reboot" }]],
    });
    expect(run.log.slice(2)).toEqual([
      "1000 reboot",
      "5000 boot",
      "5000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "5010 server ACK 2.01",
    ]);
    const [first, , second] = run.datagrams.map((hex) => Buffer.from(hex, "hex"));
    expect(readMessageId(first as Uint8Array)).not.toBe(readMessageId(second as Uint8Array));
    expect(first?.subarray(4, 8)).not.toEqual(second?.subarray(4, 8));
  });

  it("hears nothing and does nothing until it is up again; what makes sense only when on is skipped", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 3_000,
      commands: [
        [1_000, { kind: "reboot" }],
        [1_100, update],
        [1_200, register],
        [1_300, { kind: "reboot" }],
        [1_400, { kind: "change-address", update: true }],
      ],
      requests: [[1_500, readContent([3, 0])]],
    });
    expect(run.log.slice(2)).toEqual([
      "1000 reboot",
      "1100 skipped update",
      "1200 skipped register",
      "1300 skipped reboot",
      "1400 move",
      "1500 server CON 0.01 /3/0",
    ]);
    expect(run.device.listening).toBe(false);
  });

  it("keeps the former location for a stale Update, and a rebooted device that never registered registers", () => {
    const stale = scriptedRun({
      registersAt: 0,
      until: 9_000,
      commands: [
        [1_000, { kind: "reboot" }],
        [8_000, { kind: "stale-update" }],
      ],
    });
    expect(ofDevice(stale.log).at(-1)).toBe("8000 device CON 0.02 /rd/0");
    expect(scriptedRun({ until: 9_000, commands: [[1_000, { kind: "reboot" }]] }).log).toContain(
      "4000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
    );
  });
});

describe("offline", () => {
  it("neither sends nor hears, and comes back with an Update", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 9_000,
      model: { updateEvery: 2_000 },
      faults: [offline(1_000, 4_000)],
      commands: [
        [1_500, update],
        [1_600, { kind: "stray-response", token: "unknown", type: "CON" }],
        [1_700, { kind: "deregister" }],
      ],
      requests: [[3_000, readContent([3, 0, 9])]],
    });
    expect(run.log.slice(2, 9)).toEqual([
      "1000 offline",
      "1500 skipped update",
      "1600 skipped stray-response",
      "1700 skipped deregister",
      "3000 server CON 0.01 /3/0/9",
      "4000 online",
      "4000 device CON 0.02 /rd/0",
    ]);
    expect(run.log).toContain("6020 device CON 0.02 /rd/0");
  });

  it.each([
    ["one microsecond before the end of its lifetime, an Update", 9_999.999, "/rd/0"],
    ["at the end of its lifetime, a Register", 10_000, "/rd?ep=meter-7&lt=10&lwm2m=1.0&b=U"],
  ])("comes back with, %s", (_, until, path) => {
    const run = scriptedRun({
      registersAt: 0,
      until: 20_000,
      model: { lifetime: 10 },
      faults: [{ kind: "offline", device: 0, from: 1_000, until }],
    });
    expect(ofDevice(run.log).at(-1)).toBe(`10000 device CON 0.02 ${path}`);
  });

  it("comes back with a Register when it was told to register meanwhile, or rebooted, or never got its first one out", () => {
    const last = (registersAt: number, commands: readonly (readonly [number, DeviceCommand])[]) =>
      ofDevice(scriptedRun({ registersAt, until: 9_000, faults: [offline(1_000, 6_000)], commands }).log).slice(-2);
    const comesBack = ["6000 online", "6000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U"];
    expect(last(0, [[2_000, register]])).toEqual(comesBack);
    expect(last(0, [[2_000, { kind: "reboot" }]])).toEqual(comesBack);
    expect(last(3_000, [])).toEqual(comesBack);
  });

  it("registers when its first Register falls due after the window, not at its end", () => {
    const run = scriptedRun({ registersAt: 3_000, until: 9_000, faults: [offline(1_000, 2_000)] });
    expect(ofDevice(run.log)).toEqual([
      "1000 offline",
      "2000 online",
      "3000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
    ]);
  });

  it("comes back with a Register when it waits to register after a failed Update", () => {
    const answer = (_: unknown, count: number) => (count === 1 ? response("5.03") : response("2.01", ["rd", "0"]));
    const run = scriptedRun({
      registersAt: 0,
      until: 2_500,
      answer,
      faults: [offline(1_500, 2_000)],
      commands: [[1_000, update]],
    });
    expect(ofDevice(run.log).at(-1)).toBe("2000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U");
  });

  it("lets its own exchange time out unheard, and starts afresh when it is back", () => {
    const run = scriptedRun({
      registersAt: 0,
      until: 20_000,
      answer: () => undefined,
      faults: [offline(1_000, 10_000)],
    });
    expect(
      ofDevice(run.log)
        .slice(0, 4)
        .map((line) => line.split("?")[0]),
    ).toEqual(["0 device CON 0.02 /rd", "1000 offline", "10000 online", "10000 device CON 0.02 /rd"]);
  });

  it("joins windows that overlap or touch", () => {
    const run = scriptedRun({
      until: 9_000,
      faults: [offline(3_000, 4_000), offline(1_000, 2_000), offline(2_000, 3_500), offline(5_000, 5_000)],
    });
    expect(run.log).toEqual(["1000 offline", "4000 online"]);
  });
});
