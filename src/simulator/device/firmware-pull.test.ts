import { describe, expect, it } from "vitest";
import type { CoapContent, CoapMessage } from "../../protocol/coap/types.ts";
import type { Fault } from "../model/fault.ts";
import {
  CANCEL,
  codes,
  IMAGE,
  push,
  read,
  run,
  serve,
  story,
  texts,
  UPDATE,
  URI,
  VERSION,
  WINDOW,
  write,
} from "./firmware-test-kit.ts";
import { response } from "./scripted-run.ts";

describe("a pull", () => {
  const PULLED = ["1 s uri-written 1/0 1.0.0", `1 s download ${URI} 0`, "1 s downloaded 2/0 1.0.0"];

  it("by CoAP answers 2.04, then asks the server for path and query in blocks (ETS 771)", () => {
    const pulled = run({
      requests: [
        [1_000, write(URI)],
        [10_000, UPDATE],
        [20_000, VERSION],
      ],
    });
    expect(story(pulled).slice(0, 4)).toEqual([...PULLED, "10 s execute 3/0 1.0.0"]);
    expect(texts(pulled)).toEqual(["", "", "2.0.0"]);
    const gets = pulled.log.filter((line) => line.includes("device CON 0.01"));
    expect(gets.length).toBe(5);
    expect(gets[0]).toBe("1010 device CON 0.01 /images/7?part=a&b");
  });

  it("comes through loss and copies", () => {
    const faults: Fault[] = [
      { kind: "loss", ...WINDOW, from: 1_500, direction: "both", permille: 300 },
      { kind: "duplication", ...WINDOW, from: 500, direction: "both", permille: 500, delay: 40 },
    ];
    for (const seed of ["a", "b", "c"]) {
      const pulled = run({
        requests: [[1_000, write("coap://fleet.example:5683/images/7")]],
        script: { faults, seed, until: 200_000 },
      });
      expect(story(pulled).at(-1)).toMatch(/downloaded 2\/0/);
    }
  });

  it.each([
    ["4.04", 7],
    ["5.03", 4],
  ] as const)("that is answered %s ends with Result %s", (code, result) => {
    const answer = (message: CoapMessage, count: number): CoapContent =>
      message.code === "0.01" ? response(code) : serve(message, count);
    expect(story(run({ requests: [[1_000, write(URI)]], script: { answer } })).at(-1)).toBe(
      `1 s download-failed 0/${result} 1.0.0`,
    );
  });

  it("that nobody answers, or at another address, ends with Result 4", () => {
    const answer = (message: CoapMessage, count: number): CoapContent | undefined =>
      message.code === "0.01" ? undefined : serve(message, count);
    const mute = run({ requests: [[1_000, write(URI)]], script: { answer, until: 200_000 } });
    expect(story(mute).at(-1)).toMatch(/download-failed 0\/4/);
    const elsewhere = run({ requests: [[1_000, write("coap://203.0.113.9/x")]], script: { until: 200_000 } });
    expect(story(elsewhere).at(-1)).toBe("94 s download-failed 0/4 1.0.0");
    expect(elsewhere.log.some((line) => line.includes("0.01"))).toBe(false);
  });

  it.each([
    ["ftp://192.0.2.1/x", 9],
    ["http://192.0.2.1/x", 9],
    ["no uri", 7],
    ["coap://192.0.2.1/%zz", 7],
    [`coap://192.0.2.1/${"x".repeat(240)}`, 7],
  ])("from %s does not begin: Result %s (ETS 778, 780)", (uri, result) => {
    const refused = run({
      requests: [
        [1_000, write(uri)],
        [2_000, write(URI)],
      ],
    });
    expect(story(refused).slice(0, 2)).toEqual([`1 s uri-written 0/${result} 1.0.0`, "2 s uri-written 1/0 1.0.0"]);
    expect(codes(run({ firmware: { refusesBadPackages: true }, requests: [[1_000, write(uri)]] }))).toEqual(["4.00"]);
  });

  it("is refused with Result 9 by a device that is only pushed to", () => {
    expect(story(run({ firmware: { delivery: "push" }, requests: [[1_000, write(URI)]] }))).toEqual([
      "1 s uri-written 0/9 1.0.0",
    ]);
  });

  it("by HTTP takes its time, and gives the image of the model, or nothing", () => {
    const uri = "http://fleet.example/images/7";
    const http = { protocols: ["http" as const], downloadTime: 7_000 };
    const got = run({
      firmware: { ...http, httpImage: { name: "meter", version: "2.5" } },
      requests: [
        [1_000, write(uri)],
        [9_000, read(7)],
        [10_000, UPDATE],
        [20_000, VERSION],
      ],
    });
    expect(story(got).slice(0, 3)).toEqual([
      "1 s uri-written 1/0 1.0.0",
      `8 s download ${uri} 0`,
      "8 s downloaded 2/0 1.0.0",
    ]);
    expect(texts(got)).toEqual(["", "2.5", "", "2.5"]);
    expect(story(run({ firmware: http, requests: [[1_000, write(uri)]] })).slice(1)).toEqual([
      `8 s download ${uri} 4`,
      "8 s download-failed 0/4 1.0.0",
    ]);
  });

  it("stops asking when it is reset or cancelled in the middle (1.1)", () => {
    const slow: Fault = { kind: "latency", ...WINDOW, direction: "up", delay: 400 };
    for (const [stop, result] of [
      [write(""), "reset 0/0"],
      [CANCEL, "cancel 0/10"],
    ] as const) {
      const stopped = run({
        model: { lwm2m: "1.1" },
        requests: [
          [1_500, write(URI)],
          [3_000, stop],
        ],
        script: { faults: [slow] },
      });
      expect(story(stopped)).toEqual(["1 s uri-written 1/0 1.0.0", `3 s ${result} 1.0.0`]);
      const gets = stopped.log.filter((line) => line.includes("device CON 0.01"));
      expect(gets.length).toBe(4);
    }
  });

  it("that was reset does not keep a queue-mode device awake", () => {
    const slow: Fault = { kind: "latency", ...WINDOW, direction: "up", delay: 400 };
    const stopped = run({
      model: { queueMode: true, awakeFor: 10_000 },
      requests: [
        [1_500, write(URI)],
        [3_000, write("")],
      ],
      script: { faults: [slow] },
    });
    expect(stopped.log.at(-1)).toMatch(/^1\d{4} asleep$/);
  });

  it("is refused while an image is on its way or there (4.00), and so is a push meanwhile", () => {
    const slow: Fault = { kind: "latency", ...WINDOW, direction: "up", delay: 1_000 };
    const busy = run({
      requests: [
        [2_500, write(URI)],
        [3_000, write(URI)],
        [3_100, push(IMAGE)],
      ],
      script: { faults: [slow] },
    });
    expect(codes(busy)).toEqual(["2.04", "4.00", "4.00"]);
  });
});
