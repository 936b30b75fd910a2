import { describe, expect, it } from "vitest";
import { readContent } from "../../protocol/lwm2m/operations.ts";
import { deregisterContent } from "../../protocol/lwm2m/registration-requests.ts";
import type { OddRequest } from "../model/device.ts";
import { response, scriptedRun } from "./scripted-run.ts";

const REGISTERED = response("2.01", ["rd", "5"]);
const CHANGED = response("2.04");

/** What the device sends when it is told to at 2 s, registered at 1 s under /rd/5. */
function sent(form: OddRequest): readonly string[] {
  const run = scriptedRun({
    registersAt: 1_000,
    until: 10_000,
    commands: [
      [2_000, { kind: "odd-request", form }],
      [3_000, { kind: "update" }],
    ],
    answer: (_message, count) => (count === 0 ? REGISTERED : count === 1 ? response("4.04") : CHANGED),
  });
  return run.log.filter((line) => /^[23]000 device/.test(line));
}

describe("sendOddRequest", () => {
  it.each([
    ["non-confirmable-register", "NON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U"],
    ["unknown-endpoint", "CON 0.02 /rd?lwm2m=1.0&b=U&ep=meter-7-stranger"],
    ["unreadable-update", "CON 0.02 /rd/5?lt=soon"],
    ["unknown-deregister", "CON 0.04 /rd/not-5"],
    ["bare-deregister", "CON 0.04 /rd"],
    ["deeper-update", "CON 0.02 /rd/5/more"],
    ["foreign-root-update", "CON 0.02 /other/5"],
    ["joined-update", "CON 0.02 /rd/5"],
    ["joined-absolute-update", "CON 0.02 //rd/5"],
    ["slashed-update", "CON 0.02 //rd/5"],
  ] as const)("sends %s, and makes nothing of the answer: the next Update goes to its location", (form, line) => {
    expect(sent(form)).toEqual([`2000 device ${line}`, "3000 device CON 0.02 /rd/5"]);
  });

  it("sends nothing that needs a registration before there is one", () => {
    const run = scriptedRun({ until: 1_000, commands: [[500, { kind: "odd-request", form: "deeper-update" }]] });
    expect(run.effects).toEqual([{ kind: "skipped", command: "odd-request" }]);
  });

  it("puts the whole path in one option where it says so", () => {
    const options = (form: OddRequest) =>
      scriptedRun({
        registersAt: 1,
        until: 5_000,
        commands: [[2_000, { kind: "odd-request", form }]],
        answer: (_message, count) => (count === 0 ? REGISTERED : undefined),
      }).datagrams;
    const hex = (text: string): string => Buffer.from(text).toString("hex");
    expect(options("joined-update").join()).toContain(`b4${hex("rd/5")}`);
    expect(options("slashed-update").join()).toContain(`b002${hex("rd")}01${hex("5")}`);
    expect(deregisterContent(["rd", "5"]).options).toHaveLength(2);
  });
});

describe("what a device changes about itself", () => {
  const lines = (lwm2m: "1.0" | "1.1") =>
    scriptedRun({
      model: { lwm2m },
      registersAt: 1_000,
      until: 20_000,
      commands: [
        [2_000, { kind: "register", rootPath: "/lwm2m", queueMode: true, lifetime: 300 }],
        [3_000, { kind: "update", queueMode: false }],
        [4_000, { kind: "update", rootPath: "/" }],
        [5_000, { kind: "register", lwm2m: "1.1", queueMode: true }],
      ],
      requests: [[3_500, readContent([3, 0, 15])]],
      answer: (message) =>
        message.code === "0.02" && message.payload.length > 0 && message.options.length > 3 ? REGISTERED : CHANGED,
    }).log;

  it("holds from then on: path, lifetime, version and binding, by Register or Update (1.0)", () => {
    const log = lines("1.0");
    expect(log.filter((line) => / device (CON|NON) 0/.test(line))).toEqual([
      "1000 device CON 0.02 /rd?ep=meter-7&lwm2m=1.0&b=U",
      "2000 device CON 0.02 /rd?ep=meter-7&lt=300&lwm2m=1.0&b=UQ",
      "3000 device CON 0.02 /rd/5?b=U",
      "4000 device CON 0.02 /rd/5",
      "5000 device CON 0.02 /rd?ep=meter-7&lt=300&lwm2m=1.1&b=U&Q",
    ]);
    // A request without the path that it declared finds nothing.
    expect(log.filter((line) => line.includes(" answer "))).toEqual([expect.stringContaining("4.04")]);
  });

  it("registers to change queue mode where an Update cannot tell it (1.1)", () => {
    expect(lines("1.1").filter((line) => line.startsWith("3000 device"))).toEqual([
      "3000 device CON 0.02 /rd?ep=meter-7&lt=300&lwm2m=1.1&b=U",
    ]);
  });
});

describe("a device that acknowledges and then resets", () => {
  it("sends both under the message id of the request, 500 ms apart, and does nothing", () => {
    const run = scriptedRun({
      registersAt: 1_000,
      until: 10_000,
      faults: [
        {
          kind: "behaviour",
          device: 0,
          from: 0,
          until: 9_000,
          match: {},
          behaviour: { kind: "acknowledge-then-reset", delay: 500 },
        },
      ],
      requests: [[2_000, readContent([3, 0, 15])]],
      answer: () => REGISTERED,
    });
    expect(run.log.slice(-3)).toEqual(["2010 device ACK 0.00", "2510 device RST 0.00", "2520 failed reset"]);
    expect(run.effects.filter(({ kind }) => kind === "effect")).toEqual([]);
  });
});
